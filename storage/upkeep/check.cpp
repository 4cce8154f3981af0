// Compares records with pivots, and both with the store's statistics. check_layout.cpp checks the
// format of each.
//
// Memory does not grow with the store, except for the values of one type of one owner.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "storage/cluster/cluster_store.hpp"
#include "storage/format/pivot_key.hpp"
#include "storage/format/record_key.hpp"
#include "storage/format/store_meta.hpp"
#include "storage/format/store_types.hpp"
#include "storage/history/cursor.hpp"
#include "storage/history/history.hpp"
#include "storage/upkeep/check.hpp"
#include "storage/upkeep/check_again.hpp"
#include "storage/upkeep/check_cluster.hpp"
#include "storage/upkeep/check_layout.hpp"

namespace dnshist {

namespace {

std::string owner_text(Octets owner_key) {
    const auto name = Name::from_key(owner_key);
    return name ? name->text() : "a malformed owner";
}

std::string describe(const StoredRecord& record) {
    return owner_text(record.owner) + " " + rrtype_text(record.type);
}

// Counts the distinct pivot values of each owner and type, one such group after another.
class ValueCount {
  public:
    void begin_group() {
        total_ += distinct();
        hashes_.clear();
    }
    void add(const PivotValue& value) {
        const Octets octets = value.octets();
        hashes_.push_back(XXH3_64bits(octets.data(), octets.size()));
        if (hashes_.size() < 2 * last_distinct_ + many) return;
        last_distinct_ = distinct();
    }
    std::uint64_t total() {
        begin_group();
        return total_;
    }

  private:
    static constexpr std::size_t many = 1 << 16;

    std::size_t distinct() {
        std::ranges::sort(hashes_);
        hashes_.erase(std::unique(hashes_.begin(), hashes_.end()), hashes_.end());
        return hashes_.size();
    }

    std::vector<std::uint64_t> hashes_;
    std::size_t last_distinct_ = 0;
    std::uint64_t total_ = 0;
};

// Looks up the pivots of each record, and the record of each pivot.
class Check {
  public:
    // `damage` is told of damaged blocks. `cluster` is where the store lies, if it does.
    Check(const std::filesystem::path& directory, CheckResult& result, const DamageReport& report,
          const DamageReport& damage, ClusterStore* cluster = nullptr)
        : report_(report),
          result_(result),
          history_(directory, damage),
          snapshot_(history_),
          records_(snapshot_),
          pivots_(snapshot_) {
        if (cluster != nullptr) second_look_.emplace(*cluster, history_);
    }

    void run() {
        walk_records();
        count_pivots();
        // Every value has its pivot by now. Where there are as many pivots as values, every pivot
        // has its record; looking up each would take long where an owner has many records.
        if (values_.total() != result_.pivots) walk_pivots();
        if (second_look_) second_look_->run(report_, result_);
        compare_statistics();
        snapshot_.expect_no_lost_page();
    }

  private:
    void problem(const std::string& where, const std::string& what) {
        ++result_.problems;
        report_(where, what);
    }

    // A problem, unless a batch explains it that is under way.
    template <class Add>
    void suspect(std::string where, const char* what, Add&& add) {
        if (!second_look_ || !second_look_->has_room()) return problem(where, what);
        add(*second_look_, std::move(where));
    }

    void walk_records() {
        RecordCursor all(snapshot_);
        std::vector<std::uint8_t> owner;
        Rrtype type{};
        for (all.seek_all(); all.next();) {
            const StoredRecord& record = all.record();
            const bool same_owner = equal(record.owner, owner);
            if (!same_owner || record.type != type) values_.begin_group();
            if (!same_owner) {
                ++result_.names;
                owner.assign(record.owner.begin(), record.owner.end());
            }
            type = record.type;
            ++result_.records;
            seen_ = {std::min(seen_.begin, record.seen.begin),
                     std::max(seen_.end, record.seen.end)};
            check_record(record, all.key());
        }
    }

