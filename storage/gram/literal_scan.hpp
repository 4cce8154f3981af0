// LiteralScan: a search for a literal in one source of a map, the young blocks or a level.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "storage/base/octets.hpp"

namespace dnshist {

class LiteralScan {
  public:
    LiteralScan() = default;
    virtual ~LiteralScan() = default;
    LiteralScan(const LiteralScan&) = delete;
    LiteralScan& operator=(const LiteralScan&) = delete;

    // Begins anew, with keys that may be before those of earlier calls.
    virtual void begin(Octets literal) = 0;
    // To be called after the transaction was renewed, before begin().
    virtual void renew() = 0;
    // Whether the source has an index, at least a part of it.
    virtual bool has_index() const = 0;

    // Whether a key at or behind `key`, which is not before that of the call before, may have the
    // literal; the first ones that may are then from from() on, and before upper() where that is
    // not empty. Keys without an index may all have it. `octets` is how many may be looked at, and
    // becomes less by those that were: where they do not suffice, more keys may have the literal.
    bool find(Octets key, std::uint64_t& octets);
    Octets from() const noexcept { return from_; }
    Octets upper() const noexcept { return upper_; }

    // The fault that find() has met since the last call; empty where there was none.
    std::string take_fault() { return std::exchange(fault_, {}); }

  protected:
    // Finds the first span of keys that may have it, and has keys at or behind `key`. False where
    // there is none.
    virtual bool look(Octets key, std::uint64_t& octets) = 0;
    void set_span(Octets lower, Octets upper) {
        lower_.assign(lower.begin(), lower.end());
        upper_.assign(upper.begin(), upper.end());
    }
    void forget_span() noexcept {
        has_span_ = false;
        ended_ = false;
    }
    void set_fault(std::string fault) { fault_ = std::move(fault); }

  private:
    // The keys that may have the literal: from lower_ on, and before upper_ where that is one.
    bool has_span_ = false;
    bool ended_ = false;
    std::vector<std::uint8_t> lower_;
    std::vector<std::uint8_t> upper_;
    std::vector<std::uint8_t> from_;
    std::string fault_;
};

inline bool LiteralScan::find(Octets key, std::uint64_t& octets) {
    if (ended_) return false;
    if (!has_span_ || (!upper_.empty() && compare(key, upper_) >= 0)) {
        has_span_ = look(key, octets);
        ended_ = !has_span_;
        if (ended_) return false;
    }
    const Octets from = compare(key, lower_) < 0 ? Octets(lower_) : key;
    from_.assign(from.begin(), from.end());
    return true;
}

}  // namespace dnshist
