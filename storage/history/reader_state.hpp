// The state of History and Snapshot, which the cursors share.
#pragma once

#include <cstdint>
#include <filesystem>
#include <utility>
#include <vector>

#include "storage/block/block_cursor.hpp"
#include "storage/engine/lmdb/lmdb.hpp"
#include "storage/format/store_meta.hpp"
#include "storage/history/history.hpp"
#include "storage/history/store_blocks.hpp"
#include "storage/record/visibility.hpp"

namespace dnshist {

struct History::State {
    std::filesystem::path directory;
    std::uint32_t gap = default_gap;
    lmdb::Environment environment;
    StoreDatabases databases;
    PageCheck page_check;
    DamageReport report;
    BlockDamage names_damage;
    BlockDamage pivots_damage;
    // As expect_sound_files() saw it last.
    std::pair<std::size_t, std::vector<std::uint8_t>> seen;

    State(const std::filesystem::path& where, DamageReport damage_report, std::size_t reserve,
          PageCheck pages);

    void expect_sound_pages(std::size_t most) const;

    void refuse_empty(const lmdb::Transaction& transaction) const;
    // The number of the newest transaction, and what it has for statistics.
    std::pair<std::size_t, std::vector<std::uint8_t>> newest() const;

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

struct Snapshot::State {
    History::State& history;
    lmdb::Transaction transaction;
    // Counts the renewals, so that cursors know when to renew.
    std::uint64_t generation = 0;
    StoreBlocks blocks;
    BlockCursor names;
    BlockCursor pivots;

    explicit State(History::State& store)
        : history(store),
          transaction(store.environment, MDB_RDONLY),
          blocks(transaction, store.databases),
          names(blocks.names, store.names_damage),
          pivots(blocks.pivots, store.pivots_damage) {}

    template <class Act>
    auto guard(Act&& act) {
        try {
            return act();
        } catch (const lmdb::Error& error) {
            throw_read_error(history.directory, error);
        }
    }
};

}  // namespace dnshist
