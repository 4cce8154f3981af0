#include "zonegen/cof/saf_stream.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(saf_stream_test)

using namespace dnshist;
using namespace dnshist::zonegen;

BOOST_AUTO_TEST_CASE(conditions_are_five_words) {
    BOOST_TEST((saf_condition("begin") == SafCondition::begin));
    BOOST_TEST((saf_condition("ongoing") == SafCondition::ongoing));
    BOOST_TEST((saf_condition("succeeded") == SafCondition::succeeded));
    BOOST_TEST((saf_condition("limited") == SafCondition::limited));
    BOOST_TEST((saf_condition("failed") == SafCondition::failed));
    BOOST_TEST(!saf_condition("Begin"));
    BOOST_TEST(!saf_condition(""));
}

BOOST_AUTO_TEST_CASE(a_stream_is_open_until_its_last_condition) {
    SafStream stream;
    BOOST_TEST(!stream.seen());
    BOOST_TEST(!stream.open());
    stream.see(SafCondition::begin, "");
    BOOST_TEST(stream.open());
    stream.see(SafCondition::ongoing, "still here");
    BOOST_TEST(stream.open());
    stream.see(SafCondition::succeeded, "");
    BOOST_TEST(stream.seen());
    BOOST_TEST(!stream.open());
    BOOST_TEST(!stream.remark());
}

BOOST_AUTO_TEST_CASE(limited_is_told_with_its_message) {
    SafStream stream;
    stream.see(SafCondition::begin, "");
    stream.see(SafCondition::limited, "Result limit\x1b[2J reached");
    BOOST_REQUIRE(stream.remark());
    BOOST_TEST(!stream.remark()->failed);
    BOOST_TEST(stream.remark()->text ==
               "the source holds more than it sent (SAF limited: 'Result limit\\027[2J reached')");
}

BOOST_AUTO_TEST_CASE(the_worst_of_several_streams_counts) {
    SafStream stream;
    stream.see(SafCondition::begin, "");
    stream.see(SafCondition::failed, "broken");
    stream.see(SafCondition::begin, "");
    stream.see(SafCondition::limited, "more");
    BOOST_REQUIRE(stream.remark());
    BOOST_TEST(stream.remark()->failed);
    BOOST_TEST(stream.remark()->text ==
               "the source failed while it sent this (SAF failed: 'broken')");
}

BOOST_AUTO_TEST_SUITE_END()
