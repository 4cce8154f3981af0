// The words of one record's RDATA in presentation form (RFC 1035, section 5.1): separated by
// blanks, or in double quotes. Parentheses and comments belong to master files and have no meaning
// here.
#pragma once

#include <optional>
#include <string_view>

#include "storage/record/rdata.hpp"

namespace dnshist {

struct Token {
    std::string_view text;  // without the quotes; escapes still in it
    bool quoted = false;
};

constexpr bool is_blank(char c) noexcept {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

constexpr std::string_view skip_blanks(std::string_view text) noexcept {
    std::size_t skipped = 0;
    while (skipped < text.size() && is_blank(text[skipped]))
        ++skipped;
    return text.substr(skipped);
}

class Tokens {
  public:
    explicit Tokens(std::string_view text) noexcept : rest_(text) {}

    // Nothing at the end. A quote that is not closed extends to the end and makes this broken().
    std::optional<Token> next() noexcept;
    // Whether nothing but blanks is left.
    bool at_end() noexcept {
        rest_ = skip_blanks(rest_);
        return rest_.empty();
    }
    bool broken() const noexcept { return broken_; }
    std::string_view rest() const noexcept { return rest_; }

  private:
    std::string_view rest_;
    bool broken_ = false;
};

// Takes a quoted text off the front of `text`, which begins with the quote; nothing where the quote
// is not closed.
std::optional<std::string_view> take_quoted(std::string_view& text) noexcept;

// Appends the octets that the escaped text means. False at a broken escape.
bool read_escaped(std::string_view text, Rdata& out) noexcept;

// Adds it as a character-string: a length octet and at most 255 octets. False also where it is
// longer.
bool read_character_string(std::string_view text, Rdata& out) noexcept;

}  // namespace dnshist
