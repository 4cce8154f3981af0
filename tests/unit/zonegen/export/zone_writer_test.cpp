// Records as lines of a master file.
#include "zonegen/export/zone_writer.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <functional>
#include <sstream>

#include "tests/support/temporary_directory.hpp"

BOOST_AUTO_TEST_SUITE(zone_writer_test)

using namespace dnshist;
using namespace dnshist::zonegen;

namespace {

std::string written(std::string_view zone, const std::function<void(ZoneWriter&)>& write) {
    const test::TemporaryDirectory directory;
    const auto path = directory.path() / "zone";
    std::FILE* const out = std::fopen(path.c_str(), "w");
    BOOST_REQUIRE(out != nullptr);
    ZoneWriter file(out, Name::from_text(zone).value(), 300);
    write(file);
    file.flush();
    std::fclose(out);
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    BOOST_TEST(text.str().size() == file.octets());
    return text.str();
}

Name name(std::string_view text) {
    return Name::from_text(text).value();
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_apex_comes_first) {
    const SoaTimers soa{.serial = 7, .refresh = 3600, .retry = 900, .expire = 9, .minimum = 60};
    BOOST_TEST(written("Pdns.local",
                       [&](ZoneWriter& file) {
                           const std::array servers{name("ns1.example."), name("pdns.local")};
                           file.add_apex(soa, servers);
                           file.add_txt(name("pdns.local"), "it");
                           BOOST_TEST(file.names() == 1);
                           BOOST_TEST(file.records() == 4);
                       }) ==
               "$ORIGIN pdns.local.\n"
               "$TTL 300\n"
               "@ 60 IN SOA pdns.local. hostmaster.pdns.local. 7 3600 900 9 60\n"
               "@ IN NS ns1.example.\n"
               "@ IN NS pdns.local.\n"
               "\tTXT \"it\"\n");
    const std::string root = written(".", [&](ZoneWriter& file) {
        file.add_apex(soa, {});
        file.add_txt(name("history.example"), "it");
    });
    BOOST_TEST(root ==
               "$ORIGIN .\n"
               "$TTL 300\n"
               "@ 60 IN SOA . hostmaster. 7 3600 900 9 60\n"
               "history.example\tTXT \"it\"\n");
}

BOOST_AUTO_TEST_CASE(names_are_relative_and_written_once) {
    BOOST_TEST(written("zone", [](ZoneWriter& file) {
                   file.add_txt(name("a.zone"), "1");
                   file.add_txt(name("a.zone"), "2");
                   file.add_txt(name("b.a.zone"), "3");
                   BOOST_TEST(file.names() == 2);
               }) == "a\tTXT \"1\"\n\tTXT \"2\"\nb.a\tTXT \"3\"\n");
}

BOOST_AUTO_TEST_CASE(what_a_reader_may_not_take_is_escaped) {
    BOOST_TEST(
        written("zone",
                [](ZoneWriter& file) {
                    file.add_txt(
                        name(R"(2001:db8::1.j\.doe@x.\@\$\;\(\"\\.\000\032\255.v=spf1.zone)"),
                        "a \"b\" \\ ; \t\377");
                }) == R"(2001\:db8\:\:1.j\.doe\@x.\@\$\;\(\"\\.\000\032\255.v\=spf1)"
                      "\tTXT \"a \\\"b\\\" \\\\ ; \\009\\255\"\n");
}

BOOST_AUTO_TEST_CASE(text_is_split_into_strings) {
    const std::string piece(255, 'x');
    BOOST_TEST(written("zone", [&](ZoneWriter& file) {
                   file.add_txt(name("a.zone"), piece);
                   file.add_txt(name("a.zone"), piece + "y");
                   file.add_txt(name("a.zone"), "");
               }) == "a\tTXT \"" + piece + "\"\n\tTXT \"" + piece + "\" \"y\"\n\tTXT \"\"\n");
}

BOOST_AUTO_TEST_SUITE_END()
