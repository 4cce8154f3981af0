#include "storage/pivot/pivot_values.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "storage/record/personal_type.hpp"
#include "storage/record/rdata.hpp"
#include "storage/record/rdata_fields.hpp"
#include "storage/text/address.hpp"
#include "tests/unit/storage/pivot/shown_values.hpp"

BOOST_AUTO_TEST_SUITE(pivot_values_test)

using namespace dnshist;
using namespace dnshist::test;
using namespace std::string_literals;

BOOST_AUTO_TEST_CASE(addresses_and_names_are_values) {
    BOOST_TEST(values(Rrtype::A, "192.0.2.1") == "4:192.0.2.1");
    BOOST_TEST(values(Rrtype::AAAA, "2001:db8::1") == "6:2001:db8::1");
    BOOST_TEST(values(Rrtype::NS, "Ns1.Example.") == "n:ns1.example.");
    BOOST_TEST(values(Rrtype::MX, "10 mail.example.") == "n:mail.example.");
    BOOST_TEST(values(Rrtype::SRV, "1 2 3 a.") == "n:a.");
    BOOST_TEST(values(Rrtype::SOA, "ns1.a. admin.b. 1 2 3 4 5") == "n:ns1.a. n:admin.b.");
    BOOST_TEST(values(Rrtype::HTTPS, "1 svc.a. ipv6hint=::1,::2 ipv4hint=1.2.3.4") ==
               "n:svc.a. 4:1.2.3.4 6:::1 6:::2");
    BOOST_TEST(values(Rrtype::HINFO, "PC Linux") == "");
    BOOST_TEST(values(Rrtype{65280}, "\\# 3 016100") == "");
}

BOOST_AUTO_TEST_CASE(what_a_gateway_or_relay_points_at_is_a_value) {
    BOOST_TEST(values(Rrtype::IPSECKEY, "10 1 2 192.0.2.38 AQNR") == "4:192.0.2.38");
    BOOST_TEST(values(Rrtype::IPSECKEY, "10 2 2 2001:db8::2 AQNR") == "6:2001:db8::2");
    BOOST_TEST(values(Rrtype::IPSECKEY, "10 3 2 gw.example. AQNR") == "n:gw.example.");
    BOOST_TEST(values(Rrtype::IPSECKEY, "10 0 2 . AQNR") == "");
    BOOST_TEST(values(Rrtype::AMTRELAY, "10 1 1 203.0.113.15") == "4:203.0.113.15");
    BOOST_TEST(values(Rrtype::AMTRELAY, "10 0 2 2001:db8::15") == "6:2001:db8::15");
    BOOST_TEST(values(Rrtype::AMTRELAY, "10 1 3 Relay.example.") == "n:relay.example.");
    BOOST_TEST(values(Rrtype::AMTRELAY, "10 1 0 .") == "");
    BOOST_TEST(values_of(Rrtype::AMTRELAY, as_octets("\12\1\xc0\0\2"s)).empty());
    BOOST_TEST(values_of(Rrtype::AMTRELAY, as_octets("\12\4\xc0\0\2\1"s)).empty());
    BOOST_TEST(values_of(Rrtype::AMTRELAY, as_octets("\12"s)).empty());
    BOOST_TEST(values_of(Rrtype::IPSECKEY, as_octets("\12\2\2\x20\1"s)).empty());
}

BOOST_AUTO_TEST_CASE(addresses_of_rare_types_are_values) {
    // The octets of a prefix that are not there are zero; the bits behind it are as they are.
    BOOST_TEST(values(Rrtype::APL, "1:192.168.32.0/21 !1:192.0.2.77/24 2:fe80::/10 1:0.0.0.0/0") ==
               "4:192.168.32.0 4:192.0.2.77 6:fe80:: 4:0.0.0.0");
    BOOST_TEST(values_of(Rrtype::APL, as_octets("\0\3\1\1\x80"s)).empty());  // of another family
    BOOST_TEST(values_of(Rrtype::APL, as_octets("\0\1\x18\4\xc0\0\2"s)).empty());
    BOOST_TEST(values_of(Rrtype::APL, as_octets("\0\1\x18\5\1\1\1\1\1"s)).empty());
    BOOST_TEST(values(Rrtype::WKS, "\\# 9 C00002010600000040") == "4:192.0.2.1");
    BOOST_TEST(values(Rrtype::WKS, "\\# 5 C000020106") == "4:192.0.2.1");
    BOOST_TEST(values_of(Rrtype::WKS, as_octets("\xc0\0\2\1"s)).empty());
    BOOST_TEST(values(Rrtype::L32, "10 10.1.2.0") == "4:10.1.2.0");
    BOOST_TEST(values(Rrtype::L64, "10 2001:0db8:1140:1000") == "6:2001:db8:1140:1000::");
    BOOST_TEST(values(Rrtype::NID, "10 0014:4fff:ff20:ee64") == "");
    BOOST_TEST(values(Rrtype::A6, "0 2001:db8::15") == "6:2001:db8::15");
    BOOST_TEST(values(Rrtype::A6, "64 ::15 p.example.") == "6:::15 n:p.example.");
    BOOST_TEST(values(Rrtype::A6, "128 p.example.") == "n:p.example.");
}

