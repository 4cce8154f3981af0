// What the store says of itself: its databases, its format's version, counters, and feed positions,
// as octets (storage/format/FORMAT.md).
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

// Of the whole layout. An unknown one is refused.
inline constexpr std::uint32_t format_version = 2;

// The named databases of the environment.
inline constexpr const char* names_database = "names";
inline constexpr const char* pivots_database = "pivots";
inline constexpr const char* symbols_database = "symbols";
inline constexpr const char* sources_database = "sources";
inline constexpr const char* feeds_database = "feeds";
inline constexpr const char* meta_database = "meta";
// Where a limit of new children was ever set.
inline constexpr const char* children_database = "crowds";
inline constexpr unsigned databases = 7;
// Slots for readers: one for each thread of each reading process.
inline constexpr unsigned max_readers = 1024;

// What keys of the symbols database begin with: whose tables they are.
inline constexpr char names_symbols = 'n';
inline constexpr char pivots_symbols = 'p';

// Keys of the meta database.
inline constexpr std::string_view version_key = "format";
inline constexpr std::string_view gap_key = "gap";
inline constexpr std::string_view statistics_key = "statistics";

// Four octets, the most significant first: a number that sorts as a key.
std::array<std::uint8_t, 4> encode_u32(std::uint32_t value) noexcept;
std::optional<std::uint32_t> decode_u32(Octets octets) noexcept;

std::vector<std::uint8_t> encode_statistics(const StoreStatistics& statistics);
std::optional<StoreStatistics> decode_statistics(Octets octets) noexcept;

std::vector<std::uint8_t> encode_position(const FeedPosition& position);
std::optional<FeedPosition> decode_position(Octets octets);

// "the store /var/lib/dnshist has format 7 ...": the sentence for a version that is not ours.
std::string unknown_version(const std::filesystem::path& directory, std::uint32_t found);

// "names block 03636f6d.. (com.)" for the key of a block: as octets, and the name where it goes so
// far.
std::string block_text(const char* database, Octets key);

// The sentence for a directory in which there is none, or none yet.
std::string no_store(const std::filesystem::path& directory);

// A StoreError for what LMDB said of the store: the path, the cause, the way out.
[[noreturn]] void throw_store_error(const std::filesystem::path& directory,
                                    const lmdb::Error& error, const char* doing);

}  // namespace dnshist::store_meta
