#include "storage/text/confusables.hpp"

#include <algorithm>
#include <array>

namespace dnshist {

namespace {

// The letters with one mark of Unicode 14 up to U+1EFF, then phonetic, Cyrillic, Greek and Armenian
// letters of the same shape.
constexpr auto confusables = std::to_array<Confusable>({
    Confusable{'0', "o", U""},
    Confusable{'1', "l i", U""},
    Confusable{'2', "", U"\u01bb"},
    Confusable{'3', "8", U""},
    Confusable{'5', "", U"\u01bd"},
    Confusable{'6', "9", U""},
    Confusable{'8', "3", U""},
    Confusable{'9', "6", U""},
    Confusable{'a', "4",
               U"\u00e0\u00e1\u00e2\u00e3\u00e4\u00e5\u0101\u0103\u0105\u01ce\u0201"
               U"\u0203\u0227\u1e01\u1ea1\u1ea3\u0251\u0259\u0430\u03b1"},
    Confusable{'b', "d lb", U"\u1e03\u1e05\u1e07\u0299\u0253\u0185\u0180\u044c\u0432"},
    Confusable{'c', "e", U"\u00e7\u0107\u0109\u010b\u010d\u0188\u1d04\u0441"},
    Confusable{'d', "b cl dl", U"\u010f\u1e0b\u1e0d\u1e0f\u1e11\u1e13\u0257\u0111\u0256\u0501"},
    Confusable{'e', "c 3",
               U"\u00e8\u00e9\u00ea\u00eb\u0113\u0115\u0117\u0119\u011b\u0205\u0207"
               U"\u0229\u1e19\u1e1b\u1eb9\u1ebb\u1ebd\u0247\u0435\u0454\u04bd"},
    Confusable{'f', "", U"\u1e1f\u0192"},
    Confusable{'g', "q 9",
               U"\u011d\u011f\u0121\u0123\u01e7\u01f5\u1e21\u0262\u0261\u01e5\u050d\u0581"},
    Confusable{'h', "lh",
               U"\u0125\u021f\u1e23\u1e25\u1e27\u1e29\u1e2b\u1e96\u0127\u0266\u2c68"
               U"\u04bb\u0570"},
    Confusable{'i', "1 l",
               U"\u00ec\u00ed\u00ee\u00ef\u0129\u012b\u012d\u012f\u01d0\u0209\u020b"
               U"\u1e2d\u1ec9\u1ecb\u0131\u0269\u0268\u026a\u0456\u03b9"},
    Confusable{'j', "", U"\u0135\u01f0\u029d\u0249\u0458"},
    Confusable{'k', "lk ik lc", U"\u0137\u01e9\u1e31\u1e33\u1e35\u2c6a\u1d0b\u043a\u03ba"},
    Confusable{'l', "1 i", U"\u013a\u013c\u013e\u1e37\u1e3b\u1e3d\u026b\u0142\u04cf"},
    Confusable{'m', "n nn rn rr", U"\u1e3f\u1e41\u1e43\u1d0d\u0271\u043c"},
    Confusable{'n', "m r",
               U"\u00f1\u0144\u0146\u0148\u01f9\u1e45\u1e47\u1e49\u1e4b\ua791\u0272"
               U"\u043f\u0578"},
    Confusable{'o', "0",
               U"\u00f2\u00f3\u00f4\u00f5\u00f6\u014d\u014f\u0151\u01a1\u01d2\u01eb"
               U"\u020d\u020f\u022f\u1ecd\u1ecf\u1d0f\u00f8\u043e\u03bf\u0585"},
    Confusable{'p', "", U"\u1e55\u1e57\u01bf\u01a5\u0440\u03c1"},
    Confusable{'q', "g", U"\u02a0\u051b\u0566"},
    Confusable{'r', "",
               U"\u0155\u0157\u0159\u0211\u0213\u1e59\u1e5b\u1e5f\u0280\u027c\u027d"
               U"\u024d\u027e\u0433"},
    Confusable{'s', "5", U"\u015b\u015d\u015f\u0161\u0219\u1e61\u1e63\u0282\ua731\u0455"},
    Confusable{'t', "7",
               U"\u0163\u0165\u021b\u1e6b\u1e6d\u1e6f\u1e71\u1e97\u0167\u01ab\u0442"
               U"\u03c4"},
    Confusable{'u', "v",
               U"\u00f9\u00fa\u00fb\u00fc\u0169\u016b\u016d\u016f\u0171\u0173\u01b0"
               U"\u01d4\u0215\u0217\u1e73\u1e75\u1e77\u1ee5\u1ee7\u1d1c\u0289\u03c5"
               U"\u057d"},
    Confusable{'v', "u", U"\u1e7d\u1e7f\u2c71\u1d8c\u2c74\u1d20\u03bd\u0475"},
    Confusable{'w', "vv", U"\u0175\u1e81\u1e83\u1e85\u1e87\u1e89\u1e98\u2c73\u1d21\u051d\u03c9"},
    Confusable{'x', "", U"\u1e8b\u1e8d\u0445\u03c7"},
    Confusable{'y', "",
               U"\u00fd\u00ff\u0177\u0233\u1e8f\u1e99\u1ef3\u1ef5\u1ef7\u1ef9\u028f"
               U"\u01b4\u024f\u1eff\u0443\u03b3"},
    Confusable{'z', "2", U"\u017a\u017c\u017e\u1e91\u1e93\u1e95\u0290\u1d22\u01b6\u2c6c"},
});

// The other way round, by the character.
struct Plain {
    char32_t of;
    char32_t letter;
};
constexpr auto plain_table = [] {
    constexpr std::size_t size = [] {
        std::size_t count = 0;
        for (const Confusable& row : confusables)
            count += row.others.size();
        return count;
    }();
    std::array<Plain, size> all{};
    std::size_t count = 0;
    for (const Confusable& row : confusables) {
        for (const char32_t character : row.others)
            all[count++] = {character, static_cast<char32_t>(row.character)};
    }
    std::ranges::sort(all, {}, &Plain::of);
    return all;
}();
// A character looks like one letter alone.
static_assert(std::ranges::adjacent_find(plain_table, {}, &Plain::of) == plain_table.end());

}  // namespace

const Confusable* confusables_of(char character) noexcept {
    const auto* const row = std::ranges::find(confusables, character, &Confusable::character);
    return row == confusables.end() ? nullptr : row;
}

char32_t plain_of(char32_t character) noexcept {
    const auto* const place = std::ranges::lower_bound(plain_table, character, {}, &Plain::of);
    return place != plain_table.end() && place->of == character ? place->letter : character;
}

}  // namespace dnshist
