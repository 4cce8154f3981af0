// Protocol buffers of dnstap: the fields that are read, and resistance to hostile ones.
#include "zonegen/dnstap/dnstap_message.hpp"

#include <sys/resource.h>

#include <boost/test/unit_test.hpp>
#include <ranges>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/dnstap_frames.hpp"

using namespace dnshist;
using namespace dnshist::zonegen;
using namespace dnshist::test;
using namespace std::string_view_literals;

namespace {

DnstapMessage read(const Protobuf& frame) {
    const auto message = read_dnstap_message(frame.payload());
    BOOST_REQUIRE(message.has_value());
    return *message;
}

std::string problem(std::string_view payload) {
    const auto message = read_dnstap_message(as_octets(payload));
    return message ? "none" : message.error().text;
}

// Peak memory of the process in kilobytes.
long peak_memory() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

constexpr auto nothing = "no protocol buffer of dnstap";

}  // namespace

BOOST_AUTO_TEST_CASE(names_of_types) {
    BOOST_TEST(conf::dnstap_types().size() == 6U);
    for (const DnstapType type : conf::dnstap_types())
        BOOST_TEST((conf::dnstap_type_named(conf::dnstap_type_name(type)) == type));
    BOOST_TEST(conf::dnstap_type_name(DnstapType::resolver_response) == "resolver");
    BOOST_TEST(!conf::dnstap_type_named("RESOLVER").has_value());
}