BOOST_AUTO_TEST_CASE(names_of_rare_types_are_values) {
    BOOST_TEST(values(Rrtype::HIP, "2 200100107B1A74DF365639CC39F1D578 AQID a. b.c.") ==
               "n:a. n:b.c.");
    BOOST_TEST(values(Rrtype::NAPTR, "1 1 \"s\" \"SIP+D2U\" \"\" _sip._udp.example.") ==
               "n:_sip._udp.example.");
    BOOST_TEST(values(Rrtype::RP, "admin.a. text.a.") == "n:admin.a. n:text.a.");
    BOOST_TEST(values(Rrtype::MINFO, "a. b.") == "n:a. n:b.");
    BOOST_TEST(values(Rrtype::TALINK, "a. b.") == "n:a. n:b.");
    BOOST_TEST(values(Rrtype::LP, "10 l64.a.") == "n:l64.a.");
    BOOST_TEST(values(Rrtype::PX, "10 a. b.") == "n:a. n:b.");
    BOOST_TEST(values(Rrtype::DSYNC, "CDS NOTIFY 5359 scanner.a.") == "n:scanner.a.");
}

BOOST_AUTO_TEST_CASE(the_host_of_a_uri_is_a_name_or_an_address) {
    BOOST_TEST(values(Rrtype::URI, "10 1 \"https://Host.example:8443/path\"") ==
               "n:host.example. t:https://host.example:8443/path t:8443/path");
    BOOST_TEST(values(Rrtype::URI, "10 1 \"ldap://host\"") == "n:host. t:ldap://host");
    BOOST_TEST(values(Rrtype::URI, "10 1 \"sip:user@a.example\"") ==
               "t:user@a.example n:a.example. t:sip:user@a.example");
    BOOST_TEST(values(Rrtype::URI, "10 1 \"http://[2001:db8::1]/\"").starts_with("6:2001:db8::1 "));
    BOOST_TEST(values(Rrtype::URI, "10 1 \"http://192.0.2.1:80/\"").starts_with("4:192.0.2.1 t:"));
    BOOST_TEST(values(Rrtype::URI, "10 1 \"urn:isbn:1\"") == "t:urn:isbn:1 t:isbn:1 t:1");
    BOOST_TEST(values(Rrtype::NAPTR, "1 1 \"u\" \"E2U+sip\" \"!^.*$!sip:info@a.example!\" .") ==
               "t:info@a.example n:a.example.");
    BOOST_TEST(values(Rrtype::RESINFO, "infourl=https://a.example/guide") ==
               "n:a.example. t:infourl=https://a.example/guide t:https://a.example/guide");
}

BOOST_AUTO_TEST_CASE(the_root_and_names_of_signatures_are_not) {
    BOOST_TEST(values(Rrtype::MX, "0 .") == "");
    BOOST_TEST(values(Rrtype::HTTPS, "1 . alpn=h2") == "");
    BOOST_TEST(values(Rrtype::RRSIG, "A 8 0 1 1 1 1 signer. AAAA") == "");
    BOOST_TEST(values(Rrtype::NSEC, "next.example. A") == "");
}

BOOST_AUTO_TEST_CASE(names_of_any_length_are_values) {
    std::string text;
    for (int i = 0; i < 127; ++i)
        text += "a.";
    BOOST_TEST(values(Rrtype::NS, text) == "n:" + text);
}

BOOST_AUTO_TEST_CASE(a_record_has_no_more_values_than_allowed) {
    std::string text;
    for (int i = 0; i < 3000; ++i)
        text += "t" + std::to_string(i) + " ";
    const auto rdata = std::make_unique<Rdata>();
    std::string wire;
    for (std::size_t at = 0; at < text.size(); at += 255) {
        const std::string piece = text.substr(at, 255);
        wire += static_cast<char>(piece.size());
        wire += piece;
    }
    BOOST_TEST_REQUIRE(rdata_from_wire(Rrtype::TXT, as_octets(wire), *rdata));
    const auto all = values_of(Rrtype::TXT, rdata->octets());
    BOOST_TEST(all.size() == max_values_per_record);
    BOOST_TEST(std::set<std::string>(all.begin(), all.end()).size() == max_values_per_record);
}

