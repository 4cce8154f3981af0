// A store of objects that is opened.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "storage/cluster/journal.hpp"
#include "storage/cluster/source_texts.hpp"
#include "storage/format/store_types.hpp"
#include "storage/level/level_list.hpp"
#include "storage/object/object_store.hpp"
#include "storage/object/object_threads.hpp"
#include "storage/object/open_objects.hpp"
#include "storage/tablet/tablet_map.hpp"
#include "storage/tablet/tablet_reader.hpp"
#include "storage/tablet/tablet_symbols.hpp"

namespace dnshist {

inline constexpr const char* root_object = "root";
inline constexpr const char* sources_object = "sources";
inline constexpr std::size_t cluster_block_page = 4096;

inline bool is_cluster(const std::string& directory) {
    return object_location(directory).has_value();
}

// Throws a StoreError that names the store, the cause and the way out. `doing` is "read", "write".
[[noreturn]] void throw_cluster_error(const std::string& location, const ObjectError& error,
                                      const char* doing);

// The limits of the cache of each reader of a process. To be set before a store is opened.
TabletCacheLimits& cluster_cache();

// The statistics as they were last read, for all readers of a process. For any thread.
class KeptStatistics {
  public:
    // Those that were read within so long; nothing where none were.
    std::optional<StoreStatistics> within(std::chrono::seconds age) const;
    // Reads them, and keeps them. Throws ObjectError.
    StoreStatistics read(ObjectStore& objects);

  private:
    mutable std::mutex mutex_;
    std::optional<StoreStatistics> last_;
    std::chrono::steady_clock::time_point read_at_;
};

// For any thread.
class ClusterStore {
  public:
    // Opens a store; nothing where there is none in the namespace. Throws ObjectError, and
    // StoreError for a store of another version.
    static std::unique_ptr<ClusterStore> open(const std::string& location, Patience patience);
    // Makes an empty one, unless another writer was faster, and opens it.
    static std::unique_ptr<ClusterStore> make(const std::string& location, std::uint32_t gap);

    const std::string& location() const noexcept { return location_; }
    std::uint32_t gap() const noexcept { return gap_; }
    ObjectStore& objects() noexcept { return *objects_; }
    TabletMap& map() noexcept { return map_; }
    const TabletMap& map() const noexcept { return map_; }
    TabletCounters& counters() noexcept { return counters_; }
    const TabletCounters& counters() const noexcept { return counters_; }
    KeptStatistics& statistics() noexcept { return statistics_; }
    StoredSources& sources() noexcept { return sources_; }
    StoredTables& tables() noexcept { return tables_; }
    // For readers that must not wait.
    ObjectThreads& threads() noexcept { return threads_; }

  private:
    ClusterStore(std::string location, std::unique_ptr<ObjectStore> objects)
        : location_(std::move(location)), objects_(std::move(objects)) {}
    bool load();

    std::string location_;
    std::unique_ptr<ObjectStore> objects_;
    std::uint32_t gap_ = 0;
    TabletMap map_;
    TabletCounters counters_;
    KeptStatistics statistics_;
    StoredSources sources_;
    StoredTables tables_;
    ObjectThreads threads_;  // ends before what it uses
};

// Is there while a store is copied into the namespace, and stays if that is broken off.
inline constexpr const char* copying_object = "copying";
// The last object of a new store, which makes it one. Readings: digest -> text.
void write_cluster_root(ObjectStore& objects, std::uint32_t gap,
                        std::vector<ObjectEntry> readings = {});

}  // namespace dnshist
