#include <string>

#include "storage/history.hpp"
#include "storage/pivot_key.hpp"
#include "storage/record_key.hpp"

namespace dnshist {

namespace {

std::string owner_text(Octets owner_key) {
    const auto name = Name::from_key(owner_key);
    return name ? name->text() : "a malformed owner";
}

std::string describe(const StoredRecord& record) {
    return owner_text(record.owner) + " " + rrtype_text(record.type);
}

// Walks both directions, and for each entry looks for what it must have in the other one.
class Check {
  public:
    Check(const std::filesystem::path& directory, const DamageReport& report)
        : report_(report),
          history_(directory, [this](const std::string& where,
                                     const std::string& what) { problem(where, what); }),
          snapshot_(history_),
          records_(snapshot_),
          pivots_(snapshot_) {}

    CheckResult run() {
        walk_records();
        walk_pivots();
        compare_statistics();
        return result_;
    }

  private:
    void problem(const std::string& where, const std::string& what) {
        ++result_.problems;
        report_(where, what);
    }

    void walk_records() {
        RecordCursor all(snapshot_);
        std::vector<std::uint8_t> owner;
        Rrtype type{};
        std::vector<std::uint8_t> rdata;
        for (all.seek_all(); all.next();) {
            const StoredRecord& record = all.record();
            const bool same_owner = equal(record.owner, owner);
            if (result_.records > 0) check_order(record, same_owner, type, rdata);
            if (!same_owner) {
                ++result_.names;
                owner.assign(record.owner.begin(), record.owner.end());
            }
            type = record.type;
            rdata.assign(record.rdata.begin(), record.rdata.end());
            ++result_.records;
            check_record(record);
        }
    }

    void check_order(const StoredRecord& record, bool same_owner, Rrtype type, Octets rdata) {
        if (!same_owner) return;
        const bool ascending =
            record.type > type || (record.type == type && (rdata.size() > max_key_rdata ||
                                                           record.rdata.size() > max_key_rdata ||
                                                           compare(rdata, record.rdata) < 0));
        if (!ascending) problem(describe(record), "out of order");
    }

    void check_record(const StoredRecord& record) {
        if (!Name::from_key(record.owner)) problem(describe(record), "its owner is no name");
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
        for (const std::uint32_t source : payload->sources) {
            if (!snapshot_.source(source, record.owner)) {
                problem(describe(record), "its source " + std::to_string(source) + " is unknown");
            }
        }
        for_each_pivot_value(record.type, record.rdata, [&](const PivotValue& value) {
            pivots_.seek_prefix(make_pivot_key(value, record.type, record.owner).view());
            if (!pivots_.next()) problem(describe(record), "one of its pivots is missing");
        });
    }

    void walk_pivots() {
        PivotCursor all(snapshot_);
        for (all.seek_prefix({}); all.next();) {
            ++result_.pivots;
            if (!has_record(all.pivot())) {
                problem("pivot to " + owner_text(all.pivot().owner) + " " +
                            rrtype_text(all.pivot().type),
                        "no record there holds its value");
            }
        }
    }

    bool has_record(const StoredPivot& pivot) {
        for (records_.seek_owner(pivot.owner, pivot.type); records_.next();) {
            bool found = false;
            for_each_pivot_value(pivot.type, records_.record().rdata, [&](const PivotValue& value) {
                found = found || equal(value.octets(), pivot.value);
            });
            if (found) return true;
        }
        return false;
    }

    void compare_statistics() {
        const StoreStatistics statistics = snapshot_.statistics();
        const auto differ = [&](const char* what, std::uint64_t said, std::uint64_t found) {
            if (said == found) return;
            problem("statistics", std::to_string(said) + " " + what + " are counted, " +
                                      std::to_string(found) + " are there");
        };
        differ("names", statistics.names, result_.names);
        differ("records", statistics.records, result_.records);
        differ("pivots", statistics.pivots, result_.pivots);
    }

    const DamageReport& report_;
    History history_;
    Snapshot snapshot_;
    RecordCursor records_;
    PivotCursor pivots_;
    CheckResult result_;
};

}  // namespace

CheckResult check_store(const std::filesystem::path& directory, const DamageReport& report) {
    return Check(directory, report).run();
}

}  // namespace dnshist
