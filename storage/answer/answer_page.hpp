// The lines that an answer shows of a page, with the remarks below them:
//
//     # more: 240 lines, this is 1-50; next: page-2.mx.history.example.com.pdns.local.
//     # note: stopped at the work limit after 100000 records; narrow the query (...)
//
// Each line is a TXT record of the answer, so how many there may be and how long together is known
// here: what does not fit is left to the next page.
#pragma once

#include <cstddef>
#include <limits>
#include <optional>

#include "storage/answer/line_sink.hpp"
#include "storage/answer/lookup.hpp"
#include "storage/query/query.hpp"
#include "storage/record/name.hpp"

namespace dnshist {

// Resolvers refuse an RRset of more records (BIND: max-records-per-type).
inline constexpr std::size_t max_rrset = 100;

// How many octets a TXT record whose owner is a pointer takes to hold `text`.
constexpr std::size_t txt_record_octets(std::size_t text_octets) noexcept {
    const std::size_t strings = text_octets == 0 ? 1 : (text_octets + 254) / 255;
    return 12 + text_octets + strings;
}

// The room for the lines of a page whose records and remarks may take `octets`. As many are shown
// as fit, and one that would never fit gives way to a note.
PageLimits page_limits_within(std::size_t octets) noexcept;
inline constexpr std::size_t any_octets = std::numeric_limits<std::size_t>::max();

// How a question goes on that was answered by a page.
struct Continuation {
    bool goes_on = false;      // something is left behind the lines shown
    std::optional<Name> name;  // that asks for it; nothing where that would be too long
};

// The lines and remarks of a page that is the answer to `query`, asked by `qname`, in `octets` of
// records. The page has lines, or its walk was stopped.
Continuation write_page(const Name& qname, const Query& query, const Page& page, std::size_t octets,
                        LineSink sink);

}  // namespace dnshist
