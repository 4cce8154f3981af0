// Files of dnstap frames: beginning, end, and damage.
#include "zonegen/dnstap/dnstap_file_reader.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <string>
#include <vector>

#include "tests/support/dns_message.hpp"
#include "tests/support/dnstap_frames.hpp"
#include "tests/support/temporary_directory.hpp"

BOOST_AUTO_TEST_SUITE(dnstap_file_reader_test)

using namespace dnshist;
using namespace dnshist::zonegen;
using namespace dnshist::test;

namespace {

const std::string start = control_frame(2, dnstap_content);
const std::string stop = control_frame(3);

std::string frame(unsigned kind = 4) {
    DnsMessage response;
    response.question("example.com.", "A").record(DnsMessage::answer, "example.com. A 192.0.2.1");
    Protobuf message;
    message.number(field::kind, kind)
        .number(field::response_time, 1)
        .octets(field::zone, std::string_view("\0", 1));
    return data_frame(dnstap(message.octets(field::response, response.octets())).text());
}

struct Reading {
    unsigned observations = 0;
    std::vector<std::string> rejects;
    std::vector<std::string> remarks;
    std::uint64_t left = 0;  // octets not consumed

    explicit Reading(const std::string& content) {
        const TemporaryDirectory directory;
        const std::string path = directory.path() / "feed";
        std::ofstream(path, std::ios::binary) << content;
        Feed feed(path);
        const Sink sink{[this](const Observation&) { ++observations; },
                        [this](std::uint64_t place, std::string_view, const Reject& reject) {
                            rejects.push_back(std::to_string(place) + ": " +
                                              std::string(reason_text(reject.reason)) + ": " +
                                              reject.detail);
                        }};
        DnstapFileReader reader(feed, sink, {});
        while (reader.next()) {
        }
        left = content.size() - feed.position();
        for (const FeedRemark& remark : reader.remarks())
            remarks.push_back((remark.failed ? "failed: " : "") + remark.text);
    }
    bool good() const { return rejects.empty() && remarks.empty() && left == 0; }
};

using Texts = std::vector<std::string>;
const std::string unusable = "no dnstap frame that can be used: ";
const Texts broken = {"failed: it could not be read to its end"};

}  // namespace

BOOST_AUTO_TEST_CASE(what_looks_like_dnstap) {
    BOOST_TEST(looks_like_dnstap(start));
    BOOST_TEST(looks_like_dnstap(start + frame()));
    BOOST_TEST(!looks_like_dnstap(""));
    BOOST_TEST(!looks_like_dnstap(start.substr(0, start.size() - 1)));
    BOOST_TEST(!looks_like_dnstap(stop));
    BOOST_TEST(!looks_like_dnstap(frame()));
    BOOST_TEST(!looks_like_dnstap("{\"rrname\": \"example.com\"}"));
}

BOOST_AUTO_TEST_CASE(a_whole_file) {
    const Reading read(start + frame() + frame() + stop);
    BOOST_TEST(read.observations == 2U);
    BOOST_TEST(read.good());
}

BOOST_AUTO_TEST_CASE(a_file_that_is_still_written_and_several_in_one) {
    BOOST_TEST(Reading(start + frame()).good());
    const Reading read(start + frame() + stop + start + frame() + stop);
    BOOST_TEST(read.observations == 2U);
    BOOST_TEST(read.good());
}

BOOST_AUTO_TEST_CASE(a_frame_that_is_not_all_there_stays_where_it_is) {
    const std::string half = frame().substr(0, 20);
    const Reading read(start + frame() + half);
    BOOST_TEST(read.observations == 1U);
    BOOST_TEST((read.rejects == Texts{"2: incomplete at the end of the feed: "}));
    BOOST_TEST(read.left == half.size());
    BOOST_TEST(read.remarks.empty());
}

BOOST_AUTO_TEST_CASE(frames_outside_of_a_stream) {
    for (const std::string& before : {std::string(), start + stop}) {
        const Reading read(before + frame());
        BOOST_TEST(read.observations == 0U);
        BOOST_TEST((read.rejects == Texts{"1: " + unusable + "it comes before the START frame"}));
        BOOST_TEST((read.remarks == broken));
    }
}

BOOST_AUTO_TEST_CASE(what_breaks_a_stream) {
    const auto ends = [](const std::string& octets, const std::string& why) {
        const Reading read(start + frame() + octets + frame());
        BOOST_TEST(read.observations == 1U);
        BOOST_REQUIRE(read.rejects.size() == 1U);
        BOOST_TEST(read.rejects[0].substr(3) == unusable + why);
        BOOST_TEST((read.remarks == broken));
        BOOST_TEST(read.left == octets.size() + frame().size());
    };
    ends(u32(1'000'000'000), "longer than any may be; what comes behind it cannot be read");
    ends(u32(0) + u32(513), "longer than any may be; what comes behind it cannot be read");
    ends(u32(0) + u32(0), "a malformed control frame");
    ends(control_frame(2, "protobuf:other"), "the stream's content is something else than dnstap");
}

BOOST_AUTO_TEST_CASE(a_frame_that_cannot_be_used_breaks_nothing) {
    const Reading read(start + data_frame("garbage") + frame() + stop);
    BOOST_TEST(read.observations == 1U);
    BOOST_TEST((read.rejects == Texts{"1: " + unusable + "no protocol buffer of dnstap"}));
    BOOST_TEST(read.remarks.empty());
    BOOST_TEST(read.left == 0U);
}

BOOST_AUTO_TEST_CASE(kinds_that_are_passed_over_are_told) {
    const Reading read(start + frame(6) + frame(6) + frame(4) + stop);
    BOOST_TEST(read.observations == 1U);
    BOOST_TEST((read.remarks == Texts{"passed over, by kind of message: 2 client (--dnstap-types "
                                      "takes others)"}));
}

BOOST_AUTO_TEST_SUITE_END()
