// The DNSDB API: what dnsdbq sends, and what it must get.
#include "responder/rest/dnsdb_service.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/unit/responder/rest/dnsdb_streams.hpp"

BOOST_AUTO_TEST_SUITE(dnsdb_service_test)

using namespace dnshist;
using namespace dnshist::test;

namespace {

std::string first_of(const std::string& name) {
    return R"({"obj":{"count":12,"time_first":1577836800,"time_last":1609459200,"rrname":")" +
           name + R"(","rrtype":"A","rdata":["192.0.2.1"]}})";
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_lookup_is_a_stream_with_a_beginning_and_an_end) {
    AskedStore asked(store);
    for (const char* const path :
         {"/dnsdb/v2/lookup/rrset/name/www.example.com/A",
          "/dnsdb/v2/lookup/rrset/name/WWW.example.com./a/",
          "/dnsdb/v2/lookup/rrset/name/www%2Eexample.com/TYPE1?swclient=dnsdbq&version=2.6.4&id=x",
          "/dnsdb/v2/lookup/rrset/raw/03777777076578616d706c6503636f6d00/A"}) {
        BOOST_TEST_CONTEXT(path) {
            const Reply reply = asked.ask(path);
            const auto found = objects(reply);
            BOOST_TEST(found.size() == 2U);
            BOOST_TEST(found.front() == first_of("www.example.com."));
            BOOST_TEST(reply.field("content-type") == "application/x-ndjson");
            BOOST_TEST(reply.field("x-ratelimit-limit") == "unlimited");
        }
    }
}

BOOST_AUTO_TEST_CASE(nothing_found_is_an_empty_stream_and_in_version_1_a_404) {
    AskedStore asked(store);
    BOOST_TEST(objects(asked.ask("/dnsdb/v2/lookup/rrset/name/never.example")).empty());
    const Reply old = asked.ask("/lookup/rrset/name/never.example");
    BOOST_TEST(old.status == 404U);
    BOOST_TEST(old.text == "Error: no results found for query.\n");
}

BOOST_AUTO_TEST_CASE(version_1_has_bare_objects_and_rdata_as_a_text) {
    AskedStore asked(store);
    const auto rrset = asked.ask("/lookup/rrset/name/mail.example.com/ANY").lines();
    BOOST_REQUIRE(rrset.size() == 1U);
    BOOST_TEST(rrset[0] == R"({"count":5,"time_first":1577836800,"time_last":1609459200,)"
                           R"("rrname":"mail.example.com.","rrtype":"A","rdata":["192.0.2.77"]})");
    const auto rdata = asked.ask("/lookup/rdata/name/mail.example.com").lines();
    BOOST_REQUIRE(rdata.size() == 1U);
    BOOST_TEST(rdata[0] ==
               R"({"count":3,"time_first":1577836800,"time_last":1609459200,)"
               R"("rrname":"example.com.","rrtype":"MX","rdata":"10 mail.example.com."})");
}

BOOST_AUTO_TEST_CASE(types_are_one_several_any_or_those_of_dnssec) {
    AskedStore asked(store);
    const auto count = [&](const char* type) {
        return objects(
                   asked.ask("/dnsdb/v2/lookup/rrset/name/www.example.com/" + std::string(type)))
            .size();
    };
    BOOST_TEST(count("") == 4U);
    BOOST_TEST(count("ANY") == 4U);
    BOOST_TEST(count("any") == 4U);
    BOOST_TEST(count("ANY-DNSSEC") == 1U);
    BOOST_TEST(count("A,AAAA") == 3U);
    BOOST_TEST(count("TYPE43") == 1U);
    BOOST_TEST(asked.ask("/dnsdb/v2/lookup/rrset/name/www.example.com/ALIAS").status == 400U);
    BOOST_TEST(asked.ask("/dnsdb/v2/lookup/rrset/name/www.example.com/AXFR").status == 400U);
}

