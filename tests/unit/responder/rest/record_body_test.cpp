// Bodies in slices: whatever the reader's room and whatever is written meanwhile, each record that
// was there all the time comes once.
#include "responder/rest/record_body.hpp"

#include <boost/test/unit_test.hpp>
#include <set>

#include "tests/unit/responder/rest/asked.hpp"

BOOST_AUTO_TEST_SUITE(record_body_test)

using namespace dnshist;
using namespace dnshist::test;

namespace {

// More than one turn's work on both sides.
const std::vector<std::string> large{
    "many.example. A 10.0.{1..12}.1  2020-01-01 .. 2021-01-01",
    "n{1..3000}.below.example. A 192.0.2.1  2020-01-01 .. 2021-01-01",
    "n{1..3000}.below.example. MX 10 many.example.  2020-01-01 .. 2021-01-01",
    "runs.example. A 192.0.2.1  2010-01-01 .. 2010-01-02",
    "runs.example. A 192.0.2.1  2012-01-01 .. 2012-01-02",
    "runs.example. A 192.0.2.1  2014-01-01 .. 2014-01-02",
};

std::multiset<std::string> sorted(const Reply& reply) {
    const auto lines = reply.lines();
    return {lines.begin(), lines.end()};
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_room_changes_nothing) {
    AskedStore asked(large);
    for (const char* const target :
         {"/query/many.example", "/query/192.0.2.1", "/query/*.example", "/query/192.0.0.0,8",
          "/dnsdb/v2/lookup/rrset/name/*.example?aggr=f&limit=0",
          "/dnsdb/v2/lookup/rdata/ip/192.0.2.0,30?aggr=f&limit=0&offset=700"}) {
        BOOST_TEST_CONTEXT(target) {
            asked.room = std::size_t{1} << 24;
            const Reply whole = asked.ask(target);
            BOOST_TEST(whole.in_pieces);
            BOOST_TEST(whole.lines().size() > 2000U);
            for (const std::size_t room : {97U, 1000U, 65536U}) {
                asked.room = room;
                const Reply pieces = asked.ask(target);
                BOOST_TEST((pieces.text == whole.text));
                BOOST_TEST(!pieces.failed);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_room_of_one_octet_is_enough) {
    AskedStore asked({"many.example. A 10.0.0.{1..200}  2020-01-01 .. 2021-01-01"});
    const std::string whole = asked.ask("/query/many.example").text;
    asked.room = 1;
    const Reply pieces = asked.ask("/query/many.example");
    BOOST_TEST(pieces.in_pieces);
    BOOST_TEST((pieces.text == whole));
}

BOOST_AUTO_TEST_CASE(a_writer_between_two_slices_neither_hides_nor_doubles_a_record) {
    for (const char* const target :
         {"/query/many.example", "/dnsdb/v2/lookup/rrset/name/*.below.example?limit=0",
          "/dnsdb/v2/lookup/rdata/ip/192.0.2.0,30?limit=0"}) {
        AskedStore asked(large);
        asked.room = 30000;
        const auto before = sorted(asked.ask(target));
        const Reply during = asked.ask_between(target, [&](std::size_t piece) {
            const std::string number = std::to_string(piece);
            asked.add(
                {"n1" + number + "x.below.example. MX 10 many.example.  2020-01-01 .. 2021-01-01",
                 "n5" + number + "x.below.example. A 192.0.2.1  2020-01-01 .. 2021-01-01",
                 "z" + number + ".below.example. A 192.0.2.2  2020-01-01 .. 2021-01-01"});
        });
        const auto after = sorted(during);
        BOOST_TEST(after.size() >= before.size());
        BOOST_TEST(std::ranges::includes(after, before));
        BOOST_TEST(std::set<std::string>(after.begin(), after.end()).size() == after.size());
    }
}

BOOST_AUTO_TEST_CASE(a_store_that_cannot_be_read_any_more_is_said) {
    AskedStore asked(large);
    const auto read_without_store = [&](std::string_view path) {
        responder::HttpRequest request;
        request.method = "GET";
        request.path = path;
        asked.lookup->renew(rest_now);
        auto response = asked.service->answer(request, asked.rights, &*asked.lookup, rest_now);
        asked.lookup->reset();
        BOOST_REQUIRE((response && response->body));
        std::string text;
        std::vector<std::uint8_t> room(1000);
        for (int i = 0; i < 1000; ++i) {
            const auto piece = response->body->read(room, nullptr, rest_now);
            text.append(reinterpret_cast<const char*>(room.data()), piece.octets);
            if (piece.ended || piece.failed) return std::pair(text, piece.failed);
        }
        return std::pair(std::string("endless"), false);
    };
    const auto [stream, stream_failed] =
        read_without_store("/dnsdb/v2/lookup/rrset/name/*.below.example");
    BOOST_TEST(stream.ends_with(
        "}}\n{\"cond\":\"failed\",\"msg\":\"the store cannot be read at present\"}\n"));
    BOOST_TEST(!stream_failed);
    const auto [bare, bare_failed] = read_without_store("/query/*.below.example");
    BOOST_TEST(bare.ends_with("}\n"));
    BOOST_TEST(bare_failed);

    responder::HttpRequest request;
    request.method = "GET";
    request.path = "/query/a.example";
    const auto response = asked.service->answer(request, asked.rights, nullptr, rest_now);
    BOOST_TEST(response->status == 503U);
}

BOOST_AUTO_TEST_CASE(an_answer_costs_no_more_than_it_may) {
    AskedStore asked(large, {.origin = "", .max_work = 2500});
    const Reply stream = asked.ask("/dnsdb/v2/lookup/rrset/name/*.below.example?limit=0");
    BOOST_TEST(stream.lines().back() ==
               R"({"cond":"failed","msg":"the answer takes more work than one request may cost; )"
               R"(narrow the question"})");
    BOOST_TEST(asked.ask("/query/*.below.example").failed);
}

BOOST_AUTO_TEST_CASE(a_part_of_a_sum_is_not_given_as_the_whole) {
    AskedStore asked(large, {.origin = "", .max_work = 2500});
    const Reply sum = asked.ask("/dnsdb/v2/summarize/rrset/name/*.below.example?limit=0");
    BOOST_REQUIRE(sum.lines().size() == 2U);
    BOOST_TEST(sum.lines().front() == R"({"cond":"begin"})");
    BOOST_TEST(sum.lines().back().starts_with(R"({"cond":"failed",)"));
    const Reply bare = asked.ask("/summarize/rrset/name/*.below.example?limit=0");
    BOOST_TEST(bare.failed);
    BOOST_TEST(bare.text.empty());
}

BOOST_AUTO_TEST_CASE(a_summary_begins_at_once) {
    AskedStore asked(large);
    asked.lookup->renew(rest_now);
    responder::HttpRequest request;
    request.method = "GET";
    request.path = "/dnsdb/v2/summarize/rrset/name/*.below.example";
    const auto response = asked.service->answer(request, asked.rights, &*asked.lookup, rest_now);
    BOOST_REQUIRE((response && response->body));
    std::vector<std::uint8_t> room(1000);
    const auto piece = response->body->read(room, &*asked.lookup, rest_now);
    asked.lookup->reset();
    BOOST_TEST(std::string(room.begin(), room.begin() + static_cast<long>(piece.octets)) ==
               "{\"cond\":\"begin\"}\n");
}

BOOST_AUTO_TEST_CASE(strings_are_valid_json_and_a_long_line_is_left_out_of_a_stream) {
    AskedStore asked({R"(a\000b\"c\\d\200.example. TXT "\000\007\031\127\128\255 \" \\"  )"
                      "2020-01-01 .. 2021-01-01",
                      R"(long.example. TXT \# 40000 {00*40000}  )"
                      "2020-01-01 .. 2021-01-01",
                      "long.example. A 192.0.2.1  2020-01-01 .. 2021-01-01"});
    const auto odd = asked.ask("/query/*.example").lines();
    BOOST_REQUIRE(odd.size() == 3U);
    for (const std::string& line : odd)
        for (const char c : line)
            BOOST_TEST((c >= ' ' && c <= '~'));
    BOOST_TEST(std::ranges::any_of(odd, [](const std::string& line) {
        return line.find(R"("rdata":"\"\\000\\007\\031\\127\\128\\255 \\\" \\\\\"")") !=
               std::string::npos;
    }));
    const auto lines = asked.ask("/dnsdb/v2/lookup/rrset/name/long.example").lines();
    BOOST_REQUIRE(lines.size() == 3U);
    BOOST_TEST(lines.back() ==
               R"({"cond":"limited","msg":"1 records longer than 64 KiB are left out"})");
    BOOST_TEST(asked.ask("/query/long.example").lines().size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
