#include "storage/level/level_writer.hpp"

#include "storage/level/numbered_file.hpp"

#include <unistd.h>

namespace dnshist {

namespace {

// Blocks are made of so many octets of entries at a time: that keeps the memory of a merge small.
constexpr std::size_t piece_octets = std::size_t{1} << 20;

}  // namespace

LevelWriter::LevelWriter(const std::filesystem::path& file, BlockSymbols& symbols,
                         NextBeginning beginnings, Octets lower)
    // Nothing is promised before finish(), so nothing is synced before it.
    : environment_(file, MDB_NOSUBDIR | MDB_NOLOCK | MDB_NOTLS | MDB_NOSYNC, reserved_octets,
                   level_file::databases, 1),
      filter_(beginnings),
      range_(symbols, environment_.page_size()),
      first_key_(lower.begin(), lower.end()) {
    range_.clear();
    begin_transaction();
}

void LevelWriter::begin_transaction() {
    transaction_.emplace(environment_, 0);
    blocks_ = *transaction_->open_database(level_file::blocks_database, true);
    cursor_.emplace(*transaction_, blocks_);
    uncommitted_ = 0;
}

void LevelWriter::commit() {
    cursor_.reset();
    transaction_->commit();
    transaction_.reset();
}

void LevelWriter::add(Octets key, Octets payload, const PackedKey& packed) {
    begin_entry(key, payload);
    range_.add(range_.keep(key), range_.keep(payload), packed);
}

void LevelWriter::add(Octets key, Octets payload) {
    begin_entry(key, payload);
    range_.add(range_.keep(key), range_.keep(payload));
}

void LevelWriter::begin_entry(Octets key, Octets payload) {
    const std::size_t shared = common_prefix(range_.last(), key);
    // Where the next block's key would be too long, the piece ends later.
    if (waiting_ >= piece_octets && shared < lmdb::max_key_octets) {
        const Octets separator = key.first(std::min(key.size(), shared + 1));
        write_blocks();
        first_key_.assign(separator.begin(), separator.end());
    }
    filter_.add(key, shared);
    waiting_ += key.size() + payload.size();
    ++entries_;
}

void LevelWriter::write_blocks() {
    if (range_.empty()) return;
    range_.encode();
    for (std::size_t i = 0; i < range_.blocks(); ++i) {
        cursor_->put(i == 0 ? Octets(first_key_) : range_.key(i), range_.block(i), MDB_APPEND);
        octets_ += range_.block(i).size();
        uncommitted_ += range_.block(i).size();
    }
    range_.clear();
    waiting_ = 0;
    if (uncommitted_ < commit_octets) return;
    commit();
    begin_transaction();
}

std::uint64_t LevelWriter::finish() {
    write_blocks();
    cursor_.reset();
    const MDB_dbi filters = *transaction_->open_database(level_file::filter_database, true);
    const auto filter = filter_.build();
    const Octets checksum = PrefixFilter::checksum_of(filter);
    filter_checksum_.assign(checksum.begin(), checksum.end());
    transaction_->put(filters, level_file::filter_key, filter);
    commit();
    lmdb::check("mdb_env_sync", mdb_env_sync(environment_.get(), 1));
    return environment_.used_octets();
}

}  // namespace dnshist
