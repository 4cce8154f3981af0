#include "responder/message/least_ttl.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <string>

namespace dnshist::responder {

BOOST_AUTO_TEST_SUITE(least_ttl_test)

namespace {

using namespace std::string_literals;

std::string number(std::uint32_t value, std::size_t octets) {
    std::string text(4, '\0');
    put_u32(reinterpret_cast<std::uint8_t*>(text.data()), value);
    return text.substr(4 - octets);
}

// With the question example. A.
std::string message(unsigned answers, unsigned authority, unsigned additional) {
    return "\0\1\x84\0\0\1"s + number(answers, 2) + number(authority, 2) + number(additional, 2) +
           "\7example\0\0\1\0\1"s;
}

std::string record(unsigned type, std::uint32_t ttl, const std::string& rdata) {
    return "\xc0\x0c" + number(type, 2) + "\0\1"s + number(ttl, 4) +
           number(static_cast<std::uint32_t>(rdata.size()), 2) + rdata;
}

std::string soa(std::uint32_t ttl, std::uint32_t minimum) {
    return record(6, ttl, "\0\0"s + std::string(16, '\0') + number(minimum, 4));
}

const std::string opt = "\0\0\x29\x04\xd0\0\0\0\0\0\0"s;

std::optional<std::uint32_t> ttl_of(const std::string& octets) {
    return least_ttl(as_octets(octets));
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_least_counts) {
    BOOST_TEST(
        ttl_of(message(2, 0, 1) + record(16, 300, "\1a") + record(16, 200, "\1b") + opt).value() ==
        200U);
}

BOOST_AUTO_TEST_CASE(an_answer_that_there_is_none_is_kept_as_the_soa_says) {
    BOOST_TEST(ttl_of(message(0, 1, 0) + soa(300, 60)).value() == 60U);
    BOOST_TEST(ttl_of(message(0, 1, 0) + soa(30, 60)).value() == 30U);
}

BOOST_AUTO_TEST_CASE(an_answer_without_records_is_not_kept) {
    BOOST_TEST(ttl_of(message(0, 0, 0)).value() == 0U);
    BOOST_TEST(ttl_of(message(0, 0, 1) + opt).value() == 0U);
}

BOOST_AUTO_TEST_CASE(neither_is_a_signed_one) {
    BOOST_TEST(!ttl_of(message(1, 0, 1) + record(16, 300, "\1a") + record(250, 0, "sig")));
}

BOOST_AUTO_TEST_CASE(half_a_message_has_none) {
    const std::string whole = message(1, 0, 0) + record(16, 300, "\1a");
    for (std::size_t size = 13; size < whole.size(); ++size)
        BOOST_TEST(!ttl_of(whole.substr(0, size)).has_value(), size);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dnshist::responder
