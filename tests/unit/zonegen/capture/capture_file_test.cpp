// Capture files in both formats, complete and damaged; and the position of the feed between
// packets.
#include "zonegen/capture/capture_file.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <fstream>

#include "tests/support/packets.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace dnshist;
using namespace dnshist::zonegen;
using namespace dnshist::test;

namespace {

std::string turned(std::string word) {
    std::reverse(word.begin(), word.end());
    return word;
}

// Big-endian, or little-endian if `little`.
struct Pcap {
    bool little = false;
    std::string magic = octets_from("a1b2c3d4");

    std::string number(std::uint32_t value) const {
        return little ? turned(u32(value)) : u32(value);
    }
    std::string header(std::uint32_t link_type = 1) const {
        const std::string version = little ? turned(u16(2)) + turned(u16(4)) : u16(2) + u16(4);
        return (little ? turned(magic) : magic) + version + number(0) + number(0) + number(65535) +
               number(link_type);
    }
    std::string packet(std::uint32_t seconds, const std::string& frame,
                       std::uint32_t fraction = 0) const {
        const auto size = static_cast<std::uint32_t>(frame.size());
        return number(seconds) + number(fraction) + number(size) + number(size) + frame;
    }
};

std::string block(std::uint32_t type, std::string body) {
    body.resize((body.size() + 3) / 4 * 4);
    const auto size = static_cast<std::uint32_t>(body.size()) + 12;
    return u32(type) + u32(size) + body + u32(size);
}
std::string section() {
    return block(0x0a0d0d0a, u32(0x1a2b3c4d) + u16(1) + u16(0) + std::string(8, '\xff'));
}
std::string interface(unsigned link_type = 1) {
    return block(1, u16(link_type) + u16(0) + u32(65535));
}
std::string enhanced(std::uint64_t microseconds, const std::string& frame, unsigned number = 0) {
    const auto size = static_cast<std::uint32_t>(frame.size());
    return block(6, u32(number) + u32(static_cast<std::uint32_t>(microseconds >> 32U)) +
                        u32(static_cast<std::uint32_t>(microseconds)) + u32(size) + u32(size) +
                        frame);
}
std::string statistics() {
    return block(5, u32(0) + u32(0) + u32(0));
}

struct Fixture {
    TemporaryDirectory directory;

    std::string file(const std::string& content) const {
        std::string path = (directory.path() / "capture").string();
        std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
        return path;
    }
    // "SECONDS:FRAME" per packet, then the problem.
    std::vector<std::string> read(const std::string& content, bool take = true) const {
        Feed feed(file(content));
        CaptureFile capture(feed);
        std::vector<std::string> all;
        while (const auto packet = capture.next()) {
            all.push_back(std::to_string(packet->time.count() / 1'000'000) + ":" +
                          std::string(as_text(packet->frame)));
            if (take) capture.take();
        }
        if (!capture.problem().empty()) all.push_back(capture.problem());
        return all;
    }
};

using Lines = std::vector<std::string>;

}  // namespace

