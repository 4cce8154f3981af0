#include "responder/lookup.hpp"

#include <algorithm>
#include <limits>

#include "storage/cof.hpp"
#include "storage/line.hpp"
#include "storage/record_key.hpp"

namespace dnshist {

namespace {

bool within(Seconds time, Period period) noexcept {
    return period.begin <= time && time <= period.end;
}

// Whether one of the record's runs has a second in common with the period.
bool seen_during(const StoredRecord& record, Period period) noexcept {
    if (period == all_time) return true;
    if (period.begin > period.end) return false;
    if (record.seen.end < period.begin || record.seen.begin > period.end) return false;
    return record.sightings().during(period);
}

bool passes(const Query& query, const StoredRecord& record) noexcept {
    return record.count >= query.min_count && within(record.seen.begin, query.first) &&
           within(record.seen.end, query.last) && seen_during(record, query.visible) &&
           seen_during(record, query.on);
}

std::uint64_t by_two_times(Seconds major, Seconds minor) noexcept {
    return std::uint64_t{major.since_epoch} << 32 | minor.since_epoch;
}

// The RDATA's first octets as a number that is larger for what sorts first.
std::uint64_t rank_of_data(Octets rdata) noexcept {
    std::uint64_t rank = 0;
    for (std::size_t i = 0; i < sizeof rank; ++i) {
        rank = rank << 8 | (i < rdata.size() ? rdata[i] : 0U);
    }
    return ~rank;
}

// What a record is, where its line would be too long for any answer.
void write_long_record_note(TextWriter& out, const StoredRecord& record, Period seen) noexcept {
    out.put("# note: a record too long to be shown here: ");
    write_time(out, seen.begin);
    out.put(' ');
    write_time(out, seen.end);
    out.put(' ');
    out.put_decimal(record.count);
    out.put(' ');
    write_key_name(out, record.owner);
    out.put(' ');
    write_rrtype(out, record.type);
    out.put(", ");
    out.put_decimal(record.rdata.size());
    out.put(" octets of RDATA; 'dnshist-zonegen export ");
    write_key_name(out, record.owner);
    out.put("' shows it");
}

}  // namespace

// What a walk has cost, in units of the budget.
struct Lookup::Work {
    std::uint64_t budget;
    std::uint64_t records = 0;
    std::uint64_t reads = 0;  // by the seeks before the current one
    bool stopped = false;

