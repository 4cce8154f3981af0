#include "storage/record/line/record_line.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "storage/record/rdata.hpp"

BOOST_AUTO_TEST_SUITE(record_line_test)

using namespace dnshist;

namespace {

struct Line {
    Period seen{{1454284800}, {1575105164}};
    std::uint64_t count = 812;
    std::string owner = "example.com";
    Rrtype type = Rrtype::MX;
    std::string rdata = "10 mail.example.com.";

    std::string text(std::size_t room_octets = 4096) const {
        const auto wire = std::make_unique<Rdata>();
        BOOST_TEST_REQUIRE(rdata_from_text(type, rdata, *wire).has_value());
        std::string room(room_octets, '\0');
        TextWriter out(room);
        write_line(out, seen, count, Name::from_text(owner).value().text(), type, wire->octets());
        return std::string(out.text()) + (out.overflowed() ? " (cut)" : "");
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_line_has_six_columns) {
    BOOST_TEST(
        Line().text() ==
        "2016-02-01T00:00:00Z 2019-11-30T09:12:44Z 812 example.com. MX 10 mail.example.com.");
}

BOOST_AUTO_TEST_CASE(every_column_stretches) {
    Line line;
    line.seen = {{0}, end_of_time};
    line.count = ~std::uint64_t{0};
    line.owner = ".";
    line.type = Rrtype{65280};
    line.rdata = "\\# 0";
    BOOST_TEST(line.text() ==
               "1970-01-01T00:00:00Z 2106-02-07T06:28:15Z 18446744073709551615 . TYPE65280 \\# 0");
}

BOOST_AUTO_TEST_CASE(a_line_stays_one_line_whatever_the_record_says) {
    Line line;
    line.owner = "a\\010b\\ c.d";
    line.type = Rrtype::TXT;
    line.rdata = "\"x\\010\\013y\"";
    BOOST_TEST(line.text() ==
               "2016-02-01T00:00:00Z 2019-11-30T09:12:44Z 812 a\\010b\\032c.d. TXT "
               "\"x\\010\\013y\"");
}

BOOST_AUTO_TEST_CASE(a_line_that_does_not_fit_says_so) {
    BOOST_TEST(Line().text(40) == "2016-02-01T00:00:00Z  (cut)");
}

BOOST_AUTO_TEST_CASE(a_record_is_the_end_of_its_line) {
    std::array<char, 100> room;
    TextWriter out(room);
    const std::array<std::uint8_t, 4> address{192, 0, 2, 1};
    write_record(out, Name::from_text("www.example.com").value().key().octets(), Rrtype::A,
                 address);
    BOOST_TEST(out.text() == "www.example.com. A 192.0.2.1");
}

BOOST_AUTO_TEST_SUITE_END()
