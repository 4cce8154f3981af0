// The values that a pivot is about, as ranges of the store's pivot values
// (storage/pivot/pivot_values.hpp): an address, a CIDR prefix, a name, the names below one, a
// mailbox, a text token or its beginning.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "storage/base/octet_buffer.hpp"
#include "storage/base/octets.hpp"
#include "storage/pivot/pivot_values.hpp"

namespace dnshist {

// The values that begin with a prefix and, of addresses and names, lie between two bounds.
class PivotRange {
  public:
    PivotRange() noexcept = default;
    // Those that begin with `prefix`: of a whole value, that one alone.
    explicit PivotRange(Octets prefix) noexcept : PivotRange(prefix, prefix, {}) {}
    // Of those, the ones from `first` on and up to `last`, both included; no `last` is no bound.
    PivotRange(Octets prefix, Octets first, Octets last) noexcept
        : prefix_(prefix), first_(first), last_(last) {}

    Octets prefix() const noexcept { return prefix_.octets(); }
    Octets first() const noexcept { return first_.octets(); }
    bool contains(Octets value) const noexcept {
        return starts_with(value, prefix()) && compare(value, first()) >= 0 && !is_past(value);
    }
    // Whether the value is behind all of the range, being one that begins with the prefix.
    bool is_past(Octets value) const noexcept {
        return !last_.empty() && compare(value, last_.octets()) > 0;
    }

  private:
    using Bound = OctetBuffer<max_pivot_octets>;
    Bound prefix_;
    Bound first_;
    Bound last_;
};

// One range, or two for what may be a name as well as a text token.
class PivotRanges {
  public:
    void add(const PivotRange& range) noexcept { ranges_[count_++] = range; }
    std::span<const PivotRange> all() const noexcept { return {ranges_.data(), count_}; }
    bool contain(Octets value) const noexcept {
        for (const PivotRange& range : all()) {
            if (range.contains(value)) return true;
        }
        return false;
    }

  private:
    std::array<PivotRange, 2> ranges_;
    std::uint8_t count_ = 0;
};

}  // namespace dnshist
