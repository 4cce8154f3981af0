// What the readers of a process have done, for metrics.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace dnshist {

// What one reader has done and keeps: it alone writes, any thread may read.
struct CacheCounts {
    std::atomic<std::uint64_t> hits = 0;    // lookups that needed no round trip
    std::atomic<std::uint64_t> misses = 0;  // that needed one, or noted that they do
    std::atomic<std::uint64_t> octets = 0;  // of memory
    std::atomic<std::int64_t> oldest = 0;   // when that was read, of the steady clock; 0: nothing

    static void add(std::atomic<std::uint64_t>& count) noexcept {
        count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    }
};

// For any thread.
class TabletCounters {
  public:
    std::atomic<std::uint64_t> round_trips = 0;  // waits for the cluster
    std::atomic<std::uint64_t> reads = 0;        // operations in them
    std::atomic<std::uint64_t> splits = 0;       // tablets that were found cut, and read again
    std::atomic<std::uint64_t> failures = 0;     // round trips without an answer

    // The counts of one more reader. What it has done stays when it ends.
    std::shared_ptr<CacheCounts> add_cache() {
        const std::lock_guard lock(mutex_);
        return caches_.emplace_back(std::make_shared<CacheCounts>());
    }
    struct CacheTotals {
        std::uint64_t hits = 0;
        std::uint64_t misses = 0;
        std::uint64_t octets = 0;
        double age = 0;  // seconds since the oldest block was read
    };
    CacheTotals cache_totals() const {
        const std::int64_t now = std::chrono::steady_clock::now().time_since_epoch().count();
        std::int64_t oldest = now;
        CacheTotals totals;
        const std::lock_guard lock(mutex_);
        for (const auto& cache : caches_) {
            totals.hits += cache->hits.load(std::memory_order_relaxed);
            totals.misses += cache->misses.load(std::memory_order_relaxed);
            totals.octets += cache->octets.load(std::memory_order_relaxed);
            const std::int64_t since = cache->oldest.load(std::memory_order_relaxed);
            if (since != 0) oldest = std::min(oldest, since);
        }
        const std::chrono::steady_clock::duration age(now - oldest);
        totals.age = std::chrono::duration<double>(age).count();
        return totals;
    }

  private:
    mutable std::mutex mutex_;
    std::vector<std::shared_ptr<CacheCounts>> caches_;
};

}  // namespace dnshist
