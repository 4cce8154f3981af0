// The store out again, as COF: an import of it makes an equal store.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

#include "storage/history.hpp"
#include "storage/name.hpp"
#include "storage/result.hpp"

namespace dnshist {

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
    no_reader,  // who read the other end of a pipe has gone (EPIPE)
};

struct ExportResult {
    Written written;
    std::uint64_t records = 0;
};

// Writes a line a record, in the store's order, from one state of the store. Throws StoreError, and
// std::system_error where `out` cannot be written.
ExportResult export_cof(History& history, const Subject& subject, std::FILE* out);

}  // namespace dnshist
