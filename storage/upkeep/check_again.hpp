// The third part of a check of a store in a cluster: what looked wrong, looked at again.
//
// A check reads one block after the other while batches are written. So it may meet a pivot whose
// record is written next, or a record that is removed before its pivots are looked for. Such is no
// fault where a batch explains it that is under way, or was left behind by a writer that was
// killed: its octets say which records it is about. It is a fault if it stays wrong in two looks
// without such a batch.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "storage/cluster/cluster_store.hpp"
#include "storage/cluster/journal.hpp"
#include "storage/format/store_types.hpp"
#include "storage/history/cursor.hpp"
#include "storage/history/history.hpp"
#include "storage/upkeep/check.hpp"

namespace dnshist {

// Whether a record of the pivot's owner and type holds its value. Moves `records`.
bool has_record(RecordCursor& records, const StoredPivot& pivot);

class SecondLook {
  public:
    // All outlive this. `history` is of the same store.
    SecondLook(ClusterStore& store, History& history)
        : store_(store), history_(history), before_(read_journal(store.objects())) {}

    // A pivot (its key) that looked as if it had no record.
    void add_pivot(Octets key, std::string where) {
        add({std::string(as_text(key)), {}, std::move(where)});
    }
    // A record (its key) one of whose pivots was not there.
    void add_record(Octets key, Octets pivot, std::string where) {
        add({std::string(as_text(pivot)), std::string(as_text(key)), std::move(where)});
    }
    // False where no more can be kept.
    bool has_room() const noexcept { return open_.size() < most; }

    // Reports what is wrong after all; counts what is explained.
    void run(const DamageReport& report, CheckResult& result);
    // Whether no batch was under way since this was made: then sums are what they must be.
    bool was_quiet();

    static constexpr const char* no_record = "no record there holds its value";
    static constexpr const char* no_pivot = "one of its pivots is missing";

  private:
    static constexpr std::size_t most = 500'000;

    struct Suspect {
        std::string pivot;   // its key
        std::string record;  // its key, if that is there and the pivot is not
        std::string where;
        unsigned looks = 0;  // in which it was wrong and nothing explained it
    };
    struct UnderWay;
    void add(Suspect suspect) { open_.push_back(std::move(suspect)); }
    UnderWay batches_under_way();

    ClusterStore& store_;
    History& history_;
    Journal before_;
    std::vector<Suspect> open_;
};

}  // namespace dnshist
