// The subject of a pivot as ranges of pivot values (storage/pivot/pivot_values.hpp): an address, a
// CIDR prefix, a name, the names below one, a mailbox, a text token or its beginning.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "storage/base/octet_buffer.hpp"
#include "storage/base/octets.hpp"
#include "storage/pivot/pivot_values.hpp"

namespace dnshist {

// The values that begin with a prefix and lie between two bounds.
class PivotRange {
  public:
    PivotRange() noexcept = default;
    // All values that begin with `prefix`; if that is a whole value, this one alone.
    explicit PivotRange(Octets prefix) noexcept : PivotRange(prefix, prefix, {}) {}
    // Those from `first` to `last`, both included; an empty `last` is no bound.
    PivotRange(Octets prefix, Octets first, Octets last) noexcept
        : prefix_(prefix), first_(first), last_(last) {}

    Octets prefix() const noexcept { return prefix_.octets(); }
    Octets first() const noexcept { return first_.octets(); }
    bool contains(Octets value) const noexcept {
        return starts_with(value, prefix()) && compare(value, first()) >= 0 && !is_past(value);
    }
    // Whether a value that begins with the prefix is after the range.
    bool is_past(Octets value) const noexcept {
        return !last_.empty() && compare(value, last_.octets()) > 0;
    }

  private:
    using Bound = OctetBuffer<max_pivot_octets>;
    Bound prefix_;
    Bound first_;
    Bound last_;
};

// No range, one, or two for a subject that may be both a name and a text token.
class PivotRanges {
  public:
    void add(const PivotRange& range) noexcept { ranges_[count_++] = range; }
    std::span<const PivotRange> all() const noexcept { return {ranges_.data(), count_}; }
    bool contain(Octets value) const noexcept {
        return std::ranges::any_of(all(),
                                   [&](const PivotRange& range) { return range.contains(value); });
    }

  private:
    std::array<PivotRange, 2> ranges_;
    std::uint8_t count_ = 0;
};

}  // namespace dnshist