    // One more record, with so many reads by the cursors since they sought. False where the budget
    // does not allow it.
    bool take(std::uint64_t reads_since_seek) noexcept {
        const std::uint64_t all_reads = reads + reads_since_seek;
        const std::uint64_t further = all_reads > 1 ? all_reads - 1 : 0;
        stopped = records + 1 + further * read_cost > budget;
        if (!stopped) ++records;
        return !stopped;
    }
};

Lookup::Lookup(History& history)
    : snapshot_(history),
      cursor_(snapshot_),
      pivots_(snapshot_),
      // Address space, not memory: a page of ordinary lines touches a few KB of it.
      text_(std::make_unique_for_overwrite<char[]>(any_page_octets)) {
    snapshot_.reset();
}

void Lookup::renew() {
    statistics_.reset();
    snapshot_.renew();
}

void Lookup::reset() noexcept {
    snapshot_.reset();
}

const StoreStatistics& Lookup::statistics() {
    if (!statistics_) statistics_ = snapshot_.statistics();
    return *statistics_;
}

bool Lookup::visible(const Name& owner, std::optional<Rrtype> type, Period when,
                     std::uint64_t& budget, RecordVisitor visit, void* context) {
    Work work{budget};
    cursor_.seek_owner(owner.key().octets(), type);
    const bool all = walk_found(work, [&](const StoredRecord& record, std::uint32_t) {
        if (seen_during(record, when)) visit(context, record);
        return true;
    });
    budget -= std::min(budget, work.records + read_cost);
    return all;
}

Page Lookup::records(const Query& query, std::uint64_t budget, Room room) {
    findings_.clear();
    text_octets_ = 0;
    written_count_ = 0;

    Page page;
    page.offset = std::uint64_t{query.page - 1} * query.limit;
    // Where the walk has the query's order, the page is complete once its last line is met, and
    // one more says that there is a next.
    const bool in_order = query.reach != Reach::name && query.order == Order::name;
    const std::uint64_t page_end = page.offset + query.limit;
    Work work{std::min<std::uint64_t>(budget, std::numeric_limits<std::uint32_t>::max())};
    bool all_written = in_order || page.offset == 0;
    walk(query, work, [&](const StoredRecord& record, std::uint32_t ordinal) {
        if (!passes(query, record)) return true;
        const std::size_t before = findings_.size();
        add_findings(query, record, ordinal);
        for (std::size_t i = before; all_written && i < findings_.size(); ++i) {
            if (i < page.offset || (in_order && i >= page_end)) continue;
            Finding& finding = findings_[i];
            all_written = written_count_ < query.limit && write(query, record, finding, room);
        }
        return !in_order || findings_.size() <= page_end;
    });
    page.found = findings_.size();
    page.records = work.records;
    page.stopped = work.stopped;
    page.counted = !work.stopped && !(in_order && page.found > page_end);
    if (page.offset >= page.found) return page;

    const auto begin = findings_.begin() + static_cast<std::ptrdiff_t>(page.offset);
    const auto count = std::min<std::uint64_t>(query.limit, page.found - page.offset);
    const auto end = begin + static_cast<std::ptrdiff_t>(count);
    if (begin != findings_.begin()) {
        std::nth_element(findings_.begin(), begin, findings_.end(), sorts_before);
    }
    if (end != findings_.end()) std::nth_element(begin, end, findings_.end(), sorts_before);
    const std::span<Finding> chosen(begin, end);
    if (!all_written && !write_chosen(query, room, chosen)) {
        page.too_long = true;
        return page;
    }
    std::ranges::sort(chosen, sorts_before);
    std::ranges::transform(chosen, lines_.begin(),
                           [this](const Finding& finding) { return written_[finding.slot]; });
    page.lines = std::span(lines_).first(chosen.size());
    return page;
}

// Calls visit(record, ordinal) for the records that the query is about, in the store's order, until
// it returns false or the work is too much.
template <class Visit>
void Lookup::walk(const Query& query, Work& work, Visit&& visit) {
    if (query.reach == Reach::values) {
        for (const ValueRange& range : query.values.all()) {
            if (!walk_range(query, range, work, visit)) return;
        }
        return;
    }
    if (query.reach != Reach::name) return walk_names(query, work, visit);
    const NameKey owner = query.subject.key();
    if (query.types.every()) {
        cursor_.seek_owner(owner.octets());
        walk_found(work, visit);
        return;
    }
    for (const Rrtype type : query.types.types()) {
        cursor_.seek_owner(owner.octets(), type);
        if (!walk_found(work, visit)) return;
    }
}

// The names below the subject: all of them, or those with one label more, past what is below them.
template <class Visit>
void Lookup::walk_names(const Query& query, Work& work, Visit&& visit) {
    const NameKey subject = query.subject.key();
    cursor_.seek_subtree(subject);
    cursor_.skip_to(after_owner(subject.octets()).view());
    while (cursor_.next()) {
        if (!work.take(cursor_.reads())) return;
        const StoredRecord& record = cursor_.record();
        if (query.reach == Reach::children) {
            const std::size_t label = subject.subtree().size();
            const std::size_t child = label + 1 + record.owner[label];
            if (record.owner[child] != 0) {
                cursor_.skip_to(after_subtree(record.owner.first(child + 1)).view());
                continue;
            }
        }
        if (!query.types.has(record.type)) continue;
        if (!visit(record, static_cast<std::uint32_t>(work.records))) return;
    }
}

bool Lookup::seek_range(const ValueRange& range) {
    pivots_.seek_prefix(range.prefix());
    if (range.first().size() > range.prefix().size()) pivots_.skip_to(range.first());
    return pivots_.next() && !range.is_past(pivots_.pivot().value);
}

bool Lookup::points_at(const ValueRanges& values) {
    return std::ranges::any_of(values.all(),
                               [this](const ValueRange& range) { return seek_range(range); });
}

// The records that point at a value of the range. One that points at several is met at the least of
// them.
template <class Visit>
bool Lookup::walk_range(const Query& query, const ValueRange& range, Work& work, Visit&& visit) {
    for (bool any = seek_range(range); any;
         any = pivots_.next() && !range.is_past(pivots_.pivot().value)) {
        const StoredPivot& pivot = pivots_.pivot();
        if (!work.take(pivots_.reads())) return false;
        if (!query.types.has(pivot.type)) continue;
        work.reads += 1;  // the seek for the records
        const auto met_here = [&](const StoredRecord& record) {
            bool here = false;
            bool before = false;
            for_each_pivot_value(record.type, record.rdata, [&](const PivotValue& value) {
                if (!query.values.contain(value.octets())) return;
                const int order = compare(value.octets(), pivot.value);
                here = here || order == 0;
                before = before || order < 0;
            });
            return here && !before;
        };
        cursor_.seek_owner(pivot.owner, pivot.type);
        const bool goes_on =
            walk_found(work, [&](const StoredRecord& record, std::uint32_t ordinal) {
                return !met_here(record) || visit(record, ordinal);
            });
        if (!goes_on) return false;
    }
    work.reads += pivots_.reads();
    return true;
}

template <class Visit>
bool Lookup::walk_found(Work& work, Visit&& visit) {
    while (cursor_.next()) {
        if (!work.take(cursor_.reads())) return false;
        if (!visit(cursor_.record(), static_cast<std::uint32_t>(work.records))) return false;
    }
    work.reads += cursor_.reads();
    return true;
}

// One for the record, or one for each of its runs, which are in runs_ then.
void Lookup::add_findings(const Query& query, const StoredRecord& record, std::uint32_t ordinal) {
    const auto add = [&](Period seen, std::size_t run) {
        Finding finding{0, 0, ordinal, static_cast<std::uint16_t>(run), 0};
        switch (query.order.value_or(Order::last)) {
            case Order::last:
                finding.rank = by_two_times(seen.end, seen.begin);
                break;
            case Order::first:
                finding.rank = by_two_times(seen.begin, seen.end);
                break;
            case Order::count:
                finding.rank = record.count;
                finding.tie = seen.end.since_epoch;
                break;
            case Order::data:
                // Of one name, the store's own order: by type, then by RDATA. Of many, by its first
                // eight octets.
                if (query.reach != Reach::name) finding.rank = rank_of_data(record.rdata);
                break;
            case Order::name:
                // The store's own order.
                break;
        }
        findings_.push_back(finding);
    };
    if (!query.runs) {
        add(record.seen, 0);
        return;
    }
    const auto runs = read_runs(record);
    for (std::size_t run = 0; run < runs.size(); ++run)
        add(runs[run], run);
}

// The intervals in which sensors or zone files saw the record, oldest first; those that overlap or
// touch as one. Good until the next call.
std::span<const Period> Lookup::read_runs(const StoredRecord& record) noexcept {
    const Sightings sightings = record.sightings();
    const auto sensor = sightings.sensor.runs();
    const auto zone = sightings.zone.runs();
    const auto sorted_end =
        std::ranges::merge(sensor, zone, runs_.begin(), {}, &Period::begin, &Period::begin).out;
    std::size_t count = 0;
    for (auto run = runs_.begin(); run != sorted_end; ++run) {
        const bool joins =
            count > 0 && (run->begin <= runs_[count - 1].end ||
                          run->begin.since_epoch - 1 == runs_[count - 1].end.since_epoch);
        if (joins) {
            runs_[count - 1].end = std::max(runs_[count - 1].end, run->end);
        } else {
            runs_[count++] = *run;
        }
    }
    return {runs_.data(), count};
}

bool Lookup::sorts_before(const Finding& a, const Finding& b) noexcept {
    if (a.rank != b.rank) return a.rank > b.rank;
    if (a.tie != b.tie) return a.tie > b.tie;
    if (a.ordinal != b.ordinal) return a.ordinal < b.ordinal;
    return a.run < b.run;
}

// Walks again up to the last of the chosen, and writes their lines. False where the page is too
// long.
bool Lookup::write_chosen(const Query& query, Room room, std::span<Finding> chosen) {
    text_octets_ = 0;
    written_count_ = 0;
    std::ranges::sort(chosen, {}, [](const Finding& finding) {
        return std::uint64_t{finding.ordinal} << 16 | finding.run;
    });
    auto next = chosen.begin();
    bool fits = true;
    Work work{std::numeric_limits<std::uint64_t>::max()};
    walk(query, work, [&](const StoredRecord& record, std::uint32_t ordinal) {
        if (next->ordinal != ordinal) return true;
        if (query.runs) read_runs(record);
        for (; fits && next != chosen.end() && next->ordinal == ordinal; ++next) {
            fits = write(query, record, *next, room);
        }
        return fits && next != chosen.end();
    });
    return fits;
}

// The record as a COF object; where a line is a run, as if that were all there is. The one kind of
// line that allocates, for what the sources say.
void Lookup::write_cof(TextWriter& out, const Query& query, const StoredRecord& record,
                       Period seen) {
    const Sightings sightings =
        query.runs ? Sightings{Visibility(seen, record.count), {}} : record.sightings();
    sources_.clear();
    for (const std::uint32_t number : record.sources()) {
        if (auto source = snapshot_.source(number, record.owner)) {
            sources_.push_back(std::move(*source));
        }
    }
    cof_.clear();
    append_cof(cof_, record.owner, record.type, record.rdata, sightings, sources_);
    out.put(cof_);
}

// Writes one line behind those of the page. False where the page has no room for it.
bool Lookup::write(const Query& query, const StoredRecord& record, Finding& finding, Room room) {
    const Period seen = query.runs ? runs_[finding.run] : record.seen;
    const std::size_t left = room.page - text_octets_;
    const std::span<char> free(text_.get() + text_octets_, std::min(room.line, left));
    TextWriter out(free);
    if (query.json) {
        write_cof(out, query, record, seen);
    } else {
        write_line(out, seen, record.count, record.owner, record.type, record.rdata);
    }
    if (out.overflowed() && left > room.line) {
        out = TextWriter(free);
        write_long_record_note(out, record, seen);
    }
    if (out.overflowed()) return false;
    finding.slot = written_count_;
    written_[written_count_++] = out.text();
    text_octets_ += out.size();
    return true;
}

}  // namespace dnshist
