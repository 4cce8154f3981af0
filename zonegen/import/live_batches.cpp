#include "zonegen/import/live_batches.hpp"

#include <algorithm>

#include "storage/text/time.hpp"

namespace dnshist::zonegen {

LiveBatches::LiveBatches(HistoryWriter& writer, Counts counts, std::uint64_t observations,
                         Notices notices, std::chrono::milliseconds pause, std::size_t octets)
    : writer_(writer),
      half_(std::max<std::uint64_t>(1, observations / 2)),
      max_octets_(octets),
      notices_(std::move(notices)),
      pause_(pause),
      filling_(std::make_unique<Batch>(writer.gap(), counts)),
      writing_(std::make_unique<Batch>(writer.gap(), counts)),
      thread_([this] { run(); }) {}

LiveBatches::~LiveBatches() {
    finish();
}

bool LiveBatches::full() {
    if (filling_->observations() < half_ && filling_->octets() < max_octets_) return false;
    turn();
    return filling_->observations() != 0;
}

void LiveBatches::turn() {
    if (filling_->observations() == 0) return;
    const std::lock_guard lock(mutex_);
    if (busy_ || ending_) return;
    std::swap(filling_, writing_);
    busy_ = true;
    changed_.notify_all();
}

std::uint64_t LiveBatches::finish() {
    if (!thread_.joinable()) return 0;
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
        changed_.notify_all();
    }
    thread_.join();
    // The batch that the thread could not write, then the one that it did not get.
    std::uint64_t lost = 0;
    for (int batch = 0; batch < 2; ++batch) {
        if (!write()) lost += writing_->observations();
        std::swap(writing_, filling_);
    }
    return lost;
}

Intake LiveBatches::written() {
    const std::lock_guard lock(mutex_);
    return written_;
}

void LiveBatches::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return busy_ || ending_ || merging_; });
        if (busy_) {
            lock.unlock();
            const bool done = write();
            lock.lock();
            if (!done) {
                if (changed_.wait_for(lock, pause_, [this] { return ending_; })) return;
                continue;
            }
            busy_ = false;
            notices_.room();  // must not block
        }
        if (ending_) return;
        lock.unlock();
        // A step after each batch, though the next one may be waiting: what is behind stays
        // bounded.
        merging_ = merge();
        lock.lock();
    }
}

// False if the store could not be written; then writing_ is unchanged.
bool LiveBatches::write() {
    if (writing_->observations() == 0) return true;
    try {
        const std::uint64_t observations = writing_->observations();
        const ApplyResult result = writer_.apply(*writing_, std::nullopt, {}, now_utc());
        writing_->clear();
        const std::lock_guard lock(mutex_);
        written_.add(observations, result);
        written_.writing = writer_.cluster_writing();
        return true;
    } catch (const StoreError& error) {
        notices_.trouble(error.what() + std::string("; what was observed is kept and tried again"));
        return false;
    }
}

bool LiveBatches::is_ending() {
    const std::lock_guard lock(mutex_);
    return ending_;
}

// Merges levels: a step, or as many as bring it up where it is too far behind. Whether it goes on.
// One that fails is tried again after the next batch.
bool LiveBatches::merge() {
    try {
        while (writer_.merge_step()) {
            if (is_ending() || !writer_.merge_is_overdue()) return true;
        }
    } catch (const StoreError& error) {
        notices_.trouble(error.what());
    }
    return false;
}

}  // namespace dnshist::zonegen
