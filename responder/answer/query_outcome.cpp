#include "responder/answer/query_outcome.hpp"

#include <array>

namespace dnshist::responder {

namespace {

constexpr std::array<std::string_view, query_kinds> kind_texts{
    "history", "pivot", "names", "summary", "changes", "at", "own", "none"};

constexpr std::string_view other = "OTHER";
constexpr std::array<std::string_view, rcodes> rcode_texts{
    "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN",  "NOTIMP",  "REFUSED", "YXDOMAIN", "YXRRSET",
    "NXRRSET", "NOTAUTH", "NOTZONE",  "DSOTYPENI", other,     other,     other,      other,
    "BADVERS", "BADKEY",  "BADTIME",  "BADMODE",   "BADNAME", "BADALG",  "BADTRUNC", "BADCOOKIE"};

}  // namespace

std::string_view kind_text(QueryKind kind) noexcept {
    return kind_texts[static_cast<std::size_t>(kind)];
}

std::string_view transport_text(Transport transport) noexcept {
    constexpr std::array<std::string_view, transports> texts{"udp", "tcp", "tls", "https", "http"};
    return texts[static_cast<std::size_t>(transport)];
}

std::string_view rcode_text(Rcode rcode) noexcept {
    const auto number = static_cast<std::size_t>(rcode);
    return number < rcodes ? rcode_texts[number] : other;
}

}  // namespace dnshist::responder
