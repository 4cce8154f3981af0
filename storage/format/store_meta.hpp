// The store's named databases, and the encoding of everything in them that is not a block: the meta
// database (format version, gap, statistics), feed positions, counts of children
// (storage/format/FORMAT.md). Also the sentences for a store that cannot be used.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "storage/base/octets.hpp"
#include "storage/engine/lmdb/lmdb.hpp"
#include "storage/format/store_types.hpp"

namespace dnshist::store_meta {

// The version of the whole layout. A program refuses any other.
inline constexpr std::uint32_t format_version = 3;
// Until a release has it, the format may change: a store says of which draft it is.
inline constexpr std::uint32_t format_draft = 3;
// The version before it has no levels and is else the same.
inline constexpr std::uint32_t version_without_levels = 2;

// The named databases of the environment.
inline constexpr const char* names_database = "names";
inline constexpr const char* pivots_database = "pivots";
inline constexpr const char* symbols_database = "symbols";
inline constexpr const char* sources_database = "sources";
inline constexpr const char* feeds_database = "feeds";
inline constexpr const char* meta_database = "meta";
// Only where a limit of new children was ever set.
inline constexpr const char* children_database = "crowds";
inline constexpr const char* levels_database = "levels";
// The grams of the young blocks, for searches (storage/gram/block_grams.hpp).
inline constexpr const char* names_grams_database = "names-grams";
inline constexpr const char* pivots_grams_database = "pivots-grams";
inline constexpr unsigned databases = 10;
// LMDB's slots for readers: one for each thread of each reading process.
inline constexpr unsigned max_readers = 1024;

// The first octet of a key in the symbols database: the database whose blocks use the table.
inline constexpr char names_symbols = 'n';
inline constexpr char pivots_symbols = 'p';

// Keys of the meta database.
inline constexpr std::string_view version_key = "format";
inline constexpr std::string_view draft_key = "draft";
inline constexpr std::string_view gap_key = "gap";
inline constexpr std::string_view statistics_key = "statistics";
inline constexpr std::string_view merging_key = "merging";
// Followed by the digest of a reading.
inline constexpr std::string_view reading_key = "reading";

// Four octets, the most significant first: a number that sorts as a key.
std::array<std::uint8_t, 4> encode_u32(std::uint32_t value) noexcept;
std::optional<std::uint32_t> decode_u32(Octets octets) noexcept;

std::vector<std::uint8_t> encode_statistics(const StoreStatistics& statistics);
std::optional<StoreStatistics> decode_statistics(Octets octets) noexcept;

std::vector<std::uint8_t> encode_position(const FeedPosition& position);
std::optional<FeedPosition> decode_position(Octets octets);

std::vector<std::uint8_t> encode_child_count(const ChildCount& children);
std::optional<ChildCount> decode_child_count(Octets octets) noexcept;

// The version of a store. Throws StoreError where it is none that this program knows.
std::uint32_t known_version(const std::filesystem::path& directory,
                            const lmdb::Transaction& transaction, MDB_dbi meta);
// Makes the store one of format_version.
void put_version(const lmdb::Transaction& transaction, MDB_dbi meta);

// "names block 03636f6d.. (com.)" for the key of a block: in hexadecimal, with the name where the
// key has a whole one.
std::string block_text(const char* database, Octets key);

// The sentence for a directory without a store.
std::string no_store(const std::filesystem::path& directory);

// Throws the StoreError for an error of LMDB: the path, the cause, the way out. `doing` is "read",
// "write" or "copy".
[[noreturn]] void throw_store_error(const std::filesystem::path& directory,
                                    const lmdb::Error& error, const char* doing);

}  // namespace dnshist::store_meta
