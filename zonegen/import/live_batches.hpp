// Live observations on their way into the store: what a crash loses, and so never more than the
// configured window.
//
// There are two batches of half a window each. One takes observations while the other is written
// by a thread of its own; where the store is slower than the senders, both are full, and whoever
// adds has to wait. So memory and what can be lost are bounded, whatever comes.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "storage/history/batch.hpp"
#include "storage/history/history_writer.hpp"

namespace dnshist::zonegen {

class LiveBatches {
  public:
    struct Written {
        std::uint64_t observations = 0;
        std::uint64_t new_records = 0;
        std::uint64_t merged_records = 0;
        std::uint64_t refused_children = 0;
    };
    // Called by the writing thread: a batch is in the store and there is room again, or the store
    // cannot be written, which is tried again (with the sentence why).
    struct Notices {
        std::function<void()> room;
        std::function<void(const std::string& why)> trouble;
    };

    // `observations` is the whole window, `pause` is before another try of a store that cannot be
    // written. The writer is this one's alone, and outlives it.
    LiveBatches(HistoryWriter& writer, Counts counts, std::uint64_t observations, Notices notices,
                std::chrono::milliseconds pause = std::chrono::seconds{5});
    ~LiveBatches();
    LiveBatches(const LiveBatches&) = delete;
    LiveBatches& operator=(const LiveBatches&) = delete;

    // All of these from one thread.

    void add(const Observation& observation) { filling_->add(observation); }
    // No more is to be added before the notice that there is room.
    bool full();
    // Has what was added written, once what is being written is.
    void turn();
    // Writes all there is and ends. Tries a store that cannot be written once more, and gives back
    // how many observations were lost with it.
    std::uint64_t finish();

    Written written();

  private:
    void run();
    bool write();

    HistoryWriter& writer_;
    std::uint64_t half_;
    Notices notices_;
    std::chrono::milliseconds pause_;
    std::unique_ptr<Batch> filling_;

    std::mutex mutex_;
    std::condition_variable changed_;
    std::unique_ptr<Batch> writing_;  // of the thread while busy_
    bool busy_ = false;
    bool ending_ = false;
    Written written_;
    std::thread thread_;
};

}  // namespace dnshist::zonegen
