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

#include "storage/base/octets.hpp"
#include "storage/query/pivot_ranges.hpp"
#include "storage/query/query_error.hpp"
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

enum class View : std::uint8_t { history, pivot, names, summary, changes, at };
inline constexpr std::size_t view_count = 6;

// Which records a query is about.
enum class Scope : std::uint8_t {
    name,      // those of the subject
    subtree,   // of the subject and every name below it
    below,     // *.name: of every name below it
    children,  // +.name: of the names one label below it
    values,    // those whose RDATA holds one of the values
};

// The order of the lines. Counts sort the largest first and times the newest first, except
// `oldest`, which is for events; `name` is the store's own order.
enum class Order : std::uint8_t { last, first, count, name, data, oldest };

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

struct Query {
    Query() noexcept {}  // NOLINT: 2 KB, most of which need not be set to zero

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
    std::optional<Order> order;  // always set by read_query()
    ResumePoint from;            // where in the store to begin; empty: at the beginning
    ResumePoint line;            // where the page begins (storage/answer/line_place.hpp), or empty
    unsigned limit = 0;          // lines on a page, 1 to max_limit
    unsigned page = 1;           // from 1
    bool runs = false;
    bool json = false;
    bool nothing = false;      // no record can pass the filters
    bool lists_names = false;  // it tells which names there are below its subject
};

// No view word is reached yet: a resolver that minimises its questions (RFC 9156) asks for these on
// its way to the whole name. `suggestion` is the view that was perhaps meant by `label`; or both
// are empty.
struct Unfinished {
    std::string_view label;
    std::string_view suggestion;
};

using ParseResult = std::variant<Query, Unfinished, QueryError>;

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