BOOST_FIXTURE_TEST_CASE(reads_pcap_in_both_orders_and_resolutions, Fixture) {
    for (const char* magic : {"a1b2c3d4", "a1b23c4d"}) {
        for (const bool little : {false, true}) {
            const Pcap pcap{little, octets_from(magic)};
            const std::string content =
                pcap.header() + pcap.packet(5, "abc", 999'999) + pcap.packet(7, "");
            BOOST_TEST(looks_like_capture(content));
            BOOST_TEST((read(content) == Lines{"5:abc", "7:"}));
            BOOST_TEST((read(content, false) == Lines{"5:abc", "7:"}));
        }
    }
    BOOST_TEST(!looks_like_capture("{\"rrname\""));
    BOOST_TEST(!looks_like_capture(""));
}

BOOST_FIXTURE_TEST_CASE(reads_pcapng, Fixture) {
    const std::string content = section() + interface() + enhanced(5'999'999, "abc") +
                                block(0x0bad, "unknown") + enhanced(7'000'000, "defgh") +
                                statistics() + section() + interface() + enhanced(9'000'000, "i");
    BOOST_TEST(looks_like_capture(content));
    BOOST_TEST((read(content) == Lines{"5:abc", "7:defgh", "9:i"}));
}

BOOST_FIXTURE_TEST_CASE(knows_times_up_to_2106, Fixture) {
    const Pcap pcap;
    BOOST_TEST((read(pcap.header() + pcap.packet(0xfffffffe, "a")) == Lines{"4294967294:a"}));
    const std::string late = section() + interface() + enhanced(std::uint64_t{1} << 53U, "late") +
                             enhanced(1'000'000, "good");
    BOOST_TEST((read(late) == Lines{"1:good"}));
    Feed feed(file(late));
    CaptureFile capture(feed);
    while (capture.next()) {
    }
    BOOST_TEST(capture.invalid_times() == 1);
}

BOOST_FIXTURE_TEST_CASE(stands_between_packets, Fixture) {
    const Pcap pcap;
    const std::string first = pcap.header() + pcap.packet(5, "abc");
    const std::string second = pcap.packet(6, "de");
    const std::string third = pcap.packet(7, "f");
    for (std::size_t cut = 0; cut < third.size(); ++cut) {
        Feed feed(file(first + second + third.substr(0, cut)));
        CaptureFile capture(feed);
        BOOST_TEST(feed.position() == 24);
        BOOST_REQUIRE(capture.next());
        BOOST_TEST(feed.position() == 24);
        capture.take();
        BOOST_TEST(feed.position() == first.size());
        BOOST_REQUIRE(capture.next());
        capture.take();
        BOOST_TEST(feed.position() == first.size() + second.size());
        // The packet that the file ends within is not consumed.
        BOOST_TEST(!capture.next());
        BOOST_TEST(!capture.next());
        BOOST_TEST(feed.position() == first.size() + second.size());
        BOOST_TEST(feed.ahead().size() == cut);
        BOOST_TEST(capture.problem() == "");
    }
}

BOOST_FIXTURE_TEST_CASE(takes_blocks_without_packets_at_the_end, Fixture) {
    const std::string content = section() + interface() + enhanced(1, "a") + statistics();
    Feed feed(file(content));
    CaptureFile capture(feed);
    BOOST_REQUIRE(capture.next());
    BOOST_TEST(!capture.next());
    BOOST_TEST(feed.position() == content.size());
}

// The mark: an import ended there, and the file has grown since.
BOOST_FIXTURE_TEST_CASE(says_when_it_passes_a_mark, Fixture) {
    const Pcap pcap;
    const std::string old_pcap = pcap.header() + pcap.packet(5, "abc");
    const std::string old_pcapng = section() + interface() + enhanced(1, "a") + statistics();
    const std::pair<std::string, std::string> grown[] = {
        {old_pcap, pcap.packet(6, "de")},
        {old_pcapng, section() + interface() + enhanced(2, "b")},
    };
    for (const auto& [old, added] : grown) {
        Feed feed(file(old + added));
        std::vector<std::uint64_t> at;
        CaptureFile capture(feed, old.size(), [&] { at.push_back(feed.position()); });
        BOOST_REQUIRE(capture.next());
        capture.take();
        BOOST_REQUIRE(capture.next());
        BOOST_TEST(at.size() == 1);
        BOOST_TEST(at.at(0) < old.size());          // not yet there
        BOOST_TEST(feed.position() == old.size());  // but then it was
    }
}

BOOST_FIXTURE_TEST_CASE(says_what_is_wrong, Fixture) {
    const Pcap pcap;
    BOOST_TEST(read("no capture at all, and long enough").size() == 1);
    BOOST_TEST(read("").empty());
    const std::string unknown = "frames of a link type that is not known here: ";
    BOOST_TEST((read(pcap.header(143)) == Lines{unknown + "DOCSIS"}));
    BOOST_TEST((read(pcap.header(147)) == Lines{unknown + "number 147"}));
    BOOST_TEST(read(pcap.header(9999)).size() == 1);
    // An impossible length; the packets before it are read.
    std::string broken = pcap.packet(6, "de");
    broken[8] = '\x7f';
    const Lines lines = read(pcap.header() + pcap.packet(5, "abc") + broken + std::string(99, 'x'));
    BOOST_REQUIRE(lines.size() == 2);
    BOOST_TEST(lines[0] == "5:abc");
}

// Longer than the buffer of the feed.
BOOST_FIXTURE_TEST_CASE(passes_over_large_blocks, Fixture) {
    const std::string content =
        section() + interface() + block(0x0bad, std::string(5U << 20U, 'x')) + enhanced(1, "a");
    BOOST_TEST((read(content) == Lines{"0:a"}));
}

BOOST_FIXTURE_TEST_CASE(closes_its_capture_with_the_feed_still_open, Fixture) {
    const Pcap pcap;
    Feed feed(file(pcap.header() + pcap.packet(5, "abc")));
    { const CaptureFile capture(feed); }
    BOOST_TEST(feed.position() == 24);
}
