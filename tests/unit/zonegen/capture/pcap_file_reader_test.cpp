// The observations from a capture, and the remarks about the rest.
#include "zonegen/capture/pcap_file_reader.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "storage/record/rrtype.hpp"
#include "tests/support/dns_message.hpp"
#include "tests/support/packets.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace dnshist;
using namespace dnshist::zonegen;
using namespace dnshist::test;

namespace {

constexpr unsigned desired = 0x0100;    // RD
constexpr unsigned available = 0x8080;  // QR, RA

std::string text(const DnsMessage& message) {
    return std::string(as_text(message.octets()));
}

struct Fixture {
    TemporaryDirectory directory;
    std::string content =
        u32(0xa1b2c3d4) + u16(2) + u16(4) + u32(0) + u32(0) + u32(65535) + u32(101);
    std::vector<std::string> observed;
    std::vector<std::string> refused;
    std::vector<FeedRemark> remarks;
    std::string sensor;
    Trust trust = Trust::bailiwick;

    void add(const std::string& packet, std::size_t size) {
        content += u32(1000) + u32(0) + u32(static_cast<std::uint32_t>(size)) +
                   u32(static_cast<std::uint32_t>(packet.size())) + packet.substr(0, size);
    }
    void add(const std::string& packet) { add(packet, packet.size()); }

    void read() {
        const std::string path = (directory.path() / "capture").string();
        std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
        Sink sink;
        sink.observe = [this](const Observation& observation) {
            std::string line = Name::from_wire(observation.owner).value().text();
            line += ' ' + rrtype_text(observation.type) + ' ' +
                    std::to_string(observation.seen.begin.since_epoch);
            if (observation.source != nullptr) line += ' ' + observation.source->sensor_id;
            observed.push_back(line);
        };
        sink.refuse = [this](std::uint64_t place, std::string_view item, const Reject&) {
            refused.push_back(std::to_string(place) + ": " + std::string(item));
        };
        Feed feed(path);
        PcapFileReader reader(feed, sink, {}, trust, sensor);
        while (reader.next()) {
        }
        remarks = reader.remarks();
    }
};

// A chain that leads into another domain.
std::string chain(unsigned flags) {
    return text(DnsMessage(flags)
                    .question("www.example.com.", "A")
                    .record(DnsMessage::answer, "www.example.com. CNAME www.example.net.")
                    .record(DnsMessage::answer, "www.example.net. A 192.0.2.1"));
}
std::string question(unsigned flags) {
    return text(DnsMessage(flags).question("www.example.com.", "A"));
}

using Lines = std::vector<std::string>;

}  // namespace

BOOST_FIXTURE_TEST_CASE(believes_a_resolver_all_that_was_asked_for, Fixture) {
    add(ipv4(udp(1024, 53, question(desired))));
    add(ipv4_back(udp(53, 1024, chain(available | desired))));
    read();
    BOOST_TEST((observed == Lines{"www.example.com. CNAME 1000", "www.example.net. A 1000"}));
    BOOST_TEST(refused.empty());
    BOOST_TEST(remarks.empty());
}

// Neither a response alone nor a query without RD is evidence of a resolver.
BOOST_FIXTURE_TEST_CASE(believes_other_servers_what_is_theirs, Fixture) {
    add(ipv4_back(udp(53, 1024, chain(available | desired))));
    add(ipv4(udp(1024, 53, question(0))));
    add(ipv4_back(udp(53, 1024, chain(available))));
    add(ipv4(udp(1024, 53, question(desired))));
    add(ipv4_back(udp(53, 1024, chain(0x8000 | desired))));
    sensor = "here";
    read();
    const std::string one = "www.example.com. CNAME 1000 here";
    BOOST_TEST((observed == Lines{one, one, one}));
    const std::string other = ": www.example.net. A 192.0.2.1";
    BOOST_TEST((refused == Lines{"1" + other, "3" + other, "5" + other}));
}

BOOST_FIXTURE_TEST_CASE(believes_everything_if_told_to, Fixture) {
    trust = Trust::everything;
    add(ipv4_back(udp(53, 1024, chain(0x8000))));
    read();
    BOOST_TEST(observed.size() == 2);
}

BOOST_FIXTURE_TEST_CASE(says_what_was_passed_over, Fixture) {
    add(ipv4(udp(1024, 53, question(desired))));
    const std::string other = text(DnsMessage(available).question("else.example.com.", "A"));
    add(ipv4_back(udp(53, 1024, other)));
    add(ipv4_back(udp(53, 1024, chain(available))), 60);
    add(ipv4_back(udp(53, 1024, std::string(20, '\xff'))));  // QR, and nothing else that is valid
    content.resize(content.size() - 1);
    read();
    BOOST_TEST(observed.empty());
    BOOST_REQUIRE(remarks.size() == 3);
    BOOST_TEST(remarks[0].failed);
    BOOST_TEST(remarks[0].text.starts_with("ends within a packet (behind 3 packets)"));
    BOOST_TEST(!remarks[1].failed);
    BOOST_TEST(remarks[1].text.starts_with("1 packet passed over: the capture has less"));
    BOOST_TEST(remarks[2].text == "1 response passed over: no client asked for them");
}
