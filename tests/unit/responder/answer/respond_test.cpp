// The responder as its servers see it: what is dropped, what a header alone answers, how a store
// that fails or grows shows.
#include "responder/answer/respond.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/support/ask.hpp"
#include "tests/support/given.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/show.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/unit/responder/answer/served.hpp"

BOOST_AUTO_TEST_SUITE(respond_test)

using namespace dnshist;
using namespace dnshist::responder;

using test::hex;

namespace {

BOOST_AUTO_TEST_CASE(runts_and_responses_get_no_answer) {
    Served served;
    auto message = request("SOA pdns.local");
    BOOST_TEST(served.respond(Octets(message).first(11)).empty());
    BOOST_TEST(served.respond({}).empty());
    BOOST_TEST(!served.respond(message).empty());
    message[2] = 0x80;
    BOOST_TEST(served.respond(message).empty());
}

BOOST_AUTO_TEST_CASE(a_message_that_is_turned_away_gets_a_header) {
    Served served;
    // NOTIMP: ID and opcode come back, and nothing else. RD means something in QUERY alone.
    BOOST_TEST(hex(served.respond(request("SOA pdns.local opcode 5 rd"))) ==
               "1d5fa8040000000000000000");
    // FORMERR where the question cannot be read.
    auto message = request("SOA pdns.local noedns");
    BOOST_TEST(hex(served.respond(Octets(message).first(message.size() - 1))) ==
               "1d5f80010000000000000000");
    message[5] = 2;
    BOOST_TEST(hex(served.respond(message)) == "1d5f80010000000000000000");
    // With the question where it can.
    message = request("SOA pdns.local noedns");
    message.push_back(0);
    BOOST_TEST(hex(served.respond(message)) ==
               "1d5f80010001000000000000"
               "0470646e73056c6f63616c00"
               "00060001");
}

BOOST_AUTO_TEST_CASE(an_answer_is_what_the_format_says_to_the_octet) {
    Served served({"a. A 192.0.2.1  2019-01-01 .. 2025-01-01"});
    const std::string line = "2019-01-01T00:00:00Z 2025-01-01T00:00:00Z 1 a. A 192.0.2.1";
    BOOST_TEST(line.size() == 58);
    BOOST_TEST(hex(served.respond(request("TXT HISTORY.a.pdns.local do rd"))) ==
               "1d5f"
               "8500"
               "0001"
               "0001"
               "0000"
               "0001"
               "07484953544f5259"
               "0161"
               "0470646e73"
               "056c6f63616c"
               "00"
               "0010"
               "0001"
               "c00c"
               "0010"
               "0001"
               "0000012c"
               "003b"
               "3a" +
                   hex(as_octets(line)) +
                   "00"
                   "0029"
                   "04d0"
                   "00008000"
                   "0000");
}

BOOST_AUTO_TEST_CASE(no_octet_is_written_past_the_room) {
    Served served({"example.com. A 192.0.2.{1..99}  2019-01-01 .. 2025-01-01"});
    const auto message = request("TXT history.example.com.pdns.local edns 65535");
    served.service.udp_payload = 65535;
    for (std::size_t size = min_udp_octets; size < 6000; size += 501) {
        std::vector<std::uint8_t> room(size);
        BOOST_REQUIRE(served.responder->begin(now));
        const std::size_t length = served.responder->respond(message, {Transport::udp}, room).size;
        served.responder->end();
        BOOST_TEST(length <= size);
        const bool truncated = (room[2] & 0x02U) != 0;
        BOOST_TEST(truncated == (size < 4300));
    }
}

// Follows the remarks from page to page; every line that is data.
std::vector<std::string> follow_pages(Served& served, std::string question) {
    std::vector<std::string> lines;
    for (int page = 0; !question.empty() && page < 200; ++page) {
        const std::string words = "TXT " + question + " tcp";
        question.clear();
        for (const std::string& line : served.ask(words)) {
            const std::size_t next = line.find("; next: ");
            if (line.starts_with("\"# more: ")) {
                BOOST_REQUIRE(next != std::string::npos);
                question = line.substr(next + 8, line.size() - next - 9);
            } else if (line.starts_with('"')) {
                lines.push_back(line);
            }
        }
    }
    BOOST_TEST(question.empty());
    return lines;
}

BOOST_AUTO_TEST_CASE(pages_that_are_cut_short_lose_no_line_and_repeat_none) {
    // 7 KB and more a line: nine or so fit a message.
    Served served(
        {"example.com. TYPE65280 \\# 3502 {10..99}00{ab*3500}  2019-01-01 .. 2025-01-01",
         "example.com. TYPE65281 \\# 30002 {10..19}00{ab*30000}  2019-01-01 .. 2025-01-01",
         "example.com. TYPE65282 \\# 50000 {ab*50000}  2019-01-01 .. 2025-01-01"});
    const auto lines = follow_pages(served, "sort-data.history.example.com.pdns.local");
    BOOST_TEST(lines.size() == 101);
    BOOST_TEST(std::set<std::string>(lines.begin(), lines.end()).size() == 101);
    BOOST_TEST(std::is_sorted(lines.begin(), lines.begin() + 90));
    BOOST_TEST(lines.back().starts_with("\"# note: a record too long"));
    BOOST_TEST(follow_pages(served, "limit-99.sort-data.history.example.com.pdns.local") == lines);
    BOOST_TEST(follow_pages(served, "limit-7.sort-data.history.example.com.pdns.local") == lines);
    BOOST_TEST(follow_pages(served, "limit-1.sort-data.history.example.com.pdns.local") == lines);
}

BOOST_AUTO_TEST_CASE(a_new_state_of_the_store_is_seen_by_the_next_batch) {
    Served served({"example.com. A 192.0.2.1  2019-01-01 .. 2025-01-01"});
    BOOST_TEST(served.ask("TXT mx.history.example.com.pdns.local").front() == "NOERROR aa");
    BOOST_TEST(served.ask("TXT history.example.net.pdns.local").front() == "NXDOMAIN aa");
    test::Given more;
    more.add("example.net. A 192.0.2.1  2019-01-01 .. 2025-01-01", now);
    more.write(served.directory.path(), Seconds{now.since_epoch + 7});
    BOOST_TEST(served.ask("TXT history.example.net.pdns.local").size() == 2);
    const auto soa = served.ask("SOA pdns.local").at(1);
    BOOST_TEST(soa.find(" 1767225607 ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_store_that_fails_is_told_to_the_operator_alone) {
    Served served({"example.com. A 192.0.2.1  2019-01-01 .. 2025-01-01"});
    BOOST_TEST(served.responder->trouble().empty());
    served.responder.reset();
    served.history.reset();
    test::break_store(served.directory.path());
    served.open();
    const auto answer = served.ask("SOA pdns.local");
    BOOST_TEST(answer.front() == "SERVFAIL");
    BOOST_TEST(served.responder->trouble().find(served.directory.path().string()) !=
               std::string::npos);
    BOOST_TEST(answer.back().find(served.directory.path().string()) == std::string::npos);
    // A question that needs no broken part is answered still, and the trouble is over.
    BOOST_TEST(served.ask("TXT history.example.com.pdns.local").size() == 2);
    BOOST_TEST(served.responder->trouble().empty());
}

BOOST_AUTO_TEST_CASE(a_store_that_was_outgrown_is_opened_anew) {
    Served served({"example.com. A 192.0.2.1  2019-01-01 .. 2025-01-01"});
    served.responder.reset();
    served.history = std::make_unique<History>(served.directory.path(), DamageReport{}, 1);
    served.responder = std::make_unique<Responder>(*served.history, served.service);
    test::Given more;
    for (const std::string& line :
         test::expand("a{1..30000}.example.net. A 192.0.2.1  2019-01-01 .. 2025-01-01")) {
        more.add(line, now);
    }
    more.write(served.directory.path(), now);
    const std::string late = "TXT history.a30000.example.net.pdns.local";
    BOOST_TEST(!served.responder->begin(now));
    served.responder->respond(test::request_of(test::ask_from_text(late)), {Transport::udp},
                              served.room);
    BOOST_TEST(int{served.room[3] & 15} == 2);  // SERVFAIL
    served.responder->end();
    served.responder->use(static_cast<History*>(nullptr));
    served.history.reset();
    BOOST_TEST(served.ask(late).front() == "SERVFAIL");
    BOOST_TEST(!served.responder->trouble().empty());
    served.history = std::make_unique<History>(served.directory.path());
    served.responder->use(served.history.get());
    BOOST_TEST(served.ask(late).size() == 2);
}

BOOST_AUTO_TEST_CASE(another_service_is_used_from_then_on) {
    Served served({"example.com. A 192.0.2.1  2019-01-01 .. 2025-01-01"});
    ServiceConfig other = served.service;
    other.zones = {Name::from_text("other.example").value()};
    served.responder->use(other);
    BOOST_TEST(served.ask("SOA pdns.local").front() == "REFUSED");
    BOOST_TEST(served.ask("SOA other.example").front() == "NOERROR aa");
}

BOOST_AUTO_TEST_CASE(the_outcome_of_a_question_is_told) {
    Served served({"example.com. TXT \"{a*250}\"  2019-01-01 .. 2025-01-01",
                   "example.com. A 192.0.2.{1..60}  2019-01-01 .. 2025-01-01"});
    const auto outcome = [&](std::string_view words) {
        served.ask(words);
        const QueryOutcome& told = served.responder->outcome();
        return std::string(kind_text(told.kind)) + " " + std::string(rcode_text(told.rcode)) +
               (told.truncated ? " tc" : "");
    };
    BOOST_TEST(outcome("TXT txt.history.example.com.pdns.local") == "history NOERROR");
    BOOST_TEST(outcome("TXT history.example.com.pdns.local") == "history NOERROR tc");
    BOOST_TEST(outcome("TXT history.example.com.pdns.local tcp") == "history NOERROR");
    BOOST_TEST(outcome("TXT history.example.net.pdns.local") == "history NXDOMAIN");
    BOOST_TEST(outcome("A history.example.com.pdns.local") == "history NOERROR");
    BOOST_TEST(outcome("TXT pivot.192.0.2.1.pdns.local") == "pivot NOERROR");
    BOOST_TEST(outcome("TXT names.com.pdns.local") == "names NOERROR");
    BOOST_TEST(outcome("TXT summary.example.com.pdns.local") == "summary NOERROR");
    BOOST_TEST(outcome("TXT limit-1.changes.example.com.pdns.local") == "changes NOERROR");
    BOOST_TEST(outcome("A 2020.at.example.com.pdns.local").substr(0, 3) == "at ");
    BOOST_TEST(outcome("TXT help.pdns.local tcp") == "own NOERROR");
    BOOST_TEST(outcome("TXT help.pivot.pdns.local") == "own NOERROR");
    BOOST_TEST(outcome("SOA pdns.local") == "own NOERROR");
    BOOST_TEST(outcome("TXT histroy.example.com.pdns.local") == "none NOERROR");
    BOOST_TEST(outcome("NS com.pdns.local") == "none NOERROR");
    BOOST_TEST(outcome("TXT example.org") == "none REFUSED");
    BOOST_TEST(outcome("SOA pdns.local opcode 4") == "none NOTIMP");
    BOOST_TEST(outcome("SOA pdns.local version 1") == "none BADVERS");
}

}  // namespace

BOOST_AUTO_TEST_SUITE_END()
