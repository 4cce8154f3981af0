// Exports the store as an ordinary zone, for NSD, Knot DNS, BIND and other servers: the questions
// of the query language without filters, or with one record type, and the answers of
// dnshist-responder.
//
//     history.OWNER  TYPE.history.OWNER      for every owner, and for a reverse name by its address
//     changes.OWNER  summary.OWNER
//     names.OWNER                            for every owner, and for the names above them
//     pivot.VALUE    TYPE.pivot.VALUE        for every value; for a mailbox in both its forms
//     summary.ADDRESS                        page-N.*, from-X.*: as the remark '# more:' names
//     the zone itself, help, help.TOPIC, stats, version
//
// The names of the questions come from the store, the answers from storage/answer, so that they
// equal the responder's to the octet. One question is answered at a time, so memory is bounded; and
// only so many pages are written of each, so that the size of the zone is linear in that of the
// store.
//
// Where an ordinary server must differ:
// - A question that is not among those above is NXDOMAIN, even if the responder would answer
//   NODATA (the subject is known) or an error line.
// - No name has the label '*', which would be a wildcard (RFC 4592).
//   Questions with it are left out.
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
    std::vector<Name> name_servers;  // if empty, the zone itself, as the responder says
    std::uint32_t ttl = 300;         // this and the next in seconds
    std::uint32_t negative_ttl = 60;
    std::uint64_t scan_limit = 100'000;  // for one page, in units of WorkBudget
    std::uint64_t pages = 20;            // of one question, at least 1
    Seconds now{};                       // for what is not seen any more in `changes`
};

struct ZoneExportResult {
    Written written = Written::all;
    std::uint64_t names = 0;
    std::uint64_t records = 0;
    std::uint64_t octets = 0;
    // Questions that are left out: longer than a name can be; impossible to ask of an ordinary
    // zone, or at all.
    std::uint64_t too_long = 0;
    std::uint64_t not_possible = 0;
    // Answers of which not all pages are written; a note after the last page says so.
    std::uint64_t cut = 0;
};

// Whether the zone's name leaves room for the mailbox of its SOA.
bool can_be_exported(const Name& zone) noexcept;

// Writes a master file from one state of the store: for the owners of the subject, and for the
// values in their records. Throws as export_cof() does.
ZoneExportResult export_zone(History& history, const Subject& subject, const ZoneOptions& options,
                             std::FILE* out);

// The result as text for the operator: one or more lines, without a final newline.
std::string zone_summary_text(const ZoneExportResult& result, const ZoneOptions& options);

}  // namespace dnshist::zonegen
