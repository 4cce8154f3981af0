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

    // A record that a search passes over on its way is work and no record: another walk from the
    // same place may pass over others.
    enum class Kind : std::uint8_t { visited, passed };

    // Charges one more record. `reads_since_seek` are those of the current cursor, which have not
    // been added yet. False, and nothing charged, where the budget does not allow it.
    bool charge_record(std::uint64_t reads_since_seek, Kind kind = Kind::visited) noexcept {
        const std::uint64_t all_reads = reads_ + reads_since_seek;
        const std::uint64_t further = all_reads > 1 ? all_reads - 1 : 0;
        exhausted_ = records_ + passed_ + 1 + further * cost_of_read_ + other_ > units_;
        if (!exhausted_) count(kind);
        return !exhausted_;
    }
    // Before the first record: whatever was spent on the way to it, with `reads_since_seek`, so
    // many units are left.
    void leave(std::uint64_t units, std::uint64_t reads_since_seek) noexcept {
        const std::uint64_t all_reads = reads_ + reads_since_seek;
        const std::uint64_t on_the_way =
            other_ + (all_reads > 1 ? all_reads - 1 : 0) * cost_of_read_;
        if (on_the_way + units > units_) units_ = on_the_way + units;
    }
    // The reads of a cursor before its next seek.
    void add_reads(std::uint64_t reads) noexcept { reads_ += reads; }
    // Work of another kind, such as matching a pattern.
    void charge(std::uint64_t units) noexcept { other_ += units; }
    // Charges one record beyond the budget.
    void overdraw(Kind kind = Kind::visited) noexcept {
        exhausted_ = false;
        ++units_;
        count(kind);
    }

    // What is left without the reads of the current cursor.
    std::uint64_t left() const noexcept { return used() < units_ ? units_ - used() : 0; }

    // Those visited.
    std::uint64_t records() const noexcept { return records_; }
    bool any() const noexcept { return records_ + passed_ != 0; }
    // Units, once the reads of every cursor are added; the whole budget where it was exhausted.
    std::uint64_t spent() const noexcept { return exhausted_ ? units_ : used(); }
    bool exhausted() const noexcept { return exhausted_; }

  private:
    void count(Kind kind) noexcept { ++(kind == Kind::visited ? records_ : passed_); }
    std::uint64_t used() const noexcept {
        return records_ + passed_ + (reads_ > 1 ? reads_ - 1 : 0) * cost_of_read_ + other_;
    }

    std::uint64_t units_;
    std::uint64_t cost_of_read_;
    std::uint64_t other_ = 0;
    std::uint64_t records_ = 0;
    std::uint64_t passed_ = 0;
    std::uint64_t reads_ = 0;
    bool exhausted_ = false;
};

}  // namespace dnshist
