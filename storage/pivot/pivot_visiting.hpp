// The values of one record on their way to its visitor.
#pragma once

#include <cstddef>

#include "storage/base/octets.hpp"
#include "storage/pivot/pivot_values.hpp"

namespace dnshist {

// Hands values on to the visitor, up to max_values_per_record of them.
class PivotVisiting {
  public:
    explicit PivotVisiting(PivotVisitor visit) noexcept : visit_(visit) {}

    void value(const PivotValue& value) {
        if (left_ == 0) return;
        --left_;
        visit_(value);
    }
    void name(Octets wire) {
        if (wire.size() > 1) value(PivotValue::name(wire));
    }
    void addresses(Octets list, std::size_t size, PivotValue (*make)(Octets) noexcept) {
        for (; list.size() >= size; list = list.subspan(size))
            value(make(list.first(size)));
    }
    bool done() const noexcept { return left_ == 0; }

  private:
    PivotVisitor visit_;
    std::size_t left_ = max_values_per_record;
};

}  // namespace dnshist
