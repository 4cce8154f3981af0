// RDATA to presentation form: the layout's fields one after the other, or the generic form.
#include <array>

#include "storage/base/hex.hpp"
#include "storage/record/rdata.hpp"
#include "storage/record/rdata_fields.hpp"
#include "storage/record/rdata_ldns.hpp"
#include "storage/record/svcb.hpp"
#include "storage/text/address.hpp"
#include "storage/text/base_encoding.hpp"
#include "storage/text/escape.hpp"
#include "storage/text/time.hpp"

namespace dnshist {

namespace {

std::uint32_t number_of(Octets octets) noexcept {
    std::uint32_t value = 0;
    for (const std::uint8_t octet : octets)
        value = value << 8 | octet;
    return value;
}

void write_quoted(TextWriter& out, Octets octets) noexcept {
    out.put('"');
    write_escaped(out, octets, Escaping::quoted);
    out.put('"');
}

// YYYYMMDDHHmmSS: RFC 3339 without the characters between the numbers.
void write_dnssec_time(TextWriter& out, Seconds time) noexcept {
    std::array<char, 20> room;
    TextWriter text(room);
    write_time(text, time);
    for (const unsigned at : {0U, 2U, 5U, 8U, 11U, 14U, 17U})
        out.put(text.text().substr(at, 2));
}

// Groups of `size` octets in lower-case hexadecimal.
void write_groups(TextWriter& out, Octets octets, std::size_t size, char between) noexcept {
    for (std::size_t i = 0; i < octets.size(); ++i) {
        if (i != 0 && i % size == 0) out.put(between);
        out.put(hex_digits[octets[i] >> 4]);
        out.put(hex_digits[octets[i] & 0xf]);
    }
}

// A number by its mnemonic where it has one.
void write_mnemonic(TextWriter& out, std::uint32_t number,
                    std::span<const Mnemonic> mnemonics) noexcept {
    for (const Mnemonic& known : mnemonics) {
        if (known.number == number) return out.put(known.text);
    }
    out.put_decimal(number);
}

void write_strings(TextWriter& out, Octets octets) noexcept {
    OctetReader in(octets);
    while (!in.at_end()) {
        if (in.position() != 0) out.put(' ');
        write_quoted(out, in.octets(in.u8().value_or(0)).value_or(Octets{}));
    }
}

// A space before each type.
void write_bitmap(TextWriter& out, Octets octets) noexcept {
    OctetReader in(octets);
    while (!in.at_end()) {
        const unsigned window = in.u8().value_or(0);
        const Octets bits = in.octets(in.u8().value_or(0)).value_or(Octets{});
        for (unsigned i = 0; i < bits.size() * 8; ++i) {
            if ((bits[i / 8] >> (7 - i % 8) & 1) == 0) continue;
            out.put(' ');
            write_rrtype(out, Rrtype{static_cast<std::uint16_t>(window * 256 + i)});
        }
    }
}

// The gateway's type, the algorithm, the gateway; or the D bit, the relay's type, the relay.
void write_gateway(TextWriter& out, Field field, Octets octets) noexcept {
    const Gateway gateway = gateway_of(field, octets);
    const auto type = static_cast<std::uint8_t>(gateway.type);
    out.put_decimal(field == Field::gateway ? type : octets[0] >> 7U);
    out.put(' ');
    out.put_decimal(field == Field::gateway ? octets[1] : type);
    out.put(' ');
    switch (gateway.type) {
        case GatewayType::none:
            return out.put('.');
        case GatewayType::ipv4:
            return write_ipv4(out, gateway.octets);
        case GatewayType::ipv6:
            return write_ipv6(out, gateway.octets);
        case GatewayType::name:
            return write_name(out, gateway.octets);
    }
}

// A prefix length, the rest of the address where there is a rest, the prefix's name where there is
// a prefix (RFC 2874, section 3.2).
void write_chain(TextWriter& out, Octets octets) noexcept {
    const Chain chain = chain_of(octets);
    out.put_decimal(chain.prefix_length);
    if (chain.prefix_length < 128) {
        out.put(' ');
        write_ipv6(out, chain.suffix);
    }
    if (!chain.prefix_name.empty()) {
        out.put(' ');
        write_name(out, chain.prefix_name);
    }
}

// Lists that write a space before each word, and fields without words.
bool spaces_itself(Field field, Octets octets) noexcept {
    return field == Field::bitmap || field == Field::svc_params ||
           (field == Field::key && octets.empty());
}

// Not called for fields that only ldns writes or that have no text.
void write_field(TextWriter& out, Field field, Octets octets) noexcept {
    switch (field) {
        case Field::u8:
        case Field::u16:
        case Field::u32:
        case Field::interval:
        case Field::algorithm:
            return out.put_decimal(number_of(octets));
        case Field::time:
            return write_dnssec_time(out, {number_of(octets)});
        case Field::type:
            return write_rrtype(out, Rrtype{static_cast<std::uint16_t>(number_of(octets))});
        case Field::certificate:
            return write_mnemonic(out, number_of(octets), certificate_mnemonics);
        case Field::scheme:
            return write_mnemonic(out, number_of(octets), scheme_mnemonics);
        case Field::ipv4:
            return write_ipv4(out, octets);
        case Field::ipv6:
            return write_ipv6(out, octets);
        case Field::node:
        case Field::locator:
            return write_groups(out, octets, 2, ':');
        case Field::eui48:
        case Field::eui64:
            return write_groups(out, octets, 1, '-');
        case Field::name:
            return write_name(out, octets);
        case Field::string:
            return write_quoted(out, octets.subspan(1));
        case Field::tag:
            return out.put(as_text(octets.subspan(1)));
        case Field::salt:
            return octets.size() == 1 ? out.put('-') : write_hex(out, octets.subspan(1));
        case Field::hash:
            return write_base32hex(out, octets.subspan(1));
        case Field::strings:
            return write_strings(out, octets);
        case Field::text:
            return write_quoted(out, octets);
        case Field::hex:
            return write_hex(out, octets);
        case Field::base64:
        case Field::key:
            return write_base64(out, octets);
        case Field::gateway:
        case Field::relay:
            return write_gateway(out, field, octets);
        case Field::chain:
            return write_chain(out, octets);
        case Field::bitmap:
            return write_bitmap(out, octets);
        case Field::svc_params:
            return write_svc_params(out, octets);
        case Field::none:
        case Field::opaque:
        case Field::location:
        case Field::host_identity:
        case Field::names:
        case Field::prefixes:
            return;
    }
}

// Takes the final dot off the name with which the field ends, unless that is the root.
void drop_final_dot(TextWriter& out, Field field) noexcept {
    const std::string_view text = out.text();
    const bool may_end_in_name = field == Field::name || field == Field::gateway ||
                                 field == Field::relay || field == Field::chain;
    if (!may_end_in_name || !text.ends_with('.') || out.overflowed()) return;
    if (text.size() > 1 && text[text.size() - 2] != ' ') out.rewind(text.size() - 1);
}

// False, with a part written, where this is not valid RDATA of that layout.
bool write_fields(TextWriter& out, const Layout& layout, Octets rdata, FinalDots dots) noexcept {
    OctetReader in(rdata);
    for (const Field field : layout.fields) {
        if (field == Field::none) break;
        const bool first = in.position() == 0;
        const auto octets = take_field(field, in);
        if (!octets) return false;
        if (!first && !spaces_itself(field, *octets)) out.put(' ');
        write_field(out, field, *octets);
        if (dots == FinalDots::left_out) drop_final_dot(out, field);
    }
    return in.at_end();
}

void write_generic(TextWriter& out, Octets rdata) noexcept {
    out.put("\\# ");
    out.put_decimal(rdata.size());
    if (rdata.empty()) return;
    out.put(' ');
    write_hex(out, rdata);
}

}  // namespace

void write_rdata(TextWriter& out, Rrtype type, Octets rdata, FinalDots dots) {
    const std::size_t before = out.size();
    if (const Layout* const layout = layout_of(type)) {
        const bool written =
            (layout->text == Text::ours && write_fields(out, *layout, rdata, dots)) ||
            (layout->text == Text::ldns && write_rdata_by_ldns(out, type, rdata));
        if (written) return;
        out.rewind(before);
    }
    write_generic(out, rdata);
}

std::string rdata_text(Rrtype type, Octets rdata, FinalDots dots) {
    // Most text is short; the longest there can be is that of a TXT of control characters.
    std::string text(1024, '\0');
    for (;;) {
        TextWriter out(text);
        write_rdata(out, type, rdata, dots);
        if (!out.overflowed()) {
            text.resize(out.size());
            return text;
        }
        text.resize(text.size() * 4);
    }
}

}  // namespace dnshist
