// Punycode (RFC 3492): a label of any characters in the letters of the DNS.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "storage/base/text_writer.hpp"

namespace dnshist {

// In front of a label that is encoded so (RFC 5890).
inline constexpr std::string_view ace_prefix = "xn--";

// Writes "xn--" and the code of the characters, of which at least one is not ASCII. At most 64
// characters are taken. libidn2 does the same with checks that take ten times as long.
void write_ace(TextWriter& out, std::u32string_view label) noexcept;

// The characters of a label of at most 63 octets that begins with "xn--", in lower case. Nothing
// where it is no Punycode; that IDNA permits the characters is not checked.
std::optional<std::u32string> read_ace(std::string_view label);

}  // namespace dnshist
