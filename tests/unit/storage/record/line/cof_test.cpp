#include "storage/record/line/cof.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "storage/base/json.hpp"
#include "storage/record/rdata.hpp"

BOOST_AUTO_TEST_SUITE(cof_test)

using namespace dnshist;
using namespace std::string_literals;

namespace {

const Visibility once({{100}, {200}}, 3);

struct Object {
    std::string owner = "www.example.com";
    Rrtype type = Rrtype::A;
    std::string rdata = "192.0.2.1";
    Sightings sightings;
    std::vector<Source> sources;

    std::string text() const {
        const auto wire = std::make_unique<Rdata>();
        BOOST_TEST_REQUIRE(rdata_from_text(type, rdata, *wire).has_value());
        std::string out;
        append_cof(out, Name::from_text(owner).value().key().octets(), type, wire->octets(),
                   sightings, sources);
        return out;
    }
};

std::string json(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_record_of_a_sensor) {
    Object object;
    object.sightings.sensor = once;
    BOOST_TEST(object.text() ==
               R"({"count":3,"time_first":100,"time_last":200,"rrname":"www.example.com.",)"
               R"("rrtype":"A","rdata":"192.0.2.1"})");
}

BOOST_AUTO_TEST_CASE(a_record_of_a_zone_file) {
    Object object;
    object.sightings.zone = once;
    BOOST_TEST(object.text() == R"({"count":3,"zone_time_first":100,"zone_time_last":200,)"
                                R"("rrname":"www.example.com.","rrtype":"A","rdata":"192.0.2.1"})");
}

BOOST_AUTO_TEST_CASE(a_record_of_both_has_both_counts) {
    Object object;
    object.sightings.sensor = once;
    object.sightings.zone = Visibility({{50}, {60}}, 7);
    BOOST_TEST(object.text() ==
               R"({"count":3,"time_first":100,"time_last":200,"zone_time_first":50,)"
               R"("zone_time_last":60,"rrname":"www.example.com.","rrtype":"A",)"
               R"("rdata":"192.0.2.1","zone_count":7})");
}

BOOST_AUTO_TEST_CASE(runs_are_named_where_there_are_more_than_one) {
    Object object;
    object.sightings.sensor = once;
    object.sightings.sensor.add({{900}, {901}}, 1, 10);
    object.sightings.zone = Visibility({{5}, {6}}, 1);
    object.sightings.zone.add({{20}, {21}}, 1, 10);
    BOOST_TEST(object.text() ==
               R"({"count":4,"time_first":100,"time_last":901,"zone_time_first":5,)"
               R"("zone_time_last":21,"rrname":"www.example.com.","rrtype":"A",)"
               R"("rdata":"192.0.2.1","zone_count":2,"runs":[[100,200],[900,901]],)"
               R"("zone_runs":[[5,6],[20,21]]})");
}

BOOST_AUTO_TEST_CASE(a_source_is_named_by_what_is_known_of_it) {
    Object object;
    object.sightings.sensor = once;
    object.sources = {{.sensor_id = "s1", .origin = "", .bailiwick = "example.com."}};
    BOOST_TEST(object.text().ends_with(
        R"("rdata":"192.0.2.1","bailiwick":"example.com.","sensor_id":"s1"})"));
    object.sources.push_back({.sensor_id = "", .origin = "https://a/\"", .bailiwick = ""});
    BOOST_TEST(object.text().ends_with(
        R"("rdata":"192.0.2.1","sources":[{"bailiwick":"example.com.","sensor_id":"s1"},)"
        R"({"origin":"https://a/\""}]})"));
}

BOOST_AUTO_TEST_CASE(presentation_form_is_escaped_once_more) {
    Object object;
    object.owner = "a\\.b.c";
    object.type = Rrtype::TXT;
    object.rdata = "\"x\\\"y\\\\z\\200\"";
    object.sightings.sensor = once;
    BOOST_TEST(object.text().ends_with(
        R"("rrname":"a\\.b.c.","rrtype":"TXT","rdata":"\"x\\\"y\\\\z\\200\""})"));
}

BOOST_AUTO_TEST_CASE(rdata_of_any_length_is_written_whole) {
    Object object;
    object.type = Rrtype::TXT;
    object.rdata.clear();
    std::string escaped;
    for (int i = 0; i < 100; ++i) {
        object.rdata += "\"" + std::string(200, 'x') + "\" ";
        escaped += "\\\"" + std::string(200, 'x') + "\\\"" + (i < 99 ? " " : "");
    }
    object.sightings.sensor = once;
    BOOST_TEST(object.text().ends_with("\"rdata\":\"" + escaped + "\"}"));
}

BOOST_AUTO_TEST_CASE(a_record_never_seen_is_still_an_object) {
    BOOST_TEST(Object().text() ==
               R"({"count":0,"rrname":"www.example.com.","rrtype":"A","rdata":"192.0.2.1"})");
}

BOOST_AUTO_TEST_CASE(strings_of_json_hold_any_octet) {
    BOOST_TEST(json("") == R"("")");
    BOOST_TEST(json("a\"b\\c/") == R"("a\"b\\c/")");
    BOOST_TEST(json("\n\t\r\x7f\0"s) == "\"\\n\\t\\u000d\\u007f\\u0000\"");
    BOOST_TEST(json("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80") ==
               "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"");
    // No UTF-8: a lone octet, one cut short, one too long, a surrogate, beyond the last.
    BOOST_TEST(json("\xff") == R"("\u00ff")");
    BOOST_TEST(json("\xe2\x82") == R"("\u00e2\u0082")");
    BOOST_TEST(json("\xc0\x80") == R"("\u00c0\u0080")");
    BOOST_TEST(json("\xed\xa0\x80") == R"("\u00ed\u00a0\u0080")");
    BOOST_TEST(json("\xf4\x90\x80\x80") == R"("\u00f4\u0090\u0080\u0080")");
}

BOOST_AUTO_TEST_SUITE_END()
