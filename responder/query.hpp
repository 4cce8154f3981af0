// A question's name, read as the query language has it:
//
//     [filter.]... view . subject . zone
//
// Labels are read from the left. The first that is a view word ends the filters; what follows it,
// up to the zone, is the subject. The words are rows of two tables in query.cpp, from which
// help.ZONE is made as well.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "responder/value_ranges.hpp"
#include "storage/name.hpp"
#include "storage/octets.hpp"
#include "storage/rrtype.hpp"
#include "storage/text_writer.hpp"
#include "storage/time.hpp"

namespace dnshist {

// Lines on a page at most: resolvers refuse an RRset of more than 100 records, and a remark or two
// may come on top.
inline constexpr unsigned max_limit = 99;

enum class View : std::uint8_t { history, pivot, names, summary, changes, at };

// Which records a question is about.
enum class Reach : std::uint8_t {
    name,      // those of the subject
    below,     // *.name: of every name below it
    children,  // +.name: of the names one label below it
    values,    // those whose RDATA holds one of the values
};

enum class Order : std::uint8_t { last, first, count, name, data };

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
    View view = View::history;
    Reach reach = Reach::name;
    Name subject;
    ValueRanges values;  // of Reach::values
    TypeSet types;
    Period visible = all_time;  // after-T, before-T: seen at some time within
    Period on = all_time;       // on-T, and T.at: likewise
    Period first = all_time;    // first-after-T, first-before-T: when first seen
    Period last = all_time;     // last-after-T, last-before-T: when last seen
    std::uint64_t min_count = 0;
    // Where the question does not say: the newest first of one name, the store's own order of many.
    std::optional<Order> order;
    unsigned limit = 0;  // 1 to max_limit
    unsigned page = 1;   // from 1
    bool runs = false;
    bool json = false;
};

// No view word is reached yet: a resolver that minimises its questions (RFC 9156) asks for these on
// its way to the whole name. `nearest` is the view word that was perhaps meant, or empty.
struct Unfinished {
    std::string_view nearest;
};

// What breaks the language, in a line for the person who asked.
class Mistake {
  public:
    // Calls write(TextWriter&), which writes the line.
    template <std::invocable<TextWriter&> Write>
    explicit Mistake(const Write& write) {
        TextWriter out(octets_);
        write(out);
        size_ = out.size();
    }
    std::string_view text() const noexcept { return {octets_.data(), size_}; }

  private:
    std::array<char, 512> octets_;
    std::size_t size_;
};

using Reading = std::variant<Query, Unfinished, Mistake>;

// Reads the part of a question's name before the zone: labels with their length octets, in lower
// case, without a closing zero. Ages are before `now`.
Reading read_query(Octets labels, Seconds now, unsigned default_limit) noexcept;

// The name that asks for another page of the same: `qname` with page-N (and limit-N where `limit`
// is given) in front, and without those that it had among its filters. Nothing where that name
// would be longer than a name can be.
std::optional<Name> page_name(const Name& qname, std::optional<unsigned> limit, std::uint64_t page);

}  // namespace dnshist
