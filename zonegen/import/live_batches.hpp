// Buffers live observations and writes them to the store in batches. A crash loses what is
// buffered, at most the configured window of observations.
//
// There are two batches of half a window each: one is filled while a thread writes the other. If
// the store is slower than the senders, both are full and the caller has to wait. So memory and
// loss are bounded. After each batch the thread merges levels of the store: a step, or more until a
// batch comes or, where merging is too far behind, until it is not.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "storage/history/batch.hpp"
#include "storage/history/history_writer.hpp"
#include "zonegen/import/summary.hpp"

namespace dnshist::zonegen {

class LiveBatches {
  public:
    // Called by the writing thread.
    struct Notices {
        std::function<void()> room;  // a batch is in the store, and there is room again
        // The store could not be written, which will be retried.
        std::function<void(const std::string& why)> trouble;
    };

    // A batch of large observations is written early: RDATA may have 64 KB.
    static constexpr std::size_t usual_octets = std::size_t{256} << 20;

    // `observations` is the whole window, `pause` the time before a failed write is retried,
    // `octets` the memory that each of both batches may take. The writer must not be used by
    // others, and must outlive this.
    LiveBatches(HistoryWriter& writer, Counts counts, std::uint64_t observations, Notices notices,
                std::chrono::milliseconds pause = std::chrono::seconds{5},
                std::size_t octets = usual_octets);
    ~LiveBatches();
    LiveBatches(const LiveBatches&) = delete;
    LiveBatches& operator=(const LiveBatches&) = delete;

    // All of the following are for one thread.

    void add(const Observation& observation) { filling_->add(observation); }
    // If true, nothing may be added before the notice that there is room.
    bool full();
    // Hands the filled batch to the writing thread, unless that is busy.
    void turn();
    // Writes what is left and ends the thread. A failed write is retried once. Returns the number
    // of observations that were lost.
    std::uint64_t finish();

    Intake written();

  private:
    void run();
    bool write();
    bool merge();
    bool is_ending();

    HistoryWriter& writer_;
    std::uint64_t half_;
    std::size_t max_octets_;
    Notices notices_;
    std::chrono::milliseconds pause_;
    std::unique_ptr<Batch> filling_;

    std::mutex mutex_;
    std::condition_variable changed_;
    std::unique_ptr<Batch> writing_;  // the thread's while busy_
    bool busy_ = false;
    bool ending_ = false;
    bool merging_ = false;  // the thread's: a merge of levels goes on
    Intake written_;
    std::thread thread_;
};

}  // namespace dnshist::zonegen
