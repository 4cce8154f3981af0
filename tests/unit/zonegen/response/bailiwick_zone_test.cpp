// The zone about which a server is believed: a resolver's, an unknown server's, none. Each case is
// a response and the verdict on each of its records.
#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>

#include "tests/unit/zonegen/response/judged_response.hpp"
#include "zonegen/response/bailiwick.hpp"

BOOST_AUTO_TEST_SUITE(bailiwick_zone_test)

using namespace dnshist;
using namespace dnshist::zonegen;
using namespace dnshist::test;

BOOST_AUTO_TEST_CASE(a_resolver_follows_a_chain_through_zones) {
    JudgedResponse("www.example.com", "A")
        .by_resolver()
        .answer("www.example.com CNAME www.example.net", accepted)
        .answer("www.example.net CNAME host.cdn.example", accepted)
        .answer("host.cdn.example A 192.0.2.1", accepted)
        .answer("www.bank.example A 192.0.2.66", unasked)
        .authority("cdn.example NS ns.cdn.example", accepted)
        .authority("com NS a.gtld-servers.net", accepted)
        .authority("bank.example NS ns.cdn.example", unasked)
        .additional("ns.cdn.example A 192.0.2.53", accepted)
        .additional("www.bank.example A 192.0.2.66", unasked)
        .check();
}

BOOST_AUTO_TEST_CASE(a_denial_of_the_root_by_a_resolver) {
    JudgedResponse("nothing.here", "A")
        .by_resolver()
        .authority(". SOA a.root-servers.net nstld.verisign-grs.com 1 2 3 4 5", accepted)
        .check();
}

// A forwarder for a zone: the zone takes precedence.
BOOST_AUTO_TEST_CASE(a_resolver_for_a_zone) {
    JudgedResponse("www.example.com", "A")
        .by_resolver()
        .by_servers_of("example.com")
        .answer("www.example.com CNAME www.example.net", accepted)
        .answer("www.example.net A 192.0.2.1", outside)
        .check();
}

BOOST_AUTO_TEST_CASE(an_unknown_server_speaks_for_a_domain) {
    JudgedResponse("www.example.co.uk", "A")
        .answer("www.example.co.uk CNAME web.example.co.uk", accepted)
        .answer("web.example.co.uk A 192.0.2.1", accepted)
        .answer("www.bank.co.uk A 192.0.2.66", outside)
        .authority("example.co.uk NS ns1.example.co.uk", accepted)
        .authority("example.co.uk NS ns.attacker.co.uk", accepted)
        .authority("co.uk NS ns.attacker.co.uk", outside)
        .authority("uk NS ns.attacker.co.uk", outside)
        .authority(". NS ns.attacker.co.uk", outside)
        .additional("ns1.example.co.uk A 192.0.2.53", accepted)
        .additional("ns.attacker.co.uk A 192.0.2.66", outside)
        .check();
}

BOOST_AUTO_TEST_CASE(an_unknown_server_is_not_trusted_with_other_domains) {
    JudgedResponse("www.attacker.example", "A")
        .answer("www.attacker.example CNAME www.bank.example", accepted)
        .answer("www.bank.example A 192.0.2.66", outside)
        .check();
}

BOOST_AUTO_TEST_CASE(an_unknown_server_asked_for_a_public_suffix) {
    JudgedResponse("co.uk", "NS")
        .answer("co.uk NS dns1.nic.uk", accepted)
        .additional("dns1.nic.uk A 192.0.2.53", outside)
        .check();
    JudgedResponse("nothing", "A")
        .authority(". SOA a.root-servers.net nstld.verisign-grs.com 1 2 3 4 5", outside)
        .check();
}

BOOST_AUTO_TEST_CASE(an_unknown_server_asked_for_the_root) {
    JudgedResponse(".", "NS")
        .answer(". NS a.root-servers.net", accepted)
        .additional("a.root-servers.net A 198.41.0.4", outside)
        .check();
}

// It would be believed for all names below.
BOOST_AUTO_TEST_CASE(an_unknown_server_speaks_for_no_domain_below_a_suffix) {
    JudgedResponse("com", "NS")
        .answer("com NS www.bank.com", accepted)
        .authority("bank.com NS ns.attacker.com", outside)
        .additional("www.bank.com A 192.0.2.66", outside)
        .check();
    JudgedResponse("com", "AXFR")
        .answer("com NS a.gtld-servers.net", accepted)
        .answer("www.bank.com A 192.0.2.66", outside)
        .check();
}

