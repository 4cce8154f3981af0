// The store as an ordinary zone, for NSD, Knot DNS, BIND and other servers: the questions of the
// query language that need no filter but a record type, with the answers of dnshist-responder.
//
//     history.OWNER  TYPE.history.OWNER      of every owner, and of a reverse name by its address
//     changes.OWNER  summary.OWNER
//     names.OWNER                            of every owner, and of the names above them
//     pivot.VALUE    TYPE.pivot.VALUE        of every value; a name that is a mailbox both ways
//     summary.ADDRESS
//     page-N.* and from-X.* of these, as the remark '# more:' names them
//     the zone itself, help, help.TOPIC, stats, version
//
// The names come from the store, the answers from the query language itself (queries/): that they
// are the responder's to the octet needs no second implementation. One question is answered at a
// time, so memory is bounded; and of one question only so many pages are written, so that the zone
// is linear in the store.
//
// Where an ordinary server must differ:
// - A question that is not among those above is NXDOMAIN, also where the responder would say that
//   the subject is known (NODATA), or what is wrong with it.
// - No name has the label '*', which would be a wildcard (RFC 4592): what needs it is left out.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "storage/history/history.hpp"
#include "storage/record/name.hpp"
#include "zonegen/export/cof_export.hpp"

namespace dnshist::zonegen {

struct ZoneOptions {
    Name zone;
    std::vector<Name> name_servers;  // none: the zone itself, as the responder says
    std::uint32_t ttl = 300;         // this and the next in seconds
    std::uint32_t negative_ttl = 60;
    std::uint64_t scan_limit = 100'000;  // for one page, in units of Work
    std::uint64_t pages = 20;            // of one question, at least 1
    Seconds now{};                       // what is not seen for longer than the gap has gone away
};

struct ZoneExportResult {
    Written written = Written::all;
    std::uint64_t names = 0;
    std::uint64_t records = 0;
    std::uint64_t octets = 0;
    // Questions that are left out: longer than a name can be, and such as cannot be asked of an
    // ordinary zone, or of any.
    std::uint64_t too_long = 0;
    std::uint64_t not_possible = 0;
    // Those of which not all pages are there; the page behind the last is a note that says so.
    std::uint64_t cut = 0;
};

// The longest zone that can have a SOA like the responder's.
bool can_be_exported(const Name& zone) noexcept;

// Writes a master file from one state of the store: of the owners that the subject chooses, and of
// the values that their records hold. Throws as export_cof() does.
ZoneExportResult export_zone(History& history, const Subject& subject, const ZoneOptions& options,
                             std::FILE* out);

// The result in words, for the operator: a line or several, without the last end of line.
std::string zone_summary_text(const ZoneExportResult& result, const ZoneOptions& options);

}  // namespace dnshist::zonegen
