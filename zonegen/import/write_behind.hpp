// Writes batches of a feed to the store while the next batch is filled.
//
// There are two batches: one is filled while a thread writes the other, and then merges levels of
// the store for as long as that took. So reading a feed costs no time as long as it is quicker than
// writing. What is in the store is a feed up to the last batch that was written, and its position.
#pragma once

#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <optional>

#include "storage/history/batch.hpp"
#include "storage/history/history_writer.hpp"
#include "zonegen/console/terminal.hpp"
#include "zonegen/import/summary.hpp"

namespace dnshist::zonegen {

class WriteBehind {
  public:
    // Both outlive this. `stop_descriptor`: merging ends when it becomes readable.
    WriteBehind(HistoryWriter& writer, Counts counts, Terminal& terminal, int stop_descriptor);
    WriteBehind(const WriteBehind&) = delete;
    WriteBehind& operator=(const WriteBehind&) = delete;

    // The one that is filled, until begin().
    Batch& batch() noexcept { return *filling_; }

    // Waits until all that was begun is in the store: the writer is the caller's then, until
    // begin(). Throws StoreError if it could not be written.
    void wait();
    // Begins to write batch(), after wait(); another one is filled then, which is empty. `feed` and
    // `position`: see HistoryWriter::apply.
    void begin(std::optional<std::uint32_t> feed, FeedPosition position);

    // All batches together; waits for the one that is being written.
    const Intake& written() const;

  private:
    void write(std::optional<std::uint32_t> feed, const FeedPosition& position);
    void merge(std::chrono::steady_clock::duration at_most);

    HistoryWriter& writer_;
    Terminal& terminal_;
    int stop_descriptor_;
    std::unique_ptr<Batch> filling_;
    // These are the thread's, until wait().
    std::unique_ptr<Batch> writing_;
    Intake written_;
    bool merges_ = true;

    std::future<void> under_way_;  // last: its destructor waits for the thread
};

}  // namespace dnshist::zonegen
