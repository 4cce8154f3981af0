#include "responder/observe/query_log.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <sstream>

#include "tests/support/temporary_directory.hpp"

namespace dnshist::responder {

BOOST_AUTO_TEST_SUITE(query_log_test)

namespace {

LoggedQuestion asked(Octets name) {
    LoggedQuestion question;
    question.time = 1'769'860'800'123'456;
    question.type = Rrtype::TXT;
    question.octets = 143;
    question.microseconds = 85;
    question.name.assign(name);
    return question;
}

std::string line_of(const LoggedQuestion& question) {
    std::array<char, max_query_line> room;
    TextWriter out(room);
    write_query_line(out, question);
    BOOST_TEST(!out.overflowed());
    return std::string(out.text());
}

std::string content(const std::filesystem::path& path) {
    std::ifstream in(path);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

const Name name = Name::from_text("history.example.com").value();

}  // namespace

BOOST_AUTO_TEST_CASE(a_question_is_a_line) {
    BOOST_TEST(line_of(asked(name.wire())) ==
               "2026-01-31T12:00:00.123456Z 127.0.0.1 udp history.example.com. TXT NOERROR 143 85");
    LoggedQuestion other = asked(name.wire());
    other.client = {Transport::tcp, {0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
    other.type = static_cast<Rrtype>(65280);
    other.rcode = Rcode::nxdomain;
    other.time = 7;
    BOOST_TEST(
        line_of(other) ==
        "1970-01-01T00:00:00.000007Z 2001:db8::1 tcp history.example.com. TYPE65280 NXDOMAIN 143 "
        "85");
}

BOOST_AUTO_TEST_CASE(a_request_over_http_is_a_line_of_words) {
    LoggedQuestion other = asked({});
    other.client.transport = Transport::https;
    other.http.status = 403;
    other.http.method.assign(as_octets("GET"));
    other.http.target.assign(as_octets("/pdns/query/a b\\\x80?x=1"));
    BOOST_TEST(line_of(other) ==
               "2026-01-31T12:00:00.123456Z 127.0.0.1 https /pdns/query/a\\032b\\092\\128?x=1 GET "
               "403 143 85 -");
    other.http.user.assign(as_octets("alice"));
    BOOST_TEST(line_of(other).ends_with(" 85 alice"));
    const std::string longest(255, ' ');
    other.http.target.assign(as_octets(longest));
    other.http.user.assign(as_octets(longest.substr(0, 32)));
    BOOST_TEST(line_of(other).size() > 4 * 255 + 4 * 32U);
}

BOOST_AUTO_TEST_CASE(the_clock_may_stand_before_1970_and_after_2106) {
    LoggedQuestion question = asked(name.wire());
    for (const auto& [time, text] :
         {std::pair<std::int64_t, const char*>{-1, "1969-12-31T23:59:59.999999Z "},
          {-86'400'000'000, "1969-12-31T00:00:00.000000Z "},
          {4'294'967'296'000'000, "2106-02-07T06:28:16.000000Z "},
          {253'402'300'800'000'000, "10000-01-01T00:00:00.000000Z "}}) {
        question.time = time;
        BOOST_TEST(line_of(question).starts_with(text), line_of(question));
    }
}

BOOST_AUTO_TEST_CASE(a_message_without_a_question_is_a_line_of_as_many_words) {
    LoggedQuestion question = asked({});
    question.rcode = Rcode::notimp;
    BOOST_TEST(line_of(question) == "2026-01-31T12:00:00.123456Z 127.0.0.1 udp - - NOTIMP 143 85");
}

BOOST_AUTO_TEST_CASE(no_name_writes_anything_but_printable_characters) {
    std::vector<std::uint8_t> wire;
    for (unsigned octet = 0; octet < 200; ++octet) {
        if (octet % 50 == 0) wire.push_back(50);
        wire.push_back(static_cast<std::uint8_t>(octet));
    }
    wire.push_back(0);
    for (unsigned octet = 0; octet < 200; ++octet) {
        const std::string line = line_of(asked(wire));
        BOOST_TEST(std::ranges::count(line, ' ') == 7);
        BOOST_TEST(std::ranges::all_of(line, [](char c) { return c >= ' ' && c <= '~'; }));
    }
}

BOOST_AUTO_TEST_CASE(the_longest_name_fits) {
    std::vector<std::uint8_t> wire;
    for (const unsigned size : {63U, 63U, 63U, 61U}) {
        wire.push_back(static_cast<std::uint8_t>(size));
        wire.insert(wire.end(), size, 0xff);
    }
    wire.push_back(0);
    BOOST_REQUIRE(wire.size() == max_name_octets);
    BOOST_TEST(line_of(asked(wire)).size() > 1000U);
}

BOOST_AUTO_TEST_CASE(every_question_put_is_written_before_the_log_ends) {
    const test::TemporaryDirectory directory;
    const auto path = directory.path() / "log";
    std::atomic<std::uint64_t> lost = 0;
    auto log = QueryLog::open(path, lost).value();
    const auto rings = log->rings();
    std::atomic<std::uint64_t> full = 0;
    std::vector<std::thread> workers;
    for (int worker = 0; worker < 3; ++worker) {
        workers.emplace_back([&] {
            const auto ring = rings->add();
            for (int i = 0; i < 5000; ++i) {
                if (!ring->push(asked(name.wire()))) ++full;
                if (i % 32 == 0) rings->notify();
            }
            rings->notify();
        });
    }
    for (std::thread& worker : workers)
        worker.join();
    log.reset();
    BOOST_TEST(lost == 0U);
    const std::string text = content(path);
    BOOST_TEST(static_cast<std::uint64_t>(std::ranges::count(text, '\n')) + full == 15'000U);
    struct stat status {};
    ::stat(path.c_str(), &status);
    BOOST_TEST((status.st_mode & 0777) == (0640 & ~022));
}

BOOST_AUTO_TEST_CASE(a_full_disk_loses_lines_and_counts_them) {
    std::atomic<std::uint64_t> lost = 0;
    auto log = QueryLog::open("/dev/full", lost).value();
    const auto ring = log->rings()->add();
    for (int i = 0; i < 100; ++i)
        BOOST_TEST(ring->push(asked(name.wire())));
    log.reset();
    BOOST_TEST(lost == 100U);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_opened_is_a_problem) {
    std::atomic<std::uint64_t> lost = 0;
    const auto log = QueryLog::open("/nonexistent/log", lost);
    BOOST_REQUIRE(!log.has_value());
    BOOST_TEST(log.error().text ==
               "the query log /nonexistent/log cannot be opened: No such file or directory");
}

// A line that the disk had room for in part does not make one of the line after it.
BOOST_AUTO_TEST_CASE(a_torn_line_stays_alone) {
    const test::TemporaryDirectory directory;
    const auto path = directory.path() / "fifo";
    BOOST_REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    const FileDescriptor reader(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    BOOST_REQUIRE(::fcntl(reader.get(), F_SETPIPE_SZ, 4096) == 4096);
    std::atomic<std::uint64_t> lost = 0;
    auto log = QueryLog::open(path, lost).value();
    const auto ring = log->rings()->add();
    // More than the pipe takes, in one write.
    for (int i = 0; i < 500; ++i)
        BOOST_TEST_REQUIRE(ring->push(asked(name.wire())));
    log->rings()->notify();
    while (lost == 0)
        std::this_thread::yield();
    const std::string whole = line_of(asked(name.wire())) + "\n";
    std::string text;
    const auto read_more = [&] {
        std::array<char, 65536> room;
        const ssize_t size = ::read(reader.get(), room.data(), room.size());
        if (size > 0) text.append(room.data(), static_cast<std::size_t>(size));
    };
    const auto good = [&] {
        std::istringstream lines(text);
        std::uint64_t count = 0;
        for (std::string line; std::getline(lines, line);)
            count += line + "\n" == whole ? 1U : 0U;
        return count;
    };
    // The writer may take them in several pieces.
    while (good() + lost < 500U)
        read_more();
    BOOST_TEST(ring->push(asked(name.wire())));
    log.reset();
    read_more();
    BOOST_TEST(text.ends_with("\n" + whole));
    BOOST_TEST(good() + lost == 501U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dnshist::responder
