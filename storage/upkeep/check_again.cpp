#include "storage/upkeep/check_again.hpp"

#include <chrono>
#include <set>
#include <thread>
#include <utility>

#include "storage/cluster/lane_seat.hpp"
#include "storage/format/pivot_key.hpp"
#include "storage/format/record_key.hpp"
#include "storage/history/cluster_writer.hpp"
#include "storage/pivot/pivot_values.hpp"

namespace dnshist {

namespace {

constexpr std::chrono::milliseconds pause_between_looks{100};
// Octets of batches may be gone before they are read, as batches end. So often a look is not
// counted for that.
constexpr unsigned most_uncounted = 100;

}  // namespace

bool has_record(RecordCursor& records, const StoredPivot& pivot) {
    if (pivot.type == Rrtype::A || pivot.type == Rrtype::AAAA) {
        // The value without its first octet is the RDATA.
        records.seek_record(pivot.owner, pivot.type, pivot.value.subspan(1));
        return records.next();
    }
    for (records.seek_owner(pivot.owner, pivot.type); records.next();) {
        bool found = false;
        for_each_pivot_value(pivot.type, records.record().rdata, [&](const PivotValue& value) {
            found = found || equal(value.octets(), pivot.value);
        });
        if (found) return true;
    }
    return false;
}

// The pivots of the records that batches are about which have begun and not ended.
struct SecondLook::UnderWay {
    std::set<std::string, std::less<>> added;
    std::set<std::string, std::less<>> removed;
    bool are_all_known = true;
};

SecondLook::UnderWay SecondLook::batches_under_way() {
    UnderWay under_way;
    for (const auto& [number, lane] : read_journal(store_.objects()).lanes) {
        if (!lane.is_unfinished()) continue;
        const auto octets =
            read_batch(store_.objects(), {number, lane.batch_epoch, lane.begun, lane.batch_parts});
        std::set<std::string, std::less<>> pivots;
        const auto kind = octets ? for_each_pivot_of_batch(
                                       *octets, [&](Octets key) { pivots.emplace(as_text(key)); })
                                 : std::nullopt;
        if (!kind) under_way.are_all_known = false;
        (kind == kind_of_removals ? under_way.removed : under_way.added).merge(pivots);
    }
    return under_way;
}

void SecondLook::run(const DamageReport& report, CheckResult& result) {
    for (unsigned look = 0; !open_.empty(); ++look) {
        if (look != 0) std::this_thread::sleep_for(pause_between_looks);
        const UnderWay under_way = batches_under_way();
        // Nothing of it is known from before.
        Snapshot snapshot(history_);
        RecordCursor records(snapshot);
        PivotCursor pivots(snapshot);
        const auto is_wrong = [&](const Suspect& suspect) {
            if (!suspect.record.empty()) {
                const auto parts = *split_record_key(as_octets(suspect.record));
                records.seek_owner(parts.owner, parts.type);
                records.skip_to(as_octets(suspect.record));
                if (!records.next() || !equal(records.key(), as_octets(suspect.record)))
                    return false;
            }
            pivots.seek_prefix(as_octets(suspect.pivot));
            const bool is_there = pivots.next();
            if (!suspect.record.empty()) return !is_there;
            return is_there && !has_record(records, pivots.pivot());
        };
        std::erase_if(open_, [&](Suspect& suspect) {
            if (!is_wrong(suspect)) return true;
            const bool is_explained =
                under_way.removed.contains(suspect.pivot) ||
                (suspect.record.empty() && under_way.added.contains(suspect.pivot));
            if (is_explained) {
                ++result.explained;
                return true;
            }
            if (!under_way.are_all_known && look < most_uncounted) return false;
            if (++suspect.looks < 2) return false;
            ++result.problems;
            report(suspect.where, suspect.record.empty() ? no_record : no_pivot);
            return true;
        });
    }
}

bool SecondLook::was_quiet() {
    const Journal now = read_journal(store_.objects());
    if (now.lanes.size() != before_.lanes.size()) return false;
    for (const auto& [number, lane] : now.lanes) {
        const auto before = before_.lanes.find(number);
        if (lane.is_unfinished() || before == before_.lanes.end() ||
            before->second.ended != lane.ended || before->second.begun != lane.begun) {
            return false;
        }
    }
    return true;
}

}  // namespace dnshist
