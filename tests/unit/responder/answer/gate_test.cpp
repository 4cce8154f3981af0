// Limits of rate and of work, and what lifts them.
#include "responder/answer/gate.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <string>
#include <vector>

#include "tests/support/hex.hpp"
#include "tests/unit/responder/answer/served.hpp"

BOOST_AUTO_TEST_SUITE(gate_test)

using namespace dnshist;
using namespace dnshist::responder;

using test::hex;

namespace {

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

}  // namespace

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
    // Somebody else's cookie, and a wrong one.
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

BOOST_AUTO_TEST_SUITE_END()
