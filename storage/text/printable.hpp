// Foreign text, made safe for a terminal, a log and a file that people edit.
//
// Text of a file, of its name or of a sender may have characters that a terminal obeys or that hide
// what is there: control characters (C0, DEL, C1), the marks that turn the direction of text
// (U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069), the line separators U+2028 and
// U+2029, and octets that are no UTF-8. They become escapes. All other text stays as it is, in any
// language.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace dnshist {

enum class Escape : std::uint8_t {
    decimal,  // \DDD for each octet, as in master files (RFC 1035, section 5.1)
    hex,      // \xHH for each octet, as in Zeek's logs
    json,     // \uHHHH for the character (RFC 8259, section 7)
};

// `kept` has the control characters of ASCII that stay, such as "\t" or "\n".
std::string printable(std::string_view text, Escape escape = Escape::decimal,
                      std::string_view kept = {});

}  // namespace dnshist
