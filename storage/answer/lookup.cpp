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

// Whether the walk makes the query's items in the order of its lines: then the page is complete
// once its last line is met, and one more says that there is a next. For one name, what is there is
// counted.
bool is_in_order(const Query& query) noexcept {
    return query.reach != Reach::name && query.order == Order::name && query.view != View::summary;
}

}  // namespace

Lookup::Lookup(History& history)
    : snapshot_(history),
      items_(snapshot_, history.gap()),
      writer_(snapshot_),
      // Address space, not memory: a page of ordinary lines touches a few KB of it.
      text_(std::make_unique_for_overwrite<char[]>(any_page_octets)) {
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
Lookup::SortKey::SortKey(const Query& query, const Finding& item) noexcept
    : rank(0), tie(0), ordinal(item.ordinal), part(item.part), slot(0) {
    const bool is_event = query.view == View::changes;
    switch (query.order.value_or(Order::name)) {
        case Order::last:
            rank = by_two_times(item.seen.end, item.seen.begin);
            tie = is_event && !item.appeared ? 1 : 0;
            break;
        case Order::first:
            rank = by_two_times(item.seen.begin, item.seen.end);
            tie = is_event && !item.appeared ? 1 : 0;
            break;
        case Order::count:
            rank = item.count;
            tie = item.seen.end.since_epoch;
            break;
        case Order::oldest:
            rank = ~by_two_times(item.seen.begin, item.seen.end);
            tie = item.appeared ? 1 : 0;
            break;
        case Order::data:
            // Of one name, the store's own order: by type, then by RDATA. Of many, by its first
            // eight octets.
            if (query.reach != Reach::name && item.record != nullptr && !is_event) {
                rank = rank_of_data(item.record->rdata);
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

Page Lookup::page(const Query& query, std::uint64_t budget, Room room) {
    budget = std::min<std::uint64_t>(budget, std::numeric_limits<std::uint32_t>::max());
    if (query.view == View::changes) {
        const Seconds latest = statistics().latest.value_or(Seconds{0});
        items_.set_newest(std::min(latest, now_));
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
                           [this](const SortKey& finding) { return written_[finding.slot]; });
    page.lines = std::span(lines_).first(chosen.size());
    return page;
}

// Collects how the query's items sort, and writes those of the page while it is known which they
// are.
Page Lookup::find(const Query& query, std::uint64_t budget, Room room) {
    findings_.clear();
    milestones_.assign(1, {0, query.from});
    text_octets_ = 0;
    written_count_ = 0;
    Page page;
    page.offset = std::uint64_t{query.page - 1} * query.limit;
    const bool in_order = is_in_order(query);
    const std::uint64_t page_end = page.offset + query.limit;
    all_written_ = in_order || page.offset == 0;
    page.end = items_.make(query, budget, [&](const Finding& item) {
        const std::size_t index = findings_.size();
        SortKey& finding = findings_.emplace_back(query, item);
        const bool on_page = index >= page.offset && (!in_order || index < page_end);
        if (all_written_ && on_page) {
            all_written_ = written_count_ < query.limit && write(query, item, finding, room);
        }
        if (item.ordinal >= milestones_.back().ordinal + milestone_distance) {
            set_milestone(query, item);
        }
        return !in_order || findings_.size() <= page_end;
    });
    if (page.end.stopped && query.view != View::summary) {
        // What was met behind the place to go on from will be met again from there.
        while (!findings_.empty() && findings_.back().ordinal > page.end.last_ordinal)
            findings_.pop_back();
    }
    page.found = findings_.size();
    page.counted = !page.end.stopped && !(in_order && page.found > page_end);
    return page;
}

// The findings of the page, which come to the front of what is behind it.
std::span<Lookup::SortKey> Lookup::choose(const Query& query, const Page& page) {
    const auto begin = findings_.begin() + static_cast<std::ptrdiff_t>(page.offset);
    const auto count = std::min<std::uint64_t>(query.limit, page.found - page.offset);
    const auto end = begin + static_cast<std::ptrdiff_t>(count);
    if (begin != findings_.begin()) {
        std::nth_element(findings_.begin(), begin, findings_.end(), sorts_before);
    }
    if (end != findings_.end()) std::nth_element(begin, end, findings_.end(), sorts_before);
    return {begin, end};
}

void Lookup::set_milestone(const Query& query, const Finding& item) {
    // Between two items of one record there is no place.
    if (item.part != 0) return;
    const ResumePoint place = items_.place_of(query, item);
    if (!place.empty()) milestones_.push_back({item.ordinal, place});
}

// Makes the chosen items again, from milestone to milestone, and writes their lines. False where
// the page is too long.
bool Lookup::write_chosen(const Query& query, std::uint64_t budget, Room room,
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
bool Lookup::write_from(const Query& query, std::uint64_t budget, Room room,
                        const Milestone& milestone, std::span<SortKey> chosen) {
    Query begins_there = query;
    begins_there.from = milestone.place;
    // The first item is the milestone's, whatever ordinal it has now.
    std::optional<std::uint32_t> before;
    auto next = chosen.begin();
    bool fits = true;
    items_.make(begins_there, budget, [&](const Finding& item) {
        if (!before) before = milestone.ordinal == 0 ? 0 : milestone.ordinal - item.ordinal;
        if (next->ordinal != item.ordinal + *before || next->part != item.part) return true;
        fits = write(query, item, *next, room);
        ++next;
        return fits && next != chosen.end();
    });
    return fits;
}

// Writes one line behind those of the page. False where the page has no room for it.
bool Lookup::write(const Query& query, const Finding& item, SortKey& finding, Room room) {
    const std::size_t left = room.page - text_octets_;
    const std::span<char> free(text_.get() + text_octets_, std::min(room.line, left));
    TextWriter out(free);
    writer_.write(out, query, item);
    if (out.overflowed() && left > room.line) {
        out = TextWriter(free);
        LineWriter::write_too_long(out, item);
    }
    if (out.overflowed()) return false;
    finding.slot = written_count_;
    written_[written_count_++] = out.text();
    text_octets_ += out.size();
    return true;
}

}  // namespace dnshist