BOOST_AUTO_TEST_CASE(addresses_prefixes_and_ranges_find_what_points_there) {
    AskedStore asked(store);
    const auto count = [&](const std::string& what) {
        return objects(asked.ask("/dnsdb/v2/lookup/rdata/ip/" + what)).size();
    };
    BOOST_TEST(count("192.0.2.1") == 1U);
    BOOST_TEST(count("192.0.2.0,24") == 3U);
    BOOST_TEST(count("192.0.2.0/24") == 3U);
    BOOST_TEST(count("192.0.2.0%2C24/") == 3U);
    BOOST_TEST(count("192.0.2.2-192.0.2.77") == 2U);
    BOOST_TEST(count("192.0.2.2-192.0.2.76") == 1U);
    BOOST_TEST(count("2001:db8::1") == 1U);
    BOOST_TEST(count("2001%3Adb8%3A%3A,32") == 1U);
    BOOST_TEST(count("::-ffff::") == 1U);
    BOOST_TEST(asked.ask("/dnsdb/v2/lookup/rdata/ip/192.0.2.300").status == 400U);
    BOOST_TEST(asked.ask("/dnsdb/v2/lookup/rdata/ip/192.0.2.0,33").status == 400U);
    BOOST_TEST(asked.ask("/dnsdb/v2/lookup/rdata/ip/www.example.com").status == 400U);
}

BOOST_AUTO_TEST_CASE(a_star_in_front_stands_for_all_names_below) {
    AskedStore asked(store);
    BOOST_TEST(objects(asked.ask("/dnsdb/v2/lookup/rrset/name/*.example.com")).size() == 5U);
    BOOST_TEST(objects(asked.ask("/dnsdb/v2/lookup/rrset/name/%2A.example.com/A")).size() == 3U);
    BOOST_TEST(objects(asked.ask("/dnsdb/v2/lookup/rdata/name/*.example.com/MX")).size() == 1U);
    asked.rights = responder::Rights();
    asked.rights.add(View::history);
    BOOST_TEST(asked.ask("/dnsdb/v2/lookup/rrset/name/*.example.com").status == 403U);
    BOOST_TEST(asked.ask("/dnsdb/v2/lookup/rdata/name/example.com").status == 403U);
    BOOST_TEST(asked.ask("/dnsdb/v2/lookup/rrset/name/example.com").status == 200U);
}

BOOST_AUTO_TEST_CASE(a_star_behind_stands_for_the_rest_of_a_name) {
    AskedStore asked(store);
    for (const char* const path : {"www.example.*", "WWW.example.*.", "www.example.%2A/ANY"}) {
        BOOST_TEST_CONTEXT(path) {
            const auto found = asked.ask("/dnsdb/v2/lookup/rrset/name/" + std::string(path));
            BOOST_TEST(objects(found).size() == 4U);
        }
    }
    BOOST_TEST(asked.ask("/lookup/rrset/name/mail.example.*").lines().size() == 1U);
    BOOST_TEST(asked.ask("/lookup/rrset/name/mail.exampl.*").status == 404U);
    const auto named = objects(asked.ask("/dnsdb/v2/lookup/rdata/name/mail.example.*/MX"));
    BOOST_REQUIRE(named.size() == 1U);
    BOOST_TEST(named[0].find("10 mail.example.com.") != std::string::npos);
    BOOST_TEST(objects(asked.ask("/dnsdb/v2/lookup/rdata/name/ail.example.*")).empty());
    asked.rights = responder::Rights();
    asked.rights.add(View::history);
    asked.rights.add(View::pivot);
    BOOST_TEST(asked.ask("/dnsdb/v2/lookup/rrset/name/www.example.*").status == 403U);
    BOOST_TEST(asked.ask("/dnsdb/v2/lookup/rdata/name/www.example.*").status == 403U);
}

