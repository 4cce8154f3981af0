// The state of History and Snapshot, which the cursors share.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "storage/cluster/cluster_snapshot.hpp"
#include "storage/engine/lmdb/lmdb.hpp"
#include "storage/format/store_meta.hpp"
#include "storage/history/history.hpp"
#include "storage/history/store_blocks.hpp"
#include "storage/record/visibility.hpp"

namespace dnshist {

// A store in a directory, as it is open.
struct OpenDirectory {
    const std::filesystem::path& directory;
    lmdb::Environment environment;
    StoreDatabases databases;
    History::PageCheck page_check;
    LevelFiles level_files;
    // As expect_sound_files() saw it last.
    std::pair<std::size_t, std::vector<std::uint8_t>> seen;

    OpenDirectory(const std::filesystem::path& where, std::size_t reserve, History::PageCheck pages,
                  std::uint32_t& gap);

    void expect_sound_pages(std::size_t most) const;

    void refuse_empty(const lmdb::Transaction& transaction) const;
    // The number of the newest transaction, and what it has for statistics.
    std::pair<std::size_t, std::vector<std::uint8_t>> newest() const;
};

// Either `files` or `cluster` is there.
struct History::State {
    std::filesystem::path directory;
    std::uint32_t gap = default_gap;
    DamageReport report;
    BlockDamage names_damage;
    BlockDamage pivots_damage;
    std::optional<OpenDirectory> files;
    std::unique_ptr<ClusterStore> cluster;

    State(const std::filesystem::path& where, DamageReport damage_report, std::size_t reserve,
          PageCheck pages);
    void open_cluster();

    BlockDamage damage_of(const char* database) {
        return [this, database](Octets key, const char* fault) {
            if (report) report(store_meta::block_text(database, key), fault);
        };
    }
};

[[noreturn]] inline void throw_read_error(const std::filesystem::path& directory,
                                          const lmdb::Error& error) {
    if (error.code() == MDB_MAP_RESIZED) {
        throw MustReopen("the store " + directory.string() +
                         " has outgrown the address space that was reserved for it when it was "
                         "opened");
    }
    if (error.code() == lmdb::unsound_files) {
        throw MustReopen("the store " + directory.string() + ": " + error.what());
    }
    store_meta::throw_store_error(directory, error, "read");
}

// Holds files of levels for a snapshot.
struct LevelReader {
    virtual ~LevelReader() = default;
    // Lets go of them, and takes the newest state: for a snapshot with others.
    virtual void end() = 0;
};

// One state of a store in a directory.
struct DirectorySnapshot {
    lmdb::Transaction transaction;
    StoreBlocks blocks;
    DatabaseSourceTexts texts;
    std::vector<ListedFile> level_list;
    StoreLevels levels;

    explicit DirectorySnapshot(OpenDirectory& store)
        : transaction(store.environment, MDB_RDONLY),
          blocks(transaction, store.databases),
          texts(transaction, store.databases.sources),
          levels(newest_levels(store).value_or(StoreLevels{})) {}

    // Opens the files of the newest list; renews the transaction where one of them is gone. Nothing
    // where the list is as it was.
    std::optional<StoreLevels> newest_levels(OpenDirectory& store);
};

// Either `files` or `cluster` is there, as in the history.
struct Snapshot::State {
    History::State& history;
    std::optional<DirectorySnapshot> files;
    std::unique_ptr<ClusterSnapshot> cluster;
    // Counts the renewals, so that cursors know when to renew; and the last one with other levels.
    std::uint64_t generation = 0;
    std::uint64_t levels_generation = 0;
    SourceTexts& texts;
    // For lookups. A cursor that outlives others has a merge of its own, whose result it keeps.
    RecordMerge record_merge;
    PivotMerge pivot_merge;
    MergedCursor names;
    MergedCursor pivots;
    // All cursors and searches. They let go of files that no longer belong to the store with the
    // snapshot, not with their next seek.
    std::vector<LevelReader*> level_readers;

    explicit State(History::State& store)
        : history(store),
          texts(open()),
          record_merge(texts, store.gap),
          names(sources(Space::names, TabletReader::Purpose::check), symbols(Space::names),
                store.names_damage, record_merge, next_record_beginning),
          pivots(sources(Space::pivots, TabletReader::Purpose::check), symbols(Space::pivots),
                 store.pivots_damage, pivot_merge, next_pivot_beginning) {}

    SourceTexts& open() {
        if (history.cluster) {
            cluster = std::make_unique<ClusterSnapshot>(*history.cluster);
            return cluster->texts;
        }
        files.emplace(*history.files);
        return files->texts;
    }
    // `purpose` is of use for a cluster.
    std::vector<MapSource> sources(
        Space space, TabletReader::Purpose purpose = TabletReader::Purpose::lookup) const {
        if (!cluster) return sources_of(files->blocks.of(space), files->levels.of(space));
        std::vector<MapSource> tablets;
        tablets.push_back({cluster->source(space, purpose), nullptr});
        return tablets;
    }
    BlockSymbols& symbols(Space space) const {
        return cluster ? cluster->symbols(space) : files->blocks.of(space).symbols;
    }
    // Reads what these seeks will read, where that takes a round trip.
    void load(Space space, std::span<Prefetch* const> seeks) const;
    void count_search(LevelStatistics& statistics) const;
    void renew();
    // Takes the newest state into a cursor that was made, or last renewed, in generation `seen`.
    void renew(MergedCursor& cursor, Space space, std::uint64_t seen) const {
        if (seen < levels_generation) {
            cursor.renew(sources(space));
        } else {
            cursor.renew();
        }
    }
    template <class Act>
    auto guard(Act&& act) {
        try {
            return act();
        } catch (const lmdb::Error& error) {
            throw_read_error(history.directory, error);
        } catch (const ObjectError& error) {
            throw_cluster_error(history.directory.string(), error, "read");
        }
    }
};

}  // namespace dnshist
