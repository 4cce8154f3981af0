// HistoryWriter: the one writer of a store in a directory, or one of those of a store in a cluster.
// It merges batches and prunes.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/format/store_types.hpp"
#include "storage/history/batch.hpp"
#include "storage/history/child_limit.hpp"
#include "storage/history/prune.hpp"
#include "storage/level/level_list.hpp"
#include "storage/record/visibility.hpp"

namespace dnshist {

// When levels are written and merged, for tests: what is small can be merged early.
struct MergeLimits {
    // Octets that the young blocks have at least before they are merged.
    std::uint64_t least_young = std::uint64_t{1} << 20;
    // Octets of blocks in one file of a level.
    std::uint64_t most_file = std::uint64_t{128} << 20;
    // Entries of a batch that goes straight into a level, where the young blocks have none.
    std::size_t large_batch = 250'000;
    // Octets of old levels from which on the store has all of them.
    std::uint64_t for_all_levels = octets_for_all_levels;
};

struct ApplyResult {
    std::uint64_t new_records = 0;
    std::uint64_t merged_records = 0;  // records that were in the store before
    std::uint64_t new_names = 0;
    std::uint64_t new_pivots = 0;
    // Entries of the batch that the limit of new children refused.
    std::uint64_t refused_children = 0;
};

class ClusterWriter;

// Creates the directory and the store where there is none.
class HistoryWriter {
  public:
    struct Options {
        std::uint32_t gap = default_gap;  // of a new store; an old one keeps its own
        // Octets of address space; the map is doubled where that is too little.
        std::size_t reserve = usual_reserve;
        ChildLimit child_limit = {};
        MergeLimits merge = {};
        // Whether the files of levels that are written get a search index.
        bool search = false;
        // Is given what a merge of levels could not read, and has left behind.
        DamageReport damage = {};
    };
    // Throws StoreError; at once where another process is writing into the directory. In a cluster
    // (storage/history/cluster_writer.hpp) any number of processes may write, and there are no
    // levels.
    explicit HistoryWriter(const std::filesystem::path& directory, const Options& options);
    ~HistoryWriter();
    HistoryWriter(const HistoryWriter&) = delete;
    HistoryWriter& operator=(const HistoryWriter&) = delete;

    // A feed that the store knows: its number, and how far it was imported.
    struct KnownFeed {
        std::uint32_t number;
        FeedPosition position;
    };
    std::vector<KnownFeed> feeds();

    // Sorts a batch, merges it into the store and records the position of its feed, in one
    // transaction: after it returns both are on the disk; if it throws, neither is, unless the
    // store is in a cluster: there the batch may be written later, so it must be given again before
    // another one. An empty batch moves the position alone. `feed` is a number from feeds() or
    // new_feed(); nothing for input without a position.
    ApplyResult apply(Batch& batch, std::optional<std::uint32_t> feed, const FeedPosition& position,
                      Seconds now);
    std::uint32_t new_feed();

    // The text that belongs to FeedPosition::reading, which is its digest. It is kept once for all
    // feeds; keep_reading() must come before the first position that refers to it.
    void keep_reading(const std::array<std::uint8_t, 16>& digest, std::string_view text);
    std::optional<std::string> reading(const std::array<std::uint8_t, 16>& digest);

    // Does one step of a prune, in one transaction, and advances `progress`; call it until that is
    // done. If it throws, the step has removed nothing. Nothing else but merges may be written
    // through this writer between the steps of a prune.
    void prune(const PruneRule& rule, PruneProgress& progress, Seconds now);

    // Merges the young blocks of one range of keys into the range's old ones, if that is due: once
    // more was written into the young blocks than a merge of all of them writes, or they have a
    // quarter of what the levels have, and 32 MB. Whether more is to be done. If it throws, as
    // where the disk has no room for the range a second time, the store is as it was, and takes in
    // all the same.
    bool merge_step();
    // Whether merging is so far behind that no batch may come before the next step: twice as much
    // was written into the young blocks as makes a round of merges due.
    bool merge_is_overdue();
    // Merges all levels of all ranges, step by step, while goes_on() says so: for a store that will
    // rest, and for one of which much was removed. Whether all are merged.
    bool merge_all(const std::function<bool()>& goes_on = {});

    // Writes the search index of each file of a level anew, and calls done(files, of) after each;
    // ends where that returns false. The text of what a file has that is damaged is not found.
    void rebuild_search(const std::function<bool(std::size_t files, std::size_t of)>& done);

    // The cost of writing since the store was opened; nothing where it is in a directory.
    std::optional<ClusterWriting> cluster_writing() const noexcept;
    // Changes that could not be made since the store was opened, because the blocks that they
    // belong into are damaged; DamageReport was told of each block. In a cluster alone: in a
    // directory all of a batch is refused then.
    std::uint64_t left_out() const noexcept;
    // Likewise the batches that need a tablet that is missing, and wait for it in the store.
    std::uint64_t left_waiting() const noexcept;

    // False in a cluster, and for a store of the version before as long as anybody reads it:
    // nothing is merged then.
    bool has_levels() const noexcept;
    bool is_in_cluster() const noexcept { return cluster_ != nullptr; }
    std::uint32_t gap() const noexcept;

    struct State;  // public for the sources of this folder alone

  private:
    // One of both is there.
    std::unique_ptr<State> state_;
    std::unique_ptr<ClusterWriter> cluster_;
};

}  // namespace dnshist
