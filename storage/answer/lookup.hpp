// The lines of a query, found in the store within a budget of work.
//
//     RecordWalk -> FindingSource -> SortKey -> LineWriter
//
// A first walk collects the sort keys of all findings; only the page that is asked for is written
// as text. While everything found still fits on one page, lines are written during the first walk,
// so that the common question, a handful of records, costs one walk. Otherwise a second walk writes
// the page.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "storage/answer/line_place.hpp"
#include "storage/answer/line_writer.hpp"
#include "storage/answer/sort_key.hpp"
#include "storage/base/function_ref.hpp"
#include "storage/finding/finding_source.hpp"
#include "storage/finding/record_walk.hpp"
#include "storage/format/store_types.hpp"
#include "storage/history/cursor.hpp"
#include "storage/history/history.hpp"
#include "storage/query/query.hpp"

namespace dnshist {

// One page of lines.
struct Page {
    std::span<const std::string_view> lines;  // in the query's order; good until the next lookup
    std::uint64_t offset = 0;                 // lines on the pages before
    std::uint64_t found = 0;  // lines on all pages if `counted`, otherwise at least so many
    bool counted = true;
    bool too_long = false;  // for PageLimits::page; there are no lines then
    WalkEnd end;
};

// How much text fits, in octets. A line longer than `line` is replaced by a note that identifies
// the record; a page longer than `page` is not written at all.
struct PageLimits {
    std::size_t line;
    std::size_t page;
};
inline constexpr std::size_t max_line_octets = 65535;
inline constexpr std::size_t max_page_octets = max_limit * max_line_octets;

// Reads the store for one worker. Its memory is allocated once and reused for each question; it
// grows at most to what the work limit allows.
class Lookup {
  public:
    explicit Lookup(History& history);

    // Before and after a batch of questions, as Snapshot's.
    void renew(Seconds now);
    void reset() noexcept;
    // After a question for which a part of a cluster is still to be read.
    void forget() noexcept {
        statistics_.reset();
        findings_.forget();
    }
    // The state of the store that is read.
    Snapshot& snapshot() noexcept { return snapshot_; }

    // Loads what page() will read first for each of several queries: prefetch() takes the first
    // seeks of all of them (RecordWalk::set_first_seek), expect() comes right before page().
    void prefetch(std::span<Prefetch* const> seeks) { findings_.walk().prefetch(seeks); }
    void expect(const Prefetch& seek) noexcept { findings_.walk().expect(seek); }

    // When the newest record of the store was seen. A store may hold times of the future; no
    // sighting is newer than a day after the store was written, or than now.
    Seconds newest();

    // To be called before a query with patterns (FurtherConditions) is answered. Returns what is
    // wrong with one of them.
    std::optional<std::string> use_patterns(const Query& query) {
        return findings_.walk().tests().use_patterns(query);
    }
    // Whether a record passes the query's filters; of one name without filters, whether it or a
    // name below it was ever seen with a record that is not personal. Nothing where the budget did
    // not tell.
    std::optional<bool> has_any(const Query& query, std::uint64_t budget);
    // A page of a query of any view except `at`. `budget` is in units of WorkBudget.
    Page page(const Query& query, std::uint64_t budget, PageLimits limits);
    // The place of line `index` of the last page, or after its last line of the next page's first:
    // the value of line-X for the page with the number `page`. Empty where it cannot be said, as in
    // a summary.
    ResumePoint place_of_line(const Query& query, std::size_t index, std::uint64_t page);

    // The findings of a query of `history` or `pivot` in the store's order, as many as the reader
    // takes and the budget gives: calls visit(const Finding&), which returns whether it took the
    // finding; none is taken after which the snapshot is not whole, as where the text of a source
    // is still to be read. Starts with the one at `place`, or with the first where that is empty.
    // Returns the place of the next one, good in a later state of the store too, or nothing after
    // the last. If the snapshot is not whole then, this is the first one that a part to be read may
    // have.
    struct StreamPlace {
        RecordWalk::PlaceKey key;
        std::uint16_t part = 0;  // of several findings that the record makes
    };
    std::optional<StreamPlace> stream(const Query& query, const StreamPlace& place,
                                      std::uint64_t budget,
                                      FunctionRef<bool(const Finding&)> visit);

