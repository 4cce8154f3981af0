// From frames to datagrams and segments: every link type and tunnel, and the reasons for skipping.
#include "zonegen/capture/packet_decoder.hpp"

#include <boost/test/unit_test.hpp>
#include <random>

#include "tests/support/packets.hpp"
#include "tests/support/random_seed.hpp"
#include "zonegen/capture/link_layer.hpp"

BOOST_AUTO_TEST_SUITE(packet_decoder_test)

using namespace dnshist;
using namespace dnshist::zonegen;
using namespace dnshist::test;

namespace {

constexpr int link_ethernet = 1;
constexpr int link_raw = 101;

const std::string message = "the payload of a datagram";
const std::string datagram = udp(53, 1024, message);
const std::string packet = ipv4(datagram);
const std::string packet_6 = ipv6(datagram);

struct Fixture {
    PacketDecoder decoder{{53, 5353}};
    PacketTime now{0};

    // The payload of the datagram or segment, or the reason why there is none.
    std::string read(int link_type, const std::string& frame) {
        const Packet result = decoder.decode(link_type, as_octets(frame), now);
        if (const auto* const udp = std::get_if<Datagram>(&result)) {
            return std::string(as_text(udp->payload));
        }
        if (const auto* const tcp = std::get_if<Segment>(&result)) {
            return std::string(as_text(tcp->payload));
        }
        switch (std::get<SkipReason>(result)) {
            case SkipReason::not_ip:
                return "not_ip";
            case SkipReason::other_protocol:
                return "other_protocol";
            case SkipReason::malformed:
                return "malformed";
            case SkipReason::cut:
                return "cut";
            case SkipReason::fragment:
                return "fragment";
            case SkipReason::refused:
                return "refused";
            case SkipReason::too_many_layers:
                return "too_many_layers";
        }
        return {};
    }
    Endpoints between(const std::string& ip) {
        const Packet result = decoder.decode(link_raw, as_octets(ip), now);
        BOOST_REQUIRE(std::holds_alternative<Datagram>(result));
        return std::get<Datagram>(result).between;
    }
};

// Headers before an IP packet, by link type.
struct Link {
    const char* what;
    int type;
    std::string frame;
};

const std::string snap = octets_from("aaaa03000000");
const std::string ppp_ipv4 = u16(0x0021) + packet;
const std::string wireless_header = octets_from("0802") + std::string(22, '\0');

const Link links[] = {
    {"null", 0, octets_from("02000000") + packet},
    {"loop", 108, octets_from("00000002") + packet},
    {"ethernet", 1, ethernet(packet)},
    {"ethernet, IPv6", 1, ethernet(packet_6, 0x86dd)},
    {"802.1Q", 1, ethernet(u16(11) + u16(0x0800) + packet, 0x8100)},
    {"802.1ad", 1, ethernet(u16(1) + u16(0x8100) + u16(2) + u16(0x86dd) + packet_6, 0x88a8)},
    {"VN-Tag", 1, ethernet(u32(0) + u16(0x0800) + packet, 0x8926)},
    {"802.1BR", 1, ethernet(u32(0) + u16(0) + u16(0x0800) + packet, 0x893f)},
    {"802.3 with SNAP", 1, ethernet(snap + u16(0x0800) + packet, 0x0100)},
    {"802.3 with LLC for IP", 1, ethernet(octets_from("060603") + packet, 0x0100)},
    {"PPPoE", 1, ethernet(octets_from("110000010000") + ppp_ipv4, 0x8864)},
    {"MPLS", 1, ethernet(u32(0x1000) + u32(0x1100) + packet, 0x8847)},
    {"MPLS with Ethernet", 1, ethernet(u32(0x1100) + u32(0) + ethernet(packet), 0x8847)},
    {"padded", 1, ethernet(packet + std::string(10, '\0'))},
    {"PPP", 9, octets_from("ff03") + ppp_ipv4},
    {"PPP, protocol in one octet", 50, u8(0x57) + packet_6},
    {"pppd", 166, u16(0) + ppp_ipv4},
    {"FDDI", 10, std::string(13, '\x50') + snap + u16(0x0800) + packet},
    {"raw, OpenBSD", 14, packet_6},
    {"raw, BSD", 12, packet},
    {"raw", 101, packet},
    {"IPv4", 228, packet},
    {"IPv6", 229, packet_6},
    {"Cisco HDLC", 104, octets_from("0f00") + u16(0x0800) + packet},
    {"IEEE 802.11", 105, wireless_header + snap + u16(0x0800) + packet},
    {"with QoS", 105,
     octets_from("8802") + std::string(22, '\0') + u16(0) + snap + u16(0x0800) + packet},
    {"with a fourth address", 105,
     octets_from("0803") + std::string(28, '\0') + snap + u16(0x86dd) + packet_6},
    {"radiotap", 127,
     octets_from("0000080000000000") + wireless_header + snap + u16(0x0800) + packet},
    {"radiotap with padding", 127,
     octets_from("000012000300000000000000000000002000") + octets_from("8802") +
         std::string(22, '\0') + u16(0) + u16(0) + snap + u16(0x0800) + packet},
    {"Prism", 119,
     u32(0x44) + std::string(140, '\0') + wireless_header + snap + u16(0x0800) + packet},
    {"AVS", 163,
     u32(0x80211001) + u32(64) + std::string(56, '\0') + wireless_header + snap + u16(0x0800) +
         packet},
    {"PPI", 192, octets_from("0000080069000000") + wireless_header + snap + u16(0x0800) + packet},
    {"SLL", 113, std::string(14, '\0') + u16(0x0800) + packet},
    {"SLL2", 276, u16(0x86dd) + std::string(18, '\0') + packet_6},
    {"SLL with a VLAN", 113, std::string(14, '\0') + u16(0x8100) + u16(3) + u16(0x0800) + packet},
    {"pf's log", 117, u8(61) + std::string(63, '\0') + packet},
    {"IPsec", 109, std::string(12, '\0') + packet},
    {"NFLOG", 239, u32(0) + octets_from("05000a0041000000") + octets_from("39000900") + packet},
    {"PKTAP", 258, octets_from("0c0000000100000001000000") + ethernet(packet)},
};

std::string vxlan(const std::string& inner) {
    return ipv4(udp(50000, 4789, octets_from("0800000000000100") + inner));
}
std::string gre(const std::string& rest) {
    return ipv4(rest, {.protocol = 47});
}

const Link tunnels[] = {
    {"IPv4 in IPv4", 101, ipv4(packet, {.protocol = 4})},
    {"IPv6 in IPv4", 101, ipv4(packet_6, {.protocol = 41})},
    {"IPv4 in IPv6", 101, ipv6(packet, 4)},
    {"MPLS in IP", 101, ipv4(u32(0x1100) + packet, {.protocol = 137})},
    {"GRE", 101, gre(u16(0) + u16(0x0800) + packet)},
    {"GRE with all there may be", 101,
     gre(u16(0xb000) + u16(0x86dd) + u32(0) + u32(0) + u32(0) + packet_6)},
    {"GRE with Ethernet", 101, gre(u16(0) + u16(0x6558) + ethernet(packet))},
    {"PPTP", 101, gre(u16(0x3081) + u16(0x880b) + u32(0) + u32(0) + u32(0) + ppp_ipv4)},
    {"ERSPAN I", 101, gre(u16(0) + u16(0x88be) + ethernet(packet))},
    {"ERSPAN II", 101,
     gre(u16(0x1000) + u16(0x88be) + u32(0) + std::string(8, '\0') + ethernet(packet))},
    {"ERSPAN III", 101,
     gre(u16(0x1000) + u16(0x22eb) + u32(0) + std::string(12, '\0') + ethernet(packet))},
    {"ERSPAN III with a subheader", 101,
     gre(u16(0x1000) + u16(0x22eb) + u32(0) + std::string(11, '\0') + u8(1) + std::string(8, '\0') +
         ethernet(packet))},
    {"VXLAN", 101, vxlan(ethernet(packet))},
    {"VXLAN within VXLAN", 101, vxlan(ethernet(vxlan(ethernet(packet))))},
    {"VXLAN-GPE", 101, ipv4(udp(50000, 4790, octets_from("0c00000200000000") + packet_6))},
    {"Geneve", 101,
     ipv4(udp(50000, 6081, octets_from("0100655800000100") + u32(0) + ethernet(packet)))},
    {"GTP-U", 101, ipv4(udp(2152, 2152, octets_from("30ff000000000001") + packet))},
    {"GTP-U with an extension", 101,
     ipv4(udp(2152, 2152, octets_from("34ff0000000000010000008501000000") + packet))},
    {"Teredo", 101, ipv4(udp(3544, 50000, packet_6))},
    {"Teredo with authentication and origin", 101,
     ipv4(udp(3544, 50000,
              octets_from("00010000") + std::string(9, '\0') + std::string(8, '\0') + packet_6))},
    {"L2TP", 101, ipv4(udp(1701, 1701, u16(0x4002) + u16(0) + u32(0) + ppp_ipv4))},
    {"GRE in UDP", 101, ipv4(udp(50000, 4754, u16(0) + u16(0x0800) + packet))},
    {"MPLS in UDP", 101, ipv4(udp(50000, 6635, u32(0x1100) + packet))},
    {"TZSP", 101, ipv4(udp(50000, 37008, octets_from("010000010a015501") + ethernet(packet)))},
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(opens_every_link_type, Fixture) {
    for (const Link& link : links) {
        BOOST_TEST_CONTEXT(link.what) {
            BOOST_TEST(link_type_known(link.type));
            BOOST_TEST(read(link.type, link.frame) == message);
        }
    }
    BOOST_TEST(!link_type_known(147));
    BOOST_TEST(read(147, packet) == "not_ip");
}

BOOST_FIXTURE_TEST_CASE(opens_every_tunnel, Fixture) {
    for (const Link& tunnel : tunnels) {
        BOOST_TEST_CONTEXT(tunnel.what) {
            BOOST_TEST(read(tunnel.type, tunnel.frame) == message);
        }
    }
}

// A frame cut anywhere yields the whole payload or none.
BOOST_FIXTURE_TEST_CASE(reads_nothing_of_frames_cut_short, Fixture) {
    for (const auto& all : {std::span<const Link>(links), std::span<const Link>(tunnels)}) {
        for (const Link& link : all) {
            const std::size_t whole =
                link.what == std::string("padded") ? link.frame.size() - 10 : link.frame.size();
            for (std::size_t size = 0; size < whole; ++size) {
                const std::string read_of_it = read(link.type, link.frame.substr(0, size));
                BOOST_TEST((read_of_it == "not_ip" || read_of_it == "malformed" ||
                            read_of_it == "cut" || read_of_it == "other_protocol"),
                           link.what << " at " << size << ": " << read_of_it);
            }
        }
    }
}

BOOST_FIXTURE_TEST_CASE(survives_any_octet_changed, Fixture) {
    const std::uint64_t seed = test::random_seed();
    std::mt19937_64 random(seed);
    BOOST_TEST_CONTEXT("DNSHIST_SEED=" << seed)
    for (const auto& all : {std::span<const Link>(links), std::span<const Link>(tunnels)}) {
        for (const Link& link : all) {
            for (std::size_t at = 0; at < link.frame.size(); ++at) {
                std::string frame = link.frame;
                frame[at] = static_cast<char>(random() & 0xffU);
                read(link.type, frame);
            }
        }
    }
}

BOOST_FIXTURE_TEST_CASE(says_between_whom, Fixture) {
    const Endpoints there = between(ipv4(udp(1024, 53, message)));
    const Endpoints back = between(ipv4_back(udp(53, 1024, message)));
    BOOST_TEST(there.source_port == 1024);
    BOOST_TEST(there.destination_port == 53);
    BOOST_TEST(hex(there.source) == "00000000000000000000ffffc0000201");
    BOOST_TEST(hex(there.destination) == "00000000000000000000ffffc0000202");
    BOOST_TEST((there == back.reversed()));
    BOOST_TEST(there.tunnels == 0);
    BOOST_TEST(hex(between(packet_6).source) == "20010db8000000000000000000000001");
}

BOOST_FIXTURE_TEST_CASE(tells_tunnels_and_their_directions_apart, Fixture) {
    const std::string inner = ipv4(udp(1024, 53, message));
    const std::string response = ipv4_back(udp(53, 1024, message));
    const Endpoints bare = between(inner);
    const Endpoints there = between(ipv4(inner, {.protocol = 4}));
    const Endpoints back = between(ipv4_back(inner, {.protocol = 4}));
    const Endpoints elsewhere = between(ipv4(inner, {.protocol = 4, .source = "c0000203"}));
    const Endpoints other_kind = between(gre(u16(0) + u16(0x0800) + inner));
    BOOST_TEST((there != back));
    BOOST_TEST((there == between(ipv4_back(response, {.protocol = 4})).reversed()));
    BOOST_TEST((there != between(ipv4(response, {.protocol = 4})).reversed()));
    BOOST_TEST((there != bare));
    BOOST_TEST((there != elsewhere));
    BOOST_TEST((there != other_kind));
}

BOOST_FIXTURE_TEST_CASE(reads_segments, Fixture) {
    const std::string bytes = ipv4(tcp(1024, 53, 0xffffffff, syn, "x"), {.protocol = 6});
    const Packet result = decoder.decode(link_raw, as_octets(bytes), now);
    BOOST_REQUIRE(std::holds_alternative<Segment>(result));
    const auto& segment = std::get<Segment>(result);
    BOOST_TEST(segment.sequence == 0);  // of the first octet, after SYN
    BOOST_TEST(segment.synchronize);
    BOOST_TEST(!segment.acknowledge);
    BOOST_TEST(as_text(segment.payload) == "x");
    // A segment that was captured in part is used.
    BOOST_TEST(read(link_raw, ipv4(tcp(1, 53, 1, ack, "abc"), {.protocol = 6}).substr(0, 42)) ==
               "ab");
    std::string bad = ipv4(tcp(1, 53, 1, ack, "abc"), {.protocol = 6});
    bad[32] = 0x40;  // a header of 16 octets
    BOOST_TEST(read(link_raw, bad) == "malformed");
}

BOOST_FIXTURE_TEST_CASE(takes_a_length_of_zero_for_all_there_is, Fixture) {
    std::string offloaded = packet;
    offloaded[2] = offloaded[3] = 0;
    BOOST_TEST(read(link_raw, offloaded) == message);
}

BOOST_FIXTURE_TEST_CASE(passes_over_what_carries_no_dns, Fixture) {
    BOOST_TEST(read(link_ethernet, ethernet(std::string(28, '\0'), 0x0806)) == "not_ip");  // ARP
    BOOST_TEST(read(link_raw, ipv4(u32(0) + u32(0) + packet, {.protocol = 1})) == "other_protocol");
    BOOST_TEST(read(link_raw, ipv6(std::string(8, '\0') + packet_6, 58)) == "other_protocol");
    BOOST_TEST(read(link_raw, ipv6(std::string(8, '\0'), 59)) == "other_protocol");
    BOOST_TEST(read(link_raw, std::string(40, '\x75')) == "malformed");  // version 7
    BOOST_TEST(read(link_raw, ipv4(u16(53) + u16(1) + u16(7) + u16(0))) == "malformed");
    BOOST_TEST(read(link_raw, ipv4(u16(53) + u16(1) + u16(99) + u16(0))) == "malformed");
    // 802.11: encrypted, management, fragmented, aggregated.
    const std::string rest = snap + u16(0x0800) + packet;
    BOOST_TEST(read(105, octets_from("0842") + std::string(22, '\0') + rest) == "not_ip");
    BOOST_TEST(read(105, octets_from("8000") + std::string(22, '\0') + rest) == "not_ip");
    BOOST_TEST(read(105, octets_from("0806") + std::string(22, '\0') + rest) == "not_ip");
    BOOST_TEST(read(105, octets_from("8802") + std::string(22, '\0') + u16(0x8000) + rest) ==
               "not_ip");
}

// A DNS port takes precedence over a tunnel port.
BOOST_FIXTURE_TEST_CASE(takes_dns_from_a_tunnels_port, Fixture) {
    BOOST_TEST(
        read(link_raw, ipv4(udp(53, 4789, octets_from("0800000000000100") + ethernet(packet))))
            .size() == 8 + 14 + packet.size());
    // A datagram at a tunnel port without the header of a tunnel is an ordinary one.
    BOOST_TEST(read(link_raw, ipv4(udp(50000, 4789, "hello"))) == "hello");
}

BOOST_FIXTURE_TEST_CASE(does_not_go_down_without_end, Fixture) {
    std::string nested = packet;
    for (int i = 0; i < 30; ++i)
        nested = ipv4(nested, {.protocol = 4});
    BOOST_TEST(read(link_raw, nested) == "too_many_layers");
    std::string tagged;
    for (int i = 0; i < 9; ++i)
        tagged += u16(0) + u16(0x8100);
    BOOST_TEST(read(link_ethernet, ethernet(tagged, 0x8100)) == "not_ip");
    // Extension headers, each of eight octets.
    std::string extended = datagram;
    for (int i = 0; i < 9; ++i)
        extended.insert(0, u8(i == 0 ? 17 : 60) + std::string(7, '\0'));
    BOOST_TEST(read(link_raw, ipv6(extended, 60)) == "malformed");
}

BOOST_FIXTURE_TEST_CASE(passes_over_extension_headers, Fixture) {
    const std::string options = u8(17) + u8(1) + std::string(14, '\0') + datagram;
    BOOST_TEST(read(link_raw, ipv6(options, 0)) == message);
    BOOST_TEST(read(link_raw, ipv6(u8(60) + u8(0) + std::string(6, '\0') + options, 43)) ==
               message);
    const std::string authenticated = u8(17) + u8(4) + std::string(22, '\0') + datagram;
    BOOST_TEST(read(link_raw, ipv6(authenticated, 51)) == message);
    BOOST_TEST(read(link_raw, ipv4(authenticated, {.protocol = 51})) == message);
}

BOOST_FIXTURE_TEST_CASE(puts_fragments_together, Fixture) {
    const auto part = [](unsigned offset, bool more, const std::string& octets, unsigned id = 1) {
        return ipv4(octets,
                    {.identification = id, .flags_and_offset = (more ? 0x2000U : 0U) | offset / 8});
    };
    BOOST_TEST(read(link_raw, part(0, true, datagram.substr(0, 16))) == "fragment");
    BOOST_TEST(read(link_raw, part(16, false, datagram.substr(16), 2)) ==
               "fragment");  // of another datagram
    BOOST_TEST(read(link_raw, part(16, false, datagram.substr(16))) == message);

    BOOST_TEST(read(link_raw, ipv6(ipv6_fragment(17, 16, false, datagram.substr(16)), 44)) ==
               "fragment");
    BOOST_TEST(read(link_raw, ipv6(ipv6_fragment(17, 0, true, datagram.substr(0, 16)), 44)) ==
               message);
    // An atomic fragment (RFC 6946).
    BOOST_TEST(read(link_raw, ipv6(ipv6_fragment(17, 0, false, datagram), 44)) == message);
    // Extension headers are in the first fragment only.
    const std::string options = u8(17) + u8(0) + std::string(6, '\0') + datagram;
    BOOST_TEST(read(link_raw, ipv6(ipv6_fragment(60, 0, true, options.substr(0, 8)), 44)) ==
               "fragment");
    BOOST_TEST(read(link_raw, ipv6(ipv6_fragment(60, 8, false, options.substr(8)), 44)) == message);
    // A fragmented tunnel that carries fragments.
    const std::string inner =
        ipv4(datagram.substr(16), {.identification = 9, .flags_and_offset = 2});
    BOOST_TEST(read(link_raw, ipv4(part(0, true, datagram.substr(0, 16), 9), {.protocol = 4})) ==
               "fragment");
    const auto outer = [&](unsigned offset, bool more, const std::string& octets) {
        return ipv4(octets, {.protocol = 4,
                             .identification = 5,
                             .flags_and_offset = (more ? 0x2000U : 0U) | offset / 8});
    };
    BOOST_TEST(read(link_raw, outer(0, true, inner.substr(0, 8))) == "fragment");
    BOOST_TEST(read(link_raw, outer(8, false, inner.substr(8))) == message);

    // In fragments the checksum counts, if there is one: another sender's fragment does not fit it.
    const auto joined = [&](unsigned checksum) {
        std::string summed = udp(53, 1024, message);
        summed.replace(6, 2, u16(checksum));
        read(link_raw, part(0, true, summed.substr(0, 16), 6));
        return read(link_raw, part(16, false, summed.substr(16), 6));
    };
    const unsigned right = 0x8e31;
    BOOST_TEST(joined(right) == message);
    BOOST_TEST(joined(right + 1) == "refused");
    BOOST_TEST(joined(0) == message);
    std::string whole = packet;
    whole.replace(26, 2, u16(right + 1));
    BOOST_TEST(read(link_raw, whole) == message);  // one packet: the network card fills it in

    BOOST_TEST(read(link_raw, part(0, true, datagram.substr(0, 16), 3).substr(0, 30)) == "cut");
    BOOST_TEST(read(link_raw, part(0, true, datagram.substr(0, 15), 4)) == "refused");
}

BOOST_AUTO_TEST_SUITE_END()