BOOST_AUTO_TEST_CASE(all_that_is_looked_at) {
    const Protobuf frame = dnstap(Protobuf()
                                      .number(field::kind, 4)
                                      .octets(field::query_address, "\x7f\0\0\1"sv)
                                      .number(field::query_time, 7)
                                      .octets(field::query, "question")
                                      .octets(field::zone, "\0"sv)
                                      .number(field::response_time, 1'700'000'000)
                                      .octets(field::response, "answer"),
                                  "ns1");
    const DnstapMessage message = read(frame);
    BOOST_TEST((message.type == DnstapType::resolver_response));
    BOOST_TEST(as_text(message.identity) == "ns1");
    BOOST_TEST(as_text(message.zone) == "\0"sv);
    BOOST_TEST(as_text(message.query) == "question");
    BOOST_TEST(as_text(message.response) == "answer");
    BOOST_TEST(message.time == 1'700'000'000U);
}

BOOST_AUTO_TEST_CASE(the_time_of_the_query_where_there_is_no_other) {
    BOOST_TEST(read(dnstap(Protobuf().number(field::kind, 4).number(field::query_time, 7))).time ==
               7U);
    BOOST_TEST(read(dnstap(Protobuf().number(field::kind, 4))).time == 0U);
}

BOOST_AUTO_TEST_CASE(kinds_without_a_response_have_no_type) {
    for (const std::uint64_t kind : {0U, 1U, 3U, 5U, 7U, 9U, 11U, 13U, 14U, 256U + 4U})
        BOOST_TEST(!read(dnstap(Protobuf().number(field::kind, kind))).type.has_value());
    // A frame without a message, and of another type.
    BOOST_TEST(!read(Protobuf().number(field::type, 1)).type.has_value());
    Protobuf other;
    other.message(field::message, Protobuf().number(field::kind, 4)).number(field::type, 2);
    BOOST_TEST(!read(other).type.has_value());
}

BOOST_AUTO_TEST_CASE(what_is_required_must_be_there) {
    BOOST_TEST(problem("") == nothing);
    BOOST_TEST(problem(Protobuf().octets(field::identity, "ns1").text()) == nothing);
    BOOST_TEST(problem(dnstap(Protobuf().number(field::query_time, 1)).text()) == nothing);
}

BOOST_AUTO_TEST_CASE(malformed_protocol_buffers) {
    const std::string good = dnstap(Protobuf().number(field::kind, 4)).text();
    BOOST_TEST(problem(good) == "none");
    // A varint that does not end, one that is too long, and field number 0.
    BOOST_TEST(problem(good + "\x80") == nothing);
    BOOST_TEST(problem(good + std::string(20, '\xff') + '\1') == nothing);
    BOOST_TEST(problem(good + "\x78" + std::string(11, '\xff') + '\1') == nothing);
    BOOST_TEST(problem(good + std::string(2, '\0')) == nothing);
    // Lengths beyond the end, up to those that would wrap around. (protozero takes a length modulo
    // 2^32.)
    for (const std::uint64_t length :
         {std::uint64_t{1}, std::uint64_t{1} << 31, (std::uint64_t{1} << 32) - 1,
          (std::uint64_t{1} << 32) + 1, ~std::uint64_t{0}}) {
        BOOST_TEST(problem(good + Protobuf().varint(8U << 3U | 2U).varint(length).text()) ==
                   nothing);
        BOOST_TEST(problem(dnstap(Protobuf()
                                      .number(field::kind, 4)
                                      .varint(field::response << 3U | 2U)
                                      .varint(length))
                               .text()) == nothing);
    }
    // Groups, which are obsolete, and undefined wire types.
    for (const unsigned wire : {3U, 4U, 6U, 7U})
        BOOST_TEST(problem(good + Protobuf().varint(9U << 3U | wire).text()) == nothing);
    for (std::size_t size = 0; size < good.size(); ++size)
        BOOST_TEST(problem(good.substr(0, size)) == nothing);
}

BOOST_AUTO_TEST_CASE(unknown_fields_are_passed_over) {
    Protobuf frame = dnstap(Protobuf().number(field::kind, 4));
    frame.number(99, ~std::uint64_t{0})
        .octets(100, "text")
        .raw(
            "\x8d\x06"
            "four"sv);
    BOOST_TEST((read(frame).type == DnstapType::resolver_response));
}

BOOST_AUTO_TEST_CASE(a_field_that_comes_twice_counts_as_it_comes_last) {
    Protobuf frame = dnstap(Protobuf()
                                .number(field::kind, 4)
                                .number(field::kind, 6)
                                .octets(field::zone, "first")
                                .octets(field::zone, "last"),
                            "first");
    frame.octets(field::identity, "last");
    const DnstapMessage message = read(frame);
    BOOST_TEST((message.type == DnstapType::client_response));
    BOOST_TEST(as_text(message.zone) == "last");
    BOOST_TEST(as_text(message.identity) == "last");
}

BOOST_AUTO_TEST_CASE(a_field_of_another_kind_is_malformed) {
    const Protobuf good = Protobuf().number(field::kind, 4);
    for (const unsigned number : {field::identity, field::message})
        BOOST_TEST(problem(dnstap(good).number(number, 4).text()) == nothing);
    BOOST_TEST(problem(dnstap(good).octets(field::type, "\1").text()) == nothing);
    for (const unsigned number : {field::query, field::zone, field::response})
        BOOST_TEST(problem(dnstap(Protobuf(good).number(number, 4)).text()) == nothing);
    for (const unsigned number : {field::kind, field::query_time, field::response_time})
        BOOST_TEST(problem(dnstap(Protobuf(good).octets(number, "\4")).text()) == nothing);
    // Of the size that is no varint.
    BOOST_TEST(problem(dnstap(Protobuf(good).varint(field::zone << 3U | 5U).raw("four")).text()) ==
               nothing);
    BOOST_TEST(
        problem(dnstap(Protobuf(good).varint(field::kind << 3U | 1U).raw("eight888")).text()) ==
        nothing);
}

BOOST_AUTO_TEST_CASE(fields_of_a_fixed_size_are_whole) {
    const std::string good = dnstap(Protobuf().number(field::kind, 4)).text();
    BOOST_TEST(problem(good + Protobuf().varint(99U << 3U | 5U).raw("four").text()) == "none");
    BOOST_TEST(problem(good + Protobuf().varint(99U << 3U | 5U).raw("fou").text()) == nothing);
    BOOST_TEST(problem(good + Protobuf().varint(99U << 3U | 1U).raw("eight888").text()) == "none");
    BOOST_TEST(problem(good + Protobuf().varint(99U << 3U | 1U).raw("eight88").text()) == nothing);
    // The greatest number of a field, and one more.
    BOOST_TEST(problem(good + Protobuf().number((1U << 29U) - 1, 1).text()) == "none");
    BOOST_TEST(problem(good + Protobuf().varint(std::uint64_t{1} << 32U).varint(1).text()) ==
               nothing);
}

BOOST_AUTO_TEST_CASE(the_longest_messages_that_there_can_be) {
    const std::string longest(65535, 'x');
    const Protobuf frame = dnstap(Protobuf()
                                      .number(field::kind, 4)
                                      .octets(field::query, longest)
                                      .octets(field::response, longest));
    BOOST_TEST(as_text(read(frame).response) == longest);
    BOOST_TEST(as_text(read(frame).query) == longest);
}

// A decoder that records what it does not know takes some dozen octets for each of two.
BOOST_AUTO_TEST_CASE(a_frame_of_many_fields_takes_no_memory) {
    constexpr std::size_t longest = 262'144;
    const std::string good = dnstap(Protobuf().number(field::kind, 4)).text();
    std::string unknown = good;
    while (unknown.size() < longest - 2)
        unknown += "\x48\1";
    std::string repeated;
    while (repeated.size() < longest - 16)
        repeated += Protobuf().octets(field::identity, "").text();
    std::string messages;
    while (messages.size() < longest - 16)
        messages += Protobuf().message(field::message, Protobuf().number(field::kind, 4)).text();
    // Messages within messages: the heads of all, from the inside out.
    std::vector<std::string> heads;
    std::size_t nested_octets = good.size();
    while (nested_octets < longest - 8192) {
        heads.push_back(Protobuf().varint(field::message << 3U | 2U).varint(nested_octets).text());
        nested_octets += heads.back().size();
    }
    std::string nested;
    for (const std::string& head : std::views::reverse(heads))
        nested += head;
    // No temporary of the test's own below: under the address sanitizer it would count for good.
    nested += good;
    repeated += good;
    messages += good;
    const long before = peak_memory();
    for (int again = 0; again < 20; ++again) {
        BOOST_TEST(problem(unknown) == "none");
        BOOST_TEST(problem(repeated) == "none");
        BOOST_TEST(problem(messages) == "none");
        BOOST_TEST(problem(nested) == nothing);  // the outermost message has no type
    }
    BOOST_TEST(peak_memory() - before < 4 * 1024);
    BOOST_TEST(problem(good) == "none");
}
