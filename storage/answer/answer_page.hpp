// The lines of an answer: those of a page that fit, and the remarks below them:
//
//     # more: 240 lines, this is 1-50; next: page-2.line-X.mx.history.example.com.pdns.local.
//     # note: stopped at the work limit after 100000 records; narrow the query (...)
//
// Each line is a TXT record, so the limits on the number and size of records apply here: what does
// not fit is left to the next page.
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

// The octets of a TXT record whose owner is a compression pointer.
constexpr std::size_t txt_record_octets(std::size_t text_octets) noexcept {
    const std::size_t strings = text_octets == 0 ? 1 : (text_octets + 254) / 255;
    return 12 + text_octets + strings;
}

// The limits for a page whose records, with remarks, are cut after `octets` by write_page(): only a
// line that could never be shown is replaced by a note.
PageLimits page_limits_within(std::size_t octets) noexcept;
inline constexpr std::size_t any_octets = std::numeric_limits<std::size_t>::max();

// Writes the remark of a page where WalkEnd::names_cut is true.
void write_names_cut(TextWriter& out) noexcept;

// Writes the lines and remarks of the page that `lookup` has found last: it answers `query`, asked
// as `qname`, in `octets` of TXT records. The page has lines, or its walk was stopped. Returns the
// question that asks for the rest; empty where nothing is left, or its name would be too long.
std::optional<Name> write_page(Lookup& lookup, const Name& qname, const Query& query,
                               const Page& page, std::size_t octets, LineSink sink);

}  // namespace dnshist
