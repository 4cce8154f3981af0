// The query in a message and the answer that it got, for counters and logs.
#pragma once

#include <cstdint>
#include <string_view>

#include "responder/message/request_reader.hpp"
#include "storage/base/octets.hpp"
#include "storage/query/query.hpp"
#include "storage/record/rrtype.hpp"

namespace dnshist::responder {

// The subject of a query: a view (in the order of View), one of the zone's built-in names, or none
// of these (a mistake, a name on the way to a view, another server's name).
enum class QueryKind : std::uint8_t {
    history,
    pivot,
    names,
    summary,
    changes,
    at,
    seen,
    lookalike,
    cohost,
    own,
    none,
};

constexpr QueryKind kind_of(View view) noexcept {
    return static_cast<QueryKind>(view);
}
static_assert(kind_of(View::history) == QueryKind::history &&
              kind_of(View::cohost) == QueryKind::cohost);

struct QueryOutcome {
    QueryKind kind = QueryKind::none;
    Rcode rcode = Rcode::noerror;
    bool truncated = false;
    bool limited = false;  // no answer, as the client asks too often
    Octets qname{};        // wire form, in the case in which it came, within the message; or empty
    Rrtype type{};
};

inline constexpr std::size_t query_kinds = static_cast<std::size_t>(QueryKind::none) + 1;

std::string_view kind_text(QueryKind kind) noexcept;            // "history"
std::string_view transport_text(Transport transport) noexcept;  // "udp"
// As the registry of RCODEs has it: "NXDOMAIN"; "OTHER" for one that is not of DNS as we speak it.
std::string_view rcode_text(Rcode rcode) noexcept;
inline constexpr std::size_t rcodes = 24;  // those below have a text

}  // namespace dnshist::responder
