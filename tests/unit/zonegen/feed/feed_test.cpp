// Feeds from files and pipes: buffer, position, digest, and the ways in which they end.
#include "zonegen/feed/feed.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <random>

#include "tests/support/temporary_directory.hpp"

BOOST_AUTO_TEST_SUITE(feed_test)

using namespace dnshist;
using namespace dnshist::zonegen;

namespace {

struct Fixture {
    test::TemporaryDirectory directory;

    std::string path(const std::string& name) const { return (directory.path() / name).string(); }
    std::string file(const std::string& name, std::string_view content) const {
        std::ofstream(path(name), std::ios::binary) << content;
        return path(name);
    }
};

// Octets that do not compress, so that a compressed file is as long as its content.
std::string noise(std::size_t size) {
    std::mt19937 random(size);
    std::string text(size, '\0');
    for (char& c : text)
        c = static_cast<char>(random() & 0xffU);
    return text;
}

std::string gzip(const std::string& content) {
    z_stream stream{};
    BOOST_REQUIRE(deflateInit2(&stream, 1, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) ==
                  Z_OK);
    std::string out(deflateBound(&stream, content.size()), '\0');
    std::string in = content;
    stream.next_in = reinterpret_cast<Bytef*>(in.data());
    stream.avail_in = static_cast<uInt>(in.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    BOOST_REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

std::string read_all(Feed& feed, std::size_t piece = 100'000) {
    std::string all;
    do {
        while (!feed.ahead().empty()) {
            const std::string_view part = feed.ahead().substr(0, piece);
            all += part;
            feed.consume(part.size());
        }
    } while (feed.more());
    return all;
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(reads_a_file_of_any_size, Fixture) {
    for (const std::size_t size : {0U, 1U, 4095U, 4096U, 4097U, 131072U, 131073U, 5'000'000U}) {
        const std::string content = noise(size);
        Feed feed(file("plain", content));
        BOOST_TEST(feed.rereadable());
        BOOST_TEST(feed.file_octets() == size);
        BOOST_TEST((feed.head() == content.substr(0, 4096)));
        BOOST_TEST((read_all(feed) == content));
        BOOST_TEST((feed.state() == Feed::State::ended));
        BOOST_TEST(feed.position() == size);
        BOOST_TEST((feed.digest() == digest_of(content)));
        BOOST_TEST(feed.file_position() == size);
    }
}

BOOST_FIXTURE_TEST_CASE(positions_and_digests_are_those_of_the_content, Fixture) {
    const std::string content = noise(3'000'000);
    Feed plain(file("plain", content));
    Feed compressed(file("compressed", gzip(content)));
    BOOST_TEST((compressed.compression() == Compression::gzip));
    BOOST_TEST((plain.head() == compressed.head()));
    std::uint64_t lines = 0;
    for (const std::uint64_t position : {0U, 10U, 700'000U, 2'999'999U, 3'000'000U}) {
        lines = 0;
        BOOST_TEST(plain.skip_to(position, lines));
        BOOST_TEST(compressed.skip_to(position, lines));
        BOOST_TEST(plain.position() == position);
        BOOST_TEST((plain.digest() == digest_of(content.substr(0, position))));
        BOOST_TEST((compressed.digest() == plain.digest()));
    }
    BOOST_TEST(!plain.skip_to(3'000'001, lines));
}

BOOST_FIXTURE_TEST_CASE(counts_the_lines_it_skips, Fixture) {
    Feed feed(file("lines", "a\nb\nc\nd\n"));
    std::uint64_t lines = 0;
    BOOST_TEST(feed.skip_to(4, lines));
    BOOST_TEST(lines == 2);
    BOOST_TEST(feed.ahead() == "c\nd\n");
}

BOOST_FIXTURE_TEST_CASE(always_has_room_for_the_longest_element, Fixture) {
    const std::string content = noise(4 * Feed::max_item_octets);
    Feed feed(file("plain", content));
    feed.consume(1000);
    while (feed.ahead().size() < Feed::max_item_octets)
        BOOST_REQUIRE(feed.more());
    BOOST_TEST((feed.ahead() == content.substr(1000, feed.ahead().size())));
    // However much is left lying, the buffer does not grow; it says so.
    while (feed.more()) {
    }
    BOOST_TEST((feed.state() == Feed::State::open));
    BOOST_TEST(feed.ahead().size() <= 2 * Feed::max_item_octets);
}

// The content of a member whose checksum does not fit may be made up.
BOOST_FIXTURE_TEST_CASE(gives_nothing_of_a_damaged_member, Fixture) {
    const std::string content = noise(1'000'000);
    const std::string good = gzip(content.substr(0, 600'000));
    std::string cut = gzip(content.substr(600'000));
    cut.resize(cut.size() / 2);
    std::string changed = gzip(content.substr(600'000));
    changed[changed.size() - 100] = static_cast<char>(changed[changed.size() - 100] ^ 1);
    for (const std::string& bad : {cut, changed}) {
        Feed feed(file("second", good + bad));
        BOOST_TEST((read_all(feed) == content.substr(0, 600'000)));
        BOOST_TEST((feed.state() == Feed::State::damaged));
        BOOST_TEST(!feed.problem().empty());
        BOOST_TEST(!feed.more());

        Feed alone(file("alone", bad));
        BOOST_TEST(alone.head() == "");
        BOOST_TEST((alone.state() == Feed::State::damaged));
    }
    Feed feed(path("second"));
    BOOST_TEST((read_all(*feed.from_start()) == content.substr(0, 600'000)));
}

// Octets behind a whole member are not content.
BOOST_FIXTURE_TEST_CASE(gives_all_that_comes_before_other_octets, Fixture) {
    const std::string content = noise(300'000);
    Feed feed(file("followed", gzip(content) + "{}\n"));
    BOOST_TEST((read_all(feed) == content));
    BOOST_TEST((feed.state() == Feed::State::damaged));
    BOOST_TEST(feed.problem() == "something else follows the compressed data");
}

BOOST_AUTO_TEST_CASE(a_compressed_pipe_is_checked_before_it_is_read) {
    const std::string content = noise(20'000);
    const std::string good = gzip(content);
    const int standard_input = dup(STDIN_FILENO);
    for (const std::string& octets : {good, good + good.substr(0, 15'000)}) {
        int ends[2];
        BOOST_REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
        BOOST_REQUIRE(write(ends[1], octets.data(), octets.size()) ==
                      static_cast<ssize_t>(octets.size()));
        close(ends[1]);
        dup2(ends[0], STDIN_FILENO);
        close(ends[0]);
        Feed feed("-");
        BOOST_TEST(!feed.rereadable());
        BOOST_TEST((read_all(feed) == content));
        BOOST_TEST((feed.state() == Feed::State::damaged) == (octets.size() != good.size()));
    }
    dup2(standard_input, STDIN_FILENO);
    close(standard_input);
}

BOOST_FIXTURE_TEST_CASE(only_a_plain_file_may_grow, Fixture) {
    BOOST_TEST(Feed(file("plain", "a\n")).may_grow());
    BOOST_TEST(!Feed(file("compressed", gzip("a\n"))).may_grow());
}

BOOST_FIXTURE_TEST_CASE(says_what_cannot_be_opened, Fixture) {
    BOOST_CHECK_EXCEPTION(Feed(path("absent")), FeedError, [&](const FeedError& error) {
        return error.what() == "cannot open " + path("absent") + ": No such file or directory";
    });
    BOOST_CHECK_EXCEPTION(Feed(directory.path().string()), FeedError, [&](const FeedError& error) {
        return error.what() == directory.path().string() + " is a directory; name the files in it";
    });
}

BOOST_FIXTURE_TEST_CASE(a_pipe_has_no_position_to_come_back_to, Fixture) {
    BOOST_REQUIRE(mkfifo(path("pipe").c_str(), 0600) == 0);
    const int writer = open(path("pipe").c_str(), O_RDWR | O_CLOEXEC);
    BOOST_REQUIRE(writer >= 0);
    BOOST_REQUIRE(write(writer, "{}\n{}\n{", 7) == 7);
    int stop[2];
    BOOST_REQUIRE(pipe2(stop, O_CLOEXEC) == 0);

    // Does not wait for more than there is to see the first line.
    Feed feed(path("pipe"), stop[0]);
    BOOST_TEST(!feed.rereadable());
    BOOST_TEST(feed.head() == "{}\n{}\n{");
    BOOST_TEST(feed.file_octets() == 0);

    // And does not wait any longer once it is to stop.
    BOOST_REQUIRE(write(stop[1], "", 1) == 1);
    BOOST_TEST(!feed.more());
    BOOST_TEST((feed.state() == Feed::State::stopped));
    BOOST_TEST(feed.ahead() == "{}\n{}\n{");
    close(writer);
    close(stop[0]);
    close(stop[1]);
}

BOOST_AUTO_TEST_SUITE_END()
