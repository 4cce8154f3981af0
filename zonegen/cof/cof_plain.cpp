#include "zonegen/cof/cof_plain.hpp"

#include "storage/base/swar.hpp"

namespace dnshist::zonegen::cof {

// These functions scan from `at` to `last`, the closing brace, which ends every token. Those that
// return a pointer return null if the token is not there.
namespace {

const char* skip_blanks(const char* at) noexcept {
    while (*at == ' ')
        ++at;
    return at;
}

// The next quote, backslash, control character or octet that is not ASCII; or the last.
const char* find_special(const char* at, const char* last) noexcept {
    return find_marked(at, last, [](std::uint64_t word) {
        return mark(word, '"') | mark(word, '\\') | mark_up_to(word, '\x1f') | word;
    });
}

// A key and its colon.
const char* skip_key(const char* at, const char* last) noexcept {
    if (*at != '"') return nullptr;
    const char* const end = find_special(at + 1, last);
    return *end == '"' && end[1] == ':' ? end + 2 : nullptr;
}

// Of 18 digits at most, which 64 bits always hold.
const char* read_number(const char* at, Value& value) noexcept {
    const char* const begin = at;
    std::uint64_t number = 0;
    for (unsigned digit = 0; (digit = static_cast<unsigned>(*at - '0')) < 10; ++at)
        number = number * 10 + digit;
    const auto digits = at - begin;
    if (digits == 0 || digits > 18 || (*begin == '0' && digits > 1)) return nullptr;
    value = number;
    return at;
}

}  // namespace

bool PlainCofParser::read(std::string_view item, Fields& fields) {
    if (item.size() < 2 || item.front() != '{' || item.back() != '}') return false;
    const char* at = item.data();
    const char* const last = at + item.size() - 1;
    unescaped_.clear();
    Field before = others;
    do {
        at = skip_blanks(at + 1);
        Key& key = following_[before];
        const char* const key_at = at;
        if (!key.text.empty() && std::string_view(at, last).starts_with(key.text)) {
            at += key.text.size();
        } else {
            at = skip_key(at, last);
            if (at == nullptr) return false;
            key = {{key_at, at}, field_of({key_at + 1, at - 2})};
        }
        at = skip_blanks(at);
        Value& value = fields[key.field];
        if (*at == '"') {
            const char* const begin = at + 1;
            at = find_special(begin, last);
            if (*at == '"') {
                value = std::string_view(begin, at++);
            } else {
                at = read_escaped(begin, at, last, value);
            }
        } else {
            at = read_number(at, value);
        }
        if (at == nullptr) return false;
        before = key.field;
    } while (*at == ',');
    return at == last;
}

// A text from `begin`, of which `backslash` is the first that is special.
const char* PlainCofParser::read_escaped(const char* begin, const char* backslash, const char* last,
                                         Value& value) {
    // Reserves what all texts of the object may need, so that those before keep their addresses.
    unescaped_.reserve(static_cast<std::size_t>(last - begin) + unescaped_.size());
    const std::size_t before = unescaped_.size();
    const char* at = backslash;
    while (*at == '\\' && (at[1] == '"' || at[1] == '\\')) {
        unescaped_.append(begin, at);
        begin = at + 1;  // the escaped character is appended with the next part
        at = find_special(at + 2, last);
    }
    if (*at != '"') return nullptr;
    unescaped_.append(begin, at);
    value = std::string_view(unescaped_).substr(before);
    return at + 1;
}

}  // namespace dnshist::zonegen::cof
