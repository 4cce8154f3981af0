#include "storage/record/tokens.hpp"

#include "storage/base/swar.hpp"
#include "storage/text/escape.hpp"

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
    const auto may_end = [](std::uint64_t word) {
        return (mark_up_to(word, ' ') | mark(word, '\\')) & ~word;
    };
    const char* const begin = rest_.data();
    const char* const end = begin + rest_.size();
    const char* at = find_marked(begin, end, may_end);
    while (at != end && !is_blank(*at)) {
        at += *at == '\\' && at + 1 != end ? 2 : 1;
        at = find_marked(at, end, may_end);
    }
    const Token token{{begin, at}, false};
    rest_ = {at, end};
    return token;
}

std::optional<std::string_view> take_quoted(std::string_view& text) noexcept {
    const auto special = [](std::uint64_t word) {
        return (mark(word, '"') | mark(word, '\\')) & ~word;
    };
    const char* const begin = text.data() + 1;
    const char* const end = text.data() + text.size();
    const char* at = find_marked(begin, end, special);
    while (at != end && *at != '"') {
        if (++at == end) return std::nullopt;
        at = find_marked(at + 1, end, special);
    }
    if (at == end) return std::nullopt;
    text = {at + 1, end};
    return std::string_view(begin, at);
}

bool read_escaped(std::string_view text, Rdata& out) noexcept {
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at != end) {
        const char* const plain = at;
        at = find_marked(at, end, [](std::uint64_t word) { return mark(word, '\\') & ~word; });
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
