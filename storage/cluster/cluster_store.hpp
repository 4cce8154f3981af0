// A store of objects that is opened, and what one thread reads of it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "storage/cluster/journal.hpp"
#include "storage/format/payload_merge.hpp"
#include "storage/format/store_types.hpp"
#include "storage/level/level_list.hpp"
#include "storage/object/object_store.hpp"
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
    TabletCounters& counters() noexcept { return counters_; }

  private:
    ClusterStore(std::string location, std::unique_ptr<ObjectStore> objects)
        : location_(std::move(location)), objects_(std::move(objects)) {}
    bool load();

    std::string location_;
    std::unique_ptr<ObjectStore> objects_;
    std::uint32_t gap_ = 0;
    TabletMap map_;
    TabletCounters counters_;
};

// Is there while a store is copied into the namespace, and stays if that is broken off.
inline constexpr const char* copying_object = "copying";
// The last object of a new store, which makes it one. Readings: digest -> text.
void write_cluster_root(ObjectStore& objects, std::uint32_t gap,
                        std::vector<ObjectEntry> readings = {});

// The texts of sources, which never change and are read once; again where there is a new number.
class ClusterSourceTexts final : public SourceTexts {
  public:
    explicit ClusterSourceTexts(ObjectStore& objects) : objects_(objects) {}

    Octets of(std::uint32_t number) const override;
    std::optional<std::uint32_t> unnamed() override;
    // All that there are.
    const std::map<std::uint32_t, std::string>& load() const;

  private:
    ObjectStore& objects_;
    mutable std::map<std::uint32_t, std::string> texts_;
};

// For one thread at a time.
struct ClusterSnapshot {
    ClusterStore& store;
    TabletReader reader;
    TabletSymbols names_symbols;
    TabletSymbols pivots_symbols;
    ClusterSourceTexts texts;

    explicit ClusterSnapshot(ClusterStore& opened)
        : store(opened),
          reader(store.objects(), store.map(), store.counters()),
          names_symbols(store.objects(), TabletSpace::names),
          pivots_symbols(store.objects(), TabletSpace::pivots),
          texts(store.objects()) {}

    static TabletSpace of(Space space) noexcept {
        return space == Space::names ? TabletSpace::names : TabletSpace::pivots;
    }
    BlockSymbols& symbols(Space space) noexcept {
        return space == Space::names ? names_symbols : pivots_symbols;
    }
    std::unique_ptr<BlockSource> source(Space space) {
        return std::make_unique<TabletSource>(reader, symbols(space), of(space));
    }
};

}  // namespace dnshist
