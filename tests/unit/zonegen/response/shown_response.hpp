// A response as it is read: a line for each record, or the problem.
#pragma once

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "storage/record/name.hpp"
#include "storage/record/rdata.hpp"
#include "tests/support/dns_message.hpp"
#include "zonegen/response/response_reader.hpp"

namespace dnshist::test {

using namespace std::string_view_literals;
using zonegen::Response;
using zonegen::ResponseReader;

// "answer OWNER TYPE RDATA"
inline std::string shown(const Response::Record& record) {
    static constexpr std::array<std::string_view, 3> sections = {"answer ", "authority ",
                                                                 "additional "};
    std::string text(sections[static_cast<std::size_t>(record.section)]);
    text += Name::from_wire(record.owner).value().text();
    text += ' ';
    text += rrtype_text(record.type);
    text += ' ';
    text += record.valid ? rdata_text(record.type, record.rdata) : "invalid";
    return text;
}

struct Reading {
    std::vector<std::string> records;
    std::string problem;
};

// Reads from a heap block of exact size, so that a sanitizer detects a read past its end.
inline Reading read(Octets message) {
    const std::vector<std::uint8_t> copy(message.begin(), message.end());
    ResponseReader reader;
    const auto response = reader.read(copy);
    if (!response) return {{}, response.error().text};
    Reading reading;
    for (const Response::Record& record : response->records)
        reading.records.push_back(shown(record));
    return reading;
}

inline void check(const DnsMessage& message, const std::vector<std::string>& records) {
    const Reading reading = read(message.octets());
    BOOST_TEST(reading.problem == "");
    BOOST_TEST(reading.records == records, boost::test_tools::per_element());
}

inline void check_problem(const DnsMessage& message, std::string_view problem) {
    const Reading reading = read(message.octets());
    BOOST_TEST(reading.problem == problem);
}

// A response for www.Example.com A: the name is at octet 12, "example.com" at 16, "com" at 24.
inline DnsMessage asked(unsigned flags = DnsMessage::response) {
    return DnsMessage(flags).question("www.example.com", "A");
}

inline constexpr std::string_view www = "\xc0\x0c"sv;
inline constexpr std::string_view example = "\xc0\x10"sv;
inline constexpr std::string_view com = "\xc0\x18"sv;
inline constexpr std::string_view address = "\xc0\0\2\1"sv;

inline const std::string malformed_answer = "record 1 of the answer section cannot be read";

}  // namespace dnshist::test
