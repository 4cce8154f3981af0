// The store out again, as COF or as DNSDB streams it: an import of it makes an equal store.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

#include "storage/base/result.hpp"
#include "storage/history/history.hpp"
#include "storage/record/name.hpp"

namespace dnshist::zonegen {

// Which records: of one owner, of all strictly below it, or all there are.
struct Subject {
    enum class Scope : std::uint8_t { all, owner, below };

    Scope scope = Scope::all;
    Name name;
};

// NAME or *.NAME; nothing given is everything.
Result<Subject> subject_from_text(std::string_view text);

enum class Written : std::uint8_t {
    all,
    stopped,    // as was asked for
    no_reader,  // who read the other end of a pipe has gone (EPIPE)
};

struct ExportResult {
    Written written = Written::all;
    std::uint64_t records = 0;
};

// What an export looks at while it goes on.
struct ExportWatch {
    int stop = -1;  // a descriptor that becomes readable where it is to stop (StopSignal); or none
    std::uint64_t damaged = 0;  // what was left out of the store: counted by its DamageReport
};

// Writes a line a record, in the store's order, from one state of the store. Throws StoreError, and
// std::system_error where `out` cannot be written.
ExportResult export_cof(History& history, const Subject& subject, std::FILE* out);

// The same records and objects as a stream of SAF (zonegen/cof/saf_stream.hpp), whose last line
// says how it ended: "succeeded"; "limited" where it was stopped; "failed" where something is
// missing because the store is damaged or cannot be read any more.
ExportResult export_dnsdb(History& history, const Subject& subject, std::FILE* out,
                          ExportWatch& watch);

}  // namespace dnshist::zonegen
