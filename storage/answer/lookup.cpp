#include "storage/answer/lookup.hpp"

#include <algorithm>
#include <limits>

namespace dnshist {

namespace {

// Whether findings come in the order of the lines, so that the walk can end one finding after the
// page, which shows that there is a next page. The findings of a single name are all counted
// instead.
bool is_in_order(const Query& query) noexcept {
    return query.scope != Scope::name && query.order == Order::name && !adds_up(query) &&
           !query.counts;
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
    findings_.forget();
    snapshot_.renew();
}

void Lookup::reset() noexcept {
    snapshot_.reset();
}

const StoreStatistics& Lookup::statistics() {
    if (!statistics_) statistics_ = snapshot_.statistics();
    return *statistics_;
}

Seconds Lookup::newest() {
    return std::min(statistics().newest().value_or(Seconds{0}), now_);
}

std::optional<Lookup::StreamPlace> Lookup::stream(const Query& query, const StreamPlace& place,
                                                  std::uint64_t budget,
                                                  FunctionRef<bool(const Finding&)> visit) {
    RecordWalk& walk = findings_.walk();
    StreamPlace stop;
    StreamPlace known = place;  // up to which nothing was missing
    bool taken = true;
    const auto was_taken_before = [&](const Finding& finding) {
        return finding.part < place.part && equal(walk.stop_key().octets(), place.key.octets());
    };
    const WalkEnd end =
        findings_.find_from(query, place.key.octets(), budget, [&](const Finding& finding) {
            taken = snapshot_.is_whole() && (was_taken_before(finding) || visit(finding)) &&
                    snapshot_.is_whole();
            if (!taken) {
                stop.part = finding.part;
            } else if (snapshot_.tablets() != nullptr) {
                known = {walk.stop_key(), static_cast<std::uint16_t>(finding.part + 1)};
            }
            return taken;
        });
    // The first one that the missing part may have.
    if (!snapshot_.is_whole()) return known;
    if (taken && !end.stopped) return std::nullopt;
    stop.key = walk.stop_key();
    return stop;
}

Page Lookup::page(const Query& query, std::uint64_t budget, PageLimits limits) {
    budget = std::min<std::uint64_t>(budget, std::numeric_limits<std::uint32_t>::max());
    if (query.view == View::changes || query.further.is_current) {
        findings_.set_newest(newest());
    }
    budget_ = budget;
    if (query.counts) return count(query, budget, limits);
    Page page = find(query, budget, limits);
    if (first_ >= keys_.size()) return page;
    const std::span<SortKey> chosen = choose(query);
    if (!all_written_ && !write_chosen(query, budget, limits, chosen)) {
        page.too_long = true;
        return page;
    }
    std::ranges::sort(chosen, sorts_before);
    std::ranges::transform(chosen, lines_.begin(),
                           [this](const SortKey& key) { return written_[key.slot]; });
    page.lines = std::span(lines_).first(chosen.size());
    return page;
}

// How many findings there are, as the only line. None is no line: whether that is a name that was
// never seen is another question.
Page Lookup::count(const Query& query, std::uint64_t budget, PageLimits limits) {
    Query whole = query;
    whole.page = 1;
    whole.limit = max_limit;
    whole.line.clear();
    Page page = find(whole, LinePlace(whole), budget, {limits.line, 0});
    if (keys_.empty() && !page.end.stopped) return page;
    TextWriter out({text_.get(), std::min(limits.line, limits.page)});
    write_count_line(out, query, keys_.size());
    page.found = 1;
    page.counted = false;
    page.too_long = out.overflowed();
    lines_[0] = out.text();
    if (!page.too_long) page.lines = std::span(lines_).first(1);
    keys_.clear();
    return page;
}

std::optional<bool> Lookup::has_any(const Query& query, std::uint64_t budget) {
    if (!query.is_narrowed && query.scope == Scope::name) {
        return has_records(query.subject.key(), false);
    }
    if (query.further.is_current) findings_.set_newest(newest());
    Query first = query;
    // Names below those of a list make lines of these views.
    const bool has_names = query.view == View::names || query.view == View::lookalike;
    if (!has_names || !has_list(query)) first.view = View::history;
    bool any = false;
    const WalkEnd end = findings_.find(first, budget, [&](const Finding&) {
        any = true;
        return false;
    });
    return any || !end.stopped ? std::optional(any) : std::nullopt;
}

// Collects the sort keys of the query's findings, and writes the lines of the page as long as it is
// known which findings are on it.
Page Lookup::find(const Query& query, std::uint64_t budget, PageLimits limits) {
    const bool in_order = is_in_order(query);
    const LinePlace begin(query);
    if (in_order && !begin.empty()) return find_from(query, begin, budget, limits);
    first_ = std::size_t{query.page - 1} * query.limit;
    return find(query, begin, budget, limits);
}

// The lines are in the store's order, and so the walk begins where the page does.
Page Lookup::find_from(const Query& query, const LinePlace& begin, std::uint64_t budget,
                       PageLimits limits) {
    Query from_line = query;
    from_line.from.assign(begin.record());
    first_ = begin.lines_before_page(query);
    const std::uint64_t lines_before_walk = std::uint64_t{query.page - 1} * query.limit - first_;
    Page page = find(from_line, begin, budget, limits);
    // A name that was never seen has no lines on pages before either.
    if (page.found == 0) return page;
    page.offset += lines_before_walk;
    page.found += lines_before_walk;
    page.counted = false;
    return page;
}

Page Lookup::find(const Query& query, const LinePlace& begin, std::uint64_t budget,
                  PageLimits limits) {
    keys_.clear();
    checkpoints_.assign(1, {0, query.from});
    text_octets_ = 0;
    written_count_ = 0;
    Page page;
    const bool in_order = is_in_order(query);
    const std::size_t page_end = first_ + query.limit;
    all_written_ = in_order || (first_ == 0 && begin.empty());
    std::size_t before = 0;
    page.end = findings_.find(query, budget, [&](const Finding& finding) {
        const std::size_t index = keys_.size();
        SortKey& key = keys_.emplace_back(query, finding);
        if (!begin.empty() &&
            begin.is_after(key, [&] { return findings_.key_of(query, finding); })) {
            if (in_order) {
                keys_.pop_back();
                return true;
            }
            key.before_place = true;
            ++before;
        }
        const bool on_page = index >= first_ && (!in_order || index < page_end);
        if (all_written_ && on_page) {
            all_written_ = written_count_ < query.limit && write(query, finding, key, limits);
        }
        if (finding.ordinal >= checkpoints_.back().ordinal + checkpoint_distance) {
            add_checkpoint(query, finding);
        }
        return !in_order || keys_.size() <= page_end;
    });
    if (page.end.stopped && !adds_up(query)) {
        // Findings after the resume point will be made again from there.
        while (!keys_.empty() && keys_.back().ordinal > page.end.last_ordinal) {
            if (keys_.back().before_place) --before;
            keys_.pop_back();
        }
    }
    if (!in_order && !begin.empty()) first_ = before + begin.lines_before_page(query);
    page.offset = first_;
    page.found = keys_.size();
    page.counted = !page.end.stopped && !(in_order && page.found > page_end);
    return page;
}

// The keys of the page's findings, in any order. Those of the pages before it are moved before
// them.
std::span<SortKey> Lookup::choose(const Query& query) {
    const auto begin = keys_.begin() + static_cast<std::ptrdiff_t>(first_);
    const auto count = std::min<std::size_t>(query.limit, keys_.size() - first_);
    const auto end = begin + static_cast<std::ptrdiff_t>(count);
    if (begin != keys_.begin()) {
        std::nth_element(keys_.begin(), begin, keys_.end(), sorts_before);
    }
    if (end != keys_.end()) std::nth_element(begin, end, keys_.end(), sorts_before);
    return {begin, end};
}

void Lookup::add_checkpoint(const Query& query, const Finding& finding) {
    // There is no resume point between two findings of one record.
    if (finding.part != 0) return;
    const ResumePoint point = findings_.resume_point_of(query, finding);
    if (!point.empty()) checkpoints_.push_back({finding.ordinal, point});
}

// Makes the chosen findings again, from checkpoint to checkpoint, and writes their lines. False
// where the page is too long.
bool Lookup::write_chosen(const Query& query, std::uint64_t budget, PageLimits limits,
                          std::span<SortKey> chosen) {
    text_octets_ = 0;
    written_count_ = 0;
    std::ranges::sort(chosen, {}, &SortKey::position);
    while (!chosen.empty()) {
        const auto next = std::ranges::upper_bound(checkpoints_, chosen.front().ordinal, {},
                                                   &Checkpoint::ordinal);
        const auto end =
            next == checkpoints_.end()
                ? chosen.end()
                : std::ranges::lower_bound(chosen, next->ordinal, {}, &SortKey::ordinal);
        const std::span<SortKey> section(chosen.begin(), end);
        if (!write_from(query, budget, limits, *std::prev(next), section)) return false;
        chosen = chosen.subspan(section.size());
    }
    return true;
}

// Writes the findings between the checkpoint and the next.
bool Lookup::write_from(const Query& query, std::uint64_t budget, PageLimits limits,
                        const Checkpoint& checkpoint, std::span<SortKey> chosen) {
    Query from_checkpoint = query;
    from_checkpoint.from = checkpoint.resume_point;
    // The first finding is the checkpoint's, although its ordinal in this walk is another.
    std::optional<std::uint32_t> before;
    auto next = chosen.begin();
    bool fits = true;
    findings_.find(from_checkpoint, budget, [&](const Finding& finding) {
        if (!before) before = checkpoint.ordinal == 0 ? 0 : checkpoint.ordinal - finding.ordinal;
        if (next->ordinal != finding.ordinal + *before || next->part != finding.part) return true;
        fits = write(query, finding, *next, limits);
        ++next;
        return fits && next != chosen.end();
    });
    return fits;
}

ResumePoint Lookup::place_of_line(const Query& query, std::size_t index, std::uint64_t page) {
    if (adds_up(query) || first_ + index >= keys_.size()) return {};
    const SortKey key = keys_[first_ + index];
    const auto next = std::ranges::upper_bound(checkpoints_, key.ordinal, {}, &Checkpoint::ordinal);
    const Checkpoint checkpoint = *std::prev(next);
    Query from_checkpoint = query;
    from_checkpoint.from = checkpoint.resume_point;
    std::optional<std::uint32_t> before;
    ResumePoint place;
    findings_.find(from_checkpoint, budget_, [&](const Finding& finding) {
        if (!before) before = checkpoint.ordinal == 0 ? 0 : checkpoint.ordinal - finding.ordinal;
        if (finding.ordinal + *before < key.ordinal) return true;
        const ResumePoint point = findings_.resume_point_of(query, finding);
        if (key.part == 0 && !point.empty()) {
            place = line_place(page, key, point.octets());
        } else {
            place = line_place(page, key, findings_.key_of(query, finding).octets());
        }
        return false;
    });
    return place;
}

// Appends one line to the page. False where it does not fit.
bool Lookup::write(const Query& query, const Finding& finding, SortKey& key, PageLimits limits) {
    const std::size_t left = limits.page - text_octets_;
    const std::span<char> free(text_.get() + text_octets_, std::min(limits.line, left));
    TextWriter out(free);
    writer_.write(out, query, finding);
    if (out.overflowed() && left > limits.line) {
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
