#include "storage/record/rdata_fields.hpp"

#include <algorithm>

#include "storage/record/name.hpp"
#include "storage/record/personal_type.hpp"
#include "storage/record/svcb.hpp"

namespace dnshist {

namespace {

struct Row {
    Rrtype type;
    Layout layout;
};

using enum Field;

constexpr std::array table = std::to_array<Row>({
    {Rrtype::A, {{ipv4}}},
    {Rrtype::NS, {{name}}},
    {Rrtype::MD, {{name}}},
    {Rrtype::MF, {{name}}},
    {Rrtype::CNAME, {{name}}},
    {Rrtype::SOA, {{name, name, u32, interval, interval, interval, interval}}},
    {Rrtype::MB, {{name}}},
    {Rrtype::MG, {{name}}},
    {Rrtype::MR, {{name}}},
    {Rrtype::WKS, {{ipv4, u8, opaque}, Text::generic}},
    {Rrtype::PTR, {{name}}},
    {Rrtype::HINFO, {{string, string}}},
    {Rrtype::MINFO, {{name, name}}},
    {Rrtype::MX, {{u16, name}}},
    {Rrtype::TXT, {{strings}}},
    {Rrtype::RP, {{name, name}}},
    {Rrtype::AFSDB, {{u16, name}}},
    {Rrtype::X25, {{string}}},
    {Rrtype::ISDN, {{strings}}},
    {Rrtype::RT, {{u16, name}}},
    {Rrtype::NSAP, {{hex}, Text::ldns}},
    {Rrtype::NSAP_PTR, {{name}}},
    {Rrtype::SIG, {{type, algorithm, u8, u32, time, time, u16, name, base64}}},
    {Rrtype::KEY, {{u16, u8, algorithm, base64}}},
    {Rrtype::PX, {{u16, name, name}}},
    {Rrtype::GPOS, {{string, string, string}}},
    {Rrtype::AAAA, {{ipv6}}},
    {Rrtype::LOC, {{location}, Text::ldns}},
    {Rrtype::NXT, {{name, opaque}, Text::generic}},
    {Rrtype::SRV, {{u16, u16, u16, name}}},
    {Rrtype::NAPTR, {{u16, u16, string, string, string, name}}},
    {Rrtype::KX, {{u16, name}}},
    {Rrtype::CERT, {{certificate, u16, algorithm, base64}}},
    {Rrtype::A6, {{chain}}},
    {Rrtype::DNAME, {{name}}},
    {Rrtype::APL, {{prefixes}, Text::ldns}},
    {Rrtype::DS, {{u16, algorithm, u8, hex}}},
    {Rrtype::SSHFP, {{u8, u8, hex}}},
    {Rrtype::IPSECKEY, {{u8, gateway, key}}},
    {Rrtype::RRSIG, {{type, algorithm, u8, u32, time, time, u16, name, base64}}},
    {Rrtype::NSEC, {{name, bitmap}}},
    {Rrtype::DNSKEY, {{u16, u8, algorithm, base64}}},
    {Rrtype::DHCID, {{base64}}},
    {Rrtype::NSEC3, {{u8, u8, u16, salt, hash, bitmap}}},
    {Rrtype::NSEC3PARAM, {{u8, u8, u16, salt}}},
    {Rrtype::TLSA, {{u8, u8, u8, hex}}},
    {Rrtype::SMIMEA, {{u8, u8, u8, hex}}},
    {Rrtype::HIP, {{host_identity, names}, Text::ldns}},
    {Rrtype::NINFO, {{strings}}},
    {Rrtype::TALINK, {{name, name}}},
    {Rrtype::CDS, {{u16, algorithm, u8, hex}}},
    {Rrtype::CDNSKEY, {{u16, u8, algorithm, base64}}},
    {Rrtype::OPENPGPKEY, {{base64}}},
    {Rrtype::CSYNC, {{u32, u16, bitmap}}},
    {Rrtype::ZONEMD, {{u32, u8, u8, hex}}},
    {Rrtype::SVCB, {{u16, name, svc_params}}},
    {Rrtype::HTTPS, {{u16, name, svc_params}}},
    {Rrtype::DSYNC, {{type, scheme, u16, name}}},
    {Rrtype::SPF, {{strings}}},
    {Rrtype::NID, {{u16, node}}},
    {Rrtype::L32, {{u16, ipv4}}},
    {Rrtype::L64, {{u16, locator}}},
    {Rrtype::LP, {{u16, name}}},
    {Rrtype::EUI48, {{eui48}}},
    {Rrtype::EUI64, {{eui64}}},
    {Rrtype::URI, {{u16, u16, text}}},
    {Rrtype::CAA, {{u8, tag, text}}},
    {Rrtype::AVC, {{strings}}},
    {Rrtype::AMTRELAY, {{u8, relay}}},
    {Rrtype::RESINFO, {{strings}}},
    {Rrtype::WALLET, {{strings}}},
    {Rrtype::TA, {{u16, algorithm, u8, hex}}},
    {Rrtype::DLV, {{u16, algorithm, u8, hex}}},
    // Role, mailbox, organisation, registrar, and more (zonegen/registration/registration.hpp).
    {whois_type, {{tag, name, strings}}},
});

static_assert(table.back().type == whois_type);

constexpr std::array algorithms = std::to_array<Mnemonic>({
    {"RSAMD5", 1},
    {"DH", 2},
    {"DSA", 3},
    {"RSASHA1", 5},
    {"DSA-NSEC3-SHA1", 6},
    {"RSASHA1-NSEC3-SHA1", 7},
    {"RSASHA256", 8},
    {"RSASHA512", 10},
    {"ECC-GOST", 12},
    {"ECDSAP256SHA256", 13},
    {"ECDSAP384SHA384", 14},
    {"ED25519", 15},
    {"ED448", 16},
    {"INDIRECT", 252},
    {"PRIVATEDNS", 253},
    {"PRIVATEOID", 254},
});

constexpr std::array certificates = std::to_array<Mnemonic>({
    {"PKIX", 1},
    {"SPKI", 2},
    {"PGP", 3},
    {"IPKIX", 4},
    {"ISPKI", 5},
    {"IPGP", 6},
    {"ACPKIX", 7},
    {"IACPKIX", 8},
    {"URI", 253},
    {"OID", 254},
});

constexpr std::array schemes = std::to_array<Mnemonic>({{"NOTIFY", 1}});

// Rows of the table by type number; the last rows, far above the others, are searched linearly.
constexpr std::size_t numbers = number(Rrtype::WALLET) + 1U;
constexpr auto rows_by_number = [] {
    std::array<std::uint8_t, numbers> rows{};
    for (std::size_t i = 0; i < table.size(); ++i) {
        if (number(table[i].type) < numbers) {
            rows[number(table[i].type)] = static_cast<std::uint8_t>(i + 1);
        }
    }
    return rows;
}();

// A length octet and as many octets as it says.
std::optional<Octets> take_counted(OctetReader& in) noexcept {
    const Octets rest = in.rest();
    if (rest.empty()) return std::nullopt;
    return in.octets(1U + rest[0]);
}

// Takes the whole rest if `valid` accepts it.
template <class Valid>
std::optional<Octets> take_rest(OctetReader& in, Valid&& valid) noexcept {
    if (!valid(in.rest())) return std::nullopt;
    return in.octets(in.remaining());
}

bool is_tag(Octets counted) noexcept {
    return counted.size() > 1 && std::ranges::all_of(counted.subspan(1), [](std::uint8_t c) {
               return c > ' ' && c <= '~' &&
                      std::string_view("\"\\();").find(static_cast<char>(c)) ==
                          std::string_view::npos;
           });
}

bool are_strings(Octets octets) noexcept {
    OctetReader in(octets);
    do {
        if (!take_counted(in)) return false;
    } while (!in.at_end());
    return true;
}

bool are_names(Octets octets) noexcept {
    OctetReader in(octets);
    while (!in.at_end()) {
        if (!take_field(Field::name, in)) return false;
    }
    return true;
}

// Windows in ascending order, none of them empty, none with a zero octet at its end.
bool is_bitmap(Octets octets) noexcept {
    OctetReader in(octets);
    for (int previous = -1; !in.at_end();) {
        const auto window = in.u8();
        const auto length = in.u8();
        if (!window || !length || *window <= previous || *length < 1 || *length > 32) return false;
        const auto bits = in.octets(*length);
        if (!bits || bits->back() == 0) return false;
        previous = *window;
    }
    return true;
}

// RFC 3123, section 4: family, prefix length, negation and length of the address, its octets
// without zeros at the end.
bool are_prefixes(Octets octets) noexcept {
    OctetReader in(octets);
    while (!in.at_end()) {
        const auto family = in.u16();
        const auto prefix = in.u8();
        const auto length = in.u8();
        if (!family || !prefix || !length) return false;
        const auto address = in.octets(*length & 0x7fU);
        if (!address || (!address->empty() && address->back() == 0)) return false;
        const std::size_t longest = *family == 1 ? 4 : *family == 2 ? 16 : 127;
        if (address->size() > longest || (longest < 127 && *prefix > longest * 8)) return false;
    }
    return true;
}

// RFC 1876, section 2. Sizes are a decimal digit times a power of ten; latitude and longitude count
// thousandths of a second of arc from 2^31.
bool is_location(Octets octets) noexcept {
    OctetReader in(octets);
    if (in.u8() != 0) return false;
    for (int i = 0; i < 3; ++i) {
        const std::uint8_t size = in.u8().value_or(0xff);
        if (size >> 4 > 9 || (size & 0xf) > 9) return false;
    }
    const auto within = [&in](std::uint32_t degrees) {
        constexpr std::uint32_t middle = 1U << 31;
        const std::uint32_t angle = in.u32().value_or(0);
        return (angle < middle ? middle - angle : angle - middle) <= degrees * 3'600'000;
    };
    return within(90) && within(180);
}

// The length of the field before its type, and its octets.
constexpr std::size_t octets_before_gateway(Field field) noexcept {
    return field == gateway ? 2 : 1;
}

constexpr GatewayType gateway_type(Field field, std::uint8_t octet) noexcept {
    return GatewayType{static_cast<std::uint8_t>(field == gateway ? octet : octet & 0x7fU)};
}

std::optional<Octets> take_gateway(Field field, OctetReader& in) noexcept {
    const Octets all = in.rest();
    const std::size_t before = octets_before_gateway(field);
    if (all.size() < before) return std::nullopt;
    std::size_t size = 0;
    switch (gateway_type(field, all[0])) {
        case GatewayType::none:
            break;
        case GatewayType::ipv4:
            size = 4;
            break;
        case GatewayType::ipv6:
            size = 16;
            break;
        case GatewayType::name:
            size = name_length(all.subspan(before)).value_or(0);
            if (size == 0) return std::nullopt;
            break;
        default:
            return std::nullopt;
    }
    return in.octets(before + size);
}

// RFC 2874, section 3.1: the bits that pad the suffix to whole octets are zero; there is a name
// where there is a prefix.
std::optional<Octets> take_chain(OctetReader& in) noexcept {
    OctetReader ahead(in.rest());
    const auto prefix = ahead.u8();
    if (!prefix || *prefix > 128) return std::nullopt;
    const auto suffix = ahead.octets((128U - *prefix + 7) / 8);
    if (!suffix) return std::nullopt;
    if (*prefix % 8 != 0 && (*suffix)[0] >> (8 - *prefix % 8) != 0) return std::nullopt;
    const std::size_t name_octets = *prefix == 0 ? 0 : name_length(ahead.rest()).value_or(0);
    if (*prefix != 0 && name_octets == 0) return std::nullopt;
    return in.octets(1 + suffix->size() + name_octets);
}

std::optional<Octets> take_host_identity(OctetReader& in) noexcept {
    OctetReader ahead(in.rest());
    const auto tag_size = ahead.u8();
    const auto key_algorithm = ahead.u8();
    const auto key_size = ahead.u16();
    if (!tag_size || !key_algorithm || !key_size || *tag_size == 0 || *key_size == 0) {
        return std::nullopt;
    }
    return in.octets(std::size_t{4} + *tag_size + *key_size);
}

}  // namespace

const std::span<const Mnemonic> algorithm_mnemonics = algorithms;
const std::span<const Mnemonic> certificate_mnemonics = certificates;
const std::span<const Mnemonic> scheme_mnemonics = schemes;

const Layout* layout_of(Rrtype rrtype) noexcept {
    const std::uint16_t value = number(rrtype);
    if (value < numbers) {
        const std::uint8_t row = rows_by_number[value];
        return row == 0 ? nullptr : &table[row - 1U].layout;
    }
    if (rrtype == Rrtype::TA || rrtype == Rrtype::DLV) return layout_of(Rrtype::DS);
    if (rrtype == whois_type) return &table.back().layout;
    return nullptr;
}

std::optional<Octets> take_field(Field field, OctetReader& in) noexcept {
    switch (field) {
        case none:
            return std::nullopt;
        case u8:
        case algorithm:
        case scheme:
            return in.octets(1);
        case u16:
        case type:
        case certificate:
            return in.octets(2);
        case u32:
        case interval:
        case time:
        case ipv4:
            return in.octets(4);
        case ipv6:
            return in.octets(16);
        case node:
        case locator:
        case eui64:
            return in.octets(8);
        case eui48:
            return in.octets(6);
        case location: {
            const auto taken = in.octets(16);
            return taken && is_location(*taken) ? taken : std::nullopt;
        }
        case name: {
            const auto length = name_length(in.rest());
            return length ? in.octets(*length) : std::nullopt;
        }
        case string:
        case salt:
            return take_counted(in);
        case hash: {
            const auto taken = take_counted(in);
            return taken && taken->size() > 1 ? taken : std::nullopt;
        }
        case tag: {
            const auto taken = take_counted(in);
            return taken && is_tag(*taken) ? taken : std::nullopt;
        }
        case gateway:
        case relay:
            return take_gateway(field, in);
        case chain:
            return take_chain(in);
        case host_identity:
            return take_host_identity(in);
        case names:
            return take_rest(in, are_names);
        case strings:
            return take_rest(in, are_strings);
        case hex:
        case base64:
            return take_rest(in, [](Octets octets) { return !octets.empty(); });
        case text:
        case key:
        case opaque:
            return in.octets(in.remaining());
        case bitmap:
            return take_rest(in, is_bitmap);
        case prefixes:
            return take_rest(in, are_prefixes);
        case svc_params:
            return take_rest(in, are_svc_params);
    }
    return std::nullopt;
}

Gateway gateway_of(Field field, Octets octets) noexcept {
    return {gateway_type(field, octets[0]), octets.subspan(octets_before_gateway(field))};
}

Chain chain_of(Octets octets) noexcept {
    Chain parts{octets[0], {}, {}};
    const std::size_t suffix_octets = (128U - parts.prefix_length + 7) / 8;
    std::ranges::copy(octets.subspan(1, suffix_octets),
                      parts.suffix.end() - static_cast<std::ptrdiff_t>(suffix_octets));
    parts.prefix_name = octets.subspan(1 + suffix_octets);
    return parts;
}

}  // namespace dnshist
