// The registrable domain of a name.
#include "storage/suffix/public_suffix.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "storage/record/name.hpp"

BOOST_AUTO_TEST_SUITE(public_suffix_test)

using namespace dnshist;

namespace {

std::string registrable(const std::string& text) {
    const Name name = Name::from_text(text).value();
    return Name::from_wire(registrable_domain(name.wire())).value().text();
}

bool suffix(const std::string& text) {
    return is_public_suffix(Name::from_text(text).value().wire());
}

}  // namespace

BOOST_AUTO_TEST_CASE(finds_the_registrable_domain) {
    BOOST_TEST(registrable("www.example.com.") == "example.com.");
    BOOST_TEST(registrable("a.b.example.co.uk.") == "example.co.uk.");
    BOOST_TEST(registrable("example.com.") == "example.com.");
    for (const char* name : {".", "com.", "co.uk.", "not-a-tld-at-all."})
        BOOST_TEST(registrable_domain(Name::from_text(name).value().wire()).empty(), name);
}

BOOST_AUTO_TEST_CASE(knows_what_is_a_suffix) {
    for (const char* name : {".", "com.", "co.uk.", "not-a-tld-at-all."})
        BOOST_TEST(suffix(name), name);
    for (const char* name : {"example.com.", "www.co.uk.", "a.not-a-tld-at-all."})
        BOOST_TEST(!suffix(name), name);
}

BOOST_AUTO_TEST_CASE(labels_may_hold_anything) {
    BOOST_TEST(registrable("a\\.b.ex\\000mple.com.") == "ex\\000mple.com.");
    BOOST_TEST(!suffix("co\\.uk.com."));
}

BOOST_AUTO_TEST_SUITE_END()
