#include "storage/record/rdata.hpp"

#include <algorithm>

#include "storage/record/rdata_fields.hpp"

namespace dnshist {

namespace {

using detail::NameSpans;

// Adds the names of one field, which begins at `offset` of the RDATA. False where there are more
// than can be held.
bool add_names(NameSpans& names, Field field, std::size_t offset, Octets octets) noexcept {
    const auto add = [&names](std::size_t at, std::size_t length) {
        if (names.count == names.spans.size()) return false;
        names.spans[names.count++] = {static_cast<std::uint16_t>(at),
                                      static_cast<std::uint16_t>(length)};
        return true;
    };
    if (field == Field::name) return add(offset, octets.size());
    if (field == Field::gateway || field == Field::relay) {
        const Gateway gateway = gateway_of(field, octets);
        const std::size_t size = gateway.octets.size();
        return gateway.type != GatewayType::name || add(offset + octets.size() - size, size);
    }
    if (field == Field::chain) {
        const std::size_t size = chain_of(octets).prefix_name.size();
        return size == 0 || add(offset + octets.size() - size, size);
    }
    if (field == Field::names) {
        OctetReader in(octets);
        while (!in.at_end()) {
            const std::size_t at = offset + in.position();
            const auto taken = take_field(Field::name, in);
            if (!taken || !add(at, taken->size())) return false;
        }
    }
    return true;
}

// Whether this is valid RDATA of that layout; `names` gets the names inside.
bool parse(const Layout& layout, Octets rdata, NameSpans& names) noexcept {
    if (rdata.size() > max_rdata_octets) return false;
    OctetReader in(rdata);
    for (const Field field : layout.fields) {
        if (field == Field::none) break;
        const std::size_t offset = in.position();
        const auto taken = take_field(field, in);
        if (!taken || !add_names(names, field, offset, *taken)) return false;
    }
    return in.at_end();
}

}  // namespace

bool rdata_from_wire(Rrtype type, Octets wire, Rdata& out) noexcept {
    out.clear();
    return out.append(wire) && detail::make_canonical(type, out);
}

bool is_valid_rdata(Rrtype type, Octets rdata) noexcept {
    const Layout* const layout = layout_of(type);
    NameSpans names;
    return layout == nullptr ? rdata.size() <= max_rdata_octets : parse(*layout, rdata, names);
}

namespace detail {

bool make_canonical(Rrtype type, Rdata& rdata) noexcept {
    const Layout* const layout = layout_of(type);
    if (layout == nullptr) return true;
    NameSpans names;
    const std::span<std::uint8_t> octets = rdata.octets();
    if (!parse(*layout, octets, names)) return false;
    for (const NameSpans::Span& span : std::span(names.spans).first(names.count)) {
        std::ranges::transform(octets.subspan(span.offset, span.length),
                               octets.begin() + span.offset,
                               [](std::uint8_t octet) { return to_lower(octet); });
    }
    return true;
}

NameSpans find_names(Rrtype type, Octets rdata) noexcept {
    NameSpans names;
    const Layout* const layout = layout_of(type);
    if (layout != nullptr && !parse(*layout, rdata, names)) names.count = 0;
    return names;
}

}  // namespace detail

}  // namespace dnshist
