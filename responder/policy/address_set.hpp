// IP addresses that some prefixes have in them, and whether an address is among them.
//
// Kept as ranges of addresses, in order and apart from each other, so that an address is found by
// halving however the prefixes lie in one another. Nothing is allocated once the set is made.
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <vector>

#include "storage/text/address_prefix.hpp"

namespace dnshist::responder {

class AddressSet {
  public:
    AddressSet() = default;
    explicit AddressSet(std::span<const AddressPrefix> prefixes);

    bool empty() const noexcept { return ranges_.empty(); }
    // IPv4 as IPv4-mapped.
    bool has(const Ipv6Address& address) const noexcept;

  private:
    // An address as a number.
    struct Number {
        std::uint64_t high;
        std::uint64_t low;

        friend auto operator<=>(const Number&, const Number&) = default;
    };
    struct Range {
        Number first;
        Number last;  // in it too
    };
    static Number number_of(const Ipv6Address& address) noexcept;
    static Range range_of(const AddressPrefix& prefix) noexcept;
    static bool touch(const Range& a, const Range& b) noexcept;
    void add(const AddressPrefix& prefix);

    std::vector<Range> ranges_;
};

}  // namespace dnshist::responder
