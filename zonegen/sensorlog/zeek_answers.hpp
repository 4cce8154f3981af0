// What the answers of a row of Zeek's dns.log say.
//
// The log keeps of each record in the answer section one text, in their order (Zeek's
// base/protocols/dns/main.zeek): neither its owner nor its type. What is left tells a record for
// certain, or it does not, and then it is refused:
//
//   - Of a query for A the IPv4 addresses are A records, and of one for AAAA the IPv6 addresses
//   AAAA
//     records. (An IPv4 address in the latter may be an AAAA record too, ::ffff:192.0.2.1.)
//   - A name can be nothing but the target of a CNAME, unless the query was for a type whose
//   records
//     Zeek logs as a name: CNAME itself, PTR, NS, MX, SOA and SRV, or for ANY.
//   - The first name is the target of QNAME's CNAME, each other that of the name before it, and the
//     rest belongs to the last: servers follow a chain as they write it (RFC 1034, section 4.3.2).
//     Where a name comes behind what a chain leads to, this one did not, and nothing is certain.
//   - A text "TXT 5 hello TXT 3 you" is one TXT record, since each length says where a string ends;
//     and likewise SPF.
//   - The one name of a query for PTR is a PTR record, where it is not in arpa (RFC 2317) and the
//     response is NOERROR. Several may be an alias and where it leads, or several records.
//   - The one name of a query for CNAME is a CNAME record.
//   - Of a query for NS a name may be a server, or the target of an alias, which names without a
//     zone of their own often are. Of MX, SOA and SRV the log has a part of the RDATA only, and of
//     DNSSEC's types, SSHFP, LOC and NAPTR as well.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "zonegen/sensorlog/log_response.hpp"

namespace dnshist::zonegen {

// A text of the log: the octets that it stands for. In JSON an octet that is no UTF-8 is written
// like four characters that somebody may have sent; then `other` is the text with those.
struct ZeekText {
    std::string octets;
    std::optional<std::string> other;
};

struct ZeekQuery {
    Name name;
    Rrtype type;
    bool exists = true;  // NOERROR; the other is NXDOMAIN
};

// Adds the records that are certain to the response, and refuses the others.
void read_zeek_answers(const ZeekQuery& query, std::span<const ZeekText> answers,
                       const LogSink& sink, LogResponse& response);

}  // namespace dnshist::zonegen