BOOST_AUTO_TEST_CASE(a_star_stands_in_front_of_a_name_or_behind_it) {
    AskedStore asked(store);
    for (const char* const path :
         {"/dnsdb/v2/lookup/rrset/name/*.example.*", "/lookup/rrset/name/*.www.example.*/A"}) {
        const Reply reply = asked.ask(path);
        BOOST_TEST(reply.status == 400U, path);
        BOOST_TEST(reply.text.find("in front of a name or behind it") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(raw_rdata_is_an_address_a_name_or_of_one_type) {
    AskedStore asked(store);
    const auto count = [&](const std::string& what) {
        return objects(asked.ask("/dnsdb/v2/lookup/rdata/raw/" + what)).size();
    };
    BOOST_TEST(count("c0000201") == 1U);
    BOOST_TEST(count("046D61696C076578616d706c6503636f6d00") == 1U);
    BOOST_TEST(count("000a046d61696c076578616d706c6503636f6d00/MX") == 1U);
    BOOST_TEST(count("000b046d61696c076578616d706c6503636f6d00/MX") == 0U);
    for (const char* const wrong : {"c00002", "c0", "c", "xy", "00010802aa/DS", "000a/MX"})
        BOOST_TEST(asked.ask("/dnsdb/v2/lookup/rdata/raw/" + std::string(wrong)).status == 400U);
    BOOST_TEST(asked.ask("/dnsdb/v2/lookup/rrset/raw/0377").status == 400U);
}

BOOST_AUTO_TEST_CASE(limit_and_offset_cut_and_limited_says_so_only_where_there_is_more) {
    AskedStore asked(store);
    const std::string path = "/dnsdb/v2/lookup/rrset/name/www.example.com";
    const std::string limited = R"({"cond":"limited","msg":"Result limit reached"})";
    const auto all = objects(asked.ask(path));
    for (std::size_t offset = 0; offset <= 5; ++offset) {
        for (std::size_t limit = 1; limit <= 5; ++limit) {
            const auto some = objects(asked.ask(path + "?limit=" + std::to_string(limit) +
                                                "&offset=" + std::to_string(offset)),
                                      offset + limit < all.size() ? limited : succeeded);
            const std::size_t from = std::min(offset, all.size());
            const std::size_t to = std::min(offset + limit, all.size());
            const std::vector<std::string> expected(all.begin() + static_cast<long>(from),
                                                    all.begin() + static_cast<long>(to));
            BOOST_TEST(some == expected, boost::test_tools::per_element());
        }
    }
    BOOST_TEST(objects(asked.ask(path + "?limit=0")).size() == all.size());
    BOOST_TEST(asked.ask(path + "?offset=1000001").status == 416U);
    BOOST_TEST(asked.ask(path + "?limit=-1").status == 400U);
    BOOST_TEST(asked.ask(path + "?limt=1").text ==
               "Error: no parameter 'limt'; there are limit, offset, max_count, aggr, humantime, "
               "time_first_after, time_first_before, time_last_after and time_last_before\n");
    BOOST_TEST(asked.ask("/dnsdb/v2/glob/rrnames/*example*?foo=1").text ==
               "Error: no parameter 'foo'; there are limit, offset, max_count, exclude, verbose, "
               "humantime, time_first_after, time_first_before, time_last_after and "
               "time_last_before\n");
}

BOOST_AUTO_TEST_CASE(times_bound_first_and_last_both_included) {
    AskedStore asked(store);
    const auto count = [&](const std::string& filter) {
        return objects(asked.ask("/dnsdb/v2/lookup/rrset/name/www.example.com/A?" + filter)).size();
    };
    BOOST_TEST(count("time_first_after=1577836800") == 2U);
    BOOST_TEST(count("time_first_after=1577836801") == 1U);
    BOOST_TEST(count("time_first_before=1577836800") == 1U);
    BOOST_TEST(count("time_first_before=1577836799") == 0U);
    BOOST_TEST(count("time_last_after=1646092800") == 1U);
    BOOST_TEST(count("time_last_after=1646092801") == 0U);
    BOOST_TEST(count("time_last_before=1609459200") == 1U);
    // The clock stands at 2026-01-01: a record was last seen 1402 days before.
    BOOST_TEST(count("time_last_after=-121132800") == 1U);
    BOOST_TEST(count("time_last_after=-121132799") == 0U);
    BOOST_TEST(count("time_last_after=-9223372036854775808") == 2U);
    BOOST_TEST(count("time_last_before=9223372036854775807") == 2U);
    BOOST_TEST(count("time_first_after=5&time_first_before=4") == 0U);
    BOOST_TEST(asked.ask("/dnsdb/v2/lookup/rrset/name/a?time_last_after=yesterday").status == 400U);
}

BOOST_AUTO_TEST_CASE(without_aggregation_each_run_is_an_object) {
    AskedStore asked(store);
    for (const char* const no : {"f", "F", "False", "0"}) {
        const auto found =
            objects(asked.ask("/dnsdb/v2/lookup/rdata/ip/192.0.2.2?aggr=" + std::string(no)));
        BOOST_REQUIRE(found.size() == 2U);
        BOOST_TEST(found[0] ==
                   R"({"obj":{"time_first":1612137600,"time_last":1614556800,)"
                   R"("rrname":"www.example.com.","rrtype":"A","rdata":["192.0.2.2"]}})");
        BOOST_TEST(found[1].find(R"("time_first":1643673600,"time_last":1646092800,)") !=
                   std::string::npos);
    }
    BOOST_TEST(objects(asked.ask("/dnsdb/v2/lookup/rdata/ip/192.0.2.2?aggr=True")).size() == 1U);
}

BOOST_AUTO_TEST_CASE(zone_files_alone_have_their_own_times_and_people_readable_ones) {
    AskedStore asked(store);
    const auto found =
        objects(asked.ask("/dnsdb/v2/lookup/rrset/name/zoned.example?humantime=TRUE"));
    BOOST_REQUIRE(found.size() == 1U);
    BOOST_TEST(found[0] == R"({"obj":{"count":5,"zone_time_first":"2022-01-01T00:00:00Z",)"
                           R"("zone_time_last":"2023-01-01T00:00:00Z","rrname":"zoned.example.",)"
                           R"("rrtype":"NS","rdata":["ns.example."]}})");
}

BOOST_AUTO_TEST_CASE(a_summary_adds_up_what_a_lookup_gives) {
    AskedStore asked(store);
    const auto sum = objects(asked.ask("/dnsdb/v2/summarize/rrset/name/www.example.com/A"));
    BOOST_REQUIRE(sum.size() == 1U);
    BOOST_TEST(sum[0] == R"({"obj":{"count":19,"num_results":2,"time_first":1577836800,)"
                         R"("time_last":1646092800}})");
    const auto runs = objects(asked.ask("/dnsdb/v2/summarize/rrset/name/www.example.com/A?aggr=f"));
    BOOST_TEST(runs[0].find(R"("count":19,"num_results":3,)") != std::string::npos);
    const auto some = objects(asked.ask("/dnsdb/v2/summarize/rdata/ip/192.0.2.0,24?max_count=1"),
                              R"({"cond":"limited","msg":"Result limit reached"})");
    BOOST_TEST(some[0].find(R"("count":12,"num_results":1,)") != std::string::npos);
    const Reply offset = asked.ask("/summarize/rrset/name/www.example.com?offset=1");
    BOOST_TEST(offset.status == 400U);
    BOOST_TEST(offset.text == "Error: a summary has no offset; 'offset' is for lookup\n");
    const auto none = objects(asked.ask("/dnsdb/v2/summarize/rrset/name/never.example"));
    BOOST_TEST(none[0] == R"({"obj":{"count":0,"num_results":0}})");
    BOOST_TEST(asked.ask("/summarize/rrset/name/never.example").status == 404U);
    BOOST_TEST(asked.ask("/summarize/rrset/name/mail.example.com").text ==
               R"({"count":5,"num_results":1,"time_first":1577836800,"time_last":1609459200})"
               "\n");
}

BOOST_AUTO_TEST_CASE(a_summary_has_the_limits_of_a_lookup) {
    AskedStore asked({"n{1..10010}.example. A 192.0.2.1  2020-01-01 .. 2021-01-01 x1"},
                     {.origin = "", .max_records = 10'005});
    const auto sum = [&](const std::string& parameters, const std::string& last) {
        return objects(asked.ask("/dnsdb/v2/summarize/rrset/name/*.example" + parameters), last)[0];
    };
    const auto has = [](std::uint64_t records) {
        const std::string number = std::to_string(records);
        return R"({"obj":{"count":)" + number + R"(,"num_results":)" + number +
               R"(,"time_first":1577836800,"time_last":1609459200}})";
    };
    const std::string limited = R"({"cond":"limited","msg":"Result limit reached"})";
    BOOST_TEST(sum("", limited) == has(10'000));
    BOOST_TEST(sum("?limit=0", limited) == has(10'005));
    BOOST_TEST(sum("?limit=20000", limited) == has(10'005));
    BOOST_TEST(sum("?limit=7", limited) == has(7));
}

BOOST_AUTO_TEST_CASE(who_takes_no_json_is_told) {
    AskedStore asked(store);
    for (const char* const accept : {"application/x-ndjson", "application/json", "*/*",
                                     "text/html,application/xhtml+xml,*/*;q=0.8"}) {
        asked.fields = {{"accept", accept}};
        BOOST_TEST(asked.ask("/lookup/rrset/name/www.example.com").status == 200U, accept);
    }
    asked.fields = {{"accept", "text/plain"}};
    const Reply refused = asked.ask("/lookup/rrset/name/www.example.com");
    BOOST_TEST(refused.status == 415U);
    BOOST_TEST(refused.lines().size() == 1U);
}

BOOST_AUTO_TEST_CASE(ping_and_rate_limit_answer) {
    AskedStore asked(store);
    BOOST_TEST(asked.ask("/dnsdb/v2/ping").text == "{\"ping\":\"ok\"}\n");
    const std::string rate =
        R"({"rate":{"reset":"n/a","limit":"unlimited","remaining":"n/a","results_max":1000000,)"
        R"("offset_max":1000000}})"
        "\n";
    for (const char* const path :
         {"/dnsdb/v2/rate_limit", "/dnsdb/v2/rate_limit/", "/lookup/rate_limit", "/rate_limit"})
        BOOST_TEST(asked.ask(path).text == rate);
    BOOST_TEST(responder::RestService::is_open("/dnsdb/v2/ping"));
    BOOST_TEST(!responder::RestService::is_open("/dnsdb/v2/rate_limit"));
}

BOOST_AUTO_TEST_CASE(what_is_not_there_is_404_and_a_pattern_400) {
    AskedStore asked(store);
    for (const char* const path :
         {"/dnsdb/v2/", "/dnsdb/v2/lookup", "/dnsdb/v2/lookup/", "/dnsdb/v2/lookup/rrset/name",
          "/dnsdb/v2/lookup/rrset/name/", "/dnsdb/v2/lookup/rrset/ip/192.0.2.1",
          "/dnsdb/v2/lookup/rrset/name/a/A/b/c", "/dnsdb/v2/lookup/rdata/name/a/A/b",
          "/dnsdb/v2/look/rrset/name/a", "/lookup/", "/lookup/x"}) {
        BOOST_TEST_CONTEXT(path) {
            const Reply reply = asked.ask(path);
            BOOST_TEST(reply.status == 404U);
            BOOST_TEST(reply.lines().size() == 1U);
        }
    }
    BOOST_TEST(!responder::RestService::serves("/"));
    BOOST_TEST(!responder::RestService::serves("/dns-query"));
    BOOST_TEST(!responder::RestService::serves("/dnsdb/v2"));
}

BOOST_AUTO_TEST_SUITE_END()
