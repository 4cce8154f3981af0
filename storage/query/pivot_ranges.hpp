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

// No range, or one for each thing that a subject may be: an address and a name, or a name, a
// mailbox and a text token.
class PivotRanges {
  public:
    // Keeps them in order, in which records are shown.
    void add(const PivotRange& range) noexcept {
        std::size_t at = count_++;
        for (; at > 0 && compare(range.prefix(), ranges_[at - 1].prefix()) < 0; --at)
            ranges_[at] = ranges_[at - 1];
        ranges_[at] = range;
    }
    std::span<const PivotRange> all() const noexcept { return {ranges_.data(), count_}; }
    bool contain(Octets value) const noexcept {
        return std::ranges::any_of(all(),
                                   [&](const PivotRange& range) { return range.contains(value); });
    }

  private:
    std::array<PivotRange, 3> ranges_;
    std::uint8_t count_ = 0;
};

}  // namespace dnshist
