// The namespace of a cluster that a copy is written into. There is no store in it before finish().
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "storage/format/store_types.hpp"
#include "storage/object/object_store.hpp"

namespace dnshist {

// Every function throws ObjectError.
class ClusterTarget {
  public:
    // Takes a namespace without objects, or one where a copy was broken off: what that has left is
    // removed, which is said (CephAccess::warn).
    explicit ClusterTarget(const std::string& location);
    ~ClusterTarget();
    ClusterTarget(const ClusterTarget&) = delete;
    ClusterTarget& operator=(const ClusterTarget&) = delete;

    ObjectStore& objects() noexcept { return *objects_; }
    // Keeps others from copying into it. To be called now and then; cheap.
    void keep();
    void write(const char* object, std::vector<ObjectEntry> entries);
    // Makes a store of it, with these totals.
    void finish(const StoreStatistics& statistics,
                const std::map<std::uint32_t, FeedPosition>& feeds, const std::string& source,
                std::uint32_t gap, std::vector<ObjectEntry> readings);
    // Leaves nothing.
    void abandon();

  private:
    void lock(const std::string& holder);
    void remove_all();
    void end();

    std::unique_ptr<ObjectStore> objects_;
    std::string lock_name_;
    bool is_locked_ = false;
    std::chrono::steady_clock::time_point locked_at_;
};

}  // namespace dnshist
