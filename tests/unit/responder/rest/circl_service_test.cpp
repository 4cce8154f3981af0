// CIRCL's API: each rule that some client breaks on.
#include "responder/rest/circl_service.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/unit/responder/rest/asked.hpp"

BOOST_AUTO_TEST_SUITE(circl_service_test)

using namespace dnshist;
using namespace dnshist::test;

namespace {

const std::vector<std::string> store{
    "www.example.com. A 192.0.2.1  2020-01-01 .. 2021-01-01 x12",
    "www.example.com. TXT \"a b\"  2020-01-01 .. 2021-01-01 x1",
    "www.example.com. TYPE65280 \\# 1 00  2020-01-01 .. 2021-01-01 x1",
    "example.com. MX 10 www.example.com.  2020-01-01 .. 2021-01-01 x3",
    "example.com. SOA ns.example.com. www.example.com. 1 2 3 4 5  2020-01-01 .. 2021-01-01 x3",
    "loop.example. CNAME loop.example.  2020-01-01 .. 2021-01-01 x3",
    "zoned.example. NS ns.example.  2022-01-01 .. 2023-01-01 x5 zone",
    "other.test. A 192.0.2.9  2019-01-01 .. 2020-01-01 x2",
    "other.test. A 198.51.100.1  2019-01-01 .. 2020-01-01 x2",
    "1.2.0.192.in-addr.arpa. PTR host.example.  2019-01-01 .. 2020-01-01 x2",
};

const std::string origin = R"(,"origin":"https://origin.example/"})";
const std::string seen = R"("time_first":1577836800,"time_last":1609459200,)";

}  // namespace

BOOST_AUTO_TEST_CASE(a_name_has_the_records_of_both_sides_without_final_dots) {
    AskedStore asked(store);
    for (const char* const path : {"/pdns/query/www.example.com", "/query/www.example.com",
                                   "/query/WWW.Example.com./", "/query/%77ww.example.com"}) {
        const Reply reply = asked.ask(path);
        BOOST_TEST(reply.status == 200U);
        BOOST_TEST(reply.field("content-type") == "application/x-ndjson");
        const std::vector<std::string> expected{
            R"({"count":12,)" + seen +
                R"("rrname":"www.example.com","rrtype":"A","rdata":"192.0.2.1")" + origin,
            R"({"count":1,)" + seen +
                R"("rrname":"www.example.com","rrtype":"TXT","rdata":"\"a b\"")" + origin,
            R"({"count":3,)" + seen + R"("rrname":"example.com","rrtype":"SOA",)" +
                R"("rdata":"ns.example.com www.example.com 1 2 3 4 5")" + origin,
            R"({"count":3,)" + seen +
                R"("rrname":"example.com","rrtype":"MX","rdata":"10 www.example.com")" + origin,
        };
        BOOST_TEST(reply.lines() == expected, boost::test_tools::per_element());
        BOOST_TEST(reply.field("x-dribble-errors") == R"({"skipped":1})");
    }
}

