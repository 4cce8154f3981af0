// Batches: what is the same observation again, and what is not.
#include "storage/history/batch.hpp"

#include <boost/test/unit_test.hpp>
#include <map>
#include <string>

#include "storage/record/rdata.hpp"

BOOST_AUTO_TEST_SUITE(batch_test)

using namespace dnshist;

namespace {

constexpr std::uint32_t gap = 100;

struct Fixture {
    Batch batch{gap};

    static void add(Batch& to, const std::string& owner, std::uint32_t begin, std::uint32_t end,
                    std::uint64_t count = 1, Witness witness = Witness::sensor,
                    const Source* source = nullptr) {
        Rdata rdata;
        BOOST_REQUIRE(rdata_from_text(Rrtype::A, "192.0.2.1", rdata));
        const Name name = Name::from_text(owner).value();
        to.add({.owner = name.wire(),
                .type = Rrtype::A,
                .rdata = rdata.octets(),
                .witness = witness,
                .seen = {Seconds{begin}, Seconds{end}},
                .count = count,
                .source = source});
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(what_is_seen_again_within_the_gap_is_one_entry, Fixture) {
    add(batch, "a.example", 1000, 1010, 2);
    add(batch, "A.Example", 1110, 1120, 3);  // the gap after it
    add(batch, "a.example", 900, 900);       // and before it
    BOOST_REQUIRE(batch.size() == 1);
    BOOST_TEST(batch.observations() == 3);
    const Batch::Entry& entry = *batch.entries().front();
    BOOST_TEST(entry.seen.begin.since_epoch == 900);
    BOOST_TEST(entry.seen.end.since_epoch == 1120);
    BOOST_TEST(entry.count == 6);
}

BOOST_FIXTURE_TEST_CASE(what_was_away_in_between_is_another, Fixture) {
    add(batch, "a.example", 1000, 1000);
    add(batch, "a.example", 1101, 1101);
    BOOST_TEST(batch.size() == 2);
    add(batch, "a.example", 899, 899);
    BOOST_TEST(batch.size() == 3);
    add(batch, "a.example", 1102, 1102);
    BOOST_TEST(batch.size() == 3);
}

BOOST_FIXTURE_TEST_CASE(witnesses_and_sources_are_kept_apart, Fixture) {
    const Source one{.sensor_id = "one", .origin = {}, .bailiwick = {}};
    const Source two{.sensor_id = "two", .origin = {}, .bailiwick = {}};
    for (int again = 0; again < 2; ++again) {
        add(batch, "a.example", 1000, 1000);
        add(batch, "a.example", 1000, 1000, 1, Witness::zone);
        add(batch, "a.example", 1000, 1000, 1, Witness::sensor, &one);
        add(batch, "a.example", 1000, 1000, 1, Witness::sensor, &two);
    }
    BOOST_TEST(batch.size() == 4);
    BOOST_TEST(batch.observations() == 8);
}

// However the sources follow one another, and more of them than are held ready.
BOOST_FIXTURE_TEST_CASE(each_entry_has_the_source_that_it_was_seen_by, Fixture) {
    std::map<std::string, Source> seen;
    for (unsigned round = 0; round < 2; ++round) {
        for (unsigned turn = 0; turn < 3000; ++turn) {
            const unsigned zone = turn * turn % 401;
            Source source{.sensor_id = "ns" + std::to_string(turn % 3),
                          .origin = turn % 5 == 0 ? "origin" : "",
                          .bailiwick = "zone" + std::to_string(zone) + ".example."};
            if (zone == 400) source.bailiwick = "no name..";
            const std::string owner = "n" + std::to_string(turn) + '.' +
                                      (turn % 7 == 0                     ? "other."
                                       : source.bailiwick == "no name.." ? "name."
                                                                         : source.bailiwick);
            add(batch, owner, 1000, 1000, 1, Witness::sensor, &source);
            seen.insert_or_assign(owner, source);
        }
        for (const Batch::Entry* entry : batch.entries()) {
            const auto owner = split_record_key(entry->key()).value().owner;
            const Source& expected = seen.at(Name::from_key(owner).value().text());
            const auto source = decode_source(as_octets(batch.sources()[entry->source]), owner);
            BOOST_TEST((source == expected));
        }
        BOOST_TEST(batch.size() == 3000U);
        // Most zones are seen from within, and need no source of their own.
        BOOST_TEST(batch.sources().size() < 500U);
        batch.clear();
    }
}

BOOST_FIXTURE_TEST_CASE(totals_are_not_added_up, Fixture) {
    Batch totals(gap, Counts::max);
    add(totals, "a.example", 1000, 1000, 7);
    add(totals, "a.example", 1000, 1001, 5);
    BOOST_REQUIRE(totals.size() == 1);
    BOOST_TEST(totals.entries().front()->count == 7);
}

BOOST_FIXTURE_TEST_CASE(counts_saturate, Fixture) {
    add(batch, "a.example", 1000, 1000, ~std::uint64_t{0});
    add(batch, "a.example", 1000, 1000, 5);
    BOOST_TEST(batch.entries().front()->count == ~std::uint64_t{0});
}

// More names than the first table has room for, each seen three times: none is lost, few are kept
// twice.
BOOST_FIXTURE_TEST_CASE(many_names_are_found_again, Fixture) {
    constexpr std::uint32_t names = 20'000;
    for (std::uint32_t round = 0; round < 3; ++round) {
        for (std::uint32_t i = 0; i < names; ++i) {
            add(batch, "n" + std::to_string(i) + ".example", 1000 + round, 1000 + round);
        }
    }
    BOOST_TEST(batch.observations() == 3 * names);
    BOOST_TEST(batch.size() < names + names / 20);
    std::map<std::string, std::uint64_t> counts;
    batch.sort();
    for (const Batch::Entry* const entry : batch.entries())
        counts[std::string(as_text(entry->key()))] += entry->count;
    BOOST_TEST(counts.size() == names);
    for (const auto& [key, count] : counts)
        BOOST_TEST(count == 3U);
}

BOOST_FIXTURE_TEST_CASE(a_cleared_batch_begins_anew, Fixture) {
    add(batch, "a.example", 1000, 1000);
    batch.clear();
    BOOST_TEST(batch.observations() == 0);
    add(batch, "b.example", 1000, 1000);
    BOOST_TEST(batch.size() == 1);
    add(batch, "b.example", 1000, 1000);
    BOOST_TEST(batch.size() == 1);
}

BOOST_AUTO_TEST_SUITE_END()
