// Packing by symbols: what comes out is what went in, and damage is met without harm.
#include "storage/fsst/fsst.hpp"

#include <boost/test/unit_test.hpp>
#include <random>
#include <string>

#include "storage/fsst/fsst_training.hpp"
#include "tests/support/random_seed.hpp"

BOOST_AUTO_TEST_SUITE(fsst_test)

using namespace dnshist;

namespace {

Symbol symbol(std::string_view text) {
    Symbol symbol{0, static_cast<std::uint8_t>(text.size())};
    for (std::size_t i = 0; i < text.size(); ++i)
        symbol.octets |= std::uint64_t{static_cast<std::uint8_t>(text[i])} << (8 * i);
    return symbol;
}

SymbolTable table_of(const std::vector<std::string>& texts) {
    std::vector<Symbol> symbols;
    for (const std::string& text : texts)
        symbols.push_back(symbol(text));
    return SymbolTable(symbols);
}

SymbolTable train(const std::vector<std::string>& texts) {
    std::vector<Octets> sample;
    for (const std::string& text : texts)
        sample.push_back(as_octets(text));
    return train_symbols(sample);
}

std::vector<std::uint8_t> pack(const SymbolPacker& packer, std::string_view text) {
    // On the heap and no larger than said, so that a sanitizer sees a write past the end.
    const std::vector<std::uint8_t> in(text.begin(), text.end());
    std::vector<std::uint8_t> out(max_packed_octets(in.size()));
    const auto* end = packer.pack(in, out.data());
    out.resize(static_cast<std::size_t>(end - out.data()));
    return out;
}

std::vector<std::uint8_t> pack(const SymbolTable& table, std::string_view text) {
    return pack(SymbolPacker(table), text);
}

std::optional<std::string> unpack(const SymbolTable& table, Octets packed,
                                  std::size_t room = 4096) {
    const std::vector<std::uint8_t> in(packed.begin(), packed.end());
    std::vector<std::uint8_t> out(room);
    const auto size = table.unpack(in, out.data(), out.size());
    if (!size) return std::nullopt;
    BOOST_TEST_REQUIRE(*size <= room);
    return std::string(as_text(Octets(out).first(*size)));
}

std::string random_text(std::mt19937_64& random) {
    std::string text;
    for (auto left = random() % 40; left > 0; --left) {
        switch (random() % 4) {
            case 0:
                text += static_cast<char>(random() % 256);
                break;
            case 1:
                text += "\3com";
                break;
            case 2:
                text += std::string("\0\0\1", 3);
                break;
            default:
                text += static_cast<char>('a' + random() % 26);
        }
    }
    return text;
}

SymbolTable random_table(std::mt19937_64& random) {
    std::vector<std::string> texts;
    for (auto left = random() % (max_symbols + 1); left > 0; --left) {
        std::string text = "z" + random_text(random);
        texts.push_back(text.substr(random() % 2, 1 + random() % max_symbol_octets));
        if (texts.back().empty()) texts.back() = "a";
    }
    return table_of(texts);
}

// Calls check(table, packer, text, random) for many texts, a long one with each of some hundred
// tables.
template <class Check>
void with_random_texts(Check&& check) {
    const std::uint64_t seed = test::random_seed();
    BOOST_TEST_CONTEXT("DNSHIST_SEED=" << seed) {
        std::mt19937_64 random(seed);
        for (int i = 0; i < 300; ++i) {
            const SymbolTable table = random_table(random);
            const SymbolPacker packer(table);
            for (int k = 0; k < 60; ++k) {
                std::string text = random_text(random);
                if (k == 0) text.append(700, '\xfe');
                check(table, packer, text, random);
            }
        }
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(nothing_packs_to_nothing) {
    BOOST_TEST(pack(SymbolTable(), "").empty());
    BOOST_TEST(unpack({}, {}).value() == "");
}

BOOST_AUTO_TEST_CASE(every_octet_and_every_pair_comes_back) {
    const SymbolTable table = table_of({"a", "ab", std::string("\0", 1), "b\xff"});
    const SymbolPacker packer(table);
    const SymbolPacker no_packer{SymbolTable()};
    for (int a = 0; a < 256; ++a) {
        for (int b = 0; b < 256; ++b) {
            const std::string pair = {static_cast<char>(a), static_cast<char>(b)};
            BOOST_TEST_REQUIRE((unpack(table, pack(packer, pair)) == pair));
            BOOST_TEST_REQUIRE((unpack({}, pack(no_packer, pair)) == pair));
        }
    }
}

BOOST_AUTO_TEST_CASE(whatever_goes_in_comes_out) {
    with_random_texts(
        [](const SymbolTable& table, const SymbolPacker& packer, const std::string& text,
           std::mt19937_64&) { BOOST_TEST_REQUIRE((unpack(table, pack(packer, text)) == text)); });
}

BOOST_AUTO_TEST_CASE(packed_octets_compare_as_what_they_stand_for) {
    with_random_texts([](const SymbolTable& table, const SymbolPacker& packer,
                         const std::string& text, std::mt19937_64& random) {
        const std::string before = random_text(random);
        std::string other = random() % 4 == 0 ? random_text(random) : text;
        if (random() % 2 == 0) other.resize(random() % (other.size() + 1));
        if (random() % 2 == 0) other += random_text(random);
        if (random() % 2 == 0 && !other.empty()) other[random() % other.size()] ^= 1;
        const std::string sought = before + other;
        const auto packed = pack(packer, text);
        const auto found = table.compare(
            packed, std::vector<std::uint8_t>(sought.begin(), sought.end()), before.size());
        BOOST_TEST_REQUIRE(found.has_value());
        const int expected = compare(as_octets(text), as_octets(other));
        BOOST_TEST_REQUIRE((found->order > 0) == (expected > 0));
        BOOST_TEST_REQUIRE((found->order < 0) == (expected < 0));
        BOOST_TEST_REQUIRE(found->common == common_prefix(as_octets(text), as_octets(other)));
    });
}

BOOST_AUTO_TEST_CASE(octets_that_are_nothing_packed_compare_as_they_unpack_or_not_at_all) {
    const std::uint64_t seed = test::random_seed();
    std::mt19937_64 random(seed);
    for (int i = 0; i < 20000; ++i) {
        const SymbolTable table = i % 100 == 0 ? SymbolTable() : table_of({"a", "ab", "abcdefgh"});
        std::vector<std::uint8_t> packed(random() % 8);
        for (auto& octet : packed)
            octet =
                static_cast<std::uint8_t>(random() % 2 == 0 ? random() % 3 : 250 + random() % 6);
        const auto text = unpack(table, packed);
        const std::string sought = "ababcd";
        const auto found = table.compare(packed, as_octets(sought), 0);
        if (!text) continue;
        BOOST_TEST_REQUIRE(found.has_value(), "seed " << seed);
        const int expected = compare(as_octets(*text), as_octets(sought));
        BOOST_TEST_REQUIRE((found->order < 0) == (expected < 0), "seed " << seed);
        BOOST_TEST_REQUIRE((found->order == 0) == (expected == 0), "seed " << seed);
    }
}

BOOST_AUTO_TEST_CASE(the_longest_symbol_is_taken) {
    const SymbolTable table = table_of({"a", "ab", "abc", "abcdefgh", "abcdef", "abd"});
    BOOST_TEST((pack(table, "abcdefgh") == std::vector<std::uint8_t>{3}));
    BOOST_TEST((pack(table, "abcdefg") == std::vector<std::uint8_t>{4, 252, 'g'}));
    BOOST_TEST((pack(table, "abdab") == std::vector<std::uint8_t>{5, 1}));
    // Zeros at the end of a symbol are octets, and none are after the end of what is packed.
    const SymbolTable zeros = table_of({std::string("x\0\0\0", 4), "x"});
    BOOST_TEST((pack(zeros, "x") == std::vector<std::uint8_t>{1}));
    BOOST_TEST((pack(zeros, std::string_view("x\0\0\0", 4)) == std::vector<std::uint8_t>{0}));
}

BOOST_AUTO_TEST_CASE(octets_that_are_in_no_symbol) {
    BOOST_TEST((pack(SymbolTable(), "a") == std::vector<std::uint8_t>{252, 'a'}));
    BOOST_TEST((pack(SymbolTable(), "ab") == std::vector<std::uint8_t>{253, 'a', 'b'}));
    BOOST_TEST((pack(SymbolTable(), "abc") == std::vector<std::uint8_t>{254, 'a', 'b', 'c'}));
    BOOST_TEST(
        (pack(SymbolTable(), "abcd") == std::vector<std::uint8_t>{255, 4, 'a', 'b', 'c', 'd'}));
    BOOST_TEST(pack(SymbolTable(), std::string(256, 'a')).size() == 2U + 255U + 2U);
}

BOOST_AUTO_TEST_CASE(training_makes_similar_keys_shorter) {
    std::vector<std::string> names;
    for (int i = 0; i < 2000; ++i)
        names.push_back("\3com\7example\4mail" + std::to_string(i));
    const SymbolTable table = train(names);
    BOOST_TEST(table.size() > 0U);
    BOOST_TEST(pack(table, "\3com\7example\4mail").size() <= 4U);
    BOOST_TEST((unpack(table, pack(table, names[7])) == names[7]));
    // An empty sample gives an empty table, and a sample without repeats does no harm.
    BOOST_TEST(train({}).size() == 0U);
    const std::uint64_t seed = test::random_seed();
    std::mt19937_64 random(seed);
    for (int i = 0; i < 5; ++i) {
        std::vector<std::string> texts;
        for (int k = 0; k < 20; ++k)
            texts.push_back(random_text(random));
        const SymbolTable trained = train(texts);
        for (const std::string& text : texts)
            BOOST_TEST_REQUIRE((unpack(trained, pack(trained, text)) == text), "seed " << seed);
    }
}

BOOST_AUTO_TEST_CASE(damaged_octets_are_unpacked_within_bounds) {
    const std::uint64_t seed = test::random_seed();
    std::mt19937_64 random(seed);
    for (int i = 0; i < 50000; ++i) {
        const SymbolTable table = i % 100 == 0 ? random_table(random) : SymbolTable();
        std::vector<std::uint8_t> packed(random() % 60);
        for (std::uint8_t& octet : packed) {
            octet =
                static_cast<std::uint8_t>(random() % 8 == 0 ? 252 + random() % 4 : random() % 256);
        }
        static_cast<void>(unpack(table, packed, random() % 80));
    }
    BOOST_TEST(!unpack({}, std::vector<std::uint8_t>{255}));
    BOOST_TEST(!unpack({}, std::vector<std::uint8_t>{255, 2, 'a'}));
    BOOST_TEST(!unpack({}, std::vector<std::uint8_t>{253, 'a'}));
    // No symbol of the table.
    BOOST_TEST(!unpack({}, std::vector<std::uint8_t>{0}));
    BOOST_TEST(!unpack(table_of({"a"}), std::vector<std::uint8_t>{1}));
}

BOOST_AUTO_TEST_SUITE_END()
