#include "zonegen/import/write_behind.hpp"

#include <algorithm>
#include <utility>

#include "storage/base/blocked_signals.hpp"
#include "storage/text/time.hpp"
#include "zonegen/console/stop_signal.hpp"

namespace dnshist::zonegen {

namespace {

// How long merging may take after a batch, at least.
constexpr std::chrono::seconds least_merging{1};

}  // namespace

WriteBehind::WriteBehind(HistoryWriter& writer, Counts counts, Terminal& terminal,
                         int stop_descriptor)
    : writer_(writer),
      terminal_(terminal),
      stop_descriptor_(stop_descriptor),
      filling_(std::make_unique<Batch>(writer.gap(), counts)),
      writing_(std::make_unique<Batch>(writer.gap(), counts)) {}

void WriteBehind::wait() {
    if (under_way_.valid()) under_way_.get();
}

const Intake& WriteBehind::written() const {
    if (under_way_.valid()) under_way_.wait();
    return written_;
}

void WriteBehind::begin(std::optional<std::uint32_t> feed, FeedPosition position) {
    std::swap(filling_, writing_);
    filling_->clear();             // it is written, or could not be
    const BlockedSignals blocked;  // in the new thread
    under_way_ = std::async(std::launch::async, [this, feed, position = std::move(position)] {
        write(feed, position);
    });
}

void WriteBehind::write(std::optional<std::uint32_t> feed, const FeedPosition& position) {
    const auto begin = std::chrono::steady_clock::now();
    const ApplyResult result = writer_.apply(*writing_, feed, position, now_utc());
    written_.add(writing_->observations(), result);
    merge(std::max<std::chrono::steady_clock::duration>(std::chrono::steady_clock::now() - begin,
                                                        least_merging));
}

// Merges levels of the store, as far as that is due. So the import pays for what it has brought;
// what takes longer is left to the next writer, unless too much was. Failing loses nothing, and is
// not tried again.
void WriteBehind::merge(std::chrono::steady_clock::duration at_most) {
    if (!merges_) return;
    const auto end = std::chrono::steady_clock::now() + at_most;
    try {
        while (writer_.merge_step()) {
            if (stop_requested(stop_descriptor_)) break;
            if (std::chrono::steady_clock::now() >= end && !writer_.merge_is_overdue()) break;
        }
    } catch (const StoreError& error) {
        merges_ = false;
        terminal_.complain(error.what());
    }
}

}  // namespace dnshist::zonegen
