// The observations and rejects that a parser of a sensor's log gives, as text.
#pragma once

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "storage/record/name.hpp"
#include "storage/record/observation.hpp"
#include "storage/record/rdata.hpp"
#include "zonegen/feed/feed.hpp"
#include "zonegen/feed/reject.hpp"

namespace dnshist {

using namespace zonegen;

// "OWNER TYPE RDATA TIME xCOUNT", then the sensor where there is one.
inline std::string log_text(const Observation& seen) {
    std::string text = Name::from_wire(seen.owner)->text() + ' ' + rrtype_text(seen.type) + ' ' +
                       rdata_text(seen.type, seen.rdata) + ' ' +
                       std::to_string(seen.seen.begin.since_epoch);
    if (seen.seen.end != seen.seen.begin || seen.witness != Witness::sensor) text += " WRONG";
    if (seen.count != 1) text += " x" + std::to_string(seen.count);
    if (seen.source != nullptr) text += " [" + seen.source->sensor_id + ']';
    return text;
}

// "REASON: DETAIL".
inline std::string log_text(const Reject& reject) {
    std::string text(reason_text(reject.reason));
    if (!reject.detail.empty()) text += ": " + reject.detail;
    return text;
}

// Observations and, each after "! ", rejects, in their order.
// `options` are those of the reader behind its callbacks.
template <class LogParser, class... Options>
std::vector<std::string> readings_of(const std::vector<std::string>& items,
                                     const Options&... options) {
    std::vector<std::string> all;
    LogParser parser([&](const Observation& seen) { all.push_back(log_text(seen)); },
                     [&](const Reject& reject) { all.push_back("! " + log_text(reject)); },
                     options...);
    for (std::string item : items) {
        const std::size_t size = item.size();
        item.append(Feed::padding_octets, '\0');
        parser.read(std::string_view(item).substr(0, size));
    }
    return all;
}

template <class LogParser, class... Options>
void check_readings(const std::vector<std::string>& items, const std::vector<std::string>& expected,
                    const Options&... options) {
    BOOST_TEST(readings_of<LogParser>(items, options...) == expected,
               boost::test_tools::per_element());
}

}  // namespace dnshist
