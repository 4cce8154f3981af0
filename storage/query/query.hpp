// A parsed question name in the query language (QUERIES.md):
//
//     [filter.]... view . subject . zone
//
// Labels are read from the left. The first that is a view ends the filters; the labels after it, up
// to the zone, are the subject. The words of the language are the rows of two tables in
// vocabulary.cpp.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "storage/base/octet_buffer.hpp"
#include "storage/base/octets.hpp"
#include "storage/query/hint/query_error.hpp"
#include "storage/query/pivot_ranges.hpp"
#include "storage/query/resume_point.hpp"
#include "storage/record/name.hpp"
#include "storage/record/rrtype.hpp"
#include "storage/text/time.hpp"

namespace dnshist {

// The most lines on a page: resolvers refuse an RRset of more than 100 records, and a remark or two
// are added.
inline constexpr unsigned max_limit = 99;
// Lines on a page if neither the question nor the configuration says.
inline constexpr unsigned default_page_limit = 50;

// The first of them each have a right (responder/policy/access.hpp); the others tell a part of what
// one of these tells, and need its right.
enum class View : std::uint8_t {
    history,
    pivot,
    names,
    summary,
    changes,
    at,
    seen,
    lookalike,
    cohost,
};
inline constexpr std::size_t right_count = 6;

// The view whose right a view needs; `scope` and `lists_names` of a query may need more.
constexpr View right_of(View view) noexcept {
    switch (view) {
        case View::seen:
            return View::summary;
        case View::lookalike:
            return View::names;
        case View::cohost:
            return View::history;
        default:
            return view;
    }
}

// Which records a query is about.
enum class Scope : std::uint8_t {
    name,        // those of the subject
    subtree,     // of the subject and every name below it
    below,       // *.name: of every name below it
    children,    // +.name: of the names one label below it
    values,      // those whose RDATA holds one of the values
    suffixes,    // name.*: of the name below every public suffix
    lookalikes,  // of the names that look like it
    shared,      // those that point where it pointed, at the same time
};

// The order of the lines. Counts sort the largest first and times the newest first, except
// `oldest`, which is for events; `name` is the store's own order.
enum class Order : std::uint8_t { last, first, count, name, data, duration, oldest };

// What a summary adds up: all time, or each month or year by itself.
enum class Interval : std::uint8_t { whole, month, year };

// Record types, ascending, each once. An empty set stands for every type.
class TypeSet {
  public:
    void add(Rrtype type) noexcept;
    bool every() const noexcept { return count_ == 0; }
    bool has(Rrtype type) const noexcept;
    std::span<const Rrtype> types() const noexcept { return {types_.data(), count_}; }

  private:
    // At most as many as a name has labels.
    std::array<Rrtype, max_name_octets / 2> types_;
    std::uint8_t count_ = 0;
};

inline constexpr Period all_time{Seconds{0}, end_of_time};

// Conditions of which most questions have none.
struct FurtherConditions {
    bool any = false;

    TypeSet types_left_out;   // not-TYPE; every() where there are none
    bool is_current = false;  // on-now: not gone, as `changes` says it
    // like-X and others: as storage/search/patterns.hpp has them, of owners, or of pivot values
    // where the query is about these.
    OctetBuffer<max_name_octets> patterns;
    bool final_dots = false;  // they match names with the final dot
    // sensor-X: in lower case; a final '*' stands for any more octets.
    OctetBuffer<max_label_octets> sensor;
    // in-X: the bailiwick, or how many labels of the owner it has.
    std::optional<Name> bailiwick;
    std::optional<unsigned> bailiwick_labels;
    OctetBuffer<max_name_octets> rdata;  // hex-X: the whole RDATA, canonical; empty: any
};

struct Query {
    Query() noexcept {}  // NOLINT: 2 KB, most of which need not be set to zero

    // For a query that was asked as this whole name: sets place_octets.
    void set_name(const Name& qname) noexcept {
        place_octets = room_for_place(qname.wire().size() - paging_octets);
    }

    View view = View::history;
    Scope scope = Scope::name;
    Name subject;
    PivotRanges values;  // of Scope::values
    TypeSet types;
    Period visible = all_time;  // after-T, before-T: seen at some time within
    Period on = all_time;       // on-T, and T.at: likewise
    Period first = all_time;    // first-after-T, first-before-T: when first seen
    Period last = all_time;     // last-after-T, last-before-T: when last seen
    std::uint64_t min_count = 0;
    FurtherConditions further;
    std::optional<Order> order;  // always set by read_query()
    ResumePoint from;            // where in the store to begin; empty: at the beginning
    ResumePoint line;            // where the page begins (storage/answer/line_place.hpp), or empty
    // Octets of a place (from-X) for which there is room in the name of the next question, and
    // those of the labels that it has not from this one: from-X, line-X, page-N.
    std::uint8_t place_octets = max_resume_octets;
    std::uint8_t paging_octets = 0;
    unsigned limit = 0;  // lines on a page, 1 to max_limit
    unsigned page = 1;   // from 1
    Interval interval = Interval::whole;
    bool runs = false;
    bool json = false;
    bool counts = false;       // one line: how many there are
    bool nothing = false;      // no record can pass the filters
    bool lists_names = false;  // it tells which names there are below its subject
    bool is_narrowed = false;  // a filter of records was given
    bool of_address = false;   // the subject is the reverse name of an address that was asked for
    bool is_suffix = false;    // NAME.T.asof: `at`, with the time behind the name
    // Words for marks that not every library lets through: below, children, mailbox-N.
    std::optional<Scope> asked_scope;
    unsigned mailbox_labels = 0;  // that the user of a mailbox has; 0: none is meant
};

// No view word is reached yet: a resolver that minimises its questions (RFC 9156) asks for these on
// its way to the whole name. `suggestion` is the view that was perhaps meant by `label`; or both
// are empty.
struct Unfinished {
    std::string_view label;
    std::string_view suggestion;
};

using ParseResult = std::variant<Query, Unfinished, QueryError>;

// Whether its lines are made of all records together, so that none of them has a place among these:
// a summary, or the owners of records that hold a value.
inline bool adds_up(const Query& query) noexcept {
    return query.view == View::summary || query.view == View::seen ||
           (query.view == View::names && query.scope == Scope::values);
}

// Whether it is about the names of a list: NAME.*, lookalikes.
inline bool has_list(const Query& query) noexcept {
    return query.scope == Scope::suffixes || query.scope == Scope::lookalikes;
}

// The view of a name such as read_query() takes, whatever else is wrong with it.
std::optional<View> view_of(Octets labels) noexcept;

// Whether the label is a filter: a record type or another one, with a value that it takes.
bool is_filter(std::string_view label, Seconds now) noexcept;

// Reads the part of a question's name before the zone: labels with their length octets, in lower
// case, without a closing zero. Ages count back from `now`. `result` is written in place because it
// is large.
void read_query(Octets labels, Seconds now, unsigned default_limit, ParseResult& result) noexcept;
inline ParseResult read_query(Octets labels, Seconds now, unsigned default_limit) noexcept {
    ParseResult result;
    read_query(labels, now, default_limit, result);
    return result;
}

}  // namespace dnshist
