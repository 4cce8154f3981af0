#include "storage/level/level_file.hpp"

#include <cerrno>

#include "storage/engine/lmdb/sound_pages.hpp"
#include "storage/level/numbered_file.hpp"

namespace dnshist {

LevelFile::LevelFile(const std::filesystem::path& file, const std::filesystem::path& search)
    : environment_(file, level_file::reader_flags, 0, level_file::databases, 1) {
    lmdb::expect_sound_pages(environment_, {}, pages_at_opening);
    lmdb::Transaction transaction(environment_, MDB_RDONLY);
    const auto blocks = transaction.open_database(level_file::blocks_database, false);
    const auto filters = transaction.open_database(level_file::filter_database, false);
    if (!blocks || !filters) throw lmdb::Error("no file of a level", MDB_INVALID);
    blocks_ = *blocks;
    block_count_ = transaction.entries(blocks_);
    // The file never changes, so the octets stay as long as it is mapped.
    const auto stored = transaction.get(*filters, level_file::filter_key);
    if (stored) {
        filter_ = PrefixFilter::open(*stored);
        filter_checksum_ = PrefixFilter::checksum_of(*stored);
    }
    transaction.commit();  // keeps the handles of the databases
    if (!search.empty()) open_search(search);
}

void LevelFile::open_search(const std::filesystem::path& file) {
    try {
        search_.emplace(file);
        if (search_->is_of(filter_checksum_)) return;
        search_.reset();
        search_fault_ =
            file.filename().string() + " is that of another file, or of an older program";
    } catch (const lmdb::Error& error) {
        if (error.code() != ENOENT) search_fault_ = file.filename().string() + ": " + error.what();
    }
}

}  // namespace dnshist
