// The questions that continue an answer.
#include "storage/answer/next_question.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "storage/record/labels.hpp"

BOOST_AUTO_TEST_SUITE(next_question_test)

using namespace dnshist;

namespace {

std::string page_text(std::string_view qname, std::optional<unsigned> limit, std::uint64_t page) {
    const auto name = page_name(Name::from_text(qname).value(), limit, page);
    return name ? name->text() : "";
}

BOOST_AUTO_TEST_CASE(another_page_is_asked_for_by_a_whole_name) {
    BOOST_TEST(page_text("mx.history.example.com.pdns.local", {}, 2) ==
               "page-2.mx.history.example.com.pdns.local.");
    BOOST_TEST(page_text("mx.page-2.limit-5.history.example.com.pdns.local", {}, 3) ==
               "page-3.mx.limit-5.history.example.com.pdns.local.");
    BOOST_TEST(page_text("limit-50.page-1.history.example.com.pdns.local", 7, 3) ==
               "page-3.limit-7.history.example.com.pdns.local.");
    // Only filters are replaced.
    BOOST_TEST(page_text("history.page-7.example.com.pdns.local", {}, 2) ==
               "page-2.history.page-7.example.com.pdns.local.");
    BOOST_TEST(page_text("history.a\\.b\\032c.com.pdns.local", {}, 2) ==
               "page-2.history.a\\.b\\032c.com.pdns.local.");
}

BOOST_AUTO_TEST_CASE(a_page_has_no_name_where_it_would_be_too_long) {
    // 8 octets of "history", 4 of "com", the final zero, and "page-2" takes 7 more.
    const auto subject = [](std::size_t octets) {
        std::string text = "history.";
        for (int i = 0; i < 3; ++i)
            text += std::string(59, 'a') + '.';
        return text + std::string(octets - std::size_t{3} * 60 - 1, 'b') + ".com";
    };
    BOOST_TEST(Name::from_text(subject(255 - 13 - 7)).value().wire().size() == 248);
    BOOST_TEST(!page_text(subject(255 - 13 - 7), {}, 2).empty());
    BOOST_TEST(page_text(subject(255 - 13 - 6), {}, 2).empty());
    BOOST_TEST(page_text(subject(255 - 13), 1, 4294967297).empty());
}

BOOST_AUTO_TEST_CASE(the_name_of_a_page_has_the_place_of_its_first_line) {
    const auto name = [](std::string_view qname, const std::vector<std::uint8_t>& octets) {
        ResumePoint line;
        BOOST_REQUIRE(line.append(octets));
        const auto next = page_name(Name::from_text(qname).value(), {}, 3, line);
        return next ? next->text() : "";
    };
    BOOST_TEST(name("page-2.line-00.mx.line-vv.history.line-00.com", {0, 1, 0xff}) ==
               "page-3.line-x000vu.mx.history.line-00.com.");
    // 35 octets are 56 digits, as many as a label holds beside the mark.
    BOOST_TEST(name("history.com", std::vector<std::uint8_t>(37)) ==
               "page-3.line-x" + std::string(56, '0') + ".line-x0000.history.com.");
}

std::string resume_text(std::string_view qname, const std::vector<std::uint8_t>& octets) {
    ResumePoint point;
    BOOST_REQUIRE(point.append(octets));
    const auto name = resume_name(Name::from_text(qname).value(), point);
    return name ? name->text() : "";
}

BOOST_AUTO_TEST_CASE(a_resume_point_is_asked_for_by_a_whole_name) {
    BOOST_TEST(resume_text("page-3.mx.from-x00.limit-2.history.*.example.com", {0, 1, 0xff}) ==
               "from-x000vu.mx.limit-2.history.*.example.com.");
    BOOST_TEST(resume_text("history.from-x00.example.com", {0}) ==
               "from-x00.history.from-x00.example.com.");
}

BOOST_AUTO_TEST_CASE(a_resume_point_is_read_as_it_was_written) {
    for (std::size_t size = 1; size <= max_resume_octets; ++size) {
        std::vector<std::uint8_t> octets;
        for (std::size_t i = 0; i < size; ++i)
            octets.push_back(static_cast<std::uint8_t>(i * 37 + size));
        ResumePoint point;
        BOOST_REQUIRE(point.append(octets));
        const auto name = resume_name(Name::from_text("history.com").value(), point);
        if (!name) {
            BOOST_TEST(size > 130U);
            continue;
        }
        ResumePoint read;
        Labels labels(name->wire());
        for (auto label = labels.next(); label != "history"; label = labels.next()) {
            BOOST_REQUIRE(label->starts_with("from-"));
            BOOST_REQUIRE(read_resume_point(label->substr(5), read));
        }
        BOOST_TEST(equal(read.octets(), octets));
    }
}

BOOST_AUTO_TEST_CASE(malformed_resume_points_are_not_read) {
    ResumePoint point;
    for (const char* digits : {"", "00", "x", "x0", "xw0", "x0_", "x00\xff", "2020"})
        BOOST_TEST(!read_resume_point(digits, point));
    // Too many octets, label by label.
    const std::string most = "x" + std::string(48, '0');
    while (point.octets().size() <= max_resume_octets - 30)
        BOOST_REQUIRE(read_resume_point(most, point));
    BOOST_TEST(!read_resume_point(most, point));
}

}  // namespace

BOOST_AUTO_TEST_SUITE_END()
