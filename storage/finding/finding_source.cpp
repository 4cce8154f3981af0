#include "storage/finding/finding_source.hpp"

#include <algorithm>

#include "storage/finding/lookalike.hpp"
#include "storage/finding/suffix_names.hpp"
#include "storage/record/personal_type.hpp"

namespace dnshist {

namespace {

bool within(Seconds time, Period period) noexcept {
    return period.begin <= time && time <= period.end;
}

// What after-T, before-T and on-T have in common.
Period window_of(const Query& query) noexcept {
    return {std::max(query.visible.begin, query.on.begin),
            std::min(query.visible.end, query.on.end)};
}

}  // namespace

// The filters that are the same in every view.
bool FindingSource::passes_filters(const Query& query, const StoredRecord& record) {
    return record.count >= query.min_count && within(record.seen.begin, query.first) &&
           within(record.seen.end, query.last) &&
           (!query.further.any || walk_.tests().pass(query, record));
}

bool FindingSource::passes(const Query& query, const StoredRecord& record) {
    return passes_filters(query, record) && seen_during(record, query.visible) &&
           seen_during(record, query.on);
}

// The store keeps the runs of sensors and of zone files apart; runs no farther from each other than
// the gap are joined. Oldest first.
std::span<const Period> FindingSource::runs_of(
    const StoredRecord& record, std::span<Period, 2 * max_runs> room) const noexcept {
    if (!record.has_runs) {
        room[0] = record.seen;
        return room.first(1);
    }
    const Sightings sightings = record.sightings();
    const auto end = std::ranges::merge(sightings.sensor.runs(), sightings.zone.runs(),
                                        room.begin(), {}, &Period::begin, &Period::begin)
                         .out;
    std::size_t count = 0;
    for (auto run = room.begin(); run != end; ++run) {
        if (count > 0 && joins(room[count - 1], *run, gap_)) {
            room[count - 1].end = std::max(room[count - 1].end, run->end);
        } else {
            room[count++] = *run;
        }
    }
    return room.first(count);
}

bool FindingSource::seen_during(const StoredRecord& record, Period period) const noexcept {
    if (period == all_time) return true;
    if (period.begin > period.end) return false;
    if (record.seen.end < period.begin || record.seen.begin > period.end) return false;
    if (!record.has_runs) return true;
    std::array<Period, 2 * max_runs> room;
    return std::ranges::any_of(runs_of(record, room), [&](Period run) {
        return run.begin <= period.end && period.begin <= run.end;
    });
}

void FindingSource::Total::add(const StoredRecord& record, std::uint32_t at) noexcept {
    if (values == 0) {
        ordinal = at;
        seen = record.seen;
    }
    seen = {std::min(seen.begin, record.seen.begin), std::max(seen.end, record.seen.end)};
    count = saturating_sum(count, record.count);
    ++values;
}

FindingSource::FindingSource(Snapshot& snapshot, std::uint32_t gap)
    : walk_(snapshot, gap),
      snapshot_(snapshot),
      gap_(gap),
      total_indexes_(std::make_unique<std::uint16_t[]>(std::size_t{1} << 16)) {}

WalkEnd FindingSource::find(const Query& query, std::uint64_t budget) {
    if (query.nothing) return {};
    if (query.scope == Scope::suffixes || query.scope == Scope::lookalikes) list_names(query);
    switch (query.view) {
        case View::names:
            return query.scope == Scope::values ? find_owners(query, budget)
                                                : find_names(query, budget);
        case View::lookalike:
            return find_names(query, budget);
        case View::seen:
            return find_seen(query, budget);
        case View::cohost:
            return find_shared(query, budget);
        case View::summary:
            return query.interval == Interval::whole ? find_summary(query, budget)
                                                     : find_intervals(query, budget);
        case View::changes:
            return walk_.walk(
                query, budget, [&](const StoredRecord& record, std::uint32_t ordinal) {
                    return !passes_filters(query, record) || visit_events(query, record, ordinal);
                });
        case View::history:
        case View::pivot:
        case View::at:
            break;
    }
    return walk_.walk(query, budget, [&](const StoredRecord& record, std::uint32_t ordinal) {
        return visit_record(query, record, ordinal);
    });
}

WalkEnd FindingSource::find_from(const Query& query, Octets from, std::uint64_t budget,
                                 FunctionRef<bool(const Finding&)> visit) {
    if (query.nothing) return {};
    if (query.scope == Scope::suffixes) list_names(query);
    visit_ = visit;
    return walk_.walk(query, from, budget, [&](const StoredRecord& record, std::uint32_t ordinal) {
        return visit_record(query, record, ordinal);
    });
}

bool FindingSource::visit_record(const Query& query, const StoredRecord& record,
                                 std::uint32_t ordinal) {
    if (!passes(query, record)) return true;
    if (query.runs) return visit_runs(record, ordinal);
    return visit(
        {.ordinal = ordinal, .seen = record.seen, .count = record.count, .record = &record});
}

bool FindingSource::visit_runs(const StoredRecord& record, std::uint32_t ordinal) {
    std::uint16_t part = 0;
    const auto runs = runs_of(record, runs_);
    for (const Period run : runs) {
        const Finding finding{.ordinal = ordinal,
                              .part = part++,
                              .seen = run,
                              .count = record.count,
                              .count_known = runs.size() == 1,
                              .record = &record};
        if (!visit(finding)) return false;
    }
    return true;
}

// A record that is not seen for longer than the store's gap disappeared when it was last seen.
bool FindingSource::visit_events(const Query& query, const StoredRecord& record,
                                 std::uint32_t ordinal) {
    std::uint16_t part = 0;
    const auto event = [&](Seconds time, bool appeared) {
        const Finding finding{.ordinal = ordinal,
                              .part = part++,
                              .seen = {time, time},
                              .count = record.count,
                              .record = &record,
                              .appeared = appeared};
        return !within(time, query.visible) || !within(time, query.on) || visit(finding);
    };
    const auto runs = runs_of(record, runs_);
    const Seconds newest = walk_.tests().newest();
    for (const Period& run : runs) {
        if (!event(run.begin, true)) return false;
        const bool disappeared = &run != &runs.back() || !joins(run, {newest, newest}, gap_);
        if (disappeared && !event(run.end, false)) return false;
    }
    return true;
}

ResumePoint FindingSource::resume_point_of(const Query& query,
                                           const Finding& finding) const noexcept {
    if (adds_up(query)) return {};
    if (finding.record != nullptr) return walk_.resume_point();
    // The walk is at the next name already.
    ResumePoint point;
    point.append(finding.owner.subspan(RecordWalk::base_octets(query)));
    return point;
}

RecordWalk::PlaceKey FindingSource::key_of(const Query& query,
                                           const Finding& finding) const noexcept {
    if (finding.record != nullptr) return walk_.place_key();
    return RecordWalk::PlaceKey(finding.owner.subspan(RecordWalk::base_octets(query)));
}

bool FindingSource::visit_name() {
    if (name_.values == 0) return true;
    const Finding finding{.ordinal = name_.ordinal,
                          .seen = name_.seen,
                          .count = name_.count,
                          .owner = owner_.octets(),
                          .types = name_types_,
                          .trick = trick_text(name_tag_)};
    name_ = {};
    return visit(finding);
}

WalkEnd FindingSource::find_names(const Query& query, std::uint64_t budget) {
    name_ = {};
    bool wants_more = true;
    const WalkEnd end =
        walk_.walk(query, budget, [&](const StoredRecord& record, std::uint32_t ordinal) {
            if (!passes(query, record)) return true;
            // The name itself, which looks like nothing else.
            if (query.view == View::lookalike && walk_.name_tag() == 0) return true;
            if (name_.values == 0 || !equal(record.owner, owner_.octets())) {
                wants_more = visit_name();
                if (!wants_more) return false;
                owner_.assign(record.owner);
                name_tag_ = walk_.name_tag();
                name_types_.clear();
            }
            if (name_types_.empty() || name_types_.back() != record.type) {
                name_types_.push_back(record.type);
            }
            name_.add(record, ordinal);
            return true;
        });
    // The last one, unless its records will be visited again.
    if (wants_more && (!end.stopped || name_.ordinal <= end.last_ordinal || end.incomplete)) {
        visit_name();
    }
    return end;
}

// A sparse set: a type's index is valid only if that total is the type's.
FindingSource::TypeTotal& FindingSource::total_of(Rrtype type) {
    std::uint16_t& index = total_indexes_[number(type)];
    if (index >= totals_.size() || totals_[index].type != type) {
        index = static_cast<std::uint16_t>(totals_.size());
        totals_.push_back({type, {}});
    }
    return totals_[index];
}

// Totals of the records that the walk visits, up to and including the record `last`.
WalkEnd FindingSource::add_up(const Query& query, std::uint64_t budget,
                              std::optional<std::uint32_t> last) {
    totals_.clear();
    return walk_.walk(query, budget, [&](const StoredRecord& record, std::uint32_t ordinal) {
        if (last && ordinal > *last) return false;
        if (passes(query, record)) total_of(record.type).total.add(record, ordinal);
        return true;
    });
}

WalkEnd FindingSource::find_summary(const Query& query, std::uint64_t budget) {
    const WalkEnd end = add_up(query, budget, std::nullopt);
    // Records that will be visited again must not be counted now.
    if (end.stopped && end.last_ordinal < end.records) add_up(query, budget, end.last_ordinal);
    std::ranges::sort(totals_, {}, &TypeTotal::type);
    std::uint32_t ordinal = 0;
    for (const TypeTotal& each : totals_) {
        const Finding finding{.ordinal = ordinal++,
                              .seen = each.total.seen,
                              .count = each.total.count,
                              .types = {&each.type, 1},
                              .values = each.total.values};
        if (!visit(finding)) break;
    }
    return end;
}

// The owners of records that hold a value: those of one value follow each other by type.
WalkEnd FindingSource::find_owners(const Query& query, std::uint64_t budget) {
    owners_.clear();
    const WalkEnd end =
        walk_.walk(query, budget, [&](const StoredRecord& record, std::uint32_t ordinal) {
            if (passes(query, record)) owners_.add(record, ordinal);
            return true;
        });
    // Records that will be visited again must not be counted now.
    if (end.stopped) owners_.drop_after(end.last_ordinal);
    owners_.for_each(visit_);
    return end;
}

WalkEnd FindingSource::find_seen(const Query& query, std::uint64_t budget) {
    Total total;
    const WalkEnd end =
        walk_.walk(query, budget, [&](const StoredRecord& record, std::uint32_t ordinal) {
            if (passes(query, record)) total.add(record, ordinal);
            return true;
        });
    if (total.values > 0) visit({.seen = total.seen, .count = total.count, .values = total.values});
    return end;
}

// The records that were visible in each month or year. A month and a type are a finding, and a unit
// of work as well.
WalkEnd FindingSource::find_intervals(const Query& query, std::uint64_t budget) {
    const auto add = [&](std::optional<std::uint32_t> last) {
        intervals_.begin(query.interval);
        return walk_.walk(query, budget, [&](const StoredRecord& record, std::uint32_t ordinal) {
            if (last && ordinal > *last) return false;
            if (passes(query, record)) {
                intervals_.add(record.type, runs_of(record, runs_), window_of(query));
            }
            return true;
        });
    };
    WalkEnd end = add(std::nullopt);
    if (end.stopped && end.last_ordinal < end.records) add(end.last_ordinal);
    std::uint32_t ordinal = 0;
    intervals_.for_each([&](const IntervalTotals::Total& total) {
        if (ordinal > budget) {
            end.stopped = true;
            end.resume_point.clear();
            return false;
        }
        return visit({.ordinal = ordinal++,
                      .seen = total.when,
                      .count = total.values,
                      .types = {&total.type, 1},
                      .values = total.values});
    });
    return end;
}

// The records that pointed where the name did, in the runs of both.
WalkEnd FindingSource::find_shared(const Query& query, std::uint64_t budget) {
    if (!collect_shared(query, budget)) {
        WalkEnd end;
        end.stopped = true;
        return end;
    }
    const NameKey subject = query.subject.key();
    const Period window = window_of(query);
    return walk_.walk(query, budget, [&](const StoredRecord& record, std::uint32_t ordinal) {
        if (equal(record.owner, subject.octets()) || !passes_filters(query, record)) return true;
        const auto shared = walk_.shared_values().overlap(record.type, record.rdata,
                                                          runs_of(record, runs_), window);
        return !shared || visit({.ordinal = ordinal,
                                 .seen = shared->seen,
                                 .count = shared->seconds,
                                 .record = &record});
    });
}

// False where the name has more records than the budget.
bool FindingSource::collect_shared(const Query& query, std::uint64_t budget) {
    SharedValues& values = walk_.shared_values();
    values.clear();
    const auto add = [&](const StoredRecord& record, std::uint32_t) {
        if (query.types.has(record.type) && seen_during(record, window_of(query))) {
            values.add(record.type, record.rdata, runs_of(record, runs_));
        }
        return true;
    };
    WalkEnd end = walk_.walk(query.subject, std::nullopt, budget, add);
    // Those of a personal type are visited where it is named alone.
    if (!end.stopped && query.types.has(whois_type)) {
        end = walk_.walk(query.subject, whois_type, budget, add);
    }
    values.sort();
    return !end.stopped;
}

void FindingSource::list_names(const Query& query) {
    const Listed listed{query.scope, query.subject};
    if (listed_ == listed) return;
    NameList& names = walk_.names();
    names.clear();
    const std::uint64_t units = query.scope == Scope::suffixes
                                    ? list_below_suffixes(snapshot_, query.subject, names)
                                    : list_lookalikes(snapshot_, query.subject, names);
    walk_.set_names_cost(units);
    names.sort();
    listed_ = listed;
}

}  // namespace dnshist
