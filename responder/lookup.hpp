// A query's lines, found in the store within a bound of work.
//
// The records are walked once to collect how they sort, and only the page that is asked for is
// written as text. While everything found still fits on one page it is written on the way, so that
// the common question, a handful of records, costs one walk; else a second walk writes the page.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "responder/query.hpp"
#include "storage/history.hpp"

namespace dnshist {

// One page of lines.
struct Page {
    std::span<const std::string_view> lines;  // in the query's order; good until the next lookup
    std::uint64_t offset = 0;                 // how many lines are on the pages before
    std::uint64_t found = 0;                  // lines on all pages, if `counted`; else those met
    bool counted = true;
    std::uint64_t records = 0;  // decoded
    bool stopped = false;       // by the work limit
    bool too_long = false;      // for Room::page; there are no lines then
};

// How much text fits, in octets. A line that is longer than `line` gives way to a note of what it
// is; a page that is longer than `page` is not written at all.
struct Room {
    std::size_t line;
    std::size_t page;
};
inline constexpr std::size_t max_line_octets = 65535;
inline constexpr std::size_t any_page_octets = max_limit * max_line_octets;

// Reads the store for one worker. Its memory is made once and used again for each question; it
// grows to what the work limit allows at most.
class Lookup {
  public:
    explicit Lookup(History& history);

    // Around a batch of questions, as Snapshot's.
    void renew();
    void reset() noexcept;

    // The lines of a query that lists records. `budget` is in units of work: a record decoded costs
    // 1, and each read of the store but the first read_cost.
    Page records(const Query& query, std::uint64_t budget, Room room);

    bool knows(const Name& name) { return snapshot_.knows(name.key()); }
    // Whether anything points at one of the values.
    bool points_at(const ValueRanges& values);
    // Calls visit(const StoredRecord&) for each record of the owner, of one type or of all, that
    // was visible at some time during `when`. Takes what it costs from `budget`; false once that is
    // used up.
    template <class Visit>
    bool visible(const Name& owner, std::optional<Rrtype> type, Period when, std::uint64_t& budget,
                 Visit&& visit) {
        return visible(
            owner, type, when, budget,
            [](void* context, const StoredRecord& record) {
                (*static_cast<std::remove_reference_t<Visit>*>(context))(record);
            },
            &visit);
    }
    // Of the state of the store last taken.
    const StoreStatistics& statistics();

    static constexpr std::uint64_t read_cost = 20;

  private:
    using RecordVisitor = void (*)(void* context, const StoredRecord& record);
    bool visible(const Name& owner, std::optional<Rrtype> type, Period when, std::uint64_t& budget,
                 RecordVisitor visit, void* context);

    // A line to be: how it sorts, and where it comes from.
    struct Finding {
        std::uint64_t rank;     // larger first
        std::uint32_t tie;      // likewise
        std::uint32_t ordinal;  // of the record in the walk; smaller first
        std::uint16_t run;      // of the record; smaller first
        std::uint16_t slot;     // where its text is, once written
    };
    static bool sorts_before(const Finding& a, const Finding& b) noexcept;

    struct Work;
    template <class Visit>
    void walk(const Query& query, Work& work, Visit&& visit);
    template <class Visit>
    bool walk_found(Work& work, Visit&& visit);
    template <class Visit>
    void walk_names(const Query& query, Work& work, Visit&& visit);
    template <class Visit>
    bool walk_range(const Query& query, const ValueRange& range, Work& work, Visit&& visit);
    bool seek_range(const ValueRange& range);
    void add_findings(const Query& query, const StoredRecord& record, std::uint32_t ordinal);
    bool write_chosen(const Query& query, Room room, std::span<Finding> chosen);
    bool write(const Query& query, const StoredRecord& record, Finding& finding, Room room);
    void write_cof(TextWriter& out, const Query& query, const StoredRecord& record, Period seen);
    std::span<const Period> read_runs(const StoredRecord& record) noexcept;

    Snapshot snapshot_;
    RecordCursor cursor_;
    PivotCursor pivots_;
    std::optional<StoreStatistics> statistics_;

    std::vector<Finding> findings_;
    std::array<Period, 2 * max_runs> runs_;
    std::string cof_;
    std::vector<Source> sources_;
    // The text of one page, the lines of it as they were written, and as they sort.
    std::unique_ptr<char[]> text_;
    std::size_t text_octets_ = 0;
    std::array<std::string_view, max_limit> written_;
    std::uint16_t written_count_ = 0;
    std::array<std::string_view, max_limit> lines_;
};

}  // namespace dnshist
