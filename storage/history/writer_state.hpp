// The state that the parts of HistoryWriter share: history_writer.cpp, which merges batches, and
// prune.cpp, which removes records.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "storage/block/block_merge.hpp"
#include "storage/engine/lmdb/lmdb.hpp"
#include "storage/format/store_meta.hpp"
#include "storage/format/writer_lock.hpp"
#include "storage/history/history_writer.hpp"
#include "storage/history/store_blocks.hpp"
#include "storage/level/new_level.hpp"
#include "storage/level/open_levels.hpp"

namespace dnshist {

struct HistoryWriter::State {
    std::filesystem::path directory;
    WriterLock lock;
    ChildLimit child_limit;
    lmdb::Environment environment;
    std::uint32_t gap = default_gap;
    StoreDatabases databases;
    LevelFiles level_files;
    std::vector<ListedFile> level_list;
    StoreLevels levels;
    bool levels_are_stale = false;
    MergeLimits limits;
    bool search;
    DamageReport report_damage;
    std::map<std::string, std::uint32_t, std::less<>> known_sources;
    std::uint32_t next_source = 0;
    std::uint32_t next_feed = 0;

    State(const std::filesystem::path& where, const Options& options);

    // Runs a transaction, and runs it again with twice the map each time that the map was full.
    template <class Act>
    void growing(Act&& act) {
        for (;;) {
            try {
                return act();
            } catch (const lmdb::Error& error) {
                if (error.code() != MDB_MAP_FULL) throw;
                // The transaction was aborted on the way here, so the map may change.
                environment.set_map_size(environment.map_size() * 2);
            }
        }
    }

    // Runs a change of the store and turns its errors into sentences for the operator. `unit` is
    // the word for what was not written then: "batch".
    template <class Act>
    void change(const char* unit, Act&& act) {
        try {
            // Octets that are written to a removed file are lost.
            environment.expect_sound_files();
            environment.clear_stale_readers();
            growing(act);
        } catch (const lmdb::Error& error) {
            store_meta::throw_store_error(directory, error, "write");
        } catch (const DamagedBlock& damage) {
            throw StoreError("the store " + directory.string() + " is damaged where this " + unit +
                             " belongs (" + damage.what() + "): nothing of it was written; see " +
                             "'dnshist-zonegen check', then restore a copy, or export what is "
                             "left and import it into a new store");
        }
    }

    void open(const Options& options);
    std::filesystem::path path_of(const ListedFile& file) const {
        return directory / level_list::file_name(file.number);
    }
    std::filesystem::path search_path_of(const ListedFile& file) const {
        return directory / search_file::file_name(file.number);
    }
    void load_levels(const lmdb::Transaction& transaction);
    // Counts octets written into the young blocks, and lists the files of `straight`, if any.
    void note_written(lmdb::Transaction& transaction, std::uint64_t octets,
                      std::uint64_t observations, NewLevel* straight = nullptr) const;
    MergeProgress read_progress(const lmdb::Transaction& transaction) const;
    void write_progress(const lmdb::Transaction& transaction, const MergeProgress& progress) const;
    // Throws where the LMDB file belongs to another program.
    void refuse_foreign(lmdb::Transaction& transaction);
    void load_numbers(lmdb::Transaction& transaction);
    // The numbers of a batch's sources in the store, and that of the empty source.
    struct SourceNumbers {
        std::vector<std::uint32_t> of_batch;
        std::uint32_t unnamed;
    };
    // New sources are written, and added to `fresh`.
    SourceNumbers intern(lmdb::Transaction& transaction, const Batch& batch,
                         std::vector<std::string>& fresh);

    StoreStatistics read_statistics(lmdb::Transaction& transaction) const;
    void write_statistics(lmdb::Transaction& transaction, const StoreStatistics& statistics);

    ApplyResult apply(Batch& batch, std::optional<std::uint32_t> feed, const FeedPosition& position,
                      Seconds now);
    PruneProgress prune_step(const PruneRule& rule, PruneProgress progress, Seconds now);
    PruneProgress repack_step(PruneProgress progress);

    // level_merge.cpp
    std::uint64_t young_octets(const lmdb::Transaction& transaction) const;
    std::uint64_t old_octets() const noexcept;
    std::uint8_t first_level() const noexcept {
        return dnshist::first_level(level_list, limits.for_all_levels);
    }
    std::uint64_t octets_of_a_file(std::uint64_t young) const;
    std::optional<NewLevel> level_for(Batch& batch, const lmdb::Transaction& transaction,
                                      const StoreBlocks& blocks) const;
    bool merge_is_due(const lmdb::Transaction& transaction, const MergeProgress& progress) const;
    void give_back_free_pages() noexcept;
    bool merge_step(bool whole, bool restart);

    // search_rebuild.cpp of storage/upkeep
    void open_grams(lmdb::Transaction& transaction);
    void write_search(const lmdb::Transaction& transaction, const ListedFile& file);
    void write_grams(const lmdb::Transaction& transaction, Space space) const;
};

}  // namespace dnshist
