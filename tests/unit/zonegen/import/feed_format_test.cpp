// The format that the first octets of a feed show.
#include "zonegen/import/feed_format.hpp"

#include <boost/test/unit_test.hpp>

#include "zonegen/import/foreign_format.hpp"

BOOST_AUTO_TEST_SUITE(feed_format_test)

using namespace dnshist;
using namespace dnshist::zonegen;

namespace {

std::string recognised(std::string_view head) {
    const auto format = feed_format_of(head);
    return format ? std::string(traits_of(*format).name) : "nothing";
}

}  // namespace

BOOST_AUTO_TEST_CASE(each_format_is_recognised) {
    BOOST_TEST(recognised("{\"rrname\":\"a\"}\n") == "cof");
    BOOST_TEST(recognised("\xef\xbb\xbf\n [\n{\"rrname\":\"a\"}\n") == "cof");
    BOOST_TEST(recognised("# FILE:1: bad rrname\n{\"rrname\":1}\n") == "cof");
    BOOST_TEST(recognised("#separator \\x09\n#set_separator\t,\n") == "zeek");
    BOOST_TEST(recognised("#fields\tts\tuid\n1\tx\n") == "zeek");
    BOOST_TEST(recognised("{\"ts\":1.5,\"uid\":\"x\",\"id.orig_h\":\"192.0.2.7\"}\n") == "zeek");
    BOOST_TEST(recognised("{\"timestamp\":\"x\",\"flow_id\":1,\"event_type\":\"alert\"}\n") ==
               "eve");
    BOOST_TEST(recognised("{\"ts\":1.5,\"uid\":\"x\",\"id_orig_h\":\"192.0.2.7\"}\n") == "zeek");
    BOOST_TEST(recognised("{\"uid\":\"x\",\"id\":{\"orig_h\":\"192.0.2.7\"}}\n") == "zeek");
    BOOST_TEST(recognised("Aug  6 17:33:07 fw suricata[8]: {\"timestamp\":\"x\",\"event_type\":") ==
               "eve");
    BOOST_TEST(recognised("{\"timestamp_s\":1,\"client\":\"\",\"answer\":\"\"}\n") == "passivedns");
    BOOST_TEST(recognised("{\"error\":false,\"records\":[{\"id\":1,\"rrname\":\"a\"") == "cof");
    BOOST_TEST(recognised("1322849924.408856||192.0.2.7||") == "passivedns");
    BOOST_TEST(recognised("#timestamp||dns-client\n1322849924||192.0.2.7||") != "zeek");
    BOOST_TEST(recognised("; a zone\n\n$ORIGIN example.\n") == "zone");
    BOOST_TEST(recognised("$TTL 1h\n") == "zone");
    BOOST_TEST(recognised(".\t86400\tIN\tSOA\ta. b. 1 2 3 4 5\n") == "zone");
    BOOST_TEST(recognised("@ SOA a b (\n") == "zone");
    BOOST_TEST(recognised("a in ns b\n") == "zone");
}

BOOST_AUTO_TEST_CASE(what_is_none_of_them_is_not_guessed) {
    for (const std::string_view head :
         {"", "\n", "hello\n", "||x", "1.2", "time,query,answer\n", ";\n", "\x1f\x8b"}) {
        BOOST_TEST(recognised(head) == "nothing", head);
    }
}

BOOST_AUTO_TEST_CASE(a_byte_order_mark_hides_no_format) {
    const std::string mark(byte_order_mark);
    BOOST_TEST(recognised(mark + "#separator \\x09\r\n") == "zeek");
    BOOST_TEST(recognised(mark + "1322849924||192.0.2.7||\r\n") == "passivedns");
    BOOST_TEST(recognised(mark + "$ORIGIN example.\r\n") == "zone");
    BOOST_TEST(recognised(mark + "{\"timestamp\":\"x\",\"event_type\":\"dns\"}") == "eve");
}

BOOST_AUTO_TEST_CASE(what_is_not_read_is_named) {
    using namespace std::string_view_literals;
    const std::vector<std::pair<std::string_view, std::string_view>> all = {
        {"\xff\xfe$\0O\0"sv, "iconv"},
        {"NMSG\0"sv, "nmsgtool"},
        {"\x83\x65"
         "C-DNS\xa4"sv,
         "inspector"},
        {";\n; Start view _default\n;\n$DATE 20240501120000\n"sv, "rndc dumpdb -zones"},
        {";;  record times: 2020-01-01 00:00:00 .. 2020-01-02\n"sv, "dnsdbq -j"},
        {"\xef\xbb\xbfrrname,rrtype,rdata\r\na,A,192.0.2.1\r\n"sv, "mlr"},
        {"{\"dns\":{\"resource-records\":{\"an\":[{\"rdata\":\"\"}]}},\"dnstap\":{}}"sv,
         "dnstapclient"},
    };
    for (const auto& [head, way] : all) {
        BOOST_TEST(recognised(head) == "nothing", head);
        const auto container = container_of(head);
        BOOST_TEST(
            (container ? *container : unknown_format_text(head)).find(way) != std::string::npos,
            way);
    }
    BOOST_TEST(!foreign_text_of("{\"name\":\"a\",\"value\":\"192.0.2.1\"}"));
    BOOST_TEST(recognised("{\"name\":\"a\",\"value\":\"192.0.2.1\"}") == "nothing");
}

BOOST_AUTO_TEST_CASE(every_format_has_its_name) {
    for (const FeedFormatTraits& traits : feed_formats()) {
        BOOST_TEST((feed_format_named(traits.name) == traits.format), traits.name);
        BOOST_TEST(&traits_of(traits.format) == &traits);
    }
    BOOST_TEST(!feed_format_named("auto"));
}

BOOST_AUTO_TEST_SUITE_END()
