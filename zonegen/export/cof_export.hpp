// Exports as COF, or as a stream in DNSDB's format. Importing either makes an equal store.
#pragma once

#include <cstdint>
#include <cstdio>

#include "storage/history/history.hpp"
#include "zonegen/export/export_subject.hpp"

namespace dnshist::zonegen {

enum class Written : std::uint8_t {
    all,
    stopped,    // by ExportWatch::stop
    no_reader,  // the reader of a pipe has closed it (EPIPE)
};

struct ExportResult {
    Written written = Written::all;
    std::uint64_t records = 0;
    std::uint64_t left_out = 0;  // records of personal types
};

// State that an export observes while it runs.
struct ExportWatch {
    int stop = -1;  // a descriptor that becomes readable to stop the export (StopSignal); -1: none
    std::uint64_t damaged = 0;  // parts of the store left out, counted by its DamageReport
};

// Writes one line per record, in the store's order, from one state of the store. Throws StoreError,
// and std::system_error where `out` cannot be written.
ExportResult export_cof(History& history, const Subject& subject, std::FILE* out);

// The same records and objects as a stream of SAF (zonegen/cof/saf_stream.hpp). Its last line is
// "succeeded", "limited" where the export was stopped, or "failed" where records are missing
// because the store is damaged or could not be read to the end.
ExportResult export_dnsdb(History& history, const Subject& subject, std::FILE* out,
                          ExportWatch& watch);

}  // namespace dnshist::zonegen
