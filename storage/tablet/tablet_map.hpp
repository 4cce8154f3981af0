// TabletMap: which tablet has a key, as one process knows it.
//
// The directory of a store is 256 objects, d00 to dff; a tablet's entry is in the one of the last
// two digits of its id:
//
//     entry  := space:octet lower:octet*  ->  id:u64
//
// It is read when a store is opened. An entry may be missing, since a writer may have ended between
// a split and its entry: then the tablet to the left is found, which says where to go on, and that
// is remembered. Where many links must be followed so, the directory is read again.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <shared_mutex>
#include <string>
#include <vector>

#include "storage/object/object_store.hpp"
#include "storage/tablet/tablet_head.hpp"

namespace dnshist {

// Each link is a round trip, and a tablet that was cut into a hundred tells of the next one only:
// after so many, reading the directory takes less.
inline constexpr std::size_t links_before_load = 2;

// For any thread.
class TabletMap {
  public:
    struct Place {
        std::uint64_t id;
        std::string lower;
        std::string upper;  // as far as is known; upper_of_all for the last
    };

    // Reads the directory. Throws ObjectError.
    void load(ObjectStore& objects);
    // Throws ObjectError where the directory has no tablets of the map.
    Place find(TabletSpace space, std::string_view key) const;
    void learn(TabletSpace space, const std::string& lower, std::uint64_t id);
    std::size_t size(TabletSpace space) const;
    std::vector<std::uint64_t> ids(TabletSpace space) const;

    // The write that adds a tablet to the directory.
    static ObjectWrite entry(TabletSpace space, const std::string& lower, std::uint64_t id);

  private:
    using Tablets = std::map<std::string, std::uint64_t, std::less<>>;
    const Tablets& of(TabletSpace space) const {
        return space == TabletSpace::names ? names_ : pivots_;
    }

    mutable std::shared_mutex mutex_;
    Tablets names_;
    Tablets pivots_;
};

// The id of a map's first tablet: so two who make a store at once make the same.
inline std::uint64_t first_tablet(TabletSpace space) noexcept {
    return space == TabletSpace::names ? 1 : 2;
}
// Throws the ObjectError for it.
[[noreturn]] void throw_damaged_object(const std::string& object);

// A tablet is not there, or its head is damaged: nothing can be read or written that belongs there.
class MissingTablet : public ObjectError {
  public:
    explicit MissingTablet(std::string object)
        : ObjectError(Kind::other, "its tablet " + object +
                                       " is missing, or its head is damaged; make the store again "
                                       "from a copy"),
          object_(std::move(object)) {}
    const std::string& object() const noexcept { return object_; }

  private:
    std::string object_;
};

// A new id: 63 bits from the system's source of randomness.
std::uint64_t new_tablet_id();

}  // namespace dnshist
