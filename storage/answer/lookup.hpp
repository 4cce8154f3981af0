// A query's lines, found in the store within a bound of work.
//
//     walk -> findings -> findings -> lines
//
// The findings are made once to collect how they sort, and only the page that is asked for is
// written as text. While everything found still fits on one page it is written on the way, so that
// the common question, a handful of records, costs one walk; else a second walk writes the page.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "storage/answer/answer_lines.hpp"
#include "storage/answer/findings.hpp"
#include "storage/answer/record_walk.hpp"
#include "storage/format/store_types.hpp"
#include "storage/history/cursor.hpp"
#include "storage/history/history.hpp"
#include "storage/query/query.hpp"

namespace dnshist {

// One page of lines.
struct Page {
    std::span<const std::string_view> lines;  // in the query's order; good until the next lookup
    std::uint64_t offset = 0;                 // how many lines are on the pages before
    std::uint64_t found = 0;                  // lines on all pages, if `counted`; else those met
    bool counted = true;
    bool too_long = false;  // for PageLimits::page; there are no lines then
    WalkEnd end;
};

// How much text fits, in octets. A line that is longer than `line` gives way to a note of what it
// is; a page that is longer than `page` is not written at all.
struct PageLimits {
    std::size_t line;
    std::size_t page;
};
inline constexpr std::size_t max_line_octets = 65535;
inline constexpr std::size_t max_page_octets = max_limit * max_line_octets;

// Reads the store for one worker. Its memory is made once and used again for each question; it
// grows to what the work limit allows at most.
class Lookup {
  public:
    explicit Lookup(History& history);

    // Around a batch of questions, as Snapshot's.
    void renew(Seconds now);
    void reset() noexcept;
    // The state of the store that the lines are of.
    Snapshot& snapshot() noexcept { return snapshot_; }

    // Finds out where page() will begin to read, and in which segment that is, so that who has
    // several queries takes each step for all of them (storage/block/prefetch.hpp). expect() comes
    // right before page().
    void prefetch(const Query& query, Prefetch& seek) { findings_.walk().prefetch(query, seek); }
    void prefetch_segment(Prefetch& seek) { findings_.walk().prefetch_segment(seek); }
    void expect(const Prefetch& seek) noexcept { findings_.walk().expect(seek); }

    // The lines of a query of any view but `at`. `budget` is in units of Work.
    Page page(const Query& query, std::uint64_t budget, PageLimits room);

    // Whether any record was ever seen at the name or below it, or pointed there.
    bool knows(const Name& name) {
        const NameKey key = name.key();
        return (!findings_.walk().excludes(key) && snapshot_.has_records(key)) ||
               snapshot_.has_pivots(key);
    }
    // Whether anything points at one of the values.
    bool points_at(const PivotRanges& values) { return findings_.walk().points_at(values); }
    // Calls visit(const StoredRecord&) for each record of the owner, of one type or of all, that
    // was visible at some time during `when`. Takes what it costs from `budget`; false once that is
    // used up.
    template <class Visit>
    bool visible(const Name& owner, std::optional<Rrtype> type, Period when, std::uint64_t& budget,
                 Visit&& visit) {
        const WalkEnd end = findings_.walk().meet(owner, type, budget,
                                                  [&](const StoredRecord& record, std::uint32_t) {
                                                      if (findings_.seen_during(record, when))
                                                          visit(record);
                                                      return true;
                                                  });
        budget -= std::min(budget, end.records + Work::read_cost);
        return !end.stopped;
    }
    // Units of work of all that was looked up so far.
    std::uint64_t spent() noexcept { return findings_.walk().spent(); }
    // Of the state of the store last taken.
    const StoreStatistics& statistics();

  private:
    // An finding as it sorts.
    struct SortKey {
        std::uint64_t rank;     // larger first
        std::uint32_t tie;      // likewise
        std::uint32_t ordinal;  // of the finding; smaller first
        std::uint16_t part;     // likewise
        std::uint16_t slot;     // where its text is, once written

        SortKey(const Query& query, const Finding& finding) noexcept;
        // In the store's order.
        std::uint64_t place() const noexcept { return std::uint64_t{ordinal} << 16 | part; }
    };
    static bool sorts_before(const SortKey& a, const SortKey& b) noexcept;

    // Where in the store an finding is, so that writing the chosen ones does not begin at the
    // first.
    struct Milestone {
        std::uint32_t ordinal;
        ResumePoint place;
    };
    static constexpr std::uint32_t milestone_distance = 256;  // records

    Page find(const Query& query, std::uint64_t budget, PageLimits room);
    std::span<SortKey> choose(const Query& query, const Page& page);
    void set_milestone(const Query& query, const Finding& finding);
    bool write_chosen(const Query& query, std::uint64_t budget, PageLimits room,
                      std::span<SortKey> chosen);
    bool write_from(const Query& query, std::uint64_t budget, PageLimits room,
                    const Milestone& milestone, std::span<SortKey> chosen);
    bool write(const Query& query, const Finding& finding, SortKey& key, PageLimits room);

    Snapshot snapshot_;
    FindingSource findings_;
    LineWriter writer_;
    Seconds now_{};
    std::optional<StoreStatistics> statistics_;

    std::vector<SortKey> keys_;
    std::vector<Milestone> milestones_;
    // The text of one page, the lines of it as they were written, and as they sort.
    std::unique_ptr<char[]> text_;
    std::size_t text_octets_ = 0;
    bool all_written_ = true;  // of those found that are on the page
    std::array<std::string_view, max_limit> written_;
    std::uint16_t written_count_ = 0;
    std::array<std::string_view, max_limit> lines_;
};

}  // namespace dnshist
