// The journal of a store of objects: the lanes of its writers and the positions of its feeds.
//
// It is one object, so that a batch is begun and its feed moved in one operation: no octet of a
// feed is counted twice, and none is lost, whatever ends when.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "storage/format/store_types.hpp"
#include "storage/object/object_store.hpp"

namespace dnshist {

inline constexpr const char* journal_object = "journal";
// So many writers at once, at most.
inline constexpr std::uint8_t most_lanes = 64;

struct Lane {
    std::uint64_t epoch = 0;  // grows each time that a writer takes the lane
    std::uint64_t begun = 0;  // number of the last batch that was begun
    std::uint64_t ended = 0;  // and of the last one that is in the store as a whole
    // The sums of its batches; `octets` are those of blocks. A lane that has removed more than it
    // added has less than 0: the sum over all lanes is right, modulo 2^64.
    StoreStatistics totals;
    std::string holder;  // who took it last: host and process
    // Where the octets of the batch `begun` are, until it has ended.
    std::uint64_t batch_epoch = 0;
    std::uint64_t batch_parts = 0;
    ClusterWriting writing;  // the sum of its batches
    // The object of a tablet that is missing and that the batch `begun` needs: it is not made again
    // until that is there. Empty where it waits for none.
    std::string waits_for;

    bool is_unfinished() const noexcept { return begun > ended; }
    bool waits() const noexcept { return is_unfinished() && !waits_for.empty(); }
};

// A batch that was not begun, and never will be: its octets were removed (left_objects.hpp).
struct AbandonedBatch {
    std::uint8_t lane;
    std::uint64_t epoch;
    std::uint64_t seq;
    auto operator<=>(const AbandonedBatch&) const = default;
};

struct Journal {
    std::string head;
    std::map<std::uint8_t, Lane> lanes;
    std::map<std::uint32_t, FeedPosition> feeds;
    std::set<AbandonedBatch> abandoned;

    // The sum over all lanes.
    StoreStatistics statistics() const;
};

// Throws ObjectError; also where it is malformed or missing.
Journal read_journal(ObjectStore& objects);

// A change of the journal: nothing is written if it was changed since it was read.
class JournalWrite {
  public:
    explicit JournalWrite(const Journal& read);

    void set_lane(std::uint8_t number, const Lane& lane);
    void set_feed(std::uint32_t number, const FeedPosition& position);
    void add_abandoned(const AbandonedBatch& batch);
    ObjectWrite::Outcome write(ObjectStore& objects) { return write_object(objects, write_); }
    const ObjectWrite& operation() const noexcept { return write_; }

  private:
    ObjectWrite write_;
};

}  // namespace dnshist
