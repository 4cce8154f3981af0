// HistoryWriter: the one writer of a store. It merges batches and prunes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "storage/format/store_types.hpp"
#include "storage/history/batch.hpp"
#include "storage/history/child_limit.hpp"
#include "storage/history/prune.hpp"
#include "storage/record/visibility.hpp"

namespace dnshist {

struct ApplyResult {
    std::uint64_t new_records = 0;
    std::uint64_t merged_records = 0;  // that were in the store before
    std::uint64_t new_names = 0;
    std::uint64_t new_pivots = 0;
    // Entries of the batch that the limit of new children has turned away.
    std::uint64_t refused_children = 0;
};

// The one writer of a store. Creates the directory and the store where there is none.
class HistoryWriter {
  public:
    struct Options {
        std::uint32_t gap = default_gap;  // of a new store; an old one keeps its own
        // Octets of address space; the map is doubled where that is too little.
        std::size_t reserve = usual_reserve;
        ChildLimit child_limit = {};
    };
    // Throws StoreError; at once where another process is writing.
    explicit HistoryWriter(const std::filesystem::path& directory, const Options& options);
    ~HistoryWriter();
    HistoryWriter(const HistoryWriter&) = delete;
    HistoryWriter& operator=(const HistoryWriter&) = delete;

    // What the store knows of feeds whose content begins with these octets: each position whose
    // `head` fits. A position is keyed by (head, head_octets, number).
    struct KnownFeed {
        std::uint32_t number;
        FeedPosition position;
    };
    std::vector<KnownFeed> feeds();

    // Merges a batch into the store and records how far its feed has got, in one transaction: after
    // it returns both are on the disk, if it throws neither is. The batch is sorted by this. A
    // batch of no observations moves the position alone. `feed` is a number of feeds() or a new one
    // from new_feed(); nothing for input that has no position.
    ApplyResult apply(Batch& batch, std::optional<std::uint32_t> feed, const FeedPosition& position,
                      Seconds now);
    std::uint32_t new_feed();

    // Does one step of a prune, and moves `progress` on; call it until that is done. What it
    // removes is off the disk when it returns, and nothing is if it throws. Nothing else may be
    // written through this writer between the steps of a prune.
    void prune(const PruneRule& rule, PruneProgress& progress, Seconds now);

    std::uint32_t gap() const noexcept;

    struct State;  // of the storage room alone

  private:
    std::unique_ptr<State> state_;
};

}  // namespace dnshist
