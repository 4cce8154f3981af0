// IP addresses that some prefixes have in them, and whether an address is among them.
//
// Kept as ranges of addresses, in order and apart from each other, so that an address is found by
// halving however the prefixes lie in one another. Nothing is allocated once the set is made.
#pragma once

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
    struct Range {
        Ipv6Address first;
        Ipv6Address last;  // in it too
    };

    void add(const AddressPrefix& prefix);

    std::vector<Range> ranges_;
};

}  // namespace dnshist::responder
