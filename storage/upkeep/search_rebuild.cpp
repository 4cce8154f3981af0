// Writes the search indexes of a store anew: the grams of young blocks, and the indexes of the
// files of levels.
#include <unistd.h>

#include <cstdio>

#include "storage/block/block_cursor.hpp"
#include "storage/history/cluster_writer.hpp"
#include "storage/history/writer_state.hpp"
#include "storage/level/level_source.hpp"
#include "storage/level/new_files.hpp"

namespace dnshist {

// Under another name until it is whole, so that a reader never opens a part of one.
void HistoryWriter::State::write_search(const lmdb::Transaction& transaction,
                                        const ListedFile& file) {
    const auto path = search_path_of(file);
    const auto partial =
        std::filesystem::path(path.string() + std::string(search_file::partial_suffix));
    ::unlink(partial.c_str());
    const auto level = level_files.open(file.number);
    const StoreBlocks blocks(transaction, databases);
    const BlockDamage note = [&](Octets key, const char* fault) {
        if (report_damage) {
            report_damage(store_meta::block_text(level_list::file_name(file.number).c_str(), key),
                          fault);
        }
    };
    {
        SearchWriter index(partial, search_parts_of(file.space), file.lower);
        auto source = std::make_unique<LevelSource>(
            std::make_shared<const LevelParts>(std::vector<LevelPart>{{file.lower, level}}));
        BlockCursor entries(std::move(source), blocks.of(file.space).symbols, note);
        for (entries.seek({}); entries.next();)
            index.add(entries.key());
        index.finish(level->filter_checksum());
    }
    if (std::rename(partial.c_str(), path.c_str()) != 0) throw lmdb::Error("rename", errno);
    sync_directory_of_levels(directory);
}

// Blocks that were written without their grams have none: all of them, or no block.
void HistoryWriter::State::open_grams(lmdb::Transaction& transaction) {
    databases.names_grams = transaction.open_database(store_meta::names_grams_database, true);
    databases.pivots_grams = transaction.open_database(store_meta::pivots_grams_database, true);
    for (const Space space : {Space::names, Space::pivots}) {
        const MDB_dbi grams = *databases.grams_of(space);
        const std::size_t entries = transaction.entries(grams);
        if (!search) {
            if (entries != 0) transaction.clear(grams);
        } else if (entries != transaction.entries(databases.blocks_of(space))) {
            write_grams(transaction, space);
        }
    }
}

void HistoryWriter::State::write_grams(const lmdb::Transaction& transaction, Space space) const {
    StoreBlocks blocks(transaction, databases, true);
    const auto source = blocks.of(space).source();
    blocks.grams_of(space).rebuild(*source);
}

void HistoryWriter::rebuild_search(
    const std::function<bool(std::size_t files, std::size_t of)>& done) {
    if (cluster_) {
        throw StoreError("a store in a cluster has no search index; searches walk it");
    }
    state_->search = true;  // for what this writer writes later
    state_->change("index", [&] {
        if (!has_levels()) return;
        lmdb::Transaction transaction(state_->environment, 0);
        for (const Space space : {Space::names, Space::pivots})
            state_->write_grams(transaction, space);
        transaction.commit();
    });
    const std::vector<ListedFile> files = state_->level_list;
    std::size_t count = 0;
    for (const ListedFile& file : files) {
        state_->change("index", [&] {
            state_->write_search(lmdb::Transaction(state_->environment, MDB_RDONLY), file);
        });
        if (!done(++count, files.size())) return;
    }
}

}  // namespace dnshist
