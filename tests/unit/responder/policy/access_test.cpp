#include "responder/policy/access.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <initializer_list>
#include <string_view>
#include <variant>
#include <vector>

#include "storage/query/vocabulary.hpp"
#include "storage/record/name.hpp"

namespace dnshist::responder {

BOOST_AUTO_TEST_SUITE(access_test)

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

BOOST_AUTO_TEST_CASE(personal_types_are_for_nobody_unless_it_is_said) {
    Access access;
    BOOST_TEST(!access.may_see_personal(client("127.0.0.1")));
    BOOST_TEST(!Rights::all().has_personal());
    access.allow_personal(list({"192.0.2.0/24"}));
    BOOST_TEST(access.may_see_personal(client("192.0.2.1")));
    BOOST_TEST(!access.may_see_personal(client("127.0.0.1")));
    BOOST_TEST(access.rights_of(client("192.0.2.1")).has_personal());
    BOOST_TEST(!access.rights_of(client("127.0.0.1")).has_personal());
    BOOST_TEST(!(access.rights_of(client("192.0.2.1")) & Rights::all()).has_personal());
    access.allow_personal({});
    BOOST_TEST(!access.may_see_personal(client("192.0.2.1")));
}

// Every view with every form of a subject, and the rights that it takes: those to what it tells.
BOOST_AUTO_TEST_CASE(a_right_is_about_what_is_told_whatever_view_tells_it) {
    struct Row {
        std::string_view question;
        std::vector<View> rights;
    };
    using enum View;
    const std::vector<Row> rows{
        {"history.example.com", {history}},
        {"history.=.192.0.2.1", {history}},
        {"history.192.0.2.1", {history}},
        {"history.*.example.com", {history, names}},
        {"history.+.example.com", {history, names}},
        {"history.*.192.0.2.1", {history, names}},
        {"history.*", {history, names}},
        {"summary.example.com", {summary}},
        {"summary.=.192.0.2.1", {summary}},
        {"summary.*.example.com", {summary, names}},
        {"summary.+.example.com", {summary, names}},
        {"summary.192.0.2.1", {summary, pivot}},
        {"summary.192.0.2.0/24", {summary, pivot}},
        {"summary.2001:db8::/32", {summary, pivot}},
        {"summary.*.192.0.2.1", {summary, names}},
        {"changes.example.com", {changes, history}},
        {"changes.=.*.example.com", {changes, history}},
        {"changes.2001:db8::1", {changes, history, pivot}},
        {"changes.*.example.com", {changes, history, names}},
        {"changes.+.example.com", {changes, history, names}},
        {"names.example.com", {names}},
        {"names.=.*.example.com", {names}},
        {"names.*.example.com", {names}},
        {"names.+.example.com", {names}},
        {"names.192.0.2.1", {names, pivot}},
        {"2019.at.example.com", {at}},
        {"2019.at.*.example.com", {at}},
        {"2019.at.=.192.0.2.1", {at}},
        {"2019.at.192.0.2.1", {at}},
        {"pivot.192.0.2.1", {pivot}},
        {"pivot.192.0.2.0/24", {pivot}},
        {"pivot.2001:db8::1", {pivot}},
        {"pivot.0.0.0.0/0", {pivot}},
        {"pivot.example.com", {pivot}},
        {"pivot.=.*.example.com", {pivot}},
        {"pivot.*.example.com", {pivot, names}},
        {"pivot.*", {pivot, names}},
        {"pivot.admin@example.com", {pivot}},
        {"pivot.v=spf1", {pivot}},
        {"pivot.v=spf*", {pivot}},
        // Filters change nothing of it, a place to begin at neither.
        {"mx.after-2019.limit-1.history.*.example.com", {history, names}},
        {"json.summary.192.0.2.0/24", {summary, pivot}},
        {"runs.pivot.*.example.com", {pivot, names}},
    };
    const Client stranger = client("192.0.2.1");
    for (const auto& [text, rights] : rows) {
        const Name name = Name::from_text(text).value();
        const ParseResult read = read_query(name.labels(), Seconds{1'700'000'000}, 50);
        const auto* const query = std::get_if<Query>(&read);
        BOOST_REQUIRE_MESSAGE(query != nullptr, text << " is no query");
        for (const View closed : {history, pivot, names, summary, changes, at}) {
            Access access;
            access.allow_view(closed, list({"127.0.0.0/8"}));
            const bool takes = std::ranges::find(rights, closed) != rights.end();
            BOOST_TEST((access.lacks(*query, stranger) == closed) == takes,
                       text << " with " << view_word(closed) << " closed");
            BOOST_TEST(!access.lacks(*query, client("127.0.0.1")), text << " from within");
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dnshist::responder