    void check_record(const StoredRecord& record, Octets key) {
        const auto payload = read_payload(record.payload);
        if (!payload || payload->sightings.empty()) {
            problem(describe(record), "its visibility is malformed");
            return;
        }
        if (payload->sightings.first() != record.seen.begin ||
            payload->sightings.last() != record.seen.end ||
            payload->sightings.count() != record.count) {
            problem(describe(record), "its runs do not fit its first and last time");
        }
        if (!std::ranges::is_sorted(payload->sources, std::ranges::less_equal{})) {
            problem(describe(record), "its sources are not in order");
        }
        for (const std::uint32_t source : payload->sources) {
            if (!snapshot_.source(source, record.owner)) {
                problem(describe(record), "its source " + std::to_string(source) + " is unknown");
            }
        }
        for_each_pivot_value(record.type, record.rdata, [&](const PivotValue& value) {
            values_.add(value);
            pivots_.seek_prefix(make_pivot_key(value, record.type, record.owner).octets());
            if (!pivots_.next()) {
                suspect(describe(record), SecondLook::no_pivot,
                        [&](SecondLook& look, std::string where) {
                            look.add_record(
                                key, make_pivot_key(value, record.type, record.owner).octets(),
                                std::move(where));
                        });
            }
        });
    }

    void count_pivots() {
        PivotCursor all(snapshot_);
        for (all.seek_prefix({}); all.next();)
            ++result_.pivots;
    }

    void walk_pivots() {
        PivotCursor all(snapshot_);
        for (all.seek_prefix({}); all.next();) {
            if (has_record(records_, all.pivot())) continue;
            suspect(
                "pivot to " + owner_text(all.pivot().owner) + " " + rrtype_text(all.pivot().type),
                SecondLook::no_record, [&](SecondLook& look, std::string where) {
                    look.add_pivot(all.key(), std::move(where));
                });
        }
    }

    void compare_statistics() {
        const StoreStatistics statistics = snapshot_.statistics();
        if (second_look_ && !second_look_->was_quiet()) {
            result_.statistics_are_open = true;
            return;
        }
        const auto differ = [&](const char* what, std::uint64_t said, std::uint64_t found) {
            if (said == found) return;
            problem("statistics", std::to_string(said) + " " + what + " are counted, " +
                                      std::to_string(found) + " are there");
        };
        differ("names", statistics.names, result_.names);
        differ("records", statistics.records, result_.records);
        differ("pivots", statistics.pivots, result_.pivots);
        if (result_.records == 0) return;
        // They may be wider where a prune was broken off.
        if (!statistics.earliest || *statistics.earliest > seen_.begin) {
            problem("statistics", "a record was seen on " + time_text(seen_.begin) +
                                      ", before the earliest time they have");
        }
        if (!statistics.latest || *statistics.latest < seen_.end) {
            problem("statistics", "a record was seen on " + time_text(seen_.end) +
                                      ", after the latest time they have");
        }
    }

    const DamageReport& report_;
    CheckResult& result_;
    History history_;
    Snapshot snapshot_;
    RecordCursor records_;
    PivotCursor pivots_;
    std::optional<SecondLook> second_look_;
    ValueCount values_;
    Period seen_{end_of_time, Seconds{0}};
};

// A block is looked at more than once; where it is damaged is reported once.
CheckResult check_cluster(const std::filesystem::path& directory, const DamageReport& report,
                          Clean clean) {
    CheckResult result;
    std::set<std::string> known;
    const DamageReport damage = [&](const std::string& where, const std::string& what) {
        if (!known.insert(where + what).second) return;
        ++result.problems;
        report(where, what);
    };
    try {
        if (check_tablets(directory.string(), clean, damage, result)) {
            const auto store = ClusterStore::open(directory.string(), Patience::writer);
            if (!store) throw StoreError(store_meta::no_store(directory));
            Check(directory, result, report, damage, store.get()).run();
        } else {
            damage("records and pivots", "they were not compared, since tablets cannot be read");
        }
    } catch (const ObjectError& error) {
        throw_cluster_error(directory.string(), error, "read");
    }
    return result;
}

}  // namespace

CheckResult check_store(const std::filesystem::path& directory, const DamageReport& report,
                        Clean clean) {
    if (is_cluster(directory.string())) return check_cluster(directory, report, clean);
    if (clean == Clean::yes) {
        throw StoreError("cannot clean the store " + directory.string() +
                         ": only writers of a store in a cluster leave something");
    }
    if (lmdb::is_half_made(directory / "data.mdb")) {
        throw StoreError(store_meta::no_store(directory));
    }
    CheckResult result;
    const DamageReport count = [&](const std::string& where, const std::string& what) {
        ++result.problems;
        report(where, what);
    };
    const bool readable = check_lmdb(directory, count);
    // Throws where there is no store, or one of another version.
    if (readable) const History known(directory);
    const bool is_whole = check_layout(directory, count);
    if (readable && is_whole) {
        // check_layout() has reported damaged blocks already.
        Check(directory, result, report, {}).run();
    } else {
        count("records and pivots", "they were not compared, since LMDB cannot read the store");
    }
    return result;
}

}  // namespace dnshist
