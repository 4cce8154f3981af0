// The records that a cursor finds, and what it tells of the names that it passed.
#include "storage/history/cursor.hpp"

#include <boost/test/unit_test.hpp>
#include <map>
#include <random>
#include <set>

#include "storage/format/record_key.hpp"
#include "storage/history/history.hpp"
#include "storage/history/history_writer.hpp"
#include "tests/support/random_seed.hpp"
#include "tests/support/store_oracle.hpp"
#include "tests/support/temporary_directory.hpp"

BOOST_AUTO_TEST_SUITE(cursor_test)

using namespace dnshist;
using namespace dnshist::test;

BOOST_AUTO_TEST_CASE(finds_the_records_of_an_owner_and_of_a_type) {
    const std::uint64_t seed = test::random_seed();
    std::mt19937_64 random(seed);
    test::TemporaryDirectory directory;
    std::map<std::pair<std::string, Rrtype>, std::set<std::string>> expected;
    {
        HistoryWriter writer(directory.path(), {});
        std::vector<Seen> all;
        for (int i = 0; i < 5000; ++i) {
            all.push_back(random_seen(random));
            expected[{all.back().owner, all.back().type}].insert(all.back().rdata);
        }
        import(writer, all);
    }
    History history(directory.path());
    Snapshot snapshot(history);
    RecordCursor cursor(snapshot);
    std::map<std::string, std::size_t> of_owner;
    for (const auto& [key, rdatas] : expected) {
        const NameKey owner = Name::from_text(key.first)->key();
        std::set<std::string> found;
        for (cursor.seek_owner(owner.octets(), key.second); cursor.next();) {
            BOOST_TEST((cursor.record().type == key.second));
            found.emplace(as_text(cursor.record().rdata));
        }
        BOOST_TEST_REQUIRE((found == rdatas), "seed " << seed);
        of_owner[key.first] += rdatas.size();
    }
    for (const auto& [key, rdatas] : expected) {
        const NameKey owner = Name::from_text(key.first)->key();
        for (const std::string& rdata : rdatas) {
            cursor.seek_record(owner.octets(), key.second, as_octets(rdata));
            BOOST_TEST_REQUIRE(cursor.next(), "seed " << seed);
            BOOST_TEST_REQUIRE(as_text(cursor.record().rdata) == rdata, "seed " << seed);
            BOOST_TEST_REQUIRE(!cursor.next(), "seed " << seed);
        }
    }
    for (const auto& [owner, count] : of_owner) {
        std::size_t found = 0;
        for (cursor.seek_owner(Name::from_text(owner)->key().octets()); cursor.next();)
            ++found;
        BOOST_TEST_REQUIRE(found == count, "seed " << seed << " " << owner);
    }
    std::size_t below = 0;
    for (cursor.seek_subtree(Name::from_text("example.net")->key()); cursor.next();)
        ++below;
    std::size_t expected_below = 0;
    for (const auto& [owner, count] : of_owner) {
        if (owner.ends_with(".example.net.")) expected_below += count;
    }
    BOOST_TEST(below == expected_below);
    // One that was never seen, one whose type was not, one between two owners.
    cursor.seek_owner(Name::from_text("never.example.org")->key().octets());
    BOOST_TEST(!cursor.next());
    cursor.seek_owner(Name::from_text("com.")->key().octets(), Rrtype::SOA);
    BOOST_TEST(!cursor.next());
    cursor.seek_owner(Name::from_text("b.c.test")->key().octets());
    BOOST_TEST(!cursor.next());
}

BOOST_AUTO_TEST_CASE(skips_owners_and_subtrees_within_what_was_sought) {
    test::TemporaryDirectory directory;
    {
        HistoryWriter writer(directory.path(), {});
        import(writer, {address("example.com.", 1), address("example.com.", 2),
                        address("a.example.com.", 1), address("b.a.example.com.", 1),
                        address("b.example.com.", 1), address("example.net.", 1)});
    }
    History history(directory.path());
    Snapshot snapshot(history);
    RecordCursor cursor(snapshot);
    const auto owner = [&] { return Name::from_key(cursor.record().owner)->text(); };
    cursor.seek_subtree(Name::from_text("example.com")->key());
    BOOST_TEST_REQUIRE(cursor.next());
    BOOST_TEST(owner() == "example.com.");
    cursor.skip_to(after_owner(cursor.record().owner).octets());
    BOOST_TEST_REQUIRE(cursor.next());
    BOOST_TEST(owner() == "a.example.com.");
    const std::uint64_t reads = cursor.reads();
    cursor.skip_to(after_subtree(cursor.record().owner).octets());
    BOOST_TEST_REQUIRE(cursor.next());
    BOOST_TEST(owner() == "b.example.com.");
    BOOST_TEST(cursor.reads() == reads + 1);
    // Neither back before what was sought, nor on past it.
    cursor.skip_to(Name::from_text("com")->key().octets());
    BOOST_TEST_REQUIRE(cursor.next());
    BOOST_TEST(owner() == "example.com.");
    cursor.skip_to(after_subtree(cursor.record().owner).octets());
    BOOST_TEST(!cursor.next());
    cursor.skip_to(Name::from_text("example.com")->key().octets());
    BOOST_TEST(!cursor.next());
    cursor.seek_all();
    BOOST_TEST_REQUIRE(cursor.next());
    cursor.skip_to(after_subtree(Name().key().octets()).octets());
    BOOST_TEST(!cursor.next());
}

BOOST_AUTO_TEST_CASE(a_walk_shows_in_passing_that_a_name_has_no_records) {
    test::TemporaryDirectory directory;
    {
        HistoryWriter writer(directory.path(), {});
        import(writer, {address("a.example.", 1), address("m.example.", 1),
                        address("www.t.example.", 1), address("z.example.", 1)});
    }
    History history(directory.path());
    Snapshot snapshot(history);
    RecordCursor cursor(snapshot);
    const auto excludes = [&](const char* text, std::optional<Rrtype> type) {
        const NameKey name = Name::from_text(text)->key();
        cursor.seek_owner(name.octets(), type);
        while (cursor.next()) {
        }
        return cursor.excludes(name);
    };
    for (const auto type : {std::optional<Rrtype>(), std::optional(Rrtype::MX)}) {
        BOOST_TEST(excludes("b.example.", type));
        BOOST_TEST(excludes("mm.example.", type));
        BOOST_TEST(excludes("a.m.example.", type));
        BOOST_TEST(excludes("zz.example.", type));
        // Something is there, or below it.
        BOOST_TEST(!excludes("m.example.", type));
        BOOST_TEST(!excludes("t.example.", type));
        BOOST_TEST(!excludes("example.", type));
        BOOST_TEST(!excludes(".", type));
    }
    // It tells nothing of another name, or of another state of the store.
    BOOST_TEST(excludes("b.example.", Rrtype::A));
    BOOST_TEST(!cursor.excludes(Name::from_text("c.example.")->key()));
    snapshot.renew();
    BOOST_TEST(!cursor.excludes(Name::from_text("b.example.")->key()));
}

BOOST_AUTO_TEST_SUITE_END()
