#include "storage/text/quote.hpp"

#include <array>
#include <cstdint>

#include "storage/text/escape.hpp"

namespace dnshist {

namespace {

constexpr std::size_t longest_shown = 80;

}  // namespace

std::string quote(std::string_view text) {
    std::array<char, 4 * longest_shown + 8> room;
    TextWriter out(room);
    out.put('\'');
    for (const char c : text.substr(0, longest_shown)) {
        if (c >= ' ' && c <= '~') {
            out.put(c);
        } else {
            write_decimal_escape(out, static_cast<std::uint8_t>(c));
        }
    }
    if (text.size() > longest_shown) out.put("...");
    out.put('\'');
    return std::string(out.text());
}

}  // namespace dnshist
