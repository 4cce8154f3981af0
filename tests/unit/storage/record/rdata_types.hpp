// The types that the tests of RDATA go through, and what they show of a result.
#pragma once

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "storage/record/rdata.hpp"
#include "storage/record/rdata_fields.hpp"

namespace dnshist::test {

inline std::string reason(const Result<void>& result) {
    return result ? "" : result.error().text;
}

// Each type of the table, and one of nobody's.
inline std::vector<Rrtype> every_type() {
    std::vector<Rrtype> types{Rrtype{65280}};
    for (unsigned value = 0; value <= 65535; ++value) {
        const Rrtype type{static_cast<std::uint16_t>(value)};
        if (layout_of(type) != nullptr) types.push_back(type);
    }
    return types;
}

inline std::string printed(Rrtype type, Octets rdata) {
    std::string text = rdata_text(type, rdata);
    BOOST_TEST_REQUIRE(!text.empty());
    return text;
}

}  // namespace dnshist::test
