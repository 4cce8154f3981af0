// Which records are meant, by name and type: how lists of what to keep and what to leave out are
// written.
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

namespace dnshist {

struct RecordPattern {
    Name name;
    bool below = false;          // and not the name itself
    std::optional<Rrtype> type;  // all of them where it is not said
};

// The problem says what was expected.
Result<RecordPattern> record_pattern_from_text(std::string_view text);

}  // namespace dnshist
