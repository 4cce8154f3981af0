#include "storage/answer/lookup.hpp"

#include <algorithm>
#include <limits>

namespace dnshist {

namespace {

std::uint64_t by_two_times(Seconds major, Seconds minor) noexcept {
    return std::uint64_t{major.since_epoch} << 32 | minor.since_epoch;
}

constexpr std::uint32_t never = std::numeric_limits<std::uint32_t>::max();

// The RDATA's first octets as a number that is larger for what sorts first.
std::uint64_t rank_of_data(Octets rdata) noexcept {
    std::uint64_t rank = 0;
    for (std::size_t i = 0; i < sizeof rank; ++i) {
        rank = rank << 8 | (i < rdata.size() ? rdata[i] : 0U);
    }
    return ~rank;
}

// Whether the walk makes the query's findings in the order of its lines: then the page is complete
// once its last line is met, and one more says that there is a next. For one name, what is there is
// counted.
bool is_in_order(const Query& query) noexcept {
    return query.scope != Scope::name && query.order == Order::name && query.view != View::summary;
}

}  // namespace

Lookup::Lookup(History& history)
    : snapshot_(history),
      findings_(snapshot_, history.gap()),
      writer_(snapshot_),
      // Address space, not memory: a page of ordinary lines touches a few KB of it.
      text_(std::make_unique_for_overwrite<char[]>(max_page_octets)) {
    snapshot_.reset();
}

void Lookup::renew(Seconds now) {
    now_ = now;
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

// The larger rank comes first, then the larger tie, then what the store has first. Of times the
// newest comes first; but events tell a story, and begin with the oldest where nothing is said.
Lookup::SortKey::SortKey(const Query& query, const Finding& finding) noexcept
    : rank(0), tie(0), ordinal(finding.ordinal), part(finding.part), slot(0) {
    const bool is_event = query.view == View::changes;
    switch (query.order.value_or(Order::name)) {
        case Order::last:
            rank = by_two_times(finding.seen.end, finding.seen.begin);
            tie = is_event && !finding.appeared ? 1 : 0;
            break;
        case Order::first:
            rank = by_two_times(finding.seen.begin, finding.seen.end);
            tie = is_event && !finding.appeared ? 1 : 0;
            break;
        case Order::count:
            rank = finding.count;
            tie = finding.seen.end.since_epoch;
            break;
        case Order::oldest:
            rank = ~by_two_times(finding.seen.begin, finding.seen.end);
            tie = finding.appeared ? 1 : 0;
            break;
        case Order::data:
            // Of one name, the store's own order: by type, then by RDATA. Of many, by its first
            // eight octets.
            if (query.scope != Scope::name && finding.record != nullptr && !is_event) {
                rank = rank_of_data(finding.record->rdata);
            }
            break;
        case Order::name:
            break;
    }
}

bool Lookup::sorts_before(const SortKey& a, const SortKey& b) noexcept {
    if (a.rank != b.rank) return a.rank > b.rank;
    if (a.tie != b.tie) return a.tie > b.tie;
    return a.place() < b.place();
}

Page Lookup::page(const Query& query, std::uint64_t budget, PageLimits room) {
    budget = std::min<std::uint64_t>(budget, std::numeric_limits<std::uint32_t>::max());
    if (query.view == View::changes) {
        const Seconds latest = statistics().latest.value_or(Seconds{0});
        findings_.set_newest(std::min(latest, now_));
    }
    Page page = find(query, budget, room);
    if (page.offset >= page.found) return page;
    const std::span<SortKey> chosen = choose(query, page);
    if (!all_written_ && !write_chosen(query, budget, room, chosen)) {
        page.too_long = true;
        return page;
    }
    std::ranges::sort(chosen, sorts_before);
    std::ranges::transform(chosen, lines_.begin(),
                           [this](const SortKey& key) { return written_[key.slot]; });
    page.lines = std::span(lines_).first(chosen.size());
    return page;
}

// Collects how the query's findings sort, and writes those of the page while it is known which they
// are.
Page Lookup::find(const Query& query, std::uint64_t budget, PageLimits room) {
    keys_.clear();
    milestones_.assign(1, {0, query.from});
    text_octets_ = 0;
    written_count_ = 0;
    Page page;
    page.offset = std::uint64_t{query.page - 1} * query.limit;
    const bool in_order = is_in_order(query);
    const std::uint64_t page_end = page.offset + query.limit;
    all_written_ = in_order || page.offset == 0;
    page.end = findings_.make(query, budget, [&](const Finding& finding) {
        const std::size_t index = keys_.size();
        SortKey& key = keys_.emplace_back(query, finding);
        const bool on_page = index >= page.offset && (!in_order || index < page_end);
        if (all_written_ && on_page) {
            all_written_ = written_count_ < query.limit && write(query, finding, key, room);
        }
        if (finding.ordinal >= milestones_.back().ordinal + milestone_distance) {
            set_milestone(query, finding);
        }
        return !in_order || keys_.size() <= page_end;
    });
    if (page.end.stopped && query.view != View::summary) {
        // What was met behind the place to go on from will be met again from there.
        while (!keys_.empty() && keys_.back().ordinal > page.end.last_ordinal)
            keys_.pop_back();
    }
    page.found = keys_.size();
    page.counted = !page.end.stopped && !(in_order && page.found > page_end);
    return page;
}

// The findings of the page, which come to the front of what is behind it.
std::span<Lookup::SortKey> Lookup::choose(const Query& query, const Page& page) {
    const auto begin = keys_.begin() + static_cast<std::ptrdiff_t>(page.offset);
    const auto count = std::min<std::uint64_t>(query.limit, page.found - page.offset);
    const auto end = begin + static_cast<std::ptrdiff_t>(count);
    if (begin != keys_.begin()) {
        std::nth_element(keys_.begin(), begin, keys_.end(), sorts_before);
    }
    if (end != keys_.end()) std::nth_element(begin, end, keys_.end(), sorts_before);
    return {begin, end};
}

void Lookup::set_milestone(const Query& query, const Finding& finding) {
    // Between two findings of one record there is no place.
    if (finding.part != 0) return;
    const ResumePoint place = findings_.place_of(query, finding);
    if (!place.empty()) milestones_.push_back({finding.ordinal, place});
}

// Makes the chosen findings again, from milestone to milestone, and writes their lines. False where
// the page is too long.
bool Lookup::write_chosen(const Query& query, std::uint64_t budget, PageLimits room,
                          std::span<SortKey> chosen) {
    text_octets_ = 0;
    written_count_ = 0;
    std::ranges::sort(chosen, {}, &SortKey::place);
    while (!chosen.empty()) {
        const auto behind =
            std::ranges::upper_bound(milestones_, chosen.front().ordinal, {}, &Milestone::ordinal);
        const std::uint32_t end = behind == milestones_.end() ? never : behind->ordinal;
        const auto next = std::ranges::lower_bound(chosen, end, {}, &SortKey::ordinal);
        const std::span<SortKey> near(chosen.begin(), next);
        if (!write_from(query, budget, room, *std::prev(behind), near)) return false;
        chosen = chosen.subspan(near.size());
    }
    return true;
}

// Those from the milestone on and before the next.
bool Lookup::write_from(const Query& query, std::uint64_t budget, PageLimits room,
                        const Milestone& milestone, std::span<SortKey> chosen) {
    Query begins_there = query;
    begins_there.from = milestone.place;
    // The first finding is the milestone's, whatever ordinal it has now.
    std::optional<std::uint32_t> before;
    auto next = chosen.begin();
    bool fits = true;
    findings_.make(begins_there, budget, [&](const Finding& finding) {
        if (!before) before = milestone.ordinal == 0 ? 0 : milestone.ordinal - finding.ordinal;
        if (next->ordinal != finding.ordinal + *before || next->part != finding.part) return true;
        fits = write(query, finding, *next, room);
        ++next;
        return fits && next != chosen.end();
    });
    return fits;
}

// Writes one line behind those of the page. False where the page has no room for it.
bool Lookup::write(const Query& query, const Finding& finding, SortKey& key, PageLimits room) {
    const std::size_t left = room.page - text_octets_;
    const std::span<char> free(text_.get() + text_octets_, std::min(room.line, left));
    TextWriter out(free);
    writer_.write(out, query, finding);
    if (out.overflowed() && left > room.line) {
        out = TextWriter(free);
        LineWriter::write_too_long(out, finding);
    }
    if (out.overflowed()) return false;
    key.slot = written_count_;
    written_[written_count_++] = out.text();
    text_octets_ += out.size();
    return true;
}

}  // namespace dnshist
