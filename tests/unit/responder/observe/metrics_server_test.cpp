#include "responder/observe/metrics_server.hpp"

#include <boost/test/unit_test.hpp>

namespace dnshist::responder {

BOOST_AUTO_TEST_SUITE(metrics_server_test)

BOOST_AUTO_TEST_CASE(loopback_is_told_from_other_addresses) {
    BOOST_TEST(conf::is_loopback({"127.0.0.1", 1}));
    BOOST_TEST(conf::is_loopback({"127.9.0.1", 1}));
    BOOST_TEST(!conf::is_loopback({"0.0.0.0", 1}));
    BOOST_TEST(!conf::is_loopback({"192.0.2.1", 1}));
}

BOOST_AUTO_TEST_CASE(a_port_that_is_taken_is_a_problem) {
    MetricsSources sources;
    sources.store = [] { return std::nullopt; };
    const auto first = MetricsServer::listen({"127.0.0.1", 0}, sources);
    BOOST_REQUIRE(first.has_value());
    const conf::Endpoint taken = first.value()->endpoint();
    BOOST_TEST(taken.port != 0);
    const auto second = MetricsServer::listen(taken, sources);
    BOOST_REQUIRE(!second.has_value());
    BOOST_TEST(second.error().text.find("in use") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dnshist::responder
