// Interprets the answers in a row of Zeek's dns.log.
//
// The log has one text for each record of the answer section, in their order (Zeek's
// base/protocols/dns/main.zeek), without its owner and type. A record is taken if the text
// identifies it for certain, and refused if not:
//
//   - In a query for A, IPv4 addresses are A records; in one for AAAA, IPv6 addresses are AAAA
//     records. (An IPv4 address in the latter may be an AAAA record too, ::ffff:192.0.2.1.)
//   - A name is the target of a CNAME, unless the query was for a type whose records Zeek logs as a
//     name (CNAME itself, PTR, NS, MX, SOA and SRV) or for ANY.
//   - The first name is the target of QNAME's CNAME, each further name that of the name before it,
//     and the rest belongs to the last name: servers write a chain in the order in which they
//     follow it (RFC 1034, section 4.3.2). If a name comes after an address or text, the row is not
//     in that order, and all of it is ambiguous.
//   - A text "TXT 5 hello TXT 3 you" is one TXT record, since each length says where a string ends;
//     SPF likewise.
//   - A single name in a query for PTR is a PTR record, if it is not in arpa (RFC 2317) and the
//     response is NOERROR. Several names may be an alias and its target, or several records.
//   - A single name in a query for CNAME is a CNAME record.
//   - In a query for NS, a name may be a server or the target of an alias. MX, SOA, SRV, DNSSEC's
//     types, SSHFP, LOC and NAPTR are logged with a part of their RDATA.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "zonegen/sensorlog/log_response.hpp"

namespace dnshist::zonegen {

// An answer of the log: the octets that it stands for. In JSON, the escape of an octet that is not
// UTF-8 may also be four characters that were sent; then `other` is the text with these.
struct ZeekText {
    std::string octets;
    std::optional<std::string> other;
};

struct ZeekQuery {
    Name name;
    Rrtype type;
    bool exists = true;  // NOERROR; otherwise NXDOMAIN
};

// Adds the records that are certain to the response and refuses the others.
void read_zeek_answers(const ZeekQuery& query, std::span<const ZeekText> answers,
                       const LogSink& sink, LogResponse& response);

}  // namespace dnshist::zonegen
