// A root zone that sends a whole resolver to a past day: each top-level domain of the store is an
// alias (DNAME, RFC 6672) below which dnshist-responder answers as of a time,
//
//     com. DNAME com.2019-06-01.asof.pdns.local.
//
// The resolver has the file as its root, and asks the responder for pdns.local.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

#include "storage/base/result.hpp"
#include "storage/history/history.hpp"
#include "storage/record/name.hpp"
#include "zonegen/export/cof_export.hpp"

namespace dnshist::zonegen {

struct PastRootOptions {
    Name zone;                // of the responder
    std::string time;         // as a question has it
    std::uint32_t ttl = 300;  // seconds
};

struct PastRootResult {
    Written written = Written::all;
    std::uint64_t domains = 0;
};

// T.asof.ZONE; a Problem where `time` is no time of the query language, or the name is too long.
Result<Name> past_suffix(const PastRootOptions& options, Seconds now);

// Writes a master file. Throws as export_cof() does.
PastRootResult export_past_root(History& history, const PastRootOptions& options,
                                const Name& suffix, std::FILE* out);

// For the operator, without a final newline.
std::string past_root_text(const PastRootResult& result, const Name& suffix);

}  // namespace dnshist::zonegen
