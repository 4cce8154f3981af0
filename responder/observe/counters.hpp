// Counters of a worker, which other threads may read.
//
// Each worker has Counters of its own, on cache lines of their own, and is the only one to write
// them: adding is a load and a store, no locked instruction. A reader (metrics.hpp) adds the
// workers up; each number is right, but they are not all of one moment.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "responder/answer/query_outcome.hpp"
#include "responder/answer/verdict.hpp"

namespace dnshist::responder {

// Written by one thread, read by any.
class Count {
  public:
    void add(std::uint64_t more = 1) noexcept { set(get() + more); }
    void set(std::uint64_t value) noexcept { value_.store(value, std::memory_order_relaxed); }
    std::uint64_t get() const noexcept { return value_.load(std::memory_order_relaxed); }

  private:
    std::atomic<std::uint64_t> value_ = 0;
};

// How long answering took.
class Timing {
  public:
    // Upper bounds of the buckets, in nanoseconds; a last bucket is for what takes longer.
    static constexpr std::array<std::uint64_t, 13> bounds{
        2'000,   5'000,     10'000,    20'000,    50'000,     100'000,   200'000,
        500'000, 1'000'000, 2'000'000, 5'000'000, 10'000'000, 50'000'000};

    void add(std::chrono::nanoseconds taken) noexcept;
    // The count of the bucket at `index` alone, 0 to bounds.size().
    std::uint64_t bucket(std::size_t index) const noexcept { return buckets_[index].get(); }
    std::uint64_t nanoseconds() const noexcept { return nanoseconds_.get(); }

  private:
    std::array<Count, bounds.size() + 1> buckets_;
    Count nanoseconds_;
};

// Why a message has no answer.
enum class Drop : std::uint8_t {
    undeserved,  // it is no request: a runt, a response
    too_long,    // for a question over UDP
    failed,      // the store or memory failed us
    unsent,      // the kernel did not take the answer
    limited,     // its client asks too often
};
inline constexpr std::size_t drop_reasons = static_cast<std::size_t>(Drop::limited) + 1;

// The questions are many and cheap: reading the clock before and after costs some 40 ns, where an
// answer costs 2 us. So one in so many is timed; of the costly ones, each.
inline constexpr unsigned quick_sample = 16;

inline constexpr std::size_t cache_line = 64;

struct alignas(cache_line) Counters {
    // An answer was made.
    void count(Transport transport, const QueryOutcome& outcome) noexcept;
    void drop(Drop reason, std::uint64_t messages = 1) noexcept {
        drops[static_cast<std::size_t>(reason)].add(messages);
    }
    std::uint64_t answered(Transport transport, QueryKind kind, std::size_t rcode) const noexcept {
        return questions[static_cast<std::size_t>(transport)][static_cast<std::size_t>(kind)][rcode]
            .get();
    }
    Timing& timing(Budget budget) noexcept { return timings[static_cast<std::size_t>(budget)]; }
    const Timing& timing(Budget budget) const noexcept {
        return timings[static_cast<std::size_t>(budget)];
    }

    // By transport, QueryKind and RCODE; the last RCODE is for all others.
    std::array<std::array<std::array<Count, rcodes + 1>, query_kinds>, transports> questions;
    // Over HTTP, responses without a DNS message: by transport and by the first digit of the
    // status.
    std::array<std::array<Count, 6>, transports> http_responses;
    std::array<Timing, 3> timings;  // by Budget
    Count truncated;                // answers, over UDP
    Count deferred;                 // questions that cost more work than others should wait for
    Count waited;                   // times that questions waited for a part of a cluster
    Count cut;                      // of those, answered in part: nowhere to wait, or no more time
    std::array<Count, drop_reasons> drops;
    Count tcp_accepted;
    Count tcp_open;  // now
    Count unlogged;  // questions that the query log had no room for
};

}  // namespace dnshist::responder