BOOST_AUTO_TEST_CASE(random_octets_never_make_more_than_values) {
    const unsigned seed = std::random_device{}();
    BOOST_TEST_CONTEXT("seed " << seed) {
        std::mt19937 random(seed);
        const std::vector<Rrtype> types = {
            Rrtype::A,        Rrtype::NS,    Rrtype::SOA,   Rrtype::TXT,
            Rrtype::CAA,      Rrtype::HTTPS, Rrtype::HIP,   Rrtype::WKS,
            Rrtype::A6,       Rrtype::APL,   Rrtype::URI,   Rrtype::NAPTR,
            Rrtype::AMTRELAY, Rrtype::L64,   Rrtype{65280}, Rrtype::IPSECKEY};
        const std::string likely = "\0\1\2\3 =:;v=spf1 include:a:ip4:1.2@://sip:,!"s;
        std::size_t count = 0;
        for (int round = 0; round < 30000; ++round) {
            std::string rdata;
            for (std::size_t size = random() % 60; size > 0; --size) {
                rdata += random() % 3 == 0 ? static_cast<char>(random())
                                           : likely[random() % likely.size()];
            }
            const Rrtype type = types[random() % types.size()];
            if (type == Rrtype::TXT) rdata.insert(0, 1, static_cast<char>(rdata.size()));
            count += values_of(type, as_octets(rdata)).size();
        }
        BOOST_TEST(count > 1000U);
    }
}

namespace {

struct Sample {
    Rrtype type;
    std::string text;
};

// One of every type that has a layout, and of each form that holds another kind of value.
const std::vector<Sample> samples = {
    {Rrtype::A, "192.0.2.1"},
    {Rrtype::NS, "a.example."},
    {Rrtype::MD, "a.example."},
    {Rrtype::MF, "a.example."},
    {Rrtype::CNAME, "a.example."},
    {Rrtype::SOA, "a.example. b.example. 1 2 3 4 5"},
    {Rrtype::MB, "a.example."},
    {Rrtype::MG, "a.example."},
    {Rrtype::MR, "a.example."},
    {Rrtype::WKS, "\\# 5 C000020106"},
    {Rrtype::PTR, "a.example."},
    {Rrtype::HINFO, "\"at 192.0.2.1\" \"2001:db8::1\""},
    {Rrtype::MINFO, "a.example. b.example."},
    {Rrtype::MX, "10 a.example."},
    {Rrtype::TXT, "\"192.0.2.1\" \" v=spf1 ip4:192.0.2.2/24 ip6:2001:db8::1/64,192.0.2.3\""},
    {Rrtype::RP, "a.example. b.example."},
    {whois_type, "registrant a.example. \"Owl Ltd\" \"IANA 1068\""},
    {Rrtype::AFSDB, "1 a.example."},
    {Rrtype::X25, "311061700956"},
    {Rrtype::ISDN, "150862028003217 004"},
    {Rrtype::RT, "10 a.example."},
    {Rrtype::NSAP, "0x47000580ffff0000000001e133ffffff00016100"},
    {Rrtype::NSAP_PTR, "a.example."},
    {Rrtype::SIG, "A 8 2 60 20200101000000 20200101000000 1 example. AQID"},
    {Rrtype::KEY, "257 3 8 AQID"},
    {Rrtype::PX, "10 a.example. b.example."},
    {Rrtype::GPOS, "-32.6882 116.8652 10.0"},
    {Rrtype::AAAA, "2001:db8::1"},
    {Rrtype::LOC, "52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m"},
    {Rrtype::NXT, "\\# 12 0161076578616D706C650040"},
    {Rrtype::SRV, "1 2 3 a.example."},
    {Rrtype::NAPTR, "1 1 \"u\" \"E2U+sip\" \"!^.*$!sip:u@192.0.2.1!\" a.example."},
    {Rrtype::KX, "10 a.example."},
    {Rrtype::CERT, "1 2 8 AQID"},
    {Rrtype::A6, "0 2001:db8::1"},
    {Rrtype::A6, "64 ::1 a.example."},
    {Rrtype::DNAME, "a.example."},
    {Rrtype::APL, "1:192.0.2.0/24 !1:198.51.100.7/24 2:2001:db8::/32"},
    {Rrtype::DS, "1 8 2 00"},
    {Rrtype::SSHFP, "4 2 AABB"},
    {Rrtype::IPSECKEY, "10 1 2 192.0.2.38 AQID"},
    {Rrtype::IPSECKEY, "10 2 2 2001:db8::38 AQID"},
    {Rrtype::IPSECKEY, "10 3 2 a.example. AQID"},
    {Rrtype::RRSIG, "A 8 2 60 20200101000000 20200101000000 1 example. AQID"},
    {Rrtype::NSEC, "a.example. A"},
    {Rrtype::DNSKEY, "257 3 8 AQID"},
    {Rrtype::DHCID, "AQID"},
    {Rrtype::NSEC3, "1 1 12 AABBCCDD 2VPTU5TIMAMQTTGL4LUU9KG21E0AOR3S A"},
    {Rrtype::NSEC3PARAM, "1 0 0 -"},
    {Rrtype::TLSA, "3 1 1 00"},
    {Rrtype::SMIMEA, "3 1 1 00"},
    {Rrtype::HIP, "2 200100107B1A74DF365639CC39F1D578 AQID a.example. b.example."},
    {Rrtype::NINFO, "\"192.0.2.1\""},
    {Rrtype::TALINK, "a.example. b.example."},
    {Rrtype::CDS, "1 8 2 00"},
    {Rrtype::CDNSKEY, "257 3 8 AQID"},
    {Rrtype::OPENPGPKEY, "AQID"},
    {Rrtype::CSYNC, "66 3 A"},
    {Rrtype::ZONEMD, "2018031500 1 1 FEBE3D"},
    {Rrtype::SVCB, "1 a.example. ipv4hint=192.0.2.1,192.0.2.2"},
    {Rrtype::HTTPS, "1 a.example. ipv6hint=2001:db8::1,2001:db8::2 ipv4hint=192.0.2.1"},
    {Rrtype::DSYNC, "CDS NOTIFY 5359 a.example."},
    {Rrtype::SPF, "\"v=spf1 ip4:192.0.2.1\""},
    {Rrtype::NID, "10 0014:4fff:ff20:ee64"},
    {Rrtype::L32, "10 10.1.2.0"},
    {Rrtype::L64, "10 2001:0db8:1140:1000"},
    {Rrtype::LP, "10 a.example."},
    {Rrtype::EUI48, "00-00-5e-00-53-2a"},
    {Rrtype::EUI64, "00-00-5e-ef-10-00-00-2a"},
    {Rrtype::URI, "10 1 \"http://192.0.2.1/at/192.0.2.2\""},
    {Rrtype::CAA, "0 iodef \"https://192.0.2.1/\""},
    {Rrtype::AVC, "\"192.0.2.1\""},
    {Rrtype::AMTRELAY, "10 0 1 203.0.113.15"},
    {Rrtype::AMTRELAY, "10 0 2 2001:db8::15"},
    {Rrtype::AMTRELAY, "10 1 3 a.example."},
    {Rrtype::RESINFO, "\"infourl=https://192.0.2.1/\""},
    {Rrtype::WALLET, "\"BTC\" \"192.0.2.1\""},
    {Rrtype::TA, "1 8 2 00"},
    {Rrtype::DLV, "1 8 2 00"},
};

// The words that a reader sees between blanks, quotes and the like.
std::vector<std::string> words_of(const std::string& text) {
    std::vector<std::string> words;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find_first_of(" \",=/!@()", at), text.size());
        if (end != at) words.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return words;
}