// A holder of one network is not believed in those of others.
BOOST_AUTO_TEST_CASE(an_unknown_server_speaks_for_the_addresses_of_one_network) {
    JudgedResponse("1.2.0.192.in-addr.arpa", "PTR")
        .answer("1.2.0.192.in-addr.arpa CNAME 1.0-25.2.0.192.in-addr.arpa", accepted)
        .answer("1.0-25.2.0.192.in-addr.arpa PTR host.example", accepted)
        .answer("1.3.0.192.in-addr.arpa PTR host.example", outside)
        .authority("2.0.192.in-addr.arpa NS ns.example", accepted)
        .authority("192.in-addr.arpa NS ns.example", outside)
        .check();
    JudgedResponse("1.2.0.192.in-addr.arpa", "PTR")
        .answer("1.2.0.192.in-addr.arpa CNAME 1.3.0.192.in-addr.arpa", accepted)
        .answer("1.3.0.192.in-addr.arpa PTR www.bank.example", outside)
        .check();
    JudgedResponse("192.in-addr.arpa", "SOA")
        .answer("192.in-addr.arpa SOA ns.example a.example 1 2 3 4 5", accepted)
        .check();
    JudgedResponse("in-addr.arpa", "NS")
        .answer("in-addr.arpa NS a.in-addr-servers.arpa", accepted)
        .authority("2.in-addr.arpa NS ns.example", outside)
        .check();
    const std::string host = "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.";
    const std::string network = "1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa";
    JudgedResponse(host + network, "PTR")
        .answer(host + network + " PTR host.example", accepted)
        .authority(network + " NS ns.example", accepted)
        .authority("0.0.0.8.b.d.0.1.0.0.2.ip6.arpa NS ns.example", outside)
        .check();
}

// Anybody may have sent it, also from the address of a resolver.
BOOST_AUTO_TEST_CASE(a_resolver_is_one_only_with_a_question) {
    JudgedResponse("www.attacker.example", "A")
        .by_resolver()
        .unasked_for()
        .answer("www.attacker.example CNAME www.bank.example", accepted)
        .answer("www.bank.example A 192.0.2.66", outside)
        .check();
}

BOOST_AUTO_TEST_CASE(multicast_dns_speaks_for_local_names_alone) {
    JudgedResponse()
        .by_multicast()
        .answer("host.local A 192.0.2.1", accepted)
        .answer("_http._tcp.local PTR web._http._tcp.local", accepted)
        .answer("www.bank.example A 192.0.2.66", outside)
        .authority("host.local A 192.0.2.1", unasked)
        .additional("host.local AAAA 2001:db8::1", accepted)
        .check();
    // A question in it makes no difference.
    JudgedResponse("www.bank.example", "A")
        .by_multicast()
        .answer("www.bank.example A 192.0.2.66", outside)
        .check();
}

// A dot within a label is no label boundary.
BOOST_AUTO_TEST_CASE(a_name_that_looks_like_a_suffix) {
    JudgedResponse("www\\.attacker.co\\.uk", "A")
        .answer("www\\.attacker.co\\.uk A 192.0.2.66", accepted)
        .answer("attacker.co.uk A 192.0.2.66", outside)
        .check();
    JudgedResponse("a.b\\.com", "A")
        .answer("a.b\\.com A 192.0.2.66", accepted)
        .authority("b\\.com NS a.b\\.com", outside)
        .check();
}

BOOST_AUTO_TEST_CASE(an_answer_to_another_question) {
    JudgedResponse("www.example.com", "A")
        .by_servers_of("example.com")
        .to_query_for("mail.example.com")
        .answer("www.example.com A 192.0.2.1", unasked)
        .authority("example.com NS ns.example.com", unasked)
        .check();
    JudgedResponse("www.example.com", "A")
        .by_servers_of("example.com")
        .to_query_for("www.example.com")
        .answer("www.example.com A 192.0.2.1", accepted)
        .check();
}

BOOST_AUTO_TEST_CASE(an_answer_without_a_question) {
    JudgedResponse()
        .by_servers_of("example.com")
        .answer("www.example.com A 192.0.2.1", unasked)
        .check();
    JudgedResponse()
        .by_servers_of("example.com")
        .to_query_for("www.example.com")
        .answer("www.example.com A 192.0.2.1", unasked)
        .check();
}

BOOST_AUTO_TEST_CASE(a_question_of_another_class) {
    DnsMessage message;
    message.question("www.example.com", "A", 3);
    message.record(DnsMessage::answer, "www.example.com A 192.0.2.1");
    ResponseReader reader;
    Bailiwick bailiwick;
    const auto response = reader.read(message.octets()).value();
    BOOST_TEST(text(bailiwick.judge(response, {})[0]) == "unasked");
    BOOST_TEST(bailiwick.zone().empty());
}

BOOST_AUTO_TEST_SUITE_END()
