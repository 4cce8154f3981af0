#include "storage/record/field_text.hpp"

#include <algorithm>
#include <array>

#include "storage/text/address.hpp"
#include "storage/text/base_encoding.hpp"
#include "storage/text/number.hpp"
#include "storage/text/quote.hpp"
#include "storage/text/time.hpp"

namespace dnshist {

namespace {

struct Description {
    Field field;
    const char* text;
};
constexpr auto descriptions = std::to_array<Description>({
    {Field::u8, "a number from 0 to 255"},
    {Field::u16, "a number from 0 to 65535"},
    {Field::u32, "a number from 0 to 4294967295"},
    {Field::interval, "a number of seconds"},
    {Field::time, "a time as YYYYMMDDHHmmSS"},
    {Field::type, "a record type"},
    {Field::algorithm, "a DNSSEC algorithm"},
    {Field::certificate, "a certificate type"},
    {Field::scheme, "a scheme of DSYNC"},
    {Field::ipv4, "an IPv4 address"},
    {Field::ipv6, "an IPv6 address"},
    {Field::node, "four groups of hexadecimal digits"},
    {Field::locator, "four groups of hexadecimal digits"},
    {Field::eui48, "an EUI-48 address"},
    {Field::eui64, "an EUI-64 address"},
    {Field::name, "a domain name"},
    {Field::string, "a character-string"},
    {Field::text, "a character-string"},
    {Field::tag, "a property tag"},
    {Field::salt, "a salt in hexadecimal digits, or '-'"},
    {Field::hash, "a hash in base32hex"},
    {Field::hex, "hexadecimal digits"},
    {Field::base64, "base64"},
    {Field::key, "base64"},
});

}  // namespace

const char* describe(Field field) noexcept {
    const auto* const found = std::ranges::find(descriptions, field, &Description::field);
    return found == descriptions.end() ? "RDATA" : found->text;
}

Problem bad_field(Field field, std::string_view text) {
    return Problem{std::string("not ") + describe(field) + ": " + quote(text)};
}

std::optional<std::uint32_t> read_decimal(std::string_view text, std::uint32_t limit) noexcept {
    if (text.size() > 10) return std::nullopt;
    const auto value = number_from_text<std::uint32_t>(text);
    return value && *value <= limit ? value : std::nullopt;
}

namespace {

void append_number(Rdata& out, std::uint32_t value, unsigned octets) noexcept {
    for (unsigned shift = octets * 8; shift != 0;) {
        shift -= 8;
        out.append(static_cast<std::uint8_t>(value >> shift));
    }
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
// The target of a gateway or relay of that type.
Result<void> read_gateway_target(std::uint32_t type, std::string_view word,
                                 const NameOrigin& origin, Rdata& out) {
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
Result<void> read_gateway(Tokens& words, const NameOrigin& origin, Rdata& out) {
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
Result<void> read_relay(Tokens& words, const NameOrigin& origin, Rdata& out) {
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
Result<void> read_chain(Tokens& words, const NameOrigin& origin, Rdata& out) {
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
}  // namespace

Result<void> read_field(Field field, Tokens& words, const NameOrigin& origin, Rdata& out) {
    if (field == Field::gateway) return read_gateway(words, origin, out);
    if (field == Field::relay) return read_relay(words, origin, out);
    if (field == Field::chain) return read_chain(words, origin, out);
    const auto word = words.next();
    if (!word) return Problem{std::string(describe(field)) + " is missing"};
    if (words.broken()) return Problem{"a quote that is not closed: " + quote(word->text)};
    if (field == Field::name) {
        const Result<Name> name = origin.read_name(word->text);
        if (!name) return name.error();
        out.append(name->wire());
        return {};
    }
    if (!read_word(field, word->text, out)) return bad_field(field, word->text);
    return {};
}

}  // namespace dnshist
