#include "responder/policy/address_set.hpp"

#include <algorithm>

namespace dnshist::responder {

namespace {

// ::ffff:0:0/96, and the addresses next to it.
constexpr unsigned mapped_bits = 96;
constexpr Ipv6Address before_mapped{0, 0, 0,    0,    0,    0,    0,    0,
                                    0, 0, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff};
constexpr Ipv6Address mapped_first{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr Ipv6Address mapped_last{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
constexpr Ipv6Address behind_mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

Ipv6Address last_address(const AddressPrefix& prefix) noexcept {
    Ipv6Address last = prefix.address;
    for (std::size_t bit = prefix.length; bit < 8 * last.size(); ++bit)
        last[bit / 8] |= static_cast<std::uint8_t>(0x80U >> bit % 8);
    return last;
}

}  // namespace

// A prefix of IPv6 has no IPv4 addresses in it: where the mapped ones lie within, it is what comes
// before and behind them.
void AddressSet::add(const AddressPrefix& prefix) {
    const Range range{prefix.address, last_address(prefix)};
    if (prefix.length >= mapped_bits || mapped_first < range.first || range.last < mapped_last) {
        ranges_.push_back(range);
        return;
    }
    if (range.first < mapped_first) ranges_.push_back({range.first, before_mapped});
    if (mapped_last < range.last) ranges_.push_back({behind_mapped, range.last});
}

AddressSet::AddressSet(std::span<const AddressPrefix> prefixes) {
    for (const AddressPrefix& prefix : prefixes)
        add(prefix);
    std::ranges::sort(ranges_, {}, &Range::first);
    std::vector<Range> apart;
    for (const Range& range : ranges_) {
        if (apart.empty() || apart.back().last < range.first) {
            apart.push_back(range);
        } else {
            apart.back().last = std::max(apart.back().last, range.last);
        }
    }
    ranges_ = std::move(apart);
}

bool AddressSet::has(const Ipv6Address& address) const noexcept {
    if (empty()) return false;
    // The first range that begins behind it; it can only be in the one before.
    const auto behind = std::ranges::upper_bound(ranges_, address, {}, &Range::first);
    return behind != ranges_.begin() && address <= std::prev(behind)->last;
}

}  // namespace dnshist::responder
