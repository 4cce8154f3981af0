// RDATA as a master file has it: names relative to an origin, and strings as they are.
#include <array>
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "storage/record/name.hpp"
#include "storage/record/rdata.hpp"

BOOST_AUTO_TEST_SUITE(rdata_master_file_test)

using namespace dnshist;

BOOST_AUTO_TEST_CASE(names_of_a_master_file_are_relative) {
    const Name origin = Name::from_text("example.com").value();
    const auto read = [&](Rrtype type, std::string_view text, const Name* below) {
        Rdata rdata;
        const auto done = rdata_from_master_file(type, text, below, rdata);
        return done ? rdata_text(type, rdata.octets()) : "! " + done.error().text;
    };
    const std::vector<std::array<std::string, 3>> cases = {
        {"NS", "ns", "ns.example.com."},
        {"NS", "ns.", "ns."},
        {"NS", "@", "example.com."},
        {"MX", "10 mail.a", "10 mail.a.example.com."},
        {"SOA", "ns admin 1 2h 3 4 5", "ns.example.com. admin.example.com. 1 7200 3 4 5"},
        {"SVCB", "1 svc alpn=h2", "1 svc.example.com. alpn=\"h2\""},
        {"NSEC", "next A NS", "next.example.com. A NS"},
        {"IPSECKEY", "10 3 2 gw AQ==", "10 3 2 gw.example.com. AQ=="},
        {"AMTRELAY", "10 0 3 relay", "10 0 3 relay.example.com."},
        {"A6", "64 ::1 prefix", "64 ::1 prefix.example.com."},
        {"HIP", "2 200100107B1A74DF365639CC39F1D578 AQ== rvs rvs.",
         "2 200100107b1a74df365639cc39f1d578 AQ== rvs.example.com. rvs."},
        {"RRSIG", "A 8 2 60 20300101000000 20290101000000 1 @ AA==",
         "A 8 2 60 20300101000000 20290101000000 1 example.com. AA=="},
        {"A", "192.0.2.1", "192.0.2.1"},
        {"NS", "\\# 4 026E7300", "ns."},
    };
    for (const auto& [type, text, expected] : cases) {
        BOOST_TEST(read(rrtype_from_text(type).value(), text, &origin) == expected);
    }
    BOOST_TEST(read(Rrtype::NS, "ns", nullptr) == "! relative, and no origin is known: 'ns'");
    BOOST_TEST(read(Rrtype::NS, "ns.", nullptr) == "ns.");
    BOOST_TEST(read(Rrtype::HIP, "2 20 AQ== rvs", nullptr) ==
               "! relative, and no origin is known: 'rvs'");
}

BOOST_AUTO_TEST_CASE(strings_of_a_master_file_are_not_guessed) {
    const auto read = [&](std::string_view text) {
        Rdata rdata;
        const auto done = rdata_from_master_file(Rrtype::TXT, text, nullptr, rdata);
        return done ? rdata_text(Rrtype::TXT, rdata.octets()) : "! " + done.error().text;
    };
    BOOST_TEST(read("a \"b c\" \"\"") == "\"a\" \"b c\" \"\"");
    BOOST_TEST(read("") == "! a character-string is missing");
    BOOST_TEST(read("\"a") == "! a quote that is not closed: '\"a'");
    BOOST_TEST(read("a\\25") == "! not a character-string: 'a\\25'");
    const std::string x(255, 'x');
    BOOST_TEST(read('"' + x + "y\" z") == '"' + x + "\" \"y\" \"z\"");
    BOOST_TEST(read('"' + std::string(66000, 'x') + '"').starts_with("! not a character-string"));
}

BOOST_AUTO_TEST_SUITE_END()
