#include "storage/pivot/pivot_values.hpp"

#include <algorithm>
#include <array>
#include <tuple>

#include "storage/pivot/pivot_visiting.hpp"
#include "storage/pivot/text_values.hpp"
#include "storage/record/rdata_fields.hpp"
#include "storage/record/svcb.hpp"

namespace dnshist {

namespace {

void visit_gateway(PivotVisiting& visiting, const Gateway& gateway) {
    switch (gateway.type) {
        case GatewayType::none:
            return;
        case GatewayType::ipv4:
            return visiting.value(PivotValue::ipv4(gateway.octets));
        case GatewayType::ipv6:
            return visiting.value(PivotValue::ipv6(gateway.octets));
        case GatewayType::name:
            return visiting.name(gateway.octets);
    }
}

void visit_chain(PivotVisiting& visiting, const Chain& chain) {
    if (chain.prefix_length < 128) visiting.value(PivotValue::ipv6(chain.suffix));
    if (!chain.prefix_name.empty()) visiting.name(chain.prefix_name);
}

void visit_locator(PivotVisiting& visiting, Octets locator) {
    std::array<std::uint8_t, 16> address{};
    std::ranges::copy(locator, address.begin());
    visiting.value(PivotValue::ipv6(address));
}

void visit_names(PivotVisiting& visiting, Octets names) {
    OctetReader in(names);
    while (const auto name = take_field(Field::name, in))
        visiting.name(*name);
}

// The addresses as they are shown, with any bits that are set beyond the prefix.
void visit_prefixes(PivotVisiting& visiting, Octets prefixes) {
    for_each_prefix(prefixes, [&visiting](std::uint16_t family, std::uint8_t,
                                          const std::array<std::uint8_t, 16>& address) {
        visiting.value(family == 1 ? PivotValue::ipv4(Octets(address).first(4))
                                   : PivotValue::ipv6(address));
    });
}

void visit_hints(PivotVisiting& visiting, Octets params) {
    for_each_svc_param(params, [&visiting](SvcKey key, Octets value) {
        if (key == SvcKey::ipv4hint) visiting.addresses(value, 4, PivotValue::ipv4);
        if (key == SvcKey::ipv6hint) visiting.addresses(value, 16, PivotValue::ipv6);
    });
}

// Handles every field that can hold an address or a name, in any type.
void visit_field(PivotVisiting& visiting, Rrtype type, Field field, Octets octets) {
    switch (field) {
        case Field::ipv4:
            return visiting.value(PivotValue::ipv4(octets));
        case Field::ipv6:
            return visiting.value(PivotValue::ipv6(octets));
        case Field::locator:
            return visit_locator(visiting, octets);
        case Field::name:
            return visiting.name(octets);
        case Field::names:
            return visit_names(visiting, octets);
        case Field::gateway:
        case Field::relay:
            return visit_gateway(visiting, gateway_of(field, octets));
        case Field::chain:
            return visit_chain(visiting, chain_of(octets));
        case Field::prefixes:
            return visit_prefixes(visiting, octets);
        case Field::svc_params:
            return visit_hints(visiting, octets);
        case Field::string:
            return visit_indicators(visiting, octets.subspan(1));
        case Field::strings:
            return visit_strings(visiting, type, octets);
        case Field::text:
            return visit_text(visiting, octets);
        default:
            return;
    }
}

// Signatures and denials of existence: their names would be most of a signed zone's pivots.
bool repeats_its_zone(Rrtype type) noexcept {
    return type == Rrtype::RRSIG || type == Rrtype::SIG || type == Rrtype::NSEC ||
           type == Rrtype::NXT;
}

}  // namespace

void for_each_pivot_value(Rrtype type, Octets rdata, PivotVisitor visit) {
    const Layout* const layout = layout_of(type);
    if (layout == nullptr || repeats_its_zone(type)) return;
    std::array<Octets, std::tuple_size_v<decltype(layout->fields)>> taken;
    OctetReader in(rdata);
    std::size_t count = 0;
    for (; layout->fields[count] != Field::none; ++count) {
        const auto octets = take_field(layout->fields[count], in);
        if (!octets) return;
        taken[count] = *octets;
    }
    if (!in.at_end()) return;
    PivotVisiting visiting(visit);
    if (type == Rrtype::CAA) return visit_caa(visiting, rdata);
    for (std::size_t i = 0; i < count; ++i)
        visit_field(visiting, type, layout->fields[i], taken[i]);
}

bool has_text_tokens(Rrtype type) noexcept {
    const Layout* const layout = layout_of(type);
    return layout != nullptr && std::ranges::any_of(layout->fields, [](Field field) {
               return field == Field::strings || field == Field::string || field == Field::text;
           });
}

}  // namespace dnshist
