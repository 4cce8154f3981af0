// Which records of a response may be believed.
//
// Any server may put any record into its responses, so a history that took them all would be a
// history of what strangers like to say of example.com. After "Passive DNS Hardening" (Robert
// Edmonds, ISC, 2010) a record is believed where the server was asked for it and speaks for it.
//
// What the server speaks for - the bailiwick - is one zone, with all that is at or below it:
//   - the zone whose servers were asked, where that is known (dnstap's query_zone);
//   - the root, where a recursive resolver answered its client: it has looked at what the servers
//     said with more knowledge than is left afterwards, and may follow a chain through every zone;
//   - else, and this is the guess that the paper replaces by a table of servers that it learns over
//     days, the domain under a public suffix that QNAME is in (example.co.uk. for
//     www.example.co.uk.): the server was asked because it serves some zone at or above QNAME, and
//     whoever serves one of them mostly serves all of them. The guess is wrong for a part of a
//     domain in other hands that the list does not know; and it loses what the servers of a public
//     suffix say of the suffix itself, and the tail of a chain into another domain, which the
//     resolver asks for again in any case. The flags are no evidence, since they are the server's
//     too: one for evil.example. sets RA as easily as AA.
//
// What it was asked for, all of it in the bailiwick:
//   - answer: the records of QNAME, and along the chain of CNAMEs from there as long as it stays
//     inside; DNAMEs above a name of the chain. Of a zone transfer (AXFR) all at or below QNAME;
//     of IXFR nothing, since what it lists as deleted looks the same.
//   - authority: NS, SOA and DS of a name of the chain or above one; NSEC3 of a zone that is; NSEC.
//   - additional: addresses (and SVCB, HTTPS, SRV) of names of the chain, and of those that
//   believed
//     records of the other sections point hosts to, which are NS, MX, SRV, SVCB and their like.
//   - RRSIG where a record of the type that it covers would be believed.
//
// A response that was not sent by the server at all but by somebody who guessed its port and id is
// none of this: the reader of a capture matches responses to queries.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "storage/base/octets.hpp"
#include "storage/record/name.hpp"
#include "zonegen/response/response_reader.hpp"

namespace dnshist::zonegen {

// What is known of a question and of who answered, from elsewhere than the response. What the
// response says of itself is no substitute for any of it.
struct QueryContext {
    // The zone whose servers were asked.
    std::optional<Name> zone;
    // The response comes from a recursive resolver that chose what it says, or it is a server's own
    // log of its responses. `zone` goes before.
    bool recursive = false;
    // The QNAME of the query, where it was seen.
    std::optional<Name> name;
};

enum class RecordVerdict : std::uint8_t {
    accepted,
    unasked,           // may be true, but is no part of an answer to the question
    out_of_bailiwick,  // the server does not speak for that name
};

// Whether `name` is `zone` or below it; valid uncompressed names in the same case.
bool is_at_or_below(Octets name, Octets zone) noexcept;

// Whether the record is of a type that a zone holds: not OPT, TSIG, TKEY, SIG(0), nor one that
// only asks.
bool is_history(const Response::Record& record) noexcept;

class Bailiwick {
  public:
    // A belief for each record of the response, good until the next call. Those whose class is not
    // IN, that are not valid, or whose type no zone holds are never believed.
    std::span<const RecordVerdict> judge(const Response& response, const QueryContext& context);

    // What the server was held to speak for; a view of the response or of the context. Empty where
    // the response has no question, or another than was asked.
    Octets zone() const noexcept { return zone_; }

  private:
    bool inside(Octets name) const noexcept { return is_at_or_below(name, zone_); }
    void follow_chain(const Response& response);
    void gather_hosts(std::span<const Response::Record> records);
    RecordVerdict judge_record(const Response::Record& record) const noexcept;
    bool in_chain(Octets name) const noexcept;
    bool above_chain(Octets name) const noexcept;
    bool is_host(Octets name) const noexcept;
    bool answers(Octets owner, Rrtype type) const noexcept;
    bool speaks_of_zone(Octets owner, Rrtype type) const noexcept;

    Octets zone_;
    Rrtype question_type_{};
    std::vector<Octets> chain_;  // QNAME, and where CNAMEs lead from there
    std::vector<Octets> hosts_;  // names that believed records point to, sorted
    std::vector<RecordVerdict> verdicts_;
};

}  // namespace dnshist::zonegen
