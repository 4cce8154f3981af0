// RDATA in presentation form: each type read and written back, and what is refused.
#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "storage/record/personal_type.hpp"
#include "storage/record/rdata.hpp"
#include "storage/record/rdata_fields.hpp"
#include "tests/unit/storage/record/rdata_types.hpp"

BOOST_AUTO_TEST_SUITE(rdata_text_test)

using namespace dnshist;
using namespace dnshist::test;
using namespace std::string_literals;

namespace {

struct Example {
    Rrtype type;
    std::string in;
    std::string out;  // as `in` where it is empty
};

const std::vector<Example> examples = {
    {Rrtype::A, "192.0.2.1", ""},
    {Rrtype::A, "  0.0.0.255\t", "0.0.0.255"},
    {Rrtype::AAAA, "2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
    {Rrtype::AAAA, "::", ""},
    {Rrtype::AAAA, "::1", ""},
    {Rrtype::AAAA, "1::", ""},
    {Rrtype::AAAA, "1:0:2:3:4:5:6:7", ""},
    {Rrtype::AAAA, "1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
    {Rrtype::AAAA, "::ffff:192.0.2.1", ""},
    {Rrtype::AAAA, "64:ff9b::192.0.2.33", "64:ff9b::c000:221"},
    {Rrtype::AAAA, "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255",
     "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
    {Rrtype::NS, "Ns1.Example.COM", "ns1.example.com."},
    {Rrtype::CNAME, "a\\.b.example.", ""},
    {Rrtype::DNAME, ".", ""},
    {Rrtype::SOA, "a.root-servers.net nstld.verisign-grs.com. 2019110200 30m 15M 1w 1d",
     "a.root-servers.net. nstld.verisign-grs.com. 2019110200 1800 900 604800 86400"},
    {Rrtype::HINFO, "\"RFC8482\" \"\"", ""},
    {Rrtype::HINFO, "PC Linux", "\"PC\" \"Linux\""},
    {Rrtype::MINFO, "a. b.", ""},
    {Rrtype::MX, "10 mail.example.com", "10 mail.example.com."},
    {Rrtype::MX, "0 .", ""},
    {Rrtype::RP, "hostmaster.example.com. .", ""},
    {Rrtype::AFSDB, "1 afs.example.com.", ""},
    {Rrtype::X25, "311061700956", "\"311061700956\""},
    {Rrtype::ISDN, "150862028003217 004", "\"150862028003217\" \"004\""},
    {Rrtype::GPOS, "-32.6882 116.8652 10.0", "\"-32.6882\" \"116.8652\" \"10.0\""},
    {Rrtype::PX, "10 a. b.", ""},
    {Rrtype::SRV, "10 1 389 ldap.example.com.", ""},
    {Rrtype::NAPTR, "100 50 s \"z3950+N2L+N2C\" \"\" _z3950._tcp.example.com.",
     "100 50 \"s\" \"z3950+N2L+N2C\" \"\" _z3950._tcp.example.com."},
    {Rrtype::NAPTR, "1 1 \"u\" \"sip+E2U\" \"!^.*$!sip:a@b!\" .", ""},
    {Rrtype::DS, "60454 5 2 3672C35C FA8FF14c 9C", "60454 5 2 3672C35CFA8FF14C9C"},
    {Rrtype::DS, "1 RSASHA256 1 00", "1 8 1 00"},
    {Rrtype::DLV, "1 ecdsap256sha256 1 ff", "1 13 1 FF"},
    {whois_type, "registrant J\\.Doe.inbox.example \"Owl Ltd\" \"IANA 1068\"",
     "registrant j\\.doe.inbox.example. \"Owl Ltd\" \"IANA 1068\""},
    {Rrtype::CDS, "0 0 0 00", ""},
    {Rrtype::SSHFP, "4 2 AABB", ""},
    {Rrtype::DNSKEY, "257 3 8 AwEA AQ== ", "257 3 8 AwEAAQ=="},
    {Rrtype::RRSIG, "DS 8 2 86400 1374774350 20130718164910 8795 com. cuOdo+2G",
     "DS 8 2 86400 20130725174550 20130718164910 8795 com. cuOdo+2G"},
    {Rrtype::RRSIG, "TYPE65500 8 0 1 20000101000000 20000101000000 1 . AAAA", ""},
    {Rrtype::NSEC, "b.example. TYPE1234 RRSIG A mx A", "b.example. A MX RRSIG TYPE1234"},
    {Rrtype::NSEC, "b.example. TYPE65535", ""},
    {Rrtype::NSEC3, "1 1 12 aabbccdd 2vptu5timamqttgl4luu9kg21e0aor3s A RRSIG",
     "1 1 12 AABBCCDD 2VPTU5TIMAMQTTGL4LUU9KG21E0AOR3S A RRSIG"},
    {Rrtype::NSEC3, "1 0 0 - 2VPTU5TIMAMQTTGL4LUU9KG21E0AOR3S", ""},
    {Rrtype::NSEC3PARAM, "1 0 0 -", ""},
    {Rrtype::TLSA, "3 1 1 0D6FCE", ""},
    {Rrtype::DHCID, "AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA=", ""},
    {Rrtype::OPENPGPKEY, "AQI=", ""},
    {Rrtype::CSYNC, "66 3 A NS AAAA", ""},
    {Rrtype::ZONEMD, "2018031500 1 1 FEBE3D", ""},
    {Rrtype::EUI48, "00-00-5E-00-53-2a", "00-00-5e-00-53-2a"},
    {Rrtype::EUI64, "00-00-5e-ef-10-00-00-2a", ""},
    {Rrtype::NID, "10 0014:4fff:ff20:ee64", ""},
    {Rrtype::L32, "10 10.1.2.0", ""},
    {Rrtype::L64, "10 2001:0DB8:1140:1000", "10 2001:0db8:1140:1000"},
    {Rrtype::LP, "10 l64-subnet1.example.com.", ""},
    {Rrtype::URI, "10 1 \"ftp://ftp1.example.com/public\"", ""},
    {Rrtype::CAA, "0 issue letsencrypt.org", "0 issue \"letsencrypt.org\""},
    {Rrtype::CAA, "128 iodef \"mailto:a\\\"b@example.com\"", ""},
    {Rrtype::SVCB, "0 alias.example.", ""},
    {Rrtype::SVCB, "16 . ipv4hint=192.0.2.1,192.0.2.2 alpn=h2,h3 mandatory=ipv4hint,alpn",
     "16 . mandatory=alpn,ipv4hint alpn=\"h2,h3\" ipv4hint=192.0.2.1,192.0.2.2"},
    {Rrtype::HTTPS, "1 . port=8443 ipv6hint=\"2001:db8::1,::2\" ech=AQI= no-default-alpn alpn=h2",
     "1 . alpn=\"h2\" no-default-alpn port=8443 ech=AQI= ipv6hint=2001:db8::1,::2"},
    {Rrtype::HTTPS, "1 . key667=\"a b\\210c\" dohpath=/dns-query{?dns}",
     "1 . dohpath=\"/dns-query{?dns}\" key667=\"a b\\210c\""},
    {Rrtype::HTTPS, "1 . key65280", ""},
    // RFC 9460, appendix D.2: the two ways to write one list of protocols.
    {Rrtype::SVCB, "16 foo.example.org. alpn=\"f\\\\\\\\oo\\\\,bar,h2\"", ""},
    {Rrtype::SVCB, "16 foo.example.org. alpn=f\\\\\\092oo\\092,bar,h2",
     "16 foo.example.org. alpn=\"f\\\\\\\\oo\\\\,bar,h2\""},
    // By ldns.
    {Rrtype::LOC, "52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m",
     "52 22 23.000 N 04 53 32.000 E -2m 0.00m 10000m 10m"},
    {Rrtype::APL, "1:192.168.32.0/21 !2:fe80::/10",
     "1:192.168.32.0/21 !2:fe80:0000:0000:0000:0000:0000:0000:0000/10"},
    {Rrtype::CERT, "pgp 0 0 AQID", "PGP 0 0 AQID"},
    {Rrtype::CERT, "1 2 RSASHA256 AQ ID", "PKIX 2 8 AQID"},
    {Rrtype::CERT, "65280 2 255 AQID", ""},
    {Rrtype::IPSECKEY, "10 1 2 192.0.2.38 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==", ""},
    {Rrtype::IPSECKEY, "10 2 2 2001:db8::2 AQNR U3mG", "10 2 2 2001:db8::2 AQNRU3mG"},
    {Rrtype::IPSECKEY, "10 0 0 .", ""},
    {Rrtype::IPSECKEY, "10 3 2 Mygateway.example.com. AQNRU3mG",
     "10 3 2 mygateway.example.com. AQNRU3mG"},
    {Rrtype::HIP, "2 200100107B1A74DF365639CC39F1D578 AQID Rvs1.example.com. rvs2.example.com.",
     "2 200100107b1a74df365639cc39f1d578 AQID rvs1.example.com. rvs2.example.com."},
    {Rrtype::AMTRELAY, "10 0 1 203.0.113.15", ""},
    {Rrtype::AMTRELAY, "10 1 2 2001:DB8::15", "10 1 2 2001:db8::15"},
    {Rrtype::AMTRELAY, "128 1 3 AmtRelay.example.com", "128 1 3 amtrelay.example.com."},
    {Rrtype::AMTRELAY, "0 0 0 .", ""},
    {Rrtype::AMTRELAY, "255 1 0 .", ""},
    {Rrtype::AMTRELAY, "\\# 6 0A81CB00710F", "10 1 1 203.0.113.15"},
    {Rrtype::DSYNC, "CDS NOTIFY 5359 Scanner.example.net", "CDS NOTIFY 5359 scanner.example.net."},
    {Rrtype::DSYNC, "CSYNC 1 53 a.", "CSYNC NOTIFY 53 a."},
    {Rrtype::DSYNC, "TYPE65280 128 0 .", ""},
    {Rrtype::A6, "0 2001:db8::15", ""},
    {Rrtype::A6, "64 ::15 Subnet.example.", "64 ::15 subnet.example."},
    {Rrtype::A6, "3 1fff:: a.", ""},
    {Rrtype::A6, "128 a.", ""},
    {Rrtype::NSAP, "0x47000580ffff0000000001e133ffffff00016100", ""},
    // The generic form, for what we know and what nobody does.
    {Rrtype{65280}, "\\# 0", ""},
    {Rrtype{65280}, "\\# 4 0A00 00 01", "\\# 4 0A000001"},
    {Rrtype{127}, "\\\\# 03 c0 a8 01", "\\# 3 C0A801"},
    {Rrtype::A, "\\# 4 0A000001", "10.0.0.1"},
    {Rrtype::NS, "\\# 3 014100", "a."},
    {Rrtype::TXT, "\\# 2 0141", "\"A\""},
    {Rrtype::APL, "\\# 0", ""},
    {Rrtype::WKS, "\\# 9 C00002010600000040", ""},
    {Rrtype::NXT, "\\# 12 0141076578616D706C650040", "\\# 12 0161076578616D706C650040"},
    // A text that only begins like it.
    {Rrtype::TXT, "\\#4", "\"#4\""},
};

const std::vector<Example> strings = {
    {Rrtype::TXT, "\"v=spf1 -all\"", ""},
    {Rrtype::TXT, "\"a\" \"b\"", ""},
    {Rrtype::TXT, "\"a\"\"b\"", "\"a\" \"b\""},
    // Without quotes, one text with its blanks.
    {Rrtype::TXT, "v=spf1 -all", "\"v=spf1 -all\""},
    {Rrtype::SPF, "v=spf1  -all ", "\"v=spf1  -all \""},
    {Rrtype::TXT, "v=DKIM1\\; k=\\\"rsa\\\" \\195\\164", "\"v=DKIM1; k=\\\"rsa\\\" \\195\\164\""},
    {Rrtype::RESINFO, "qnamemin exterr=15-17", "\"qnamemin\" \"exterr=15-17\""},
    {Rrtype::TXT, "\"a\\\"b\\\\c\\\t\\200\"", "\"a\\\"b\\\\c\\009\\200\""},
    {Rrtype::TXT, "", "\"\""},
    {Rrtype::TXT, "\"\"", ""},
    {Rrtype::SPF, "\"x\"", ""},
    {Rrtype::TXT, "a;b(c)", "\"a;b(c)\""},
    // A backslash that no program would write: as it stands.
    {Rrtype::TXT, "C:\\new \\d+", "\"C:\\\\new \\\\d+\""},
    {Rrtype::TXT, "say \"hello", "\"say \\\"hello\""},
    {Rrtype::TXT, "C:\\999", "\"C:\\\\999\""},
    {Rrtype::TXT, "a b\\", "\"a b\\\\\""},
    {Rrtype::TXT, std::string(256, 'x'), "\"" + std::string(255, 'x') + "\" \"x\""},
    {Rrtype::TXT, "\"" + std::string(255, 'x') + "\"", ""},
    {Rrtype::TXT, "\"" + std::string(254, 'x') + "\\065y\" \"z\"",
     "\"" + std::string(254, 'x') + "A\" \"y\" \"z\""},
};

const std::vector<Example> mistakes = {
    {Rrtype::TXT, "\"a", "a quote that is not closed: '\"a'"},
    {Rrtype::TXT, "\"bad\\300esc\"", "not a character-string: 'bad\\300esc'"},
    {Rrtype::TXT, "\"a\" b", "text without quotes follows text in quotes: 'b'"},
    {Rrtype::WALLET, "\"a", "a quote that is not closed: '\"a'"},
    {Rrtype::A, "", "an IPv4 address is missing"},
    {Rrtype::A, "300.1.1.1", "not an IPv4 address: '300.1.1.1'"},
    {Rrtype::A, "1.2.3", "not an IPv4 address: '1.2.3'"},
    {Rrtype::A, "1.2.3.4.5", "not an IPv4 address: '1.2.3.4.5'"},
    {Rrtype::A, "1.2.3.04", "not an IPv4 address: '1.2.3.04'"},
    {Rrtype::A, "1.2.3.1000", "not an IPv4 address: '1.2.3.1000'"},
    {Rrtype::A, "1.2.3.4 5", "more than was expected: '5'"},
    {Rrtype::A, "\\# 3 0A0000", "not valid RDATA of A: '\\# 3 0A0000'"},
    {Rrtype::A, "\\# 3 0A00", "\\# 3 but 2 octets follow"},
    {Rrtype::A, "\\# 2 0A0", "not hexadecimal digits: '0A0'"},
    {Rrtype::A, "\\# x", "the length is missing behind \\#: ' x'"},
    {Rrtype::AAAA, "1:2:3:4:5:6:7", "not an IPv6 address: '1:2:3:4:5:6:7'"},
    {Rrtype::AAAA, "1::2::3", "not an IPv6 address: '1::2::3'"},
    {Rrtype::AAAA, "12345::", "not an IPv6 address: '12345::'"},
    {Rrtype::AAAA, "1:2:3:4:5:6:7:8::", "not an IPv6 address: '1:2:3:4:5:6:7:8::'"},
    {Rrtype::AAAA, "fe80::1%eth0", "not an IPv6 address: 'fe80::1%eth0'"},
    {Rrtype::AAAA, ":1::", "not an IPv6 address: ':1::'"},
    {Rrtype::AAAA, "1::2:", "not an IPv6 address: '1::2:'"},
    {Rrtype::AAAA, "1:2:3:4:5:6:7:1.2.3.4", "not an IPv6 address: '1:2:3:4:5:6:7:1.2.3.4'"},
    {Rrtype::NS, "a..b", "an empty label in the name 'a..b'"},
    {Rrtype::NS, "a b", "more than was expected: 'b'"},
    {Rrtype::MX, "mail.example.com.", "not a number from 0 to 65535: 'mail.example.com.'"},
    {Rrtype::MX, "65536 a.", "not a number from 0 to 65535: '65536'"},
    {Rrtype::MX, "-1 a.", "not a number from 0 to 65535: '-1'"},
    {Rrtype::MX, "10", "a domain name is missing"},
    {Rrtype::SOA, "a. b. 1 2 3 4", "a number of seconds is missing"},
    {Rrtype::SOA, "a. b. 1 2 3 4 5x", "not a number of seconds: '5x'"},
    {Rrtype::DS, "1 8 2", "hexadecimal digits is missing"},
    {Rrtype::DS, "1 8 2 ABC", "not hexadecimal digits: 'ABC'"},
    {Rrtype::DNSKEY, "257 3 8 AQI", "not base64: 'AQI'"},
    {Rrtype::DNSKEY, "257 3 NONE AQI=", "not a DNSSEC algorithm: 'NONE'"},
    {Rrtype::NSEC, "a. A NIX", "not a record type: 'NIX'"},
    {Rrtype::CAA, "0 \"is sue\" \"x\"", "not valid RDATA of CAA: '0 \"is sue\" \"x\"'"},
    {Rrtype::HINFO, "\"a b", "a quote that is not closed: '\"a b'"},
    {Rrtype::HTTPS, "1 . port=x", "not a valid service parameter: 'port=x'"},
    {Rrtype::HTTPS, "1 . port=1 port=2", "a service parameter twice: 'port=2'"},
    {Rrtype::HTTPS, "1 . ipv4hint=", "not a valid service parameter: 'ipv4hint='"},
    {Rrtype::HTTPS, "1 . nix=1", "not a service parameter: 'nix=1'"},
    {Rrtype::HTTPS, "1 . mandatory=mandatory",
     "not a valid service parameter: 'mandatory=mandatory'"},
    {Rrtype::IPSECKEY, "10 4 2 . AQID", "not a gateway type from 0 to 3: '4'"},
    {Rrtype::IPSECKEY, "10 0 2 a. AQID", "not a gateway: 'a.'"},
    {Rrtype::IPSECKEY, "10 1 2 ::1 AQID", "not a gateway: '::1'"},
    {Rrtype::IPSECKEY, "10 1 2", "a gateway is missing"},
    {Rrtype::AMTRELAY, "10 0 1", "a relay is missing"},
    {Rrtype::AMTRELAY, "10 2 1 192.0.2.1", "not a D bit of 0 or 1: '2'"},
    {Rrtype::AMTRELAY, "10 0 4 a.", "not a relay type from 0 to 3: '4'"},
    {Rrtype::AMTRELAY, "10 0 1 ::1", "not a gateway: '::1'"},
    {Rrtype::AMTRELAY, "10 0 0 a.", "not a gateway: 'a.'"},
    {Rrtype::AMTRELAY, "10 0 3 a..b", "an empty label in the name 'a..b'"},
    {Rrtype::AMTRELAY, "10 0 3 a. b.", "more than was expected: 'b.'"},
    {Rrtype::DSYNC, "CDS NOTICE 1 a.", "not a scheme of DSYNC: 'NOTICE'"},
    {Rrtype::A6, "129 a.", "not a prefix length from 0 to 128: '129'"},
    {Rrtype::A6, "0 2001:db8::15 a.", "more than was expected: 'a.'"},
    {Rrtype::A6, "64 ::15", "a domain name is missing"},
    {Rrtype::A6, "64 0:0:0:1::15", "a domain name is missing"},
    {Rrtype::A6, "3 ffff:: a.", "not valid RDATA of A6: '3 ffff:: a.'"},
    {Rrtype::WKS, "192.0.2.1 6 25",
     "WKS is written as \\# and hexadecimal digits only, not '192.0.2.1 6 25'"},
    {Rrtype{65280}, "abc", "TYPE65280 is written as \\# and hexadecimal digits only, not 'abc'"},
    {Rrtype::LOC, "52 22 x",
     "not the RDATA of LOC (Syntax error, could not parse the RR's rdata): '52 22 x'"},
    {Rrtype::APL, "1:1.2.3.4/32\n. 0 IN A 1.2.3.4",
     "not the RDATA of APL (Syntax error, could not parse the RR): "
     "'1:1.2.3.4/32\\010. 0 IN A 1.2.3.4'"},
};

std::string shown(const Example& example) {
    return rrtype_text(example.type) + " " + example.in;
}

}  // namespace

BOOST_AUTO_TEST_CASE(text_is_read_and_written_back) {
    const auto rdata = std::make_unique<Rdata>();
    for (const auto* list : {&examples, &strings}) {
        for (const Example& example : *list) {
            const Result<void> read = rdata_from_text(example.type, example.in, *rdata);
            BOOST_TEST_CONTEXT(shown(example)) {
                BOOST_CHECK_MESSAGE(read.has_value(), reason(read));
                if (!read) continue;
                BOOST_TEST(rdata_text(example.type, rdata->octets()) ==
                           (example.out.empty() ? example.in : example.out));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(final_dots_of_names_can_be_left_out) {
    const std::vector<Example> without_dots = {
        {Rrtype::NS, "ns1.example.com.", "ns1.example.com"},
        {Rrtype::CNAME, "a\\.b\\..example.", "a\\.b\\..example"},
        {Rrtype::SOA, "ns.example. host.example. 1 2 3 4 5", "ns.example host.example 1 2 3 4 5"},
        {Rrtype::MX, "0 .", "0 ."},
        {Rrtype::DNAME, ".", "."},
        {Rrtype::RP, "host.example. .", "host.example ."},
        {Rrtype::IPSECKEY, "10 3 2 gw.example. AQNR", "10 3 2 gw.example AQNR"},
        {Rrtype::IPSECKEY, "10 0 2 . AQNR", "10 0 2 . AQNR"},
        {Rrtype::SVCB, "1 . alpn=h2", "1 . alpn=\"h2\""},
        {Rrtype::NAPTR, "1 1 \"u\" \"s.\" \"x.\" a.example.", "1 1 \"u\" \"s.\" \"x.\" a.example"},
        {Rrtype::TXT, "\"ends in a dot.\"", "\"ends in a dot.\""},
        {Rrtype::A, "192.0.2.1", "192.0.2.1"},
    };
    for (const Example& example : without_dots) {
        Rdata rdata;
        BOOST_TEST_REQUIRE(rdata_from_text(example.type, example.in, rdata).has_value());
        BOOST_TEST(rdata_text(example.type, rdata.octets(), FinalDots::left_out) == example.out);
    }
}

BOOST_AUTO_TEST_CASE(what_is_written_is_read_as_the_same_octets) {
    const auto first = std::make_unique<Rdata>();
    const auto second = std::make_unique<Rdata>();
    for (const auto* list : {&examples, &strings}) {
        for (const Example& example : *list) {
            BOOST_TEST_CONTEXT(shown(example)) {
                BOOST_TEST_REQUIRE(rdata_from_text(example.type, example.in, *first).has_value());
                const std::string text = rdata_text(example.type, first->octets());
                BOOST_TEST_REQUIRE(rdata_from_text(example.type, text, *second).has_value());
                BOOST_TEST(equal(first->octets(), second->octets()));
                BOOST_TEST(rdata_from_wire(example.type, first->octets(), *second));
                BOOST_TEST(equal(first->octets(), second->octets()));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(every_type_of_the_table_has_an_example) {
    for (const Rrtype type : every_type()) {
        const Layout* const layout = layout_of(type);
        const bool there = std::ranges::any_of(examples, [&](const Example& example) {
            return layout_of(example.type) != nullptr && layout != nullptr &&
                   layout_of(example.type)->fields == layout->fields;
        });
        BOOST_TEST((there || layout == nullptr), rrtype_text(type));
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_rdata_is_refused_with_the_reason) {
    const auto rdata = std::make_unique<Rdata>();
    for (const Example& example : mistakes) {
        const Result<void> read = rdata_from_text(example.type, example.in, *rdata);
        BOOST_TEST_CONTEXT(shown(example)) {
            BOOST_CHECK(read.has_error());
            if (read.has_error()) BOOST_TEST(read.error().text == example.out);
        }
    }
}

BOOST_AUTO_TEST_CASE(text_that_does_not_fit_is_said_so) {
    std::array<char, 8> room;
    TextWriter out(room);
    write_rdata(out, Rrtype::A, as_octets("\xff\xff\xff\xff"s));
    BOOST_TEST(out.overflowed());
}

BOOST_AUTO_TEST_CASE(random_text_is_refused_or_becomes_valid_rdata) {
    const unsigned seed = std::random_device{}();
    const std::vector<Rrtype> types = every_type();
    const auto rdata = std::make_unique<Rdata>();
    BOOST_TEST_CONTEXT("seed " << seed) {
        std::mt19937 random(seed);
        for (int round = 0; round < 30000; ++round) {
            const Example& example = examples[random() % examples.size()];
            std::string text = example.in;
            for (std::size_t edits = random() % 4; edits > 0 && !text.empty(); --edits) {
                const std::size_t at = random() % text.size();
                switch (random() % 3) {
                    case 0:
                        text[at] = static_cast<char>(random());
                        break;
                    case 1:
                        text.erase(at, 1 + random() % 3);
                        break;
                    default:
                        text.insert(at, 1, " \\\"#;.\t:0"[random() % 9]);
                }
            }
            const Rrtype type = random() % 4 == 0 ? types[random() % types.size()] : example.type;
            if (!rdata_from_text(type, text, *rdata)) continue;
            BOOST_TEST_CONTEXT(rrtype_text(type) << " " << text) {
                BOOST_TEST_REQUIRE(is_valid_rdata(type, rdata->octets()));
                printed(type, rdata->octets());
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
