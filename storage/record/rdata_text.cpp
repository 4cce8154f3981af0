// RDATA from presentation form: the layout's fields one after the other, or the generic form.
#include <algorithm>
#include <array>
#include <charconv>

#include "storage/record/base_encoding.hpp"
#include "storage/record/rdata.hpp"
#include "storage/record/rdata_fields.hpp"
#include "storage/record/rdata_ldns.hpp"
#include "storage/record/svcb.hpp"
#include "storage/record/tokens.hpp"
#include "storage/text/address.hpp"
#include "storage/text/quote.hpp"
#include "storage/text/time.hpp"

namespace dnshist {

namespace {

// Where a text comes from.
struct Origin {
    bool master_file = false;
    const Name* name = nullptr;

    Result<Name> read_name(std::string_view text) const {
        return master_file ? Name::from_master_file(text, name) : Name::from_text(text);
    }
};

// The name of a field in messages.
const char* describe(Field field) noexcept {
    switch (field) {
        case Field::u8:
            return "a number from 0 to 255";
        case Field::u16:
            return "a number from 0 to 65535";
        case Field::u32:
            return "a number from 0 to 4294967295";
        case Field::interval:
            return "a number of seconds";
        case Field::time:
            return "a time as YYYYMMDDHHmmSS";
        case Field::type:
            return "a record type";
        case Field::algorithm:
            return "a DNSSEC algorithm";
        case Field::certificate:
            return "a certificate type";
        case Field::scheme:
            return "a scheme of DSYNC";
        case Field::ipv4:
            return "an IPv4 address";
        case Field::ipv6:
            return "an IPv6 address";
        case Field::node:
        case Field::locator:
            return "four groups of hexadecimal digits";
        case Field::eui48:
            return "an EUI-48 address";
        case Field::eui64:
            return "an EUI-64 address";
        case Field::name:
            return "a domain name";
        case Field::string:
        case Field::text:
            return "a character-string";
        case Field::tag:
            return "a property tag";
        case Field::salt:
            return "a salt in hexadecimal digits, or '-'";
        case Field::hash:
            return "a hash in base32hex";
        case Field::hex:
            return "hexadecimal digits";
        case Field::base64:
        case Field::key:
            return "base64";
        default:
            return "RDATA";
    }
}

void append_number(Rdata& out, std::uint32_t value, unsigned octets) noexcept {
    for (unsigned shift = octets * 8; shift != 0;) {
        shift -= 8;
        out.append(static_cast<std::uint8_t>(value >> shift));
    }
}

// A decimal number and nothing else, no greater than `limit`.
std::optional<std::uint32_t> read_decimal(std::string_view text, std::uint32_t limit) noexcept {
    if (text.empty() || text.size() > 10) return std::nullopt;
    std::uint64_t value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + static_cast<unsigned>(c - '0');
    }
    if (value > limit) return std::nullopt;
    return static_cast<std::uint32_t>(value);
}

bool read_number(std::string_view text, unsigned octets, Rdata& out) noexcept {
    const auto value = read_decimal(text, 0xffffffffU >> (32 - 8 * octets));
    if (value) append_number(out, *value, octets);
    return value.has_value();
}

// 3600, or 1h30m as master files may have it.
bool read_interval(std::string_view text, Rdata& out) noexcept {
    if (read_number(text, 4, out)) return true;
    std::uint64_t total = 0;
    while (!text.empty()) {
        const std::size_t digits = text.find_first_not_of("0123456789");
        if (digits == std::string_view::npos) return false;
        const auto part = duration_from_text(text.substr(0, digits + 1));
        if (!part) return false;
        total += *part;
        if (total > 0xffffffffU) return false;
        text.remove_prefix(digits + 1);
    }
    append_number(out, static_cast<std::uint32_t>(total), 4);
    return true;
}

// YYYYMMDDHHmmSS or seconds since 1970 (RFC 4034, section 3.2).
bool read_dnssec_time(std::string_view text, Rdata& out) noexcept {
    if (text.size() != 14) return read_number(text, 4, out);
    std::array<char, 20> dressed{'0', '0', '0', '0', '-', '0', '0', '-', '0', '0',
                                 'T', '0', '0', ':', '0', '0', ':', '0', '0', 'Z'};
    std::size_t from = 0;
    for (const unsigned to : {0U, 2U, 5U, 8U, 11U, 14U, 17U}) {
        dressed[to] = text[from++];
        dressed[to + 1] = text[from++];
    }
    const auto time = timestamp_from_text({dressed.data(), dressed.size()});
    if (time) append_number(out, time->since_epoch, 4);
    return time.has_value();
}

// A number of so many octets, or one of the mnemonics, in any case.
bool read_mnemonic(std::string_view text, std::span<const Mnemonic> mnemonics, unsigned octets,
                   Rdata& out) noexcept {
    if (read_number(text, octets, out)) return true;
    for (const Mnemonic& known : mnemonics) {
        const bool same = std::ranges::equal(known.text, text, {}, {}, [](char c) {
            return static_cast<char>(c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c);
        });
        if (!same) continue;
        append_number(out, known.number, octets);
        return true;
    }
    return false;
}

bool read_type(std::string_view text, Rdata& out) noexcept {
    const auto type = rrtype_from_text(text);
    if (type) append_number(out, number(*type), 2);
    return type.has_value();
}

// `count` groups of as many hexadecimal digits as 2 * size, with `between` between them.
bool read_groups(std::string_view text, std::size_t count, std::size_t size, char between,
                 Rdata& out) noexcept {
    const std::size_t step = 2 * size + 1;
    if (text.size() != count * step - 1) return false;
    for (std::size_t i = 0; i < count; ++i) {
        if (i != 0 && text[i * step - 1] != between) return false;
        if (!read_hex(text.substr(i * step, 2 * size), out)) return false;
    }
    return true;
}

// Adds what `read` reads behind a length octet of its own.
template <class Read>
bool read_counted(Rdata& out, Read&& read) noexcept {
    const std::size_t length_at = out.octets().size();
    if (!out.append(std::uint8_t{0}) || !read()) return false;
    const std::size_t length = out.octets().size() - length_at - 1;
    if (length > 255) return false;
    out.octets()[length_at] = static_cast<std::uint8_t>(length);
    return true;
}

bool append_address(const auto& address, Rdata& out) noexcept {
    return address && out.append(Octets(*address));
}

// The fields that are one word each.
bool read_word(Field field, std::string_view word, Rdata& out) noexcept {
    switch (field) {
        case Field::u8:
            return read_number(word, 1, out);
        case Field::u16:
            return read_number(word, 2, out);
        case Field::u32:
            return read_number(word, 4, out);
        case Field::interval:
            return read_interval(word, out);
        case Field::time:
            return read_dnssec_time(word, out);
        case Field::type:
            return read_type(word, out);
        case Field::algorithm:
            return read_mnemonic(word, algorithm_mnemonics, 1, out);
        case Field::certificate:
            return read_mnemonic(word, certificate_mnemonics, 2, out);
        case Field::scheme:
            return read_mnemonic(word, scheme_mnemonics, 1, out);
        case Field::ipv4:
            return append_address(ipv4_from_text(word), out);
        case Field::ipv6:
            return append_address(ipv6_from_text(word), out);
        case Field::node:
        case Field::locator:
            return read_groups(word, 4, 2, ':', out);
        case Field::eui48:
            return read_groups(word, 6, 1, '-', out);
        case Field::eui64:
            return read_groups(word, 8, 1, '-', out);
        case Field::string:
            return read_character_string(word, out);
        case Field::tag:
            return read_counted(out, [&] { return out.append(as_octets(word)); });
        case Field::salt:
            return read_counted(out, [&] { return word == "-" || read_hex(word, out); });
        case Field::hash:
            return read_counted(out, [&] { return read_base32hex(word, out); });
        case Field::text:
            return read_escaped(word, out);
        default:
            return false;
    }
}

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

// Adds the string, in pieces of 255 octets where it has more. False where it is no string, or too
// much.
bool read_long_string(std::string_view text, Rdata& out) {
    const std::size_t before = out.octets().size();
    if (!read_escaped(text, out)) return false;
    const std::string octets(as_text(Octets(out.octets().subspan(before))));
    out.resize(before);
    return read_as_one_string(octets, out).has_value();
}

// A list of strings, and nothing else.
Result<void> read_only_strings(Tokens& words, Rdata& out) {
    if (words.at_end()) return Problem{"a character-string is missing"};
    while (const auto word = words.next()) {
        if (words.broken()) return Problem{"a quote that is not closed: " + quote(word->text)};
        if (!read_long_string(word->text, out)) {
            return Problem{"not a character-string: " + quote(word->text)};
        }
    }
    return {};
}

Result<void> read_strings(Tokens& words, Rdata& out) {
    words.at_end();
    const std::string_view whole = words.rest();
    const std::size_t before = out.octets().size();
    bool valid = true;
    while (const auto word = words.next()) {
        valid = valid && !words.broken() && read_character_string(word->text, out);
    }
    if (valid && !whole.empty()) return {};
    out.resize(before);
    return read_as_one_string(whole, out);
}

// The target of a gateway or relay of that type.
Result<void> read_gateway_target(std::uint32_t type, std::string_view word, const Origin& origin,
                                 Rdata& out) {
    bool read = false;
    switch (GatewayType{static_cast<std::uint8_t>(type)}) {
        case GatewayType::none:
            read = word == ".";
            break;
        case GatewayType::ipv4:
            read = append_address(ipv4_from_text(word), out);
            break;
        case GatewayType::ipv6:
            read = append_address(ipv6_from_text(word), out);
            break;
        case GatewayType::name: {
            const Result<Name> name = origin.read_name(word);
            if (!name) return name.error();
            read = out.append(name->wire());
            break;
        }
    }
    if (!read) return Problem{"not a gateway: " + quote(word)};
    return {};
}

// The gateway's type, the algorithm, the gateway.
Result<void> read_gateway(Tokens& words, const Origin& origin, Rdata& out) {
    const auto type_word = words.next();
    const auto algorithm = words.next();
    const auto gateway = words.next();
    if (!gateway) return Problem{"a gateway is missing"};
    const auto type = read_decimal(type_word->text, 3);
    if (!type) return Problem{"not a gateway type from 0 to 3: " + quote(type_word->text)};
    append_number(out, *type, 1);
    if (!read_number(algorithm->text, 1, out)) {
        return Problem{"not an algorithm from 0 to 255: " + quote(algorithm->text)};
    }
    return read_gateway_target(*type, gateway->text, origin, out);
}

// The D bit, the relay's type, the relay (RFC 8777, section 4.3).
Result<void> read_relay(Tokens& words, const Origin& origin, Rdata& out) {
    const auto discovery_word = words.next();
    const auto type_word = words.next();
    const auto relay = words.next();
    if (!relay) return Problem{"a relay is missing"};
    const auto discovery = read_decimal(discovery_word->text, 1);
    if (!discovery) return Problem{"not a D bit of 0 or 1: " + quote(discovery_word->text)};
    const auto type = read_decimal(type_word->text, 3);
    if (!type) return Problem{"not a relay type from 0 to 3: " + quote(type_word->text)};
    append_number(out, *discovery << 7 | *type, 1);
    return read_gateway_target(*type, relay->text, origin, out);
}

// A prefix length, the rest of the address where there is a rest, the prefix's name where there is
// a prefix.
Result<void> read_chain(Tokens& words, const Origin& origin, Rdata& out) {
    const auto length_word = words.next();
    if (!length_word) return Problem{"a prefix length is missing"};
    const auto length = read_decimal(length_word->text, 128);
    if (!length) return Problem{"not a prefix length from 0 to 128: " + quote(length_word->text)};
    append_number(out, *length, 1);
    if (*length < 128) {
        const auto word = words.next();
        if (!word) return Problem{"an IPv6 address is missing"};
        const auto address = ipv6_from_text(word->text);
        if (!address) return Problem{"not an IPv6 address: " + quote(word->text)};
        out.append(Octets(*address).subspan(*length / 8));
    }
    if (*length == 0) return {};
    const auto word = words.next();
    if (!word) return Problem{"a domain name is missing"};
    const Result<Name> name = origin.read_name(word->text);
    if (!name) return name.error();
    out.append(name->wire());
    return {};
}

// The fields that are more than one word and not all that are left.
bool takes_words(Field field) noexcept {
    return field == Field::gateway || field == Field::relay || field == Field::chain;
}

Result<void> read_words(Field field, Tokens& words, const Origin& origin, Rdata& out) {
    if (field == Field::relay) return read_relay(words, origin, out);
    if (field == Field::chain) return read_chain(words, origin, out);
    return read_gateway(words, origin, out);
}

Problem bad_field(Field field, std::string_view word) {
    return Problem{std::string("not ") + describe(field) + ": " + quote(word)};
}

// The fields that take all the words that are left.
Result<void> read_rest(Field field, Tokens& words, const Origin& origin, Rdata& out) {
    const std::string_view rest = skip_blanks(words.rest());
    switch (field) {
        case Field::strings:
            return origin.master_file ? read_only_strings(words, out) : read_strings(words, out);
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

Result<void> read_fields(const Layout& layout, std::string_view text, const Origin& origin,
                         Rdata& out) {
    Tokens words(text);
    for (const Field field : layout.fields) {
        if (field == Field::none) break;
        if (takes_rest(field)) return read_rest(field, words, origin, out);
        if (takes_words(field)) {
            Result<void> read = read_words(field, words, origin, out);
            if (!read) return read;
            continue;
        }
        const auto word = words.next();
        if (!word) return Problem{std::string(describe(field)) + " is missing"};
        if (words.broken()) return Problem{"a quote that is not closed: " + quote(text)};
        if (field == Field::name) {
            const Result<Name> name = origin.read_name(word->text);
            if (!name) return name.error();
            out.append(name->wire());
        } else if (!read_word(field, word->text, out)) {
            return bad_field(field, word->text);
        }
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
Result<void> make_names_absolute(std::string_view text, const Origin& origin,
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

Result<void> read_by_ldns(Rrtype type, std::string_view text, const Origin& origin, Rdata& out) {
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

Result<void> read_rdata(Rrtype type, std::string_view text, const Origin& origin, Rdata& out) {
    out.clear();
    const Layout* const layout = layout_of(type);
    const std::string_view whole = text;
    const bool generic = take_generic_mark(text);
    if (!generic && (layout == nullptr || layout->text == Text::generic)) {
        return Problem{rrtype_text(type) + " is written as \\# and hexadecimal digits only, not " +
                       quote(whole)};
    }
    const bool by_ldns = !generic && layout->text == Text::ldns;
    Result<void> read = generic   ? read_generic(text, out)
                        : by_ldns ? read_by_ldns(type, text, origin, out)
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
