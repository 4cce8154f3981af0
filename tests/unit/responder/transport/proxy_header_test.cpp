#include "responder/transport/proxy_header.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>

namespace dnshist::responder {

BOOST_AUTO_TEST_SUITE(proxy_header_test)

namespace {

using namespace std::string_literals;

const std::string signature = "\r\n\r\n\0\r\nQUIT\n"s;
const std::string ipv4 = "\xc0\0\2\1\xc0\0\2\2\0\1\0\2"s;

std::string header(char command, char family, const std::string& rest) {
    return signature + command + family + '\0' + static_cast<char>(rest.size()) + rest;
}

std::optional<ProxyHeader> read(const std::string& octets) {
    return read_proxy_header(as_octets(octets));
}

// The last octets of the client's address.
std::string client_of(const std::string& octets) {
    const auto client = read(octets).value().client;
    return client ? std::string(client->begin(), client->end()) : "none";
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_client_is_the_source) {
    const std::string mapped = std::string(10, '\0') + "\xff\xff\xc0\0\2\1"s;
    BOOST_TEST(client_of(header('\x21', '\x11', ipv4)) == mapped);
    BOOST_TEST(client_of(header('\x21', '\x11', ipv4 + "\x03\0\4more"s)) == mapped);
    const std::string ipv6 = "0123456789abcdef";
    BOOST_TEST(client_of(header('\x21', '\x21', ipv6 + ipv6 + "\0\1\0\2"s)) == ipv6);
}

BOOST_AUTO_TEST_CASE(a_proxy_may_connect_for_itself) {
    BOOST_TEST(client_of(header('\x20', '\0', "")) == "none");
    BOOST_TEST(client_of(header('\x20', '\x11', ipv4)) == "none");
}

BOOST_AUTO_TEST_CASE(anything_else_is_refused) {
    BOOST_TEST(!read(header('\x11', '\x11', ipv4)));            // version 1
    BOOST_TEST(!read(header('\x22', '\x11', ipv4)));            // no command
    BOOST_TEST(!read(header('\x21', '\x12', ipv4)));            // datagrams
    BOOST_TEST(!read(header('\x21', '\x31', ipv4)));            // a Unix socket
    BOOST_TEST(!read(header('\x21', '\0', "")));                // a client without an address
    BOOST_TEST(!read(header('\x21', '\x11', ipv4.substr(1))));  // too short
    BOOST_TEST(!read(header('\x21', '\x21', ipv4)));
    BOOST_TEST(!read(header('\x21', '\x11', ipv4) + "x"));
    BOOST_TEST(!read("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
    BOOST_TEST(!proxy_header_size(as_octets(signature + "\x21\x11\xff\xff"s)));
    const std::string whole = header('\x21', '\x11', ipv4);
    for (std::size_t size = 0; size < whole.size(); ++size)
        BOOST_TEST(!read(whole.substr(0, size)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dnshist::responder
