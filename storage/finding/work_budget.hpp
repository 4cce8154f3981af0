// A bound on what a walk over the store may cost.
#pragma once

#include <cstdint>

namespace dnshist {

// Units of work: a decoded record costs 1, and each read of the store except the first read_cost;
// one of many that are made in the order of keys, each near the one before, costs near_read_cost.
class WorkBudget {
  public:
    static constexpr std::uint64_t read_cost = 20;
    static constexpr std::uint64_t near_read_cost = 4;

    explicit WorkBudget(std::uint64_t units = 0, std::uint64_t cost_of_read = read_cost) noexcept
        : units_(units), cost_of_read_(cost_of_read) {}

    // Charges one more record. `reads_since_seek` are those of the current cursor, which have not
    // been added yet. False, and nothing charged, where the budget does not allow it.
    bool charge_record(std::uint64_t reads_since_seek) noexcept {
        const std::uint64_t all_reads = reads_ + reads_since_seek;
        const std::uint64_t further = all_reads > 1 ? all_reads - 1 : 0;
        exhausted_ = records_ + 1 + further * cost_of_read_ + other_ > units_;
        if (!exhausted_) ++records_;
        return !exhausted_;
    }
    // The reads of a cursor before its next seek.
    void add_reads(std::uint64_t reads) noexcept { reads_ += reads; }
    // Work of another kind, such as matching a pattern.
    void charge(std::uint64_t units) noexcept { other_ += units; }
    // Charges one record beyond the budget.
    void overdraw() noexcept {
        exhausted_ = false;
        ++units_;
        ++records_;
    }

    // What is left without the reads of the current cursor.
    std::uint64_t left() const noexcept {
        const std::uint64_t used =
            records_ + (reads_ > 1 ? reads_ - 1 : 0) * cost_of_read_ + other_;
        return used < units_ ? units_ - used : 0;
    }

    std::uint64_t records() const noexcept { return records_; }
    // Units, once the reads of every cursor are added; the whole budget where it was exhausted.
    std::uint64_t spent() const noexcept {
        return exhausted_ ? units_
                          : records_ + (reads_ > 1 ? reads_ - 1 : 0) * cost_of_read_ + other_;
    }
    bool exhausted() const noexcept { return exhausted_; }

  private:
    std::uint64_t units_;
    std::uint64_t cost_of_read_;
    std::uint64_t other_ = 0;
    std::uint64_t records_ = 0;
    std::uint64_t reads_ = 0;
    bool exhausted_ = false;
};

}  // namespace dnshist
