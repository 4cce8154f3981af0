// Pivot values as a person would write them.
#pragma once

#include <array>
#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "storage/pivot/pivot_values.hpp"
#include "storage/record/name.hpp"
#include "storage/record/rdata.hpp"
#include "storage/text/address.hpp"

namespace dnshist::test {

// A value as a person would write it: its first character, a colon, and the rest as text.
inline std::string shown(const PivotValue& value) {
    const Octets rest = value.octets().subspan(1);
    std::array<char, 2048> room;
    TextWriter out(room);
    switch (value.octets()[0]) {
        case '4':
            BOOST_TEST_REQUIRE(rest.size() == 4U);
            write_ipv4(out, rest);
            return "4:" + std::string(out.text());
        case '6':
            BOOST_TEST_REQUIRE(rest.size() == 16U);
            write_ipv6(out, rest);
            return "6:" + std::string(out.text());
        case 'n':
            BOOST_TEST_REQUIRE(Name::from_key(rest).has_value());
            return "n:" + Name::from_key(rest)->text();
        default:
            BOOST_TEST_REQUIRE(value.octets()[0] == 't');
            BOOST_TEST_REQUIRE(rest.back() == 0);
            return "t:" + std::string(as_text(rest.first(rest.size() - 1)));
    }
}

inline std::vector<std::string> values_of(Rrtype type, Octets rdata) {
    std::vector<std::string> values;
    for_each_pivot_value(type, rdata,
                         [&](const PivotValue& value) { values.push_back(shown(value)); });
    return values;
}

// The values in the order of their coming, a blank between.
inline std::string values(Rrtype type, std::string_view text) {
    const auto rdata = std::make_unique<Rdata>();
    const Result<void> read = rdata_from_text(type, text, *rdata);
    BOOST_REQUIRE_MESSAGE(read.has_value(), text);
    std::string all;
    for (const std::string& value : values_of(type, rdata->octets())) {
        all += (all.empty() ? "" : " ") + value;
    }
    return all;
}

}  // namespace dnshist::test
