#include "responder/transport/sockets.hpp"

#include <boost/test/unit_test.hpp>

namespace dnshist::responder {

BOOST_AUTO_TEST_SUITE(sockets_test)

namespace {

using Sockets = std::vector<WorkerSockets>;

Result<conf::Endpoint> listen_at(const conf::Endpoint& endpoint, Sockets& sockets,
                                 Service service = Service::dns) {
    return responder::listen_at(endpoint, service, sockets);
}

}  // namespace

BOOST_AUTO_TEST_CASE(port_0_is_one_port_for_all_workers) {
    Sockets sockets(3);
    BOOST_TEST(listen_at({"127.0.0.1", 0}, sockets).value().port != 0);
    BOOST_TEST(listen_at({"127.0.0.1", 0}, sockets, Service::dns_over_tls).value().port != 0);
    for (const WorkerSockets& worker : sockets) {
        for (const auto* const kind : {&worker.udp, &worker.tcp, &worker.tls}) {
            BOOST_TEST_REQUIRE(kind->size() == 1U);
            BOOST_TEST(kind->front().get() >= 0);
        }
    }
}

// The workers of one responder share the port; another responder must not join them unseen.
BOOST_AUTO_TEST_CASE(a_port_that_is_served_is_in_use) {
    Sockets sockets(2);
    Sockets others(2);
    for (const auto& [service, setting] :
         {std::pair(Service::dns, "--listen"),
          std::pair(Service::dns_over_tls, "responder.listen_tls")}) {
        const auto first = listen_at({"127.0.0.1", 0}, sockets, service).value();
        const auto second = listen_at(first, others, service);
        BOOST_REQUIRE(second.has_error());
        const std::string text = second.error().text;
        BOOST_TEST(text.starts_with("cannot listen at " + endpoint_text(first) +
                                    ": the address is in use"));
        BOOST_TEST(text.find(setting) != std::string::npos);
        BOOST_TEST(others[0].udp.empty());
        BOOST_TEST(others[0].tls.empty());
    }
}

BOOST_AUTO_TEST_CASE(a_port_is_free_again_once_closed) {
    Sockets sockets(2);
    const auto endpoint = listen_at({"127.0.0.1", 0}, sockets).value();
    sockets = Sockets(2);
    BOOST_TEST(listen_at(endpoint, sockets).has_value());
}

BOOST_AUTO_TEST_CASE(an_address_of_another_machine) {
    Sockets sockets(1);
    const auto taken = listen_at({"192.0.2.1", 0}, sockets);  // TEST-NET-1 (RFC 5737)
    BOOST_REQUIRE(taken.has_error());
    BOOST_TEST(taken.error().text.find("this machine does not have the address") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(descriptors_have_one_owner) {
    Sockets sockets(1);
    BOOST_REQUIRE(listen_at({"127.0.0.1", 0}, sockets).has_value());
    FileDescriptor& udp = sockets[0].udp.front();
    const int number = udp.get();
    FileDescriptor owner = std::move(udp);
    BOOST_TEST(owner.get() == number);
    BOOST_TEST(owner.release() == number);
    BOOST_TEST(owner.get() == -1);
    BOOST_TEST(::close(number) == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dnshist::responder
