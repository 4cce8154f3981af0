// Which of the feeds that a store knows is the one at hand, and where it goes on.
#include "zonegen/import/feed_position.hpp"
#include "storage/history/history_writer.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "tests/support/temporary_directory.hpp"

BOOST_AUTO_TEST_SUITE(feed_position_test)

using namespace dnshist;
using namespace dnshist::zonegen;

namespace {

const std::string content = "line 0\nline 1\nline 2\nline 3\n";  // 7 octets each

HistoryWriter::KnownFeed known(std::uint32_t number, const std::string& of, std::uint64_t offset,
                               bool whole = false) {
    FeedPosition position;
    const std::string head = of.substr(0, Feed::max_head_octets);
    position.head = digest_of(head);
    position.head_octets = static_cast<std::uint32_t>(head.size());
    position.prefix = digest_of(of.substr(0, offset));
    position.offset = offset;
    position.whole = whole;
    return {number, position};
}

struct Fixture {
    test::TemporaryDirectory directory;
    Digest reading{1};

    OpenFeed open(const std::string& what, std::vector<HistoryWriter::KnownFeed> feeds,
                  bool again = false) const {
        const std::string path = (directory.path() / "feed").string();
        std::ofstream(path, std::ios::binary) << what;
        OpenFeed result = recognise(std::make_unique<Feed>(path), std::move(feeds), again, reading);
        if (result.known) {
            BOOST_TEST(result.feed->position() == result.known->position.offset);
        } else {
            BOOST_TEST(result.feed->position() == 0);
        }
        return result;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_new_feed_begins_at_its_start, Fixture) {
    BOOST_TEST(!open(content, {}).known);
    BOOST_TEST(!open(content, {known(1, "other\n", 6)}).known);
    BOOST_TEST(!open("", {known(1, content, 7)}).known);
}

BOOST_FIXTURE_TEST_CASE(a_known_feed_goes_on_where_it_ended, Fixture) {
    const OpenFeed result = open(content, {known(7, content, 14)});
    BOOST_REQUIRE(result.known);
    BOOST_TEST(result.known->number == 7);
    BOOST_TEST(result.lines == 2);
    BOOST_TEST(result.feed->ahead() == "line 2\nline 3\n");
}

BOOST_FIXTURE_TEST_CASE(of_several_the_farthest_counts, Fixture) {
    const OpenFeed result =
        open(content, {known(1, content, 7), known(2, content, 21), known(3, content, 14)});
    BOOST_REQUIRE(result.known);
    BOOST_TEST(result.known->number == 2);
    BOOST_TEST(result.lines == 3);
}

// Its head fits, what follows does not, or is not there.
BOOST_FIXTURE_TEST_CASE(a_feed_with_the_same_head_is_compared_to_the_end, Fixture) {
    std::string longer(Feed::max_head_octets, 'h');
    const std::string other = longer + "other\n";
    longer += "this\n";
    const OpenFeed result =
        open(longer, {known(1, other, other.size()), known(2, longer, Feed::max_head_octets),
                      known(3, longer + "and more\n", longer.size() + 9)});
    BOOST_REQUIRE(result.known);
    BOOST_TEST(result.known->number == 2);
    BOOST_TEST(result.feed->ahead() == "this\n");
}

BOOST_FIXTURE_TEST_CASE(a_feed_that_shrank_is_another, Fixture) {
    BOOST_TEST(!open(content.substr(0, 7), {known(1, content, content.size(), true)}).known);
}

BOOST_FIXTURE_TEST_CASE(again_passes_over_what_is_whole, Fixture) {
    BOOST_TEST(!open(content, {known(1, content, content.size(), true)}, true).known);
    const OpenFeed broken_off =
        open(content, {known(1, content, content.size(), true), known(2, content, 7)}, true);
    BOOST_REQUIRE(broken_off.known);
    BOOST_TEST(broken_off.known->number == 2);
    // Without it, the whole one is the one that got farthest.
    const OpenFeed plain =
        open(content, {known(1, content, content.size(), true), known(2, content, 7)});
    BOOST_REQUIRE(plain.known);
    BOOST_TEST(plain.known->number == 1);
}

BOOST_FIXTURE_TEST_CASE(what_means_something_else_is_another_feed, Fixture) {
    const std::string path = (directory.path() / "feed").string();
    std::ofstream(path, std::ios::binary) << content;
    const auto open_at = [&](const std::string& identity) {
        auto feed = std::make_unique<Feed>(path);
        feed->distinguish(identity);
        return feed;
    };
    FeedPosition position;
    {
        const auto feed = open_at("at noon");
        position.head = feed->head_digest(feed->head().size());
        position.head_octets = static_cast<std::uint32_t>(feed->head().size());
        feed->consume(7);
        position.prefix = feed->digest();
        position.offset = 7;
    }
    const auto is_known = [&](const std::string& identity, const FeedPosition& of) {
        return recognise(open_at(identity), {{1, of}}, false, {}).known.has_value();
    };
    BOOST_TEST(is_known("at noon", position));
    BOOST_TEST(!is_known("", position));
    BOOST_TEST(!is_known("at midnight", position));
    BOOST_TEST(!is_known("at noon", known(1, content, 7).position));
    BOOST_TEST(is_known("", known(1, content, 7).position));
}

BOOST_FIXTURE_TEST_CASE(an_import_with_other_options_is_another, Fixture) {
    auto ours = known(1, content, 7);
    auto theirs = known(2, content, 21);
    ours.position.reading = reading;
    theirs.position.reading = {2};
    auto theirs_before = known(3, content, 14);
    theirs_before.position.reading = {2};
    const OpenFeed result = open(content, {theirs, ours, theirs_before});
    BOOST_REQUIRE(result.known);
    BOOST_TEST(result.known->number == 1);
    BOOST_TEST(result.lines == 1);
    BOOST_REQUIRE(result.others.size() == 1);
    BOOST_TEST(result.others[0].number == 2);
}

// Version 0.1.0 did not remember the options.
BOOST_FIXTURE_TEST_CASE(an_import_without_options_is_like_any, Fixture) {
    const OpenFeed result = open(content, {known(1, content, 14)});
    BOOST_TEST(result.known.has_value());
    BOOST_TEST(result.others.empty());
}

BOOST_AUTO_TEST_SUITE_END()
