#include "responder/policy/address_set.hpp"

#include <algorithm>
#include <limits>

namespace dnshist::responder {

namespace {

constexpr std::uint64_t all_ones = std::numeric_limits<std::uint64_t>::max();
constexpr unsigned mapped_bits = 96;
// The low half of ::ffff:0:0/96.
constexpr std::uint64_t mapped_first = 0xffff'0000'0000;
constexpr std::uint64_t mapped_last = 0xffff'ffff'ffff;

constexpr std::uint64_t bits_behind(unsigned length) noexcept {
    return length >= 64 ? 0 : all_ones >> length;
}

}  // namespace

AddressSet::Number AddressSet::number_of(const Ipv6Address& address) noexcept {
    Number number{};
    for (std::size_t i = 0; i < 8; ++i) {
        number.high = number.high << 8 | address[i];
        number.low = number.low << 8 | address[i + 8];
    }
    return number;
}

AddressSet::Range AddressSet::range_of(const AddressPrefix& prefix) noexcept {
    const Number first = number_of(prefix.address);
    const unsigned high_bits = std::min<unsigned>(prefix.length, 64);
    return {
        first,
        {first.high | bits_behind(high_bits), first.low | bits_behind(prefix.length - high_bits)}};
}

// Whether `b`, which begins no earlier than `a`, goes on where `a` ends or before.
bool AddressSet::touch(const Range& a, const Range& b) noexcept {
    if (b.first <= a.last) return true;
    const Number next{a.last.high + (a.last.low == all_ones ? 1 : 0), a.last.low + 1};
    return b.first == next;
}

// A prefix of IPv6 has no IPv4 addresses in it: where the mapped ones lie within, it is what comes
// before and behind them.
void AddressSet::add(const AddressPrefix& prefix) {
    const Range range = range_of(prefix);
    constexpr Range mapped{{0, mapped_first}, {0, mapped_last}};
    if (prefix.length >= mapped_bits || mapped.first < range.first || range.last < mapped.last) {
        ranges_.push_back(range);
        return;
    }
    if (range.first < mapped.first) ranges_.push_back({range.first, {0, mapped_first - 1}});
    if (mapped.last < range.last) ranges_.push_back({{0, mapped_last + 1}, range.last});
}

AddressSet::AddressSet(std::span<const AddressPrefix> prefixes) {
    for (const AddressPrefix& prefix : prefixes)
        add(prefix);
    std::ranges::sort(ranges_, {}, &Range::first);
    std::vector<Range> apart;
    for (const Range& range : ranges_) {
        if (apart.empty() || !touch(apart.back(), range)) {
            apart.push_back(range);
        } else {
            apart.back().last = std::max(apart.back().last, range.last);
        }
    }
    ranges_ = std::move(apart);
}

bool AddressSet::has(const Ipv6Address& address) const noexcept {
    if (empty()) return false;
    const Number number = number_of(address);
    // The first range that begins behind it; it can only be in the one before.
    const auto behind = std::ranges::upper_bound(ranges_, number, {}, &Range::first);
    return behind != ranges_.begin() && number <= std::prev(behind)->last;
}

}  // namespace dnshist::responder
