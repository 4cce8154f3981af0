#include "responder/policy/access.hpp"

#include <boost/test/unit_test.hpp>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace dnshist::responder {

namespace {

std::vector<AddressPrefix> list(std::initializer_list<std::string_view> texts) {
    std::vector<AddressPrefix> prefixes;
    for (const std::string_view text : texts)
        prefixes.push_back(address_prefix_from_text(text).value());
    return prefixes;
}

Client client(std::string_view address) {
    return {Transport::udp, address_prefix_from_text(address).value().address};
}

}  // namespace

BOOST_AUTO_TEST_CASE(everyone_may_until_something_is_said) {
    const Access access;
    BOOST_TEST(access.may_ask(client("192.0.2.1")));
    BOOST_TEST(access.may_ask(client("2001:db8::1")));
    BOOST_TEST(!access.restricts_views());
    BOOST_TEST(access.may_use(View::pivot, client("192.0.2.1")));
}

BOOST_AUTO_TEST_CASE(nobody_else_than_who_is_allowed) {
    Access access;
    access.allow(list({"192.0.2.0/24", "2001:db8::/32"}));
    BOOST_TEST(access.may_ask(client("192.0.2.255")));
    BOOST_TEST(!access.may_ask(client("192.0.3.0")));
    BOOST_TEST(access.may_ask(client("2001:db8::1")));
    BOOST_TEST(!access.may_ask(client("::1")));
    access.allow({});
    BOOST_TEST(access.may_ask(client("192.0.3.0")));
}

BOOST_AUTO_TEST_CASE(who_is_denied_may_not_even_if_allowed) {
    Access access;
    access.deny(list({"192.0.2.0/25"}));
    BOOST_TEST(!access.may_ask(client("192.0.2.1")));
    BOOST_TEST(access.may_ask(client("192.0.2.128")));
    BOOST_TEST(access.may_ask(client("2001:db8::1")));
    // Whichever of both is the longer prefix, and in whichever order they are said.
    access.allow(list({"192.0.2.1"}));
    BOOST_TEST(!access.may_ask(client("192.0.2.1")));
    BOOST_TEST(!access.may_ask(client("192.0.2.128")));
}

BOOST_AUTO_TEST_CASE(a_view_is_for_some_alone) {
    Access access;
    access.allow_view(View::pivot, list({"127.0.0.0/8"}));
    BOOST_TEST(access.restricts_views());
    BOOST_TEST(access.may_use(View::pivot, client("127.0.0.1")));
    BOOST_TEST(!access.may_use(View::pivot, client("192.0.2.1")));
    for (const View other : {View::history, View::names, View::summary, View::changes, View::at})
        BOOST_TEST(access.may_use(other, client("192.0.2.1")));
    BOOST_TEST(access.may_ask(client("192.0.2.1")));
    access.allow_view(View::at, {});
    BOOST_TEST(!access.may_use(View::at, client("127.0.0.1")));
}

}  // namespace dnshist::responder
