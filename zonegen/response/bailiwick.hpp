// Which records of a response are accepted.
//
// Any server may put any record into its responses, so a history that accepted everything would
// contain whatever strangers like to claim about example.com. After "Passive DNS Hardening" (Robert
// Edmonds, ISC, 2010), a record is accepted if its owner is in the bailiwick of the server and it
// is part of an answer to the question. This header is the policy; bailiwick.cpp implements each
// table in one function.
//
// The bailiwick of a server is one zone with all names at or below it (choose_zone()):
//
//     response                                         bailiwick
//     -----------------------------------------------  ------------------------------------
//     of multicast DNS                                 local. (RFC 6762, section 3)
//     without a question, in another class than IN,    none: no record is accepted
//         or with another QNAME than the query
//     from a server of a known zone (dnstap's          that zone
//         query_zone)
//     to a known question, from a resolver that the    the root
//         operator trusts, or in a server's own log
//         of its responses
//     any other                                        the registrable domain of QNAME (a
//                                                          guess): example.co.uk. for
//                                                          www.example.co.uk.; of the name of
//                                                          an address the /24 or /48
//     any other, where QNAME is a public suffix        QNAME and no name below it
//
//   - A resolver has checked what the authoritative servers said with more knowledge than is left
//     afterwards, and may follow a chain of CNAMEs through every zone.
//   - The guess stands for the table of servers that the paper learns over days: a server was asked
//     because it serves a zone at or above QNAME, and a server of one of these mostly serves them
//     all. It is wrong where a part of a domain is in other hands and the Public Suffix List does
//     not know; it loses what the servers of a public suffix say of the delegation below it, and
//     the tail of a chain into another domain, which a resolver asks for again in any case.
//   - Nothing that the sender of the response chooses is evidence, and so no flag is: a server of
//     evil.example. can set RA as easily as AA. RD of the query is none either: a stub, a tool and
//     a forwarder set it whichever server they ask.
//
// Within the bailiwick these are part of an answer (is_answer(), is_zone_data(), is_host_data()).
// The chain is QNAME and the names that its CNAMEs lead to, as long as they are in the bailiwick;
// hosts are the names in accepted NS, MX, SRV, SVCB and similar records of the sections before.
//
//     section     owner                              types
//     ----------  ---------------------------------  -----------------------------------------
//     answer      a name of the chain                all
//                 a name above one of the chain      DNAME
//                 AXFR: at or below QNAME            all
//                 IXFR                               none: deletions look like additions
//     authority   a name of the chain or above one   NS, SOA, DS
//                 a label below such a name          NSEC3
//                 any                                NSEC
//     additional  a name of the chain, or a host     A, AAAA, SRV, SVCB, HTTPS, NID, L32, L64
//
// In multicast DNS every host speaks for its own names unasked, so each record of the answer and
// additional sections is accepted that is at or below local.
//
// An RRSIG is accepted where a record of the type that it covers would be.
//
// Spoofed responses, which the server never sent, are not dealt with here: the reader of a capture
// matches responses to queries (capture/query_matcher.hpp), and those without one are left out
// unless the operator wants them (response_observer.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "storage/base/octets.hpp"
#include "storage/record/name.hpp"
#include "zonegen/response/response_reader.hpp"

namespace dnshist::zonegen {

// Knowledge of the query and of the server from another source than the response itself, which is
// no evidence for any of it.
struct QueryContext {
    // The response answers a question that somebody else than its sender tells of: a query that was
    // seen, or a name server that reports what it asked or was asked.
    bool asked = true;
    // In multicast DNS, where no question is needed, and received on the link.
    bool multicast = false;
    // The zone whose server was asked. Takes precedence over `recursive`.
    std::optional<Name> zone;
    // The response comes from a resolver that the operator trusts, or from a server's own log of
    // its responses. Counts only if `asked`.
    bool recursive = false;
    // QNAME of the query, if it was seen, and its type.
    std::optional<Name> name;
    std::optional<Rrtype> type;
};

enum class RecordVerdict : std::uint8_t {
    accepted,
    unasked,           // in the bailiwick, but not part of an answer to the question
    out_of_bailiwick,  // the server does not serve that name
};

// Whether `name` is `zone` or below it. Both are valid, uncompressed and of the same case.
bool is_at_or_below(Octets name, Octets zone) noexcept;

// Whether the record is of a type that a zone can hold: not OPT, TSIG, TKEY, SIG(0) or a QTYPE.
bool is_history(const Response::Record& record) noexcept;

class Bailiwick {
  public:
    // One verdict per record of the response, valid until the next call. Records that are not valid
    // (which includes those of another class than IN) or that no zone can hold are never accepted.
    std::span<const RecordVerdict> judge(const Response& response, const QueryContext& context);

    // The bailiwick of the last response: a view into that response or its context, empty if there
    // is none.
    Octets zone() const noexcept { return zone_; }

  private:
    void choose_zone(const Response& response, const QueryContext& context) noexcept;
    bool in_bailiwick(Octets name) const noexcept {
        return apex_alone_ ? equal(name, zone_) : is_at_or_below(name, zone_);
    }
    void follow_chain(const Response& response);
    void gather_hosts(std::span<const Response::Record> records);
    RecordVerdict judge_record(const Response::Record& record) const noexcept;
    bool in_chain(Octets name) const noexcept;
    bool above_chain(Octets name) const noexcept;
    bool is_answer(Octets owner, Rrtype type) const noexcept;
    bool is_zone_data(Octets owner, Rrtype type) const noexcept;
    bool is_host_data(Octets owner, Rrtype type) const noexcept;

    Octets zone_;
    bool apex_alone_ = false;  // no name below zone_ is in the bailiwick
    bool multicast_ = false;
    Rrtype question_type_{};
    std::vector<Octets> chain_;  // QNAME and the targets of CNAMEs from there
    std::vector<Octets> hosts_;  // names that accepted records point to, sorted
    std::vector<RecordVerdict> verdicts_;
};

}  // namespace dnshist::zonegen
