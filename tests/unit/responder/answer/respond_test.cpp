// The responder as its servers see it: what is dropped, what a header alone answers, how a store
// that fails or grows shows, and that answering does not allocate.
#include "responder/answer/respond.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <memory>
#include <new>
#include <numeric>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/support/ask.hpp"
#include "tests/support/given.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/show.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/tsig_vectors.hpp"

using namespace dnshist;
using namespace dnshist::responder;

namespace {

std::size_t allocations = 0;

}  // namespace

// Counts every allocation of the process: those of C++ everywhere, and those of C as well but under
// the sanitizers, which have a malloc of their own.
[[gnu::noinline]] void* operator new(std::size_t size) {
    ++allocations;
    void* room = std::malloc(size);
    if (room == nullptr) throw std::bad_alloc();
    return room;
}
[[gnu::noinline]] void operator delete(void* room) noexcept {
    std::free(room);
}
[[gnu::noinline]] void operator delete(void* room, std::size_t) noexcept {
    std::free(room);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
extern "C" void* __libc_malloc(std::size_t size);
extern "C" void* malloc(std::size_t size) {
    ++allocations;
    return __libc_malloc(size);
}
#endif

namespace {

constexpr Seconds now{1767225600};  // 2026-01-01T00:00:00Z

struct Served {
    test::TemporaryDirectory directory;
    ServiceConfig service;
    std::unique_ptr<History> history;
    std::unique_ptr<Responder> responder;
    std::vector<std::uint8_t> room = std::vector<std::uint8_t>(max_tcp_octets);

    explicit Served(std::initializer_list<const char*> lines = {}) {
        service.zones.push_back(Name::from_text("pdns.local").value());
        test::Given given;
        for (const char* line : lines) {
            for (const std::string& expanded : test::expand(line))
                given.add(expanded, now);
        }
        given.write(directory.path(), now);
        open();
    }

    void open() {
        responder.reset();
        history = std::make_unique<History>(directory.path());
        responder = std::make_unique<Responder>(*history, service);
    }

    Octets respond(Octets request, Transport transport = Transport::udp) {
        BOOST_REQUIRE(responder->begin(now));
        const std::size_t size = responder->respond(request, {transport}, room).size;
        responder->end();
        return Octets(room).first(size);
    }

    std::vector<std::string> ask(std::string_view words) {
        const test::Ask asked = test::ask_from_text(words);
        return test::show_response(respond(test::request_of(asked), asked.transport), asked,
                                   service.ttl);
    }
};

using test::hex;

std::vector<std::uint8_t> request(std::string_view words) {
    return test::request_of(test::ask_from_text(words));
}

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
    // What needs nothing of what is broken is answered still, and the trouble is over.
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

// The vectors ask for help.pdns.local, at `now`.
struct SignedAnswer {
    std::uint8_t rcode;
    bool truncated;
    std::optional<TsigRecord> tsig;
    std::size_t size;
};

SignedAnswer ask_signed(Served& served, std::string_view request,
                        Transport transport = Transport::udp) {
    const Octets answer = served.respond(test::from_hex(request), transport);
    SignedAnswer read{
        static_cast<std::uint8_t>(answer[3] & 15U), (answer[2] & 2U) != 0, {}, answer.size()};
    // It is the last of them: where a record can be read that ends where the message does.
    for (std::size_t at = message_header_octets; at < answer.size() && !read.tsig; ++at)
        read.tsig = read_tsig(answer, at);
    return read;
}

void add_key(Served& served, HmacAlgorithm algorithm) {
    TsigKeys keys;
    std::vector<std::uint8_t> secret(mac_octets(algorithm));
    std::iota(secret.begin(), secret.end(), std::uint8_t{0});
    keys.add({Name::from_text("key.example").value(), algorithm, mac_octets(algorithm),
              Secret(std::move(secret))});
    served.service.keys = std::make_shared<const TsigKeys>(std::move(keys));
}

BOOST_AUTO_TEST_CASE(a_signed_question_has_a_signed_answer) {
    Served served;
    add_key(served, HmacAlgorithm::sha512);
    for (const auto transport : {Transport::udp, Transport::tcp}) {
        const auto answer = ask_signed(served, vectors::request_sha512, transport);
        BOOST_TEST(answer.rcode == 0);
        BOOST_TEST(answer.truncated == (transport == Transport::udp));
        BOOST_REQUIRE(answer.tsig);
        BOOST_TEST(answer.tsig->mac.size() == 64U);
        BOOST_TEST(answer.tsig->error == 0);
        BOOST_TEST(answer.tsig->time_signed == now.since_epoch);
    }
    // A client that must sign has done so.
    served.service.require_key = AddressSet(std::vector{*address_prefix_from_text("0.0.0.0/0")});
    BOOST_TEST(ask_signed(served, vectors::request_sha512).rcode == 0);
    BOOST_TEST(served.ask("TXT help.pdns.local").front() == "REFUSED");
}

BOOST_AUTO_TEST_CASE(a_question_that_is_wrongly_signed_is_not_answered) {
    Served served;
    const auto badkey = ask_signed(served, vectors::request_sha256, Transport::tcp);
    BOOST_TEST(badkey.rcode == 9);
    BOOST_TEST(badkey.tsig.value().error == 17);
    BOOST_TEST(badkey.tsig->mac.empty());

    add_key(served, HmacAlgorithm::sha256);
    const auto badtime = ask_signed(served, vectors::request_far_future);
    BOOST_TEST(badtime.rcode == 9);
    BOOST_TEST(badtime.tsig.value().error == 18);
    BOOST_TEST(badtime.tsig->mac.size() == 32U);
    BOOST_TEST(badtime.tsig->other.size() == 6U);

    // FORMERR: the header and the question, with neither OPT nor TSIG.
    for (const auto malformed : {vectors::request_mac_0, vectors::request_ttl_1}) {
        const auto formerr = ask_signed(served, malformed);
        BOOST_TEST(formerr.rcode == 1);
        BOOST_TEST(formerr.size == message_header_octets + 21);
    }
}

BOOST_AUTO_TEST_CASE(a_room_that_cannot_hold_a_tsig_gets_no_answer) {
    Served served;
    add_key(served, HmacAlgorithm::sha256);
    const auto message = test::from_hex(vectors::request_sha256);
    constexpr std::size_t least = message_header_octets + 21 + 11 + 84;
    for (const std::size_t size : {least - 1, least}) {
        std::vector<std::uint8_t> room(size);
        BOOST_REQUIRE(served.responder->begin(now));
        const std::size_t length = served.responder->respond(message, {Transport::udp}, room).size;
        served.responder->end();
        BOOST_TEST(length == (size < least ? 0 : least));
    }
}

// At so many milliseconds; "none" where there is no answer, "deferred" where it has to wait.
std::string ask_at(Served& served, int uptime, std::string_view words, Budget budget) {
    const test::Ask asked = test::ask_from_text(words);
    BOOST_REQUIRE(served.responder->begin(now, std::chrono::milliseconds(uptime)));
    const Response response =
        served.responder->respond(test::request_of(asked), asked.client(), served.room, budget);
    served.responder->end();
    if (response.verdict == Verdict::drop) return "none";
    if (response.verdict == Verdict::defer) return "deferred";
    return test::show_response(Octets(served.room).first(response.size), asked, served.service.ttl)
        .back();
}

BOOST_AUTO_TEST_CASE(answers_over_udp_are_limited) {
    Served served({"example.com. A 192.0.2.1  2019-01-01 .. 2025-01-01"});
    served.service.limits.answers = 2;
    served.responder->use(served.service);
    const auto ask = [&](int uptime, const char* words) {
        return ask_at(served, uptime, words, Budget::quick);
    };
    const std::string question = "NS pdns.local from 192.0.2.1";
    const std::string line = "answer: pdns.local. 300 NS pdns.local.";
    BOOST_TEST(ask(0, question.c_str()) == line);
    BOOST_TEST(ask(0, question.c_str()) == line);
    BOOST_TEST(!served.responder->outcome().limited);
    BOOST_TEST(ask(0, question.c_str()) == "none");
    BOOST_TEST(served.responder->outcome().limited);
    // Truncated, and nothing else.
    BOOST_TEST(ask(0, question.c_str()) == "NOERROR tc");
    BOOST_TEST(ask(0, "NS pdns.local from 192.0.2.2 noedns") == "none");
    BOOST_TEST(ask(0, "NS pdns.local from 192.0.2.2 noedns") == "NOERROR tc");
    // Over TCP, from elsewhere, later.
    BOOST_TEST(ask(0, "NS pdns.local from 192.0.2.1 tcp") == line);
    BOOST_TEST(ask(0, "NS pdns.local from 192.0.3.1") == line);
    BOOST_TEST(ask(501, question.c_str()) == line);
    BOOST_TEST(ask(501, question.c_str()) == "none");
    // A question that had to wait has been counted.
    BOOST_TEST(ask_at(served, 501, question, Budget::whole) == line);
}

BOOST_AUTO_TEST_CASE(a_limit_begins_when_it_is_set) {
    Served served({"example.com. A 192.0.2.1  2019-01-01 .. 2025-01-01"});
    // The work of the client is counted, and so its bucket made, while answers have no limit.
    ServiceConfig service = served.service;
    service.limits.work = 1;
    served.responder->use(service);
    const char* const question = "NS pdns.local from 192.0.2.1";
    BOOST_TEST(ask_at(served, 5, question, Budget::quick).starts_with("answer: "));
    ServiceConfig limited = service;
    limited.limits.answers = 2;
    served.responder->use(limited);
    BOOST_TEST(ask_at(served, 5, question, Budget::quick).starts_with("answer: "));
    BOOST_TEST(ask_at(served, 5, question, Budget::quick).starts_with("answer: "));
    BOOST_TEST(ask_at(served, 5, question, Budget::quick) == "none");
}

BOOST_AUTO_TEST_CASE(a_limited_answer_is_no_longer_than_its_question) {
    Served served;
    served.service.limits.answers = 1;
    served.service.limits.slip = 1;
    served.responder->use(served.service);
    for (const char* words : {"TXT help.pdns.local", "TXT help.pdns.local noedns",
                              "TXT help.pdns.local opcode 5", "SOA pdns.local version 1"}) {
        const auto message = request(words);
        BOOST_REQUIRE(served.responder->begin(now));
        for (int i = 0; i < 2; ++i) {
            const std::size_t size =
                served.responder->respond(message, {}, served.room, Budget::quick).size;
            if (i == 1) BOOST_TEST(size <= message.size());
        }
        served.responder->end();
    }
}

// A client learns its cookie from the first answer, or from one that is truncated.
BOOST_AUTO_TEST_CASE(a_cookie_lifts_the_limit) {
    Served served;
    const Cookies& cookies = served.service.cookies.emplace(std::vector<CookieSecret>{{1, 2, 3}});
    served.service.limits.answers = 1;
    served.service.limits.slip = 1;
    served.responder->use(served.service);
    const std::array<std::uint8_t, 8> of_client{1, 2, 3, 4, 5, 6, 7, 8};
    const auto question = [](const std::string& cookie) {
        return "NS pdns.local from 192.0.2.1 option 10 " + cookie;
    };
    const auto cookie_for = [&](const char* address) {
        const Client client{Transport::udp, address_prefix_from_text(address).value().address};
        return hex(cookies.answer(of_client, client, now));
    };
    const std::string good = cookie_for("192.0.2.1");
    const auto ask = [&](const std::string& cookie) {
        const test::Ask asked = test::ask_from_text(question(cookie));
        BOOST_REQUIRE(served.responder->begin(now));
        const std::size_t size =
            served.responder
                ->respond(test::request_of(asked), asked.client(), served.room, Budget::quick)
                .size;
        served.responder->end();
        return hex(Octets(served.room).first(size));
    };
    const auto is_truncated = [](const std::string& answer) { return answer[5] == '2'; };
    BOOST_TEST(!is_truncated(ask(hex(of_client))));
    const std::string slipped = ask(hex(of_client));
    BOOST_TEST(is_truncated(slipped));
    BOOST_TEST(slipped.ends_with("000a0018" + good));
    for (int i = 0; i < 10; ++i)
        BOOST_TEST(!is_truncated(ask(good)));
    // Of somebody else, and a wrong one.
    BOOST_TEST(is_truncated(ask(cookie_for("192.0.2.2"))));
    BOOST_TEST(is_truncated(ask(good.substr(0, 46) + (good.ends_with("00") ? "01" : "00"))));
}

BOOST_AUTO_TEST_CASE(who_is_refused_is_limited_too) {
    Served served;
    served.service.limits.answers = 1;
    const std::vector<AddressPrefix> denied{address_prefix_from_text("192.0.2.0/24").value()};
    served.service.access.deny(denied);
    served.responder->use(served.service);
    const char* question = "NS pdns.local from 192.0.2.1";
    BOOST_TEST(ask_at(served, 0, question, Budget::quick) ==
               "ede: 18 \"this client may not ask here\"");
    BOOST_TEST(ask_at(served, 0, question, Budget::quick) == "none");
}

BOOST_AUTO_TEST_CASE(work_that_others_wait_for_is_limited) {
    Served served({"example.com. TXT \"{1..2560}\"  2019-01-01 .. 2025-01-01",
                   "example.com. MX 10 mail.example.com.  2020-01-01 .. 2024-01-01"});
    served.service.limits.work = 2500;
    served.responder->use(served.service);
    const std::string from = " from 192.0.2.1 tcp";
    const std::string costly = "TXT limit-1.history.example.com.pdns.local" + from;
    const std::string cheap = "TXT mx.history.example.com.pdns.local" + from;
    const auto is_cut = [](const std::string& line) {
        return line.find("# note: stopped at the work limit") != std::string::npos;
    };
    const auto is_whole = [](const std::string& line) {
        return line.find("# more: 2561 lines, ") != std::string::npos;
    };
    // Those that wait leave a deposit, which is more than there is; the third one does not wait.
    BOOST_TEST(ask_at(served, 0, costly, Budget::quick) == "deferred");
    BOOST_TEST(served.responder->work() >= quick_work);
    BOOST_TEST(served.responder->work() < quick_work + 10);
    BOOST_TEST(ask_at(served, 0, costly, Budget::quick) == "deferred");
    BOOST_TEST(is_cut(ask_at(served, 0, costly, Budget::quick)));
    // The first has it back in its turn and may cost what it likes; the second is cut short.
    BOOST_TEST(is_whole(ask_at(served, 0, costly, Budget::whole)));
    BOOST_TEST(served.responder->work() > 2560);
    BOOST_TEST(is_cut(ask_at(served, 0, costly, Budget::whole)));
    BOOST_TEST(is_cut(ask_at(served, 0, costly, Budget::quick)));
    // Cheap questions cost nothing of it, and others are not touched.
    BOOST_TEST(ask_at(served, 0, cheap, Budget::quick).find("mail.example.com") !=
               std::string::npos);
    BOOST_TEST(served.responder->work() == 1);
    BOOST_TEST(ask_at(served, 0, "TXT limit-1.history.example.com.pdns.local from 192.0.3.1",
                      Budget::quick) == "deferred");
    // Once the debt is paid.
    BOOST_TEST(ask_at(served, 2000, costly, Budget::quick) == "deferred");
}

BOOST_AUTO_TEST_CASE(answering_does_not_allocate) {
    Served served({"example.com. A 192.0.2.{1..120}  2019-01-01 .. 2025-01-01",
                   "example.com. A 192.0.2.1  2009-01-01 .. 2010-01-01  x5  zone",
                   "example.com. MX 10 mail.example.com.  2020-01-01 .. 2024-01-01",
                   "example.com. TXT \"{a*250}\"  2020-01-01 .. 2024-01-01",
                   "example.com. TYPE65280 \\# 40000 {ab*40000}  2020-01-01 .. 2024-01-01"});
    struct Message {
        std::vector<std::uint8_t> octets;
        Transport transport;
    };
    std::vector<Message> asked;
    for (const char* words : {
             "TXT mx.history.example.com.pdns.local",                  // lines
             "TXT limit-5.page-3.a.history.example.com.pdns.local",    // a page, and more
             "TXT runs.a.limit-5.history.example.com.pdns.local",      // runs
             "TXT on-2009.sort-count.history.example.com.pdns.local",  // times, sorted
             "TXT history.example.com.pdns.local",                     // TC
             "TXT history.example.com.pdns.local tcp",                 // 50 lines
             "TXT type65280.history.example.com.pdns.local tcp",       // a note
             "TXT ns.history.example.com.pdns.local",                  // NODATA
             "TXT history.example.net.pdns.local",                     // NXDOMAIN
             "A history.example.com.pdns.local",                       // another type
             "NS example.com.pdns.local",                              // minimised
             "TXT histroy.example.com.pdns.local",                     // almost a view
             "TXT frist-after-2019.history.example.com.pdns.local",    // a mistake
             "TXT pivot.192.0.2.1.pdns.local",
             "TXT history.*.example.com.pdns.local",
             "TXT names.com.pdns.local",
             "TXT sort-last.limit-1.names.com.pdns.local",  // written by a second walk
             "TXT summary.example.com.pdns.local",
             "TXT summary.192.0.2.0/24.pdns.local",
             "TXT changes.example.com.pdns.local tcp",
             "TXT help.pivot.pdns.local",
             "TXT page-99.mx.history.example.com.pdns.local",  // past the end
             "TXT history.192.0.2.1.pdns.local",               // an address
             "ANY pdns.local",                                 // the apex
             "TXT help.pdns.local tcp",
             "TXT stats.pdns.local",
             "TXT version.pdns.local",
             "TXT example.org",  // REFUSED
             "TXT history.example.com.pdns.local class 3",
             "AXFR pdns.local",
             "SOA pdns.local opcode 4",   // NOTIMP
             "SOA pdns.local version 1",  // BADVERS
         }) {
        const test::Ask ask = test::ask_from_text(words);
        asked.push_back({test::request_of(ask), ask.transport});
    }
    asked.push_back({{1, 2, 3}, Transport::udp});
    asked.push_back({std::vector<std::uint8_t>(40, 0xc0), Transport::udp});
    asked.push_back({std::vector<std::uint8_t>(40, 0x01), Transport::udp});  // FORMERR

    // With everything to look at that there is.
    const std::vector<AddressPrefix> everyone{address_prefix_from_text("0.0.0.0/0").value()};
    served.service.access.allow(everyone);
    served.service.access.allow_view(View::pivot, everyone);
    served.service.limits.answers = 1'000'000;
    served.service.limits.work = 1'000'000;
    served.responder->use(served.service);

    std::size_t answered = 0;
    const auto ask_all = [&] {
        answered = 0;
        served.responder->begin(now);
        for (const Message& one : asked) {
            if (served.responder->respond(one.octets, {one.transport}, served.room, Budget::quick)
                    .verdict != Verdict::drop)
                ++answered;
        }
        served.responder->end();
    };
    ask_all();
    BOOST_TEST(answered == asked.size() - 2);

    const std::size_t before = allocations;
    for (int i = 0; i < 10; ++i)
        ask_all();
    const std::size_t after = allocations;
    BOOST_TEST(after - before == 0U);
    // And the counter counts.
    const auto one = std::make_unique<std::vector<std::uint8_t>>(asked.size());
    BOOST_TEST(allocations > after);
}

}  // namespace
