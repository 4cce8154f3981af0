// Capture files in both formats, complete and damaged; and the position of the feed between
// packets.
#include "zonegen/pcap/capture_file.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <fstream>

#include "tests/support/packets.hpp"
#include "tests/support/temporary_directory.hpp"

BOOST_AUTO_TEST_SUITE(capture_file_test)

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
std::string interface(unsigned link_type = 1, const std::string& options = {},
                      std::uint32_t snapshot_length = 65535) {
    return block(1, u16(link_type) + u16(0) + u32(snapshot_length) + options);
}
std::string resolution(unsigned value) {
    return u16(9) + u16(1) + u8(value) + std::string(3, '\0');
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
    // "SECONDS:FRAME" per packet, or "none:FRAME" of one without a time, then the problem.
    std::vector<std::string> read(const std::string& content, bool take = true) const {
        Feed feed(file(content));
        const auto capture = CaptureFile::open(feed);
        std::vector<std::string> all;
        while (const auto packet = capture->next()) {
            all.push_back(
                (packet->time ? std::to_string(packet->time->count() / 1'000'000) : "none") + ":" +
                std::string(as_text(packet->frame)));
            if (take) capture->take();
        }
        if (!capture->problem().empty()) all.push_back(capture->problem());
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
    BOOST_TEST((read(late) == Lines{"none:late", "1:good"}));
}

// A simple packet has none, and who has none writes 0.
BOOST_FIXTURE_TEST_CASE(a_packet_without_a_time_is_not_of_1970, Fixture) {
    const Pcap pcap;
    BOOST_TEST((read(pcap.header() + pcap.packet(0, "a") + pcap.packet(1, "b")) ==
                Lines{"none:a", "1:b"}));
    BOOST_TEST((read(section() + interface() + block(3, u32(3) + "abc") + enhanced(0, "d")) ==
                Lines{"none:abc", "none:d"}));
    // The snapshot length cuts it, and what is behind it is padding.
    BOOST_TEST((read(section() + interface(1, {}, 2) + block(3, u32(9) + "abcdefghi")) ==
                Lines{"none:ab"}));
    BOOST_TEST((read(section() + interface(1, {}, 0) + block(3, u32(5) + "abcdefgh")) ==
                Lines{"none:abcde"}));
}

BOOST_FIXTURE_TEST_CASE(reads_interfaces_of_several_kinds, Fixture) {
    const std::string content = section() + interface(1) + interface(101, {}, 96) +
                                enhanced(5'000'000, "a", 1) + interface(113, resolution(9)) +
                                enhanced(6'000'000, "b", 0) + enhanced(7'000'000'000, "c", 2);
    Feed feed(file(content));
    const auto capture = CaptureFile::open(feed);
    std::vector<std::string> all;
    while (const auto packet = capture->next()) {
        all.push_back(std::to_string(packet->link_type) + " " +
                      std::to_string(packet->time.value().count()) + " " +
                      std::string(as_text(packet->frame)));
    }
    BOOST_TEST((all == Lines{"101 5000000 a", "1 6000000 b", "113 7000000 c"}));
    BOOST_TEST(feed.position() == content.size());
}

BOOST_FIXTURE_TEST_CASE(knows_times_of_every_resolution, Fixture) {
    const auto time = [&](const std::string& options, std::uint64_t ticks) {
        Feed feed(file(section() + interface(1, options) + enhanced(ticks, "a")));
        const auto packet = CaptureFile::open(feed)->next().value();
        return packet.time ? std::to_string(packet.time->count()) : "none";
    };
    BOOST_TEST(time("", 5'000'001) == "5000001");
    BOOST_TEST(time(resolution(0), 5) == "5000000");
    BOOST_TEST(time(resolution(3), 5'001) == "5001000");
    BOOST_TEST(time(resolution(9), 5'000'001'999) == "5000001");
    BOOST_TEST(time(resolution(19), 15'000'010'000'000'000'000U) == "1500001");
    BOOST_TEST(time(resolution(20), 5) == "none");
    BOOST_TEST(time(resolution(0x80), 5) == "5000000");
    BOOST_TEST(time(resolution(0x8a), 5 * 1024 + 512) == "5500000");
    BOOST_TEST(time(resolution(0xa0), (std::uint64_t{5} << 32U) + 0xffffffff) == "5999999");
    BOOST_TEST(time(resolution(0xbf), 0xffffffffffffffff) == "1999999");
    BOOST_TEST(time(resolution(0xc0), 5) == "none");
    const auto offset = [](std::uint32_t high, std::uint32_t low) {
        return u16(14) + u16(8) + u32(high) + u32(low);
    };
    BOOST_TEST(time(offset(0, 1000) + resolution(0) + u32(0), 5) == "1005000000");
    BOOST_TEST(time(offset(0xffffffff, 0xffffffff), 5'000'000) == "4000000");
    BOOST_TEST(time(offset(0x80000000, 0), 5'000'000) == "none");
    BOOST_TEST(time(offset(0x7fffffff, 0xffffffff), 5'000'000) == "none");
    // Options behind the last one are none, and one of another length is unknown.
    BOOST_TEST(time(u32(0) + resolution(0), 5'000'000) == "5000000");
    BOOST_TEST(time(u16(9) + u16(2) + u32(0), 5'000'000) == "5000000");
}

// Each section is in the byte order of its machine.
BOOST_FIXTURE_TEST_CASE(reads_pcapng_in_both_orders, Fixture) {
    const auto little_block = [](std::uint32_t type, std::string body) {
        body.resize((body.size() + 3) / 4 * 4);
        const auto size = turned(u32(static_cast<std::uint32_t>(body.size()) + 12));
        return turned(u32(type)) + size + body + size;
    };
    const std::string little =
        little_block(0x0a0d0d0a,
                     turned(u32(0x1a2b3c4d)) + turned(u16(1)) + u16(0) + std::string(8, '\xff')) +
        little_block(1, turned(u16(101)) + u16(0) + u32(0) + turned(u16(14)) + turned(u16(8)) +
                            turned(u32(1000)) + u32(0)) +
        little_block(
            6, u32(0) + u32(0) + turned(u32(5'000'000)) + turned(u32(3)) + turned(u32(3)) + "abc") +
        little_block(2, u16(0) + u16(0) + u32(0) + turned(u32(6'000'000)) + turned(u32(1)) +
                            turned(u32(1)) + "d");
    const std::string big = section() + interface() + enhanced(7'000'000, "e");
    BOOST_TEST(
        (read(little + big + little) == Lines{"1005:abc", "1006:d", "7:e", "1005:abc", "1006:d"}));
}

BOOST_FIXTURE_TEST_CASE(says_what_is_wrong_in_pcapng, Fixture) {
    const std::string good = section() + interface() + enhanced(5'000'000, "abc");
    const auto wrong = [&](const std::string& next) {
        const Lines lines = read(good + next + enhanced(6'000'000, "d"));
        BOOST_TEST(lines.at(0) == "5:abc");
        return lines.size() == 2 ? lines[1] : "";
    };
    BOOST_TEST(wrong(enhanced(6'000'000, "d", 1)) ==
               "a packet of interface 1, which is not described before it");
    BOOST_TEST(wrong(section() + enhanced(6'000'000, "d")) ==
               "a packet of interface 0, which is not described before it");
    BOOST_TEST(wrong(section() + block(3, u32(1) + "a")) ==
               "a packet of an interface that is not described before it");
    BOOST_TEST(wrong(block(6, u32(0) + u32(0) + u32(0) + u32(9) + u32(9) + "abcd")) ==
               "a packet that is longer than its block");
    BOOST_TEST(wrong(block(6, u32(0))) == "a packet that is cut short");
    BOOST_TEST(wrong(block(1, u16(1))) == "an interface that is cut short");
    BOOST_TEST(wrong(interface(1, u16(2) + u16(9) + u32(0))) == "an option that is cut short");
    BOOST_TEST(wrong(u32(5) + u32(8) + u32(8)) == "a block of 8 octets, which no block has");
    BOOST_TEST(wrong(u32(5) + u32(13) + u32(0)) == "a block of 13 octets, which no block has");
    BOOST_TEST(wrong(u32(6) + u32(1U << 21U) + u32(0)) ==
               "a block of 2097152 octets, longer than any packet");
    BOOST_TEST(wrong(u32(6) + u32(16) + u32(0) + u32(12)) == "a block whose two lengths differ");
    BOOST_TEST(wrong(block(0x0a0d0d0a, u32(7))) == "a section without its byte order");
    BOOST_TEST(wrong(block(0x0a0d0d0a, u32(0x1a2b3c4d))) == "a section without its version");
    BOOST_TEST(wrong(block(0x0a0d0d0a, u32(0x1a2b3c4d) + u16(2) + u16(0) + u32(0) + u32(0))) ==
               "pcapng of version 2");
    // Octets that cannot be read are not consumed.
    Feed feed(file(good + block(6, u32(0)) + good));
    const auto capture = CaptureFile::open(feed);
    while (capture->next()) {
    }
    BOOST_TEST(!capture->next());
    BOOST_TEST(feed.position() == good.size());
}

BOOST_FIXTURE_TEST_CASE(stands_between_packets, Fixture) {
    const Pcap pcap;
    const std::string first = pcap.header() + pcap.packet(5, "abc");
    const std::string second = pcap.packet(6, "de");
    const std::string third = pcap.packet(7, "f");
    for (std::size_t cut = 0; cut < third.size(); ++cut) {
        Feed feed(file(first + second + third.substr(0, cut)));
        const auto capture = CaptureFile::open(feed);
        BOOST_TEST(feed.position() == 24);
        BOOST_REQUIRE(capture->next());
        BOOST_TEST(feed.position() == 24);
        capture->take();
        BOOST_TEST(feed.position() == first.size());
        BOOST_REQUIRE(capture->next());
        capture->take();
        BOOST_TEST(feed.position() == first.size() + second.size());
        // The packet that the file ends within is not consumed.
        BOOST_TEST(!capture->next());
        BOOST_TEST(!capture->next());
        BOOST_TEST(feed.position() == first.size() + second.size());
        BOOST_TEST(feed.ahead().size() == cut);
        BOOST_TEST(capture->problem() == "");
    }
}

// The block that the file ends within is not consumed, and one without a packet only as far as it
// is there.
BOOST_FIXTURE_TEST_CASE(stands_between_blocks, Fixture) {
    const std::string first = section() + interface() + enhanced(5'000'000, "abc");
    const std::string second = enhanced(6'000'000, "de");
    for (std::size_t cut = 0; cut < second.size(); ++cut) {
        Feed feed(file(first + second.substr(0, cut)));
        const auto capture = CaptureFile::open(feed);
        BOOST_REQUIRE(capture->next());
        BOOST_TEST(!capture->next());
        BOOST_TEST(!capture->next());
        BOOST_TEST(feed.position() == first.size());
        BOOST_TEST(feed.ahead().size() == cut);
        BOOST_TEST(capture->problem() == "");
    }
}

BOOST_FIXTURE_TEST_CASE(knows_that_it_is_cut_in_any_block, Fixture) {
    const std::string first = section() + interface() + enhanced(5'000'000, "abc");
    for (const std::string& last : {enhanced(6'000'000, "de"), statistics()}) {
        for (std::size_t cut = 0; cut <= last.size(); ++cut) {
            Feed feed(file(first + last.substr(0, cut)));
            const auto capture = CaptureFile::open(feed);
            while (capture->next()) {
            }
            BOOST_TEST(capture->is_cut() == (cut != 0 && cut != last.size()));
        }
    }
}

BOOST_FIXTURE_TEST_CASE(takes_blocks_without_packets_at_the_end, Fixture) {
    const std::string content = section() + interface() + enhanced(1'000'000, "a") + statistics();
    Feed feed(file(content));
    const auto capture = CaptureFile::open(feed);
    BOOST_REQUIRE(capture->next());
    BOOST_TEST(!capture->next());
    BOOST_TEST(feed.position() == content.size());
}

// The mark: an import ended there, and the file has grown since.
BOOST_FIXTURE_TEST_CASE(says_when_it_passes_a_mark, Fixture) {
    const Pcap pcap;
    const std::string old_pcap = pcap.header() + pcap.packet(5, "abc");
    const std::string old_pcapng =
        section() + interface() + enhanced(1'000'000, "a") + statistics();
    const std::pair<std::string, std::string> grown[] = {
        {old_pcap, pcap.packet(6, "de")},
        {old_pcapng, section() + interface() + enhanced(2'000'000, "b")},
    };
    for (const auto& [old, added] : grown) {
        Feed feed(file(old + added));
        std::vector<std::uint64_t> at;
        const auto capture =
            CaptureFile::open(feed, old.size(), [&] { at.push_back(feed.position()); });
        BOOST_REQUIRE(capture->next());
        capture->take();
        BOOST_REQUIRE(capture->next());
        BOOST_TEST(at.size() == 1);
        BOOST_TEST(at.at(0) < old.size());          // not yet there
        BOOST_TEST(feed.position() >= old.size());  // but then it was
    }
}

BOOST_FIXTURE_TEST_CASE(says_what_is_wrong, Fixture) {
    const Pcap pcap;
    BOOST_TEST(read("no capture at all, and long enough").size() == 1);
    BOOST_TEST(read("").empty());
    BOOST_TEST(link_type_name(143) == "DOCSIS");
    BOOST_TEST(link_type_name(147) == "number 147");
    // An impossible length; the packets before it are read.
    std::string broken = pcap.packet(6, "de");
    broken[8] = '\x7f';
    const Lines lines = read(pcap.header() + pcap.packet(5, "abc") + broken + std::string(99, 'x'));
    BOOST_REQUIRE(lines.size() == 2);
    BOOST_TEST(lines[0] == "5:abc");
}

// Longer than the buffer of the feed.
BOOST_FIXTURE_TEST_CASE(passes_over_large_blocks, Fixture) {
    const std::string content = section() + interface() +
                                block(0x0bad, std::string(5U << 20U, 'x')) +
                                enhanced(1'000'000, "a");
    BOOST_TEST((read(content) == Lines{"1:a"}));
}

BOOST_FIXTURE_TEST_CASE(closes_its_capture_with_the_feed_still_open, Fixture) {
    const Pcap pcap;
    Feed feed(file(pcap.header() + pcap.packet(5, "abc")));
    CaptureFile::open(feed).reset();
    BOOST_TEST(feed.position() == 24);
}

BOOST_AUTO_TEST_SUITE_END()
