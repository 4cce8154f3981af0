// The result of the COF parser for an item: a line for each observation and each reject.
#pragma once

#include <boost/test/unit_test.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/record/rdata.hpp"
#include "zonegen/cof/cof_parser.hpp"
#include "zonegen/feed/feed.hpp"

namespace dnshist::zonegen {

// "OWNER TYPE RDATA FIRST..LAST xCOUNT", then "zone" and the source where there are.
inline std::string shown(const Observation& seen) {
    std::string text =
        Name::from_wire(seen.owner)->text() + ' ' + rrtype_text(seen.type) + ' ' +
        rdata_text(seen.type, seen.rdata) + ' ' + std::to_string(seen.seen.begin.since_epoch) +
        ".." + std::to_string(seen.seen.end.since_epoch) + " x" + std::to_string(seen.count);
    if (seen.witness == Witness::zone) text += " zone";
    if (seen.source != nullptr) {
        text += " [" + seen.source->sensor_id + '|' + seen.source->origin + '|' +
                seen.source->bailiwick + ']';
    }
    return text;
}

inline std::string shown(const Reject& reject) {
    std::string text = std::string(reason_text(reject.reason));
    if (!reject.detail.empty()) text += ": " + reject.detail;
    if (reject.partial) text += " (partial)";
    return text;
}

struct Reading {
    std::vector<std::string> observations;
    std::vector<std::string> rejects;
    std::optional<CofParser::Framing> framing;
};

class TestParser {
  public:
    explicit TestParser(std::string sensor = {})
        : parser_([this](const Observation& seen) { now_.observations.push_back(shown(seen)); },
                  [this](const Reject& reject) { now_.rejects.push_back(shown(reject)); },
                  std::move(sensor)) {}

    Reading read(std::string_view item) {
        now_ = {};
        std::string padded(item);
        padded.append(Feed::padding_octets, '\0');
        now_.framing = parser_.read(std::string_view(padded).substr(0, item.size()));
        return now_;
    }

  private:
    Reading now_;
    CofParser parser_;
};

inline void check(std::string_view item, const std::vector<std::string>& observations) {
    const Reading reading = TestParser().read(item);
    BOOST_TEST(reading.observations == observations, boost::test_tools::per_element());
    BOOST_TEST(reading.rejects.empty(),
               item << ": " << (reading.rejects.empty() ? "" : reading.rejects.front()));
}

inline void check_reject(std::string_view item, const std::string& reject) {
    const Reading reading = TestParser().read(item);
    BOOST_TEST(reading.observations.empty(), item);
    BOOST_TEST(reading.rejects == std::vector{reject}, boost::test_tools::per_element());
}

// A good record, but for one field.
inline std::string with(std::string_view field) {
    std::string text = R"({"rrname":"example.com","rrtype":"A","rdata":"192.0.2.1")";
    if (field.find("\"time_first\"") == std::string_view::npos) text += R"(,"time_first":1)";
    if (!field.empty()) text += ',' + std::string(field);
    return text + '}';
}

}  // namespace dnshist::zonegen
