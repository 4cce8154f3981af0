// A question's name, read as the query language has it:
//
//     [filter.]... view . subject . zone
//
// Labels are read from the left. The first that is a view word ends the filters; what follows it,
// up to the zone, is the subject. The words are rows of two tables in words.cpp, from which
// help.ZONE is made as well.
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

// Lines on a page at most: resolvers refuse an RRset of more than 100 records, and a remark or two
// may come on top.
inline constexpr unsigned max_limit = 99;
// Where neither the question nor the configuration says.
inline constexpr unsigned default_page_limit = 50;

enum class View : std::uint8_t { history, pivot, names, summary, changes, at };
inline constexpr std::size_t view_count = 6;

// Which records a question is about.
enum class Scope : std::uint8_t {
    name,      // those of the subject
    subtree,   // of the subject and every name below it
    below,     // *.name: of every name below it
    children,  // +.name: of the names one label below it
    values,    // those whose RDATA holds one of the values
};

// The lines' order: the largest or newest first, but for the store's own (name), that of RDATA, and
// the oldest first, which is for events.
enum class Order : std::uint8_t { last, first, count, name, data, oldest };

// Record types, ascending and each once. None at all stands for every type there is.
class TypeSet {
  public:
    void add(Rrtype type) noexcept;
    bool every() const noexcept { return count_ == 0; }
    bool has(Rrtype type) const noexcept;
    std::span<const Rrtype> types() const noexcept { return {types_.data(), count_}; }

  private:
    // As many as a name has labels.
    std::array<Rrtype, max_name_octets / 2> types_;
    std::uint8_t count_ = 0;
};

inline constexpr Period all_time{Seconds{0}, end_of_time};

struct Query {
    Query() noexcept {}  // NOLINT: 2 KB, most of it rooms that need not be set to zero first

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
    // read_query() always sets it; where the question does not say, as default_order() has it.
    std::optional<Order> order;
    ResumePoint from;    // where in the store to begin; empty is the beginning
    unsigned limit = 0;  // 1 to max_limit
    unsigned page = 1;   // from 1
    bool runs = false;
    bool json = false;
    bool nothing = false;  // the filters let nothing pass, whatever there is
};

// No view word is reached yet: a resolver that minimises its questions (RFC 9156) asks for these on
// its way to the whole name. `suggestion` is the view that was perhaps meant by `label`; or both
// are empty.
struct Unfinished {
    std::string_view label;
    std::string_view suggestion;
};

using ParseResult = std::variant<Query, Unfinished, QueryError>;

// The view of a name such as read_query() takes, whatever else may be wrong with it.
std::optional<View> view_of(Octets labels) noexcept;

// Reads the part of a question's name before the zone: labels with their length octets, in lower
// case, without a closing zero. Ages are before `now`.
void read_query(Octets labels, Seconds now, unsigned default_limit, ParseResult& result) noexcept;
inline ParseResult read_query(Octets labels, Seconds now, unsigned default_limit) noexcept {
    ParseResult result;
    read_query(labels, now, default_limit, result);
    return result;
}

}  // namespace dnshist
