// The observations from a capture, and the remarks about the rest.
#include "zonegen/capture/pcap_file_reader.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "storage/record/rrtype.hpp"
#include "tests/support/dns_message.hpp"
#include "tests/support/packets.hpp"
#include "tests/support/temporary_directory.hpp"

BOOST_AUTO_TEST_SUITE(pcap_file_reader_test)

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
    PcapOptions options;

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
            if (observation.source != nullptr) {
                line += ' ' + observation.source->sensor_id + observation.source->origin;
            }
            observed.push_back(line);
        };
        sink.refuse = [this](std::uint64_t place, std::string_view item, const Reject& reject) {
            refused.push_back(std::to_string(place) + ": " + std::string(item) + reject.detail);
        };
        Feed feed(path);
        PcapFileReader reader(feed, sink, {}, options);
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

BOOST_FIXTURE_TEST_CASE(believes_a_resolver_in_all_zones, Fixture) {
    options.resolvers = {address_prefix_from_text("192.0.2.2").value()};
    add(ipv4(udp(1024, 53, question(0))));
    add(ipv4_back(udp(53, 1024, chain(0x8000))));
    read();
    BOOST_TEST((observed == Lines{"www.example.com. CNAME 1000", "www.example.net. A 1000"}));
    BOOST_TEST(refused.empty());
    BOOST_TEST(remarks.empty());
}

// Whatever RD, RA and AA are in either: the client and the server choose them.
BOOST_FIXTURE_TEST_CASE(believes_other_servers_in_the_domain_asked_for, Fixture) {
    options.resolvers = {address_prefix_from_text("192.0.2.1").value(),
                         address_prefix_from_text("2001:db8::/32").value()};
    options.sensor = "here";
    Lines observations;
    Lines rejects;
    for (const unsigned query_flags : {0U, desired}) {
        for (const unsigned flags : {0x8000U, available | desired, 0x8400U, 0x85a0U}) {
            add(ipv4(udp(1024, 53, question(query_flags))));
            add(ipv4_back(udp(53, 1024, chain(flags))));
            observations.emplace_back("www.example.com. CNAME 1000 here");
            rejects.push_back(std::to_string(2 * observations.size()) +
                              ": www.example.net. A 192.0.2.1");
        }
    }
    read();
    BOOST_TEST(observed == observations, boost::test_tools::per_element());
    BOOST_TEST(refused == rejects, boost::test_tools::per_element());
}

// Anybody may have sent it, also in the name of the resolver; before the question, too.
BOOST_FIXTURE_TEST_CASE(believes_no_response_without_its_question, Fixture) {
    options.resolvers = {address_prefix_from_text("192.0.2.2").value()};
    add(ipv4_back(udp(53, 1024, chain(available | desired))));
    add(ipv4(udp(1024, 53, question(desired))));
    read();
    BOOST_TEST(observed.empty());
    BOOST_TEST((refused == Lines{"1: www.example.com. A"}));

    options.trust = Trust::unasked;
    read();
    BOOST_TEST((observed == Lines{"www.example.com. CNAME 1000 dnshist:unasked"}));
    BOOST_TEST((refused == Lines{"1: www.example.com. A", "1: www.example.net. A 192.0.2.1"}));
}

BOOST_FIXTURE_TEST_CASE(believes_everything_if_told_to, Fixture) {
    options.trust = Trust::everything;
    add(ipv4_back(udp(53, 1024, chain(0x8000))));
    read();
    BOOST_TEST(observed.size() == 2);
}

// Records of multicast DNS say with the top bit of their class that they replace others.
BOOST_FIXTURE_TEST_CASE(believes_multicast_dns_of_the_link_in_local_names, Fixture) {
    const std::string announced =
        text(DnsMessage()
                 .record(DnsMessage::answer, std::string_view("\4host\5local\0", 12), Rrtype::A,
                         std::string_view("\xc0\0\2\1", 4), 0x8001)
                 .record(DnsMessage::answer, "www.example.com A 192.0.2.66"));
    add(ipv4(udp(5353, 5353, announced), {.destination = "e00000fb"}));
    add(ipv4(udp(5353, 5353, announced)));
    read();
    BOOST_TEST((observed == Lines{"host.local. A 1000"}));
    BOOST_TEST((refused == Lines{"1: www.example.com. A 192.0.2.66"}));
    BOOST_REQUIRE(remarks.size() == 1);
    BOOST_TEST(remarks[0].text.starts_with("1 response passed over: "));
}

BOOST_FIXTURE_TEST_CASE(rejects_packets_without_a_time, Fixture) {
    const std::string query_packet = ipv4(udp(1024, 53, question(0)));
    add(query_packet);
    content.replace(24, 4, u32(0));
    read();
    BOOST_TEST((refused == Lines{"1: no time in it"}));
}

BOOST_FIXTURE_TEST_CASE(names_link_types_that_are_not_known, Fixture) {
    content.replace(20, 4, u32(143));
    add(ipv4(udp(1024, 53, question(0))));
    read();
    BOOST_REQUIRE(remarks.size() == 1);
    BOOST_TEST(remarks[0].text ==
               "1 packet passed over: frames of a link type that is not known here: DOCSIS");
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
    BOOST_TEST(remarks[2].text ==
               "1 response passed over: to another question, to a server, or multicast DNS that is "
               "not from the link");
}

BOOST_AUTO_TEST_SUITE_END()
