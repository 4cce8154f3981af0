// RDATA from presentation form: the layout's fields one after the other, or the generic form.
#include <array>

#include "storage/record/field_text.hpp"
#include "storage/record/rdata.hpp"
#include "storage/record/rdata_fields.hpp"
#include "storage/record/rdata_ldns.hpp"
#include "storage/record/svcb.hpp"
#include "storage/record/tokens.hpp"
#include "storage/text/base_encoding.hpp"
#include "storage/text/escape.hpp"
#include "storage/text/quote.hpp"

namespace dnshist {

namespace {

// The types named, in any order and some perhaps twice, as windows of bits.
Result<void> read_bitmap(Tokens& words, Rdata& out) {
    std::array<std::uint8_t, 65536 / 8> bits{};
    while (const auto word = words.next()) {
        const auto type = rrtype_from_text(word->text);
        if (!type) return Problem{"not a record type: " + quote(word->text)};
        bits[number(*type) / 8] |= static_cast<std::uint8_t>(0x80 >> number(*type) % 8);
    }
    for (std::size_t window = 0; window < 256; ++window) {
        const std::span<const std::uint8_t> all = std::span(bits).subspan(window * 32, 32);
        std::size_t length = all.size();
        while (length > 0 && all[length - 1] == 0)
            --length;
        if (length == 0) continue;
        const std::array head{static_cast<std::uint8_t>(window), static_cast<std::uint8_t>(length)};
        if (!out.append(Octets(head)) || !out.append(all.first(length))) {
            return Problem{"more types than RDATA has room for"};
        }
    }
    return {};
}
// A text that is no list of character-strings, as it stands, in pieces of 255 octets.
Result<void> read_as_one_string(std::string_view text, Rdata& out) {
    do {
        const std::string_view piece = text.substr(0, 255);
        if (!out.append(static_cast<std::uint8_t>(piece.size())) || !out.append(as_octets(piece))) {
            return Problem{"more text than RDATA has room for: " + quote(text)};
        }
        text.remove_prefix(piece.size());
    } while (!text.empty());
    return {};
}

// Adds the string, in pieces of 255 octets where it has more. False where an escape in it is
// broken, or it is too much.
bool read_string(std::string_view text, Rdata& out) {
    const std::size_t before = out.octets().size();
    if (read_character_string(text, out)) return true;
    out.resize(before);
    if (!read_escaped(text, out)) return false;
    const std::string octets(as_text(Octets(out.octets().subspan(before))));
    out.resize(before);
    return read_as_one_string(octets, out).has_value();
}

bool is_letter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

enum class Quotes : bool { optional, required };

// A list of strings, and nothing else.
Result<void> read_strings(Tokens& words, Quotes quotes, Rdata& out) {
    if (words.at_end()) return Problem{"a character-string is missing"};
    while (const auto word = words.next()) {
        if (words.broken()) return Problem{"a quote that is not closed: " + quote(word->text)};
        if (quotes == Quotes::required && !word->quoted) {
            return Problem{"text without quotes follows text in quotes: " + quote(word->text)};
        }
        if (!read_string(word->text, out)) {
            return Problem{"not a character-string: " + quote(word->text)};
        }
    }
    return {};
}

// Types whose strings are one text, which is cut because a string has 255 octets at most. In the
// others each string is an item.
bool is_text(Rrtype type) noexcept {
    return type == Rrtype::TXT || type == Rrtype::SPF || type == Rrtype::AVC ||
           type == Rrtype::NINFO;
}

// Whether each backslash begins an escape that a program would write: \DDD, or a backslash before
// a character that means something in a master file. One before a letter was sent as it is.
bool has_only_escapes(std::string_view text) noexcept {
    const char* const end = text.data() + text.size();
    for (std::size_t at = 0; (at = text.find('\\', at)) != std::string_view::npos;) {
        const char* behind = text.data() + at + 1;
        if (behind != end && is_letter(*behind)) return false;
        if (!read_escape(behind, end)) return false;
        at = static_cast<std::size_t>(behind - text.data());
    }
    return true;
}

// The text of a feed. In quotes it is a list of strings, as DNS tools write it. Without quotes it
// is one text with all its blanks: CIRCL's server takes the quotes away, and sensors log what was
// sent, in which a backslash is no escape.
Result<void> read_feed_text(std::string_view text, Rdata& out) {
    if (skip_blanks(text).starts_with('"')) {
        Tokens words(text);
        return read_strings(words, Quotes::required, out);
    }
    if (has_only_escapes(text) && read_string(text, out)) return {};
    out.clear();
    return read_as_one_string(text, out);
}

// The fields that take all the words that are left.
Result<void> read_rest(Field field, Tokens& words, Rdata& out) {
    const std::string_view rest = skip_blanks(words.rest());
    switch (field) {
        case Field::strings:
            return read_strings(words, Quotes::optional, out);
        case Field::bitmap:
            return read_bitmap(words, out);
        case Field::svc_params:
            return read_svc_params(rest, out);
        default:
            if (rest.empty() && field == Field::key) return {};
            if (rest.empty()) return Problem{std::string(describe(field)) + " is missing"};
            if (!(field == Field::hex ? read_hex(rest, out) : read_base64(rest, out))) {
                return bad_field(field, rest);
            }
            return {};
    }
}

bool takes_rest(Field field) noexcept {
    return field == Field::strings || field == Field::bitmap || field == Field::svc_params ||
           field == Field::hex || field == Field::base64 || field == Field::key;
}

Result<void> read_fields(const Layout& layout, std::string_view text, const NameOrigin& origin,
                         Rdata& out) {
    Tokens words(text);
    for (const Field field : layout.fields) {
        if (field == Field::none) break;
        if (takes_rest(field)) return read_rest(field, words, out);
        Result<void> read = read_field(field, words, origin, out);
        if (!read) return read;
    }
    if (!words.at_end()) return Problem{"more than was expected: " + quote(words.rest())};
    return {};
}

// Whether the text is in the generic form, and where it goes on: behind "\#". Some feeds write the
// backslash twice.
bool take_generic_mark(std::string_view& text) noexcept {
    std::string_view rest = skip_blanks(text);
    if (rest.starts_with("\\\\#")) rest.remove_prefix(1);
    if (!rest.starts_with("\\#")) return false;
    rest.remove_prefix(2);
    if (!rest.empty() && !is_blank(rest.front())) return false;
    text = rest;
    return true;
}

// RFC 3597, section 5: a length and that many octets.
Result<void> read_generic(std::string_view text, Rdata& out) {
    Tokens words(text);
    const auto length_word = words.next();
    const auto length = length_word ? read_decimal(length_word->text, 65535) : std::nullopt;
    if (!length) return Problem{"the length is missing behind \\#: " + quote(text)};
    const std::string_view digits = skip_blanks(words.rest());
    if (!read_hex(digits, out)) return bad_field(Field::hex, digits);
    if (out.octets().size() != *length) {
        return Problem{"\\# " + std::to_string(*length) + " but " +
                       std::to_string(out.octets().size()) + " octets follow"};
    }
    return {};
}

// The text of a HIP with the names at its end made absolute: ldns knows no origin.
Result<void> make_names_absolute(std::string_view text, const NameOrigin& origin,
                                 std::string& absolute) {
    constexpr unsigned words_before = 3;
    Tokens words(text);
    for (unsigned i = 0; const auto word = words.next(); ++i) {
        if (i != 0) absolute += ' ';
        if (i < words_before) {
            absolute += word->text;
            continue;
        }
        const Result<Name> name = origin.read_name(word->text);
        if (!name) return name.error();
        absolute += name->text();
    }
    return {};
}

Result<void> read_by_ldns(Rrtype type, std::string_view text, const NameOrigin& origin,
                          Rdata& out) {
    if (!origin.master_file || type != Rrtype::HIP) return read_rdata_by_ldns(type, text, out);
    std::string absolute;
    Result<void> made = make_names_absolute(text, origin, absolute);
    if (!made) return made;
    return read_rdata_by_ldns(type, absolute, out);
}

// Whether what our readers leave of such fields is valid and canonical, whatever they read: what
// has not the size or form of its field is a problem there, and RDATA has room for ten of them. Of
// others only the whole shows it.
constexpr bool leaves_valid(const Layout& layout) noexcept {
    for (const Field field : layout.fields) {
        switch (field) {
            case Field::none:
                return true;
            case Field::u8:
            case Field::u16:
            case Field::u32:
            case Field::interval:
            case Field::ipv4:
            case Field::ipv6:
            case Field::name:
            case Field::string:
            case Field::strings:
                break;
            default:
                return false;
        }
    }
    return true;
}

Result<void> read_rdata(Rrtype type, std::string_view text, const NameOrigin& origin, Rdata& out) {
    out.clear();
    const Layout* const layout = layout_of(type);
    const std::string_view whole = text;
    const bool generic = take_generic_mark(text);
    if (!generic && (layout == nullptr || layout->text == Text::generic)) {
        return Problem{rrtype_text(type) + " is written as \\# and hexadecimal digits only, not " +
                       quote(whole)};
    }
    const bool by_ldns = !generic && layout->text == Text::ldns;
    const bool feed_text = !origin.master_file && is_text(type);
    Result<void> read = generic     ? read_generic(text, out)
                        : by_ldns   ? read_by_ldns(type, text, origin, out)
                        : feed_text ? read_feed_text(text, out)
                                    : read_fields(*layout, text, origin, out);
    if (!read) return read;
    if (!generic && leaves_valid(*layout)) return {};
    if (!detail::make_canonical(type, out)) {
        return Problem{"not valid RDATA of " + rrtype_text(type) + ": " + quote(whole)};
    }
    return {};
}

}  // namespace

Result<void> rdata_from_text(Rrtype type, std::string_view text, Rdata& out) {
    return read_rdata(type, text, {}, out);
}

Result<void> rdata_from_master_file(Rrtype type, std::string_view text, const Name* origin,
                                    Rdata& out) {
    return read_rdata(type, text, {.master_file = true, .name = origin}, out);
}

}  // namespace dnshist
