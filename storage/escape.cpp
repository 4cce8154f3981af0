#include "storage/escape.hpp"

#include <array>

namespace dnshist {

namespace {

enum class Shown : std::uint8_t { as_it_is, backslash, decimal };

using ShownTable = std::array<Shown, 256>;

constexpr ShownTable make_table(Escaping escaping) {
    ShownTable table{};
    for (std::size_t c = 0; c < table.size(); ++c) {
        table[c] = c >= ' ' && c <= '~' ? Shown::as_it_is : Shown::decimal;
    }
    if (escaping == Escaping::name) table[' '] = Shown::decimal;
    for (const char c :
         escaping == Escaping::name ? std::string_view(".\\\";()@$") : std::string_view("\\\"")) {
        table[static_cast<std::uint8_t>(c)] = Shown::backslash;
    }
    return table;
}

constexpr ShownTable in_names = make_table(Escaping::name);
constexpr ShownTable in_quotes = make_table(Escaping::quoted);

}  // namespace

void write_escaped(TextWriter& out, Octets octets, Escaping escaping) noexcept {
    const ShownTable& table = escaping == Escaping::name ? in_names : in_quotes;
    const std::string_view text = as_text(octets);
    std::size_t plain = 0;  // where what has not been written yet begins
    for (std::size_t i = 0; i < octets.size(); ++i) {
        if (table[octets[i]] == Shown::as_it_is) continue;
        out.put(text.substr(plain, i - plain));
        if (table[octets[i]] == Shown::backslash) {
            out.put('\\');
            plain = i;  // the character itself goes with what follows
        } else {
            write_decimal_escape(out, octets[i]);
            plain = i + 1;
        }
    }
    out.put(text.substr(plain));
}

void write_decimal_escape(TextWriter& out, std::uint8_t octet) noexcept {
    const std::array<char, 4> text{'\\', static_cast<char>('0' + octet / 100),
                                   static_cast<char>('0' + octet / 10 % 10),
                                   static_cast<char>('0' + octet % 10)};
    out.put(std::string_view(text.data(), text.size()));
}

}  // namespace dnshist
