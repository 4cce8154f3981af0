#include "responder/server/sockets.hpp"

#include <boost/test/unit_test.hpp>

namespace dnshist::responder {

BOOST_AUTO_TEST_CASE(port_0_is_one_port_for_all_workers) {
    const auto listening = listen_at({"127.0.0.1", 0}, 3).value();
    BOOST_TEST(listening.endpoint.port != 0);
    BOOST_TEST(listening.sockets.size() == 3U);
    for (const SocketPair& pair : listening.sockets) {
        BOOST_TEST(pair.udp.get() >= 0);
        BOOST_TEST(pair.tcp.get() >= 0);
    }
}

// The workers of one responder share the port; another responder must not join them unseen.
BOOST_AUTO_TEST_CASE(a_port_that_is_served_is_in_use) {
    const auto first = listen_at({"127.0.0.1", 0}, 2).value();
    const auto second = listen_at(first.endpoint, 2);
    BOOST_REQUIRE(second.has_error());
    const std::string text = second.error().text;
    BOOST_TEST(text.starts_with("cannot listen at " + endpoint_text(first.endpoint) +
                                ": the address is in use"));
    BOOST_TEST(text.find("--listen") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_port_is_free_again_once_closed) {
    auto first = std::optional(listen_at({"127.0.0.1", 0}, 2).value());
    const conf::Endpoint endpoint = first->endpoint;
    first.reset();
    BOOST_TEST(listen_at(endpoint, 2).has_value());
}

BOOST_AUTO_TEST_CASE(an_address_of_another_machine) {
    const auto listening = listen_at({"192.0.2.1", 0}, 1);  // TEST-NET-1 (RFC 5737)
    BOOST_REQUIRE(listening.has_error());
    BOOST_TEST(listening.error().text.find("this machine does not have the address") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(descriptors_have_one_owner) {
    auto listening = listen_at({"127.0.0.1", 0}, 1).value();
    const int number = listening.sockets[0].udp.get();
    FileDescriptor owner = std::move(listening.sockets[0].udp);
    BOOST_TEST(owner.get() == number);
    BOOST_TEST(owner.release() == number);
    BOOST_TEST(owner.get() == -1);
    BOOST_TEST(::close(number) == 0);
}

}  // namespace dnshist::responder
