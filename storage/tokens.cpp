#include "storage/tokens.hpp"

#include "storage/escape.hpp"

namespace dnshist {

std::optional<Token> Tokens::next() noexcept {
    if (at_end()) return std::nullopt;
    if (rest_.front() == '"') {
        if (const auto quoted = take_quoted(rest_)) return Token{*quoted, true};
        broken_ = true;
        const Token token{rest_, true};
        rest_ = {};
        return token;
    }
    std::size_t size = 0;
    while (size < rest_.size() && !is_blank(rest_[size])) {
        size += rest_[size] == '\\' && size + 1 < rest_.size() ? 2U : 1U;
    }
    const Token token{rest_.substr(0, size), false};
    rest_.remove_prefix(size);
    return token;
}

std::optional<std::string_view> take_quoted(std::string_view& text) noexcept {
    for (std::size_t at = 1; at < text.size(); ++at) {
        if (text[at] == '\\') {
            ++at;
        } else if (text[at] == '"') {
            const std::string_view inside = text.substr(1, at - 1);
            text.remove_prefix(at + 1);
            return inside;
        }
    }
    return std::nullopt;
}

bool read_escaped(std::string_view text, Rdata& out) noexcept {
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at != end) {
        const char* plain = at;
        while (at != end && *at != '\\')
            ++at;
        if (!out.append(as_octets({plain, static_cast<std::size_t>(at - plain)}))) return false;
        if (at == end) break;
        ++at;
        const auto octet = read_escape(at, end);
        if (!octet || !out.append(*octet)) return false;
    }
    return true;
}

bool read_character_string(std::string_view text, Rdata& out) noexcept {
    const std::size_t length_at = out.octets().size();
    if (!out.append(std::uint8_t{0}) || !read_escaped(text, out)) return false;
    const std::size_t length = out.octets().size() - length_at - 1;
    if (length > 255) return false;
    out.octets()[length_at] = static_cast<std::uint8_t>(length);
    return true;
}

}  // namespace dnshist
