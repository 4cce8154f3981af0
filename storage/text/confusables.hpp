// Characters that look like a letter or digit of the DNS: other letters of it, letters with marks,
// and letters of other scripts that a label of IDNA may have (RFC 5892: all of these are PVALID).
#pragma once

#include <span>
#include <string_view>

namespace dnshist {

struct Confusable {
    char character;
    std::string_view plain;      // texts of the DNS, with spaces between them
    std::u32string_view others;  // single characters
};
// Null where nothing looks like the character.
const Confusable* confusables_of(char character) noexcept;

// The letter or digit of the DNS that has the character among its `others`, or the character.
char32_t plain_of(char32_t character) noexcept;

}  // namespace dnshist