BOOST_AUTO_TEST_CASE(fquery_has_the_side_of_the_rdata_alone) {
    AskedStore asked(store);
    BOOST_TEST(asked.ask("/fquery/www.example.com").lines().size() == 2U);
    BOOST_TEST(asked.ask("/pdns/fquery/www.example.com").lines().size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_star_behind_stands_for_every_suffix) {
    AskedStore asked(store);
    BOOST_TEST(asked.ask("/query/www.example.*").lines().size() == 4U);
    BOOST_TEST(asked.ask("/fquery/www.example.*").lines().size() == 2U);
    BOOST_TEST(asked.ask("/query/www.exampl.*").lines().empty());
    // A CNAME to itself.
    BOOST_TEST(asked.ask("/query/loop.*").lines().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_record_on_both_sides_is_given_once) {
    AskedStore asked(store);
    BOOST_TEST(asked.ask("/query/loop.example").lines().size() == 1U);
    BOOST_TEST(asked.ask("/fquery/loop.example").lines().size() == 1U);
}

BOOST_AUTO_TEST_CASE(times_of_zone_files_alone_are_the_times) {
    AskedStore asked(store);
    const Reply reply = asked.ask("/query/zoned.example");
    BOOST_TEST(reply.text == R"({"count":5,"time_first":1640995200,"time_last":1672531200,)"
                             R"("rrname":"zoned.example","rrtype":"NS","rdata":"ns.example")" +
                                 origin + "\n");
}

BOOST_AUTO_TEST_CASE(an_address_has_its_reverse_name_and_what_points_at_it) {
    AskedStore asked(store);
    const auto lines = asked.ask("/query/192.0.2.1").lines();
    BOOST_REQUIRE(lines.size() == 2U);
    BOOST_TEST(lines[0].find("1.2.0.192.in-addr.arpa") != std::string::npos);
    BOOST_TEST(lines[1].find("www.example.com") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(prefixes_and_ranges_have_what_points_into_them) {
    AskedStore asked(store);
    for (const char* const value :
         {"192.0.2.0,24", "192.0.2.0/24", "192.0.2.0%2F24", "192.0.2.0,24/", "192.0.2.1-192.0.2.9",
          "192.0.2.0-192.0.2.255", "192.0.1.255-192.0.3.0", "0.0.0.0-192.0.2.255"}) {
        BOOST_TEST_CONTEXT(value) {
            const auto lines = asked.ask("/query/" + std::string(value)).lines();
            BOOST_TEST(lines.size() == 2U);
        }
    }
    BOOST_TEST(asked.ask("/query/192.0.2.1-192.0.2.8").lines().size() == 1U);
    BOOST_TEST(asked.ask("/query/192.0.2.2-192.0.2.8").text.empty());
}

BOOST_AUTO_TEST_CASE(nothing_found_is_an_empty_body) {
    AskedStore asked(store);
    const Reply reply = asked.ask("/query/never.example");
    BOOST_TEST(reply.status == 200U);
    BOOST_TEST(reply.text.empty());
}

BOOST_AUTO_TEST_CASE(a_type_filter_keeps_one_type_even_without_a_mnemonic) {
    AskedStore asked(store);
    asked.fields = {{"dribble-filter-rrtype", "A"}};
    BOOST_TEST(asked.ask("/query/www.example.com").lines().size() == 1U);
    asked.fields = {{"dribble-filter-rrtype", "type65280"}};
    const Reply reply = asked.ask("/query/www.example.com");
    BOOST_TEST(reply.lines().size() == 1U);
    BOOST_TEST(reply.field("x-dribble-errors").empty());
    asked.fields = {{"dribble-filter-rrtype", "AAA"}};
    const Reply unknown = asked.ask("/query/www.example.com");
    BOOST_TEST(unknown.status == 400U);
    BOOST_TEST(unknown.text == "Error: no record type: 'AAA'\n");
}

BOOST_AUTO_TEST_CASE(pages_are_followed_by_a_positive_cursor) {
    AskedStore asked({"many.example. A 192.0.2.{1..7}  2020-01-01 .. 2021-01-01",
                      "to{1..6}.example. CNAME many.example.  2020-01-01 .. 2021-01-01"});
    const std::string whole = asked.ask("/query/many.example").text;
    for (const std::size_t count : {1U, 2U, 5U, 12U, 13U, 14U}) {
        std::string all;
        std::string cursor;
        std::size_t pages = 0;
        do {
            asked.fields = {{"dribble-paginate-count", std::to_string(count)}};
            if (!cursor.empty()) asked.fields.emplace_back("dribble-paginate-cursor", cursor);
            const Reply page = asked.ask("/query/many.example");
            BOOST_REQUIRE(page.status == 200U);
            BOOST_TEST(page.lines().size() <= count);
            all += page.text;
            cursor = page.field("x-dribble-cursor");
            BOOST_TEST((cursor.empty() || std::stoll(cursor) > 0));
            BOOST_REQUIRE(++pages < 20U);
        } while (!cursor.empty());
        BOOST_TEST(all == whole);
        BOOST_TEST(pages == (13 + count - 1) / count);
    }
}

BOOST_AUTO_TEST_CASE(a_cursor_belongs_to_its_question) {
    AskedStore asked({"many.example. A 192.0.2.{1..7}  2020-01-01 .. 2021-01-01",
                      "more.example. A 192.0.2.{1..7}  2020-01-01 .. 2021-01-01"});
    asked.fields = {{"dribble-paginate-count", "2"}};
    const std::string cursor = asked.ask("/query/many.example").field("x-dribble-cursor");
    asked.fields.emplace_back("dribble-paginate-cursor", cursor);
    BOOST_TEST(asked.ask("/query/many.example").status == 200U);
    BOOST_TEST(asked.ask("/query/more.example").status == 400U);
    BOOST_TEST(asked.ask("/fquery/many.example").status == 400U);
    asked.fields.back().second = "1";
    BOOST_TEST(asked.ask("/query/many.example").status == 400U);
    asked.fields.back().second = "-1";
    BOOST_TEST(asked.ask("/query/many.example").status == 400U);
}

BOOST_AUTO_TEST_CASE(a_cursor_alone_means_a_page_of_the_usual_length) {
    AskedStore asked({"many.example. A 10.0.0.{1..250}  2020-01-01 .. 2021-01-01",
                      "many.example. A 10.0.1.{1..250}  2020-01-01 .. 2021-01-01",
                      "many.example. A 10.0.2.{1..250}  2020-01-01 .. 2021-01-01",
                      "many.example. A 10.0.3.{1..250}  2020-01-01 .. 2021-01-01",
                      "many.example. A 10.0.4.{1..250}  2020-01-01 .. 2021-01-01"});
    asked.fields = {{"dribble-paginate-count", "100"}};
    const Reply first = asked.ask("/query/many.example");
    asked.fields = {{"dribble-paginate-cursor", first.field("x-dribble-cursor")}};
    const Reply second = asked.ask("/query/many.example");
    BOOST_TEST(second.lines().size() == 1000U);
    asked.fields = {{"dribble-paginate-cursor", second.field("x-dribble-cursor")}};
    const Reply third = asked.ask("/query/many.example");
    BOOST_TEST(third.field("x-dribble-cursor").empty());
    asked.fields.clear();
    BOOST_TEST((first.text + second.text + third.text == asked.ask("/query/many.example").text));
    asked.fields = {{"dribble-paginate-cursor", "x"}};
    BOOST_TEST(asked.ask("/query/many.example").status == 400U);
}

BOOST_AUTO_TEST_CASE(no_type_of_a_filter_is_dropped) {
    AskedStore asked(store);
    std::string types = "A";
    for (unsigned number = 1; number < 127; ++number)
        types += ",TYPE" + std::to_string(60000 + number);
    asked.fields = {{"dribble-filter-rrtype", types}};
    BOOST_TEST(asked.ask("/query/www.example.com").lines().size() == 1U);
    asked.fields = {{"dribble-filter-rrtype", types + ",A,TYPE60001"}};
    BOOST_TEST(asked.ask("/query/www.example.com").status == 200U);
    asked.fields = {{"dribble-filter-rrtype", types + ",TYPE65280"}};
    const Reply refused = asked.ask("/query/www.example.com");
    BOOST_TEST(refused.status == 400U);
    BOOST_TEST(refused.text == "Error: more than 127 record types\n");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_asked_is_said) {
    AskedStore asked(store);
    for (const char* const value : {"a..b.*", "a..b", "192.0.2.0,33", "192.0.2.9-192.0.2.1", "%zz",
                                    "", "/", "::1-192.0.2.1"}) {
        BOOST_TEST_CONTEXT(value) {
            const Reply reply = asked.ask("/query/" + std::string(value));
            BOOST_TEST(reply.status == 400U);
            BOOST_TEST(reply.lines().size() == 1U);
        }
    }
    const Reply posted = asked.ask("/query/www.example.com", "POST");
    BOOST_TEST(posted.status == 405U);
    BOOST_TEST(posted.field("allow") == "GET, HEAD");
}

BOOST_AUTO_TEST_CASE(each_side_needs_its_right) {
    AskedStore asked(store);
    asked.rights = responder::Rights();
    asked.rights.add(View::history);
    BOOST_TEST(asked.ask("/query/www.example.com").status == 403U);
    asked.rights.add(View::pivot);
    BOOST_TEST(asked.ask("/query/www.example.com").status == 200U);
    const Reply below = asked.ask("/query/*.example.com");
    BOOST_TEST(below.status == 403U);
    BOOST_TEST(below.text ==
               "Error: this needs the right to the view 'names', which you do not have here\n");
}

BOOST_AUTO_TEST_CASE(info_says_what_there_is) {
    AskedStore asked(store);
    const Reply reply = asked.ask("/info");
    BOOST_TEST(reply.field("content-type") == "application/json");
    BOOST_TEST(reply.text.find(R"("stats":10,)") != std::string::npos);
    // A sighting of the future is none: the store was written at 2026-01-01.
    AskedStore ahead({"www.example.com. A 192.0.2.1  2020-01-01 .. 2035-01-01"});
    BOOST_TEST(ahead.ask("/info").text.find(R"("time_last":1767312000})") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