// The value that a word of presentation form is to a reader: an address, also behind the family of
// an APL item or ip4: of SPF, or an absolute name. Empty where it is neither.
std::string seen(const std::string& word) {
    for (const std::string& text : {word, word.substr(word.find(':') + 1)}) {
        if (const auto v4 = ipv4_from_text(text)) return shown(PivotValue::ipv4(*v4));
        if (const auto v6 = ipv6_from_text(text)) return shown(PivotValue::ipv6(*v6));
    }
    if (word == "." || !word.ends_with('.')) return {};
    return "n:" + Name::from_text(word).value().text();
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_is_seen_in_a_record_of_any_type_is_a_value) {
    const auto rdata = std::make_unique<Rdata>();
    std::set<Rrtype> tried;
    std::size_t found = 0;
    for (const Sample& sample : samples) {
        BOOST_TEST_CONTEXT(rrtype_text(sample.type) << " " << sample.text) {
            BOOST_TEST_REQUIRE(rdata_from_text(sample.type, sample.text, *rdata).has_value());
            tried.insert(sample.type);
            const auto all = values_of(sample.type, rdata->octets());
            // Their names are left out on purpose.
            if (sample.type == Rrtype::SIG || sample.type == Rrtype::RRSIG ||
                sample.type == Rrtype::NSEC || sample.type == Rrtype::NXT) {
                BOOST_TEST(all.empty());
                continue;
            }
            for (const std::string& word : words_of(rdata_text(sample.type, rdata->octets()))) {
                const std::string value = seen(word);
                if (value.empty()) continue;
                BOOST_TEST((std::ranges::find(all, value) != all.end()), value << " is not found");
                ++found;
            }
        }
    }
    BOOST_TEST(found > 60U);
    for (unsigned value = 0; value <= 65535; ++value) {
        const Rrtype type{static_cast<std::uint16_t>(value)};
        if (layout_of(type) != nullptr) {
            BOOST_TEST(tried.contains(type), rrtype_text(type) << " has no sample");
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
