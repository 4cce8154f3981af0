// Patterns of records by name and type, as the lists of records to include or exclude have them.
//
//     example.com            all records at example.com or below it
//     *.example.com          those strictly below it
//     NSEC3 example.com      of one type only
//     NSEC3 .                of one type, everywhere
#pragma once

#include <optional>
#include <string_view>

#include "storage/base/result.hpp"
#include "storage/record/name.hpp"
#include "storage/record/rrtype.hpp"

namespace dnshist::conf {

struct RecordPattern {
    Name name;
    bool below = false;          // and not the name itself
    std::optional<Rrtype> type;  // nothing: all types
};

// The error says what was expected.
Result<RecordPattern> record_pattern_from_text(std::string_view text);

}  // namespace dnshist::conf
