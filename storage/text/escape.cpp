#include "storage/text/escape.hpp"

#include <algorithm>
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
    const auto is_special = [&table](std::uint8_t octet) {
        return table[octet] != Shown::as_it_is;
    };
    auto plain = octets.begin();  // where what has not been written yet begins
    for (auto at = plain; (at = std::find_if(at, octets.end(), is_special)) != octets.end(); ++at) {
        out.put(as_text({plain, at}));
        if (table[*at] == Shown::backslash) {
            out.put('\\');
            plain = at;  // the character itself goes with what follows
        } else {
            write_decimal_escape(out, *at);
            plain = at + 1;
        }
    }
    out.put(as_text({plain, octets.end()}));
}

void write_decimal_escape(TextWriter& out, std::uint8_t octet) noexcept {
    const std::array<char, 4> text{'\\', static_cast<char>('0' + octet / 100),
                                   static_cast<char>('0' + octet / 10 % 10),
                                   static_cast<char>('0' + octet % 10)};
    out.put(std::string_view(text.data(), text.size()));
}

}  // namespace dnshist