    // Whether any record was ever seen at the name or below it, or pointed there. Without
    // `personal`, records of such types do not count: what they alone know does not exist.
    bool knows(const Name& name, bool personal) {
        const NameKey key = name.key();
        return (!findings_.walk().excludes(key) && has_records(key, personal)) ||
               (snapshot_.has_pivots(key) && (personal || findings_.walk().has_pivots(key)));
    }
    // Whether anything points at one of the values; likewise.
    bool points_at(const PivotRanges& values, bool personal) {
        return findings_.walk().points_at(values, personal);
    }
    // Calls visit(const StoredRecord&) for each record of the owner, of one type or of all but
    // personal ones, that was there at the time of the query. Subtracts the cost from `budget`;
    // false where that was not enough.
    template <class Visit>
    bool visible(const Name& owner, std::optional<Rrtype> type, const Query& query,
                 std::uint64_t& budget, Visit&& visit) {
        if (query.further.is_current) findings_.set_newest(newest());
        const WalkEnd end = findings_.walk().walk(owner, type, budget,
                                                  [&](const StoredRecord& record, std::uint32_t) {
                                                      if (findings_.was_there(query, record))
                                                          visit(record);
                                                      return true;
                                                  });
        budget -= std::min(budget, end.records + WorkBudget::read_cost);
        return !end.stopped;
    }
    // Units of work of all lookups so far.
    std::uint64_t spent() noexcept { return findings_.walk().spent(); }
    // The statistics of the state of the store that is read.
    const StoreStatistics& statistics();

  private:
    // A resume point every so many records, so that writing the chosen findings need not walk from
    // the beginning.
    struct Checkpoint {
        std::uint32_t ordinal;
        ResumePoint resume_point;
    };
    static constexpr std::uint32_t checkpoint_distance = 256;  // records

    bool has_records(const NameKey& name, bool personal) {
        return snapshot_.has_records(name) && (personal || findings_.walk().has_records(name));
    }
    Page count(const Query& query, std::uint64_t budget, PageLimits limits);
    Page find(const Query& query, std::uint64_t budget, PageLimits limits);
    Page find_from(const Query& query, const LinePlace& begin, std::uint64_t budget,
                   PageLimits limits);
    Page find(const Query& query, const LinePlace& begin, std::uint64_t budget, PageLimits limits);
    std::span<SortKey> choose(const Query& query);
    void add_checkpoint(const Query& query, const Finding& finding);
    bool write_chosen(const Query& query, std::uint64_t budget, PageLimits limits,
                      std::span<SortKey> chosen);
    bool write_from(const Query& query, std::uint64_t budget, PageLimits limits,
                    const Checkpoint& checkpoint, std::span<SortKey> chosen);
    bool write(const Query& query, const Finding& finding, SortKey& key, PageLimits limits);

    Snapshot snapshot_;
    FindingSource findings_;
    LineWriter writer_;
    Seconds now_{};
    std::optional<StoreStatistics> statistics_;

    std::uint64_t budget_ = 0;  // of the last page
    std::vector<SortKey> keys_;
    std::size_t first_ = 0;  // the index of the key with which the page begins
    std::vector<Checkpoint> checkpoints_;
    // The text of one page, its lines as they were written, and as they sort.
    std::unique_ptr<char[]> text_;
    std::size_t text_octets_ = 0;
    bool all_written_ = true;  // every finding on the page so far
    std::array<std::string_view, max_limit> written_;
    std::uint8_t written_count_ = 0;
    std::array<std::string_view, max_limit> lines_;
};

}  // namespace dnshist
