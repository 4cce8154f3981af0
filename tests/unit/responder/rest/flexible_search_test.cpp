// DNSDB's flexible search (Flex): names and RDATA that match, and their sums.
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "tests/unit/responder/rest/dnsdb_streams.hpp"

BOOST_AUTO_TEST_SUITE(flexible_search_test)

using namespace dnshist;
using namespace dnshist::test;

BOOST_AUTO_TEST_CASE(a_sum_has_the_times_of_sensors_and_of_zone_files) {
    std::vector<std::string> records = store;
    records.emplace_back("both.example. NS ns1.example.  2019-01-01 .. 2020-01-01 x2");
    records.emplace_back("both.example. NS ns2.example.  2022-01-01 .. 2023-01-01 x7 zone");
    AskedStore asked(records);
    BOOST_TEST(objects(asked.ask("/dnsdb/v2/glob/rrnames/both*")) ==
               std::vector<std::string>{
                   R"({"obj":{"count":9,"time_first":1546300800,"time_last":1577836800,)"
                   R"("zone_time_first":1640995200,"zone_time_last":1672531200,)"
                   R"("rrname":"both.example.","rrtype":"NS"}})"});
}

// The paths and parameters of the Python module dnsdb2.
BOOST_AUTO_TEST_CASE(a_flexible_search_gives_names_or_rdata_with_their_sums) {
    AskedStore asked(store);
    const auto search = [&](const std::string& what) {
        return objects(asked.ask("/dnsdb/v2/" + what));
    };
    const std::vector<std::string> addresses{
        R"({"obj":{"count":19,"time_first":1577836800,"time_last":1646092800,)"
        R"("rrname":"www.example.com.","rrtype":"A"}})",
        R"({"obj":{"count":5,"time_first":1577836800,"time_last":1609459200,)"
        R"("rrname":"mail.example.com.","rrtype":"A"}})"};
    for (const char* const pattern :
         {"glob/rrnames/*.example.com./A", "glob/rrnames/*.Example.com/A",
          "regex/rrnames/%5E%5B%5E.%5D%2B%5C.example%5C.com%5C.%24/A",
          "regex/rrnames/[lw]%5C.EXAMPLE%5C./a?swclient=dnsdb2&version=1"}) {
        BOOST_TEST(search(pattern) == addresses, pattern);
    }
    BOOST_TEST(search("glob/rrnames/*example*/A?exclude=mail*") ==
               std::vector<std::string>{addresses[0]});
    BOOST_TEST(search("regex/rrnames/example/A?exclude=%5Email&verbose=false") ==
               std::vector<std::string>{R"({"obj":{"rrname":"www.example.com.","rrtype":"A"}})"});
    BOOST_TEST(search("glob/rrnames/zoned*") ==
               std::vector<std::string>{
                   R"({"obj":{"count":5,"zone_time_first":1640995200,"zone_time_last":1672531200,)"
                   R"("rrname":"zoned.example.","rrtype":"NS"}})"});
    BOOST_TEST(search("glob/rrnames/*example*?time_last_after=1640000000").size() == 2U);
    BOOST_TEST(
        search("regex/rdata/%5Ens%5C.example%5C.%24") ==
        std::vector<std::string>{
            R"({"obj":{"count":5,"zone_time_first":1640995200,"zone_time_last":1672531200,)"
            R"("rdata":"ns.example.","rrtype":"NS","raw_rdata":"026e73076578616d706c6500"}})"});
    BOOST_TEST(search("glob/rdata/192.0.2.7*?verbose=f") ==
               std::vector<std::string>{
                   R"({"obj":{"rdata":"192.0.2.77","rrtype":"A","raw_rdata":"c000024d"}})"});
    const std::string limited = R"({"cond":"limited","msg":"Result limit reached"})";
    BOOST_TEST(objects(asked.ask("/dnsdb/v2/glob/rrnames/*.example.com/A?limit=1"), limited) ==
               std::vector<std::string>{addresses[0]});
    BOOST_TEST(search("glob/rrnames/*.example.com/A?limit=1&offset=1") ==
               std::vector<std::string>{addresses[1]});
}

BOOST_AUTO_TEST_CASE(what_a_flexible_search_does_not_know_is_a_400_that_says_so) {
    AskedStore asked(store);
    for (const auto& [path, says] : std::vector<std::pair<std::string, std::string>>{
             {"glob/rrnames/*", "matches everything"},
             {"glob/rrnames/a%5Bb", "without ']'"},
             {"regex/rrnames/(", "no regular expression"},
             {"regex/rrnames/a%5Cb", "not known here"},
             {"regex/rrnames/(%3Fi)a", "(?"},
             {"regex/rdata/example?exclude=%5B", "no regular expression"},
             {"regex/rrnames/" + std::string(260, 'a'), "too long"},
             {"regex/rrnames/((a%7B50%7D)%7B50%7D)", ""},
             {"regex/rrnames/example?limit=x", "limit"}}) {
        BOOST_TEST_CONTEXT(path) {
            const Reply reply = asked.ask("/dnsdb/v2/" + path);
            BOOST_TEST(reply.status == 400U);
            BOOST_TEST(reply.lines().size() == 1U);
            BOOST_TEST(reply.text.find(says) != std::string::npos, reply.text);
        }
    }
    BOOST_TEST(asked.ask("/dnsdb/v2/glob/names/x*").status == 404U);
    BOOST_TEST(asked.ask("/dnsdb/v2/regex/rrnames/x/A/b").status == 404U);
    asked.rights = responder::Rights();
    asked.rights.add(View::history);
    asked.rights.add(View::pivot);
    BOOST_TEST(asked.ask("/dnsdb/v2/regex/rrnames/example").status == 403U);
    BOOST_TEST(asked.ask("/dnsdb/v2/regex/rdata/example").status == 403U);
}

BOOST_AUTO_TEST_SUITE_END()
