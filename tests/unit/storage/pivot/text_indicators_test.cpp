#include "storage/pivot/text_indicators.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <string>

#include "storage/base/text_writer.hpp"
#include "storage/record/name.hpp"

BOOST_AUTO_TEST_SUITE(text_indicators_test)

using namespace dnshist;

namespace {

void add(std::string& all, std::string_view more) {
    if (!all.empty()) all += ' ';
    all += more;
}

std::string addresses(std::string_view text) {
    std::string all;
    AddressIndicators indicators(text);
    while (const auto address = indicators.next()) {
        std::array<char, 40> room;
        TextWriter out(room);
        if (const auto* const v4 = std::get_if<Ipv4Address>(&*address)) {
            write_ipv4(out, *v4);
        } else {
            write_ipv6(out, std::get<Ipv6Address>(*address));
        }
        add(all, out.text());
    }
    return all;
}

// A mailbox as it is, a host behind a "//".
std::string hosts(std::string_view text) {
    std::string all;
    HostIndicators indicators(text);
    while (const auto found = indicators.next()) {
        BOOST_TEST(Name::from_text(found->host).has_value());
        if (found->mailbox.empty()) {
            add(all, "//" + std::string(found->host));
        } else {
            BOOST_TEST(found->mailbox.ends_with("@" + std::string(found->host)));
            add(all, found->mailbox);
        }
    }
    return all;
}

}  // namespace

BOOST_AUTO_TEST_CASE(addresses_are_found_wherever_they_stand) {
    BOOST_TEST(addresses("192.0.2.1") == "192.0.2.1");
    BOOST_TEST(addresses("2001:DB8::1") == "2001:db8::1");
    BOOST_TEST(addresses("from 192.0.2.1, 192.0.2.2; and (192.0.2.3).") ==
               "192.0.2.1 192.0.2.2 192.0.2.3");
    BOOST_TEST(addresses("at 192.0.2.1. At 2001:db8::1. At 2001:db8:: or ::1: here") ==
               "192.0.2.1 2001:db8::1 2001:db8:: ::1");
    BOOST_TEST(addresses("http://192.0.2.1:80/ https://[2001:db8::1]:443/192.0.2.2") ==
               "192.0.2.1 2001:db8::1 192.0.2.2");
    BOOST_TEST(addresses("ip4:192.0.2.0/24 ip6:2001:db8::/32 ip6:::1 a:192.0.2.9 ip=192.0.2.8") ==
               "192.0.2.0 2001:db8:: ::1 192.0.2.9 192.0.2.8");
    BOOST_TEST(addresses("192.0.2.1-192.0.2.9 fe80::1%eth0 u@192.0.2.7 ::ffff:192.0.2.6") ==
               "192.0.2.1 192.0.2.9 fe80::1 192.0.2.7 ::ffff:192.0.2.6");
    BOOST_TEST(addresses("192.0.2.1:192.0.2.2") == "192.0.2.1 192.0.2.2");
}

BOOST_AUTO_TEST_CASE(what_only_looks_like_an_address_is_none) {
    for (const char* const text : {"",
                                   ".",
                                   ":",
                                   "...",
                                   ":::",
                                   "1.2.3",
                                   "1.2.3.4.5",
                                   ".1.2.3.4",
                                   "1.2.3.256",
                                   "1.2.3.04",
                                   "v1.2.3.4",
                                   "1.2.3.4x",
                                   "1.2.3.4_",
                                   "_1.2.3.4",
                                   "\303\2441.2.3.4",
                                   "1.2.3.4\xc3\xa4",
                                   "1.2.3.4.example.com",
                                   "4.3.2.1.in-addr.arpa.",
                                   "host.1.2.3.4",
                                   "12:30:45",
                                   "std::x",
                                   "00:11:22:33:44:55",
                                   "1:2:3:4:5:6:7:8:9",
                                   "2001:db8::1::2",
                                   "deadbeef",
                                   "face.cafe"}) {
        BOOST_TEST(addresses(text) == "", text);
    }
}

BOOST_AUTO_TEST_CASE(hosts_of_mailboxes_and_uris_are_found) {
    BOOST_TEST(hosts("a@b.example") == "a@b.example");
    BOOST_TEST(hosts("rua=mailto:a@x.example,mailto:b.c+d@y.example!10m") ==
               "a@x.example b.c+d@y.example");
    BOOST_TEST(hosts("<A@B.example.>; mailto:c@d?subject=e") == "A@B.example c@d");
    BOOST_TEST(hosts("https://a.example:8443/x?y#z http://b.example, (ftp://_c.example.)") ==
               "//a.example //b.example //_c.example");
    BOOST_TEST(hosts("https://u@a.example/ https://u:pw@b.example/") == "u@a.example pw@b.example");
    BOOST_TEST(hosts("sip:a@b.example;x=y SIPS:c.example:5061 !^.*$!sip:d.example!") ==
               "a@b.example //c.example //d.example");
    // A user that is not ordinary is not cut; its host is found.
    BOOST_TEST(hosts("a%20b@c.example \xc3\xa4x@d.example") == "//c.example //d.example");
    BOOST_TEST(hosts("ldap://localhost/") == "//localhost");
}

BOOST_AUTO_TEST_CASE(what_only_looks_like_a_host_is_none) {
    for (const char* const text : {"",
                                   "@",
                                   ":",
                                   "://",
                                   "a://",
                                   "example.com",
                                   "a.example:80",
                                   "@a.example",
                                   "a@",
                                   "a@.b",
                                   "a@b..c",
                                   "://a.example",
                                   "gossip:a.example",
                                   "tel:a.example",
                                   "urn:a",
                                   "a@%{d}",
                                   "a@b%2ec",
                                   "http://b\\.c",
                                   "http://b\xc3\xa4.c/",
                                   "http://192.0.2.1/",
                                   "u@192.0.2.1",
                                   "http://[2001:db8::1]/",
                                   "ldap:///x",
                                   "http://300.1.1.1/",
                                   "%{l}@b.c",
                                   "file:///a@"}) {
        BOOST_TEST(hosts(text) == "", text);
    }
    BOOST_TEST(hosts("http://" + std::string(64, 'a') + ".example") == "");
    BOOST_TEST(hosts("http://" + std::string(63, 'a') + ".b") ==
               "//" + std::string(63, 'a') + ".b");
    std::string longest;
    for (int i = 0; i < 126; ++i)
        longest += "a.";
    BOOST_TEST(hosts("http://" + longest + "a") == "//" + longest + "a");
    BOOST_TEST(hosts("http://" + longest + "aa") == "");
}

BOOST_AUTO_TEST_CASE(a_whole_text_is_an_address_or_a_mailbox_or_not) {
    BOOST_TEST(is_address_text("192.0.2.1"));
    BOOST_TEST(is_address_text("192.0.2.0/24"));
    BOOST_TEST(is_address_text("2001:db8::/32"));
    for (const char* const text : {"", "/", "192.0.2.1/", "192.0.2.1/x", "192.0.2.1/1000", "x/8"}) {
        BOOST_TEST(!is_address_text(text), text);
    }
    BOOST_TEST(is_mailbox_text("a@b.c"));
    for (const char* const text : {"", "@", "a@b.c!10m", "mailto:a@b.c", "a@b.c."}) {
        BOOST_TEST(!is_mailbox_text(text), text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
