// The limit of new children, in a store.
#include "storage/history/child_limit.hpp"

#include <boost/test/unit_test.hpp>
#include <set>

#include "storage/history/batch.hpp"
#include "storage/history/cursor.hpp"
#include "storage/history/history.hpp"
#include "storage/history/history_writer.hpp"
#include "storage/record/rdata.hpp"
#include "storage/upkeep/check.hpp"
#include "tests/support/temporary_directory.hpp"

BOOST_AUTO_TEST_SUITE(child_limit_test)

using namespace dnshist;

namespace {

bool is_com(Octets name) {
    return equal(name, Name::from_text("com.").value().wire());
}

struct Fixture {
    test::TemporaryDirectory directory;
    std::filesystem::path store = directory.path() / "store";
    std::uint32_t limit = 2;

    // Each owner seen once, in one batch.
    ApplyResult apply(const std::vector<std::string>& owners, Rrtype type = Rrtype::A) const {
        HistoryWriter::Options options;
        options.child_limit = {limit, is_com};
        HistoryWriter writer(store, options);
        Batch batch;
        Rdata rdata;
        BOOST_REQUIRE(rdata_from_text(type, type == Rrtype::A ? "192.0.2.1" : "10 mx.", rdata));
        for (const std::string& owner : owners) {
            const Name name = Name::from_text(owner).value();
            batch.add({.owner = name.wire(),
                       .type = type,
                       .rdata = rdata.octets(),
                       .seen = {Seconds{1}, Seconds{1}}});
        }
        return writer.apply(batch, std::nullopt, {}, Seconds{1});
    }

    std::set<std::string> names() const {
        History history(store);
        Snapshot snapshot(history);
        snapshot.renew();
        RecordCursor cursor(snapshot);
        cursor.seek_all();
        std::set<std::string> all;
        while (cursor.next())
            all.insert(Name::from_key(cursor.record().owner).value().text());
        BOOST_TEST(snapshot.statistics().names == all.size());
        return all;
    }

    OverflowingParents overflowing_parents(std::size_t most = 10) const {
        History history(store);
        Snapshot snapshot(history);
        snapshot.renew();
        return snapshot.overflowing_parents(most);
    }

    void check() const {
        const auto result =
            check_store(store, [](const std::string& where, const std::string& what) {
                BOOST_ERROR(where + ": " + what);
            });
        BOOST_TEST(result.problems == 0);
    }
};

using Names = std::set<std::string>;

}  // namespace

BOOST_FIXTURE_TEST_CASE(the_first_children_come_in, Fixture) {
    const auto result =
        apply({"a.x.com", "b.x.com", "c.x.com", "d.x.com", "x.com", "y.com", "z.com"});
    BOOST_TEST((names() == Names{"a.x.com.", "b.x.com.", "x.com.", "y.com.", "z.com."}));
    BOOST_TEST(result.new_names == 5);
    BOOST_TEST(result.refused_children == 2);
    const OverflowingParents all = overflowing_parents();
    BOOST_TEST(all.overflowing == 1);
    BOOST_TEST(all.refused == 2);
    BOOST_TEST(all.parents.at(0).name.text() == "x.com.");
    BOOST_TEST(all.parents.at(0).children.admitted == 2);
    check();
}

BOOST_FIXTURE_TEST_CASE(the_numbers_live_on_in_the_store, Fixture) {
    apply({"b.x.com"});
    apply({"c.x.com"});
    BOOST_TEST(apply({"a.x.com", "d.x.com"}).refused_children == 2);
    BOOST_TEST((names() == Names{"b.x.com.", "c.x.com."}));
    // A name that was admitted may have more records, and names below it.
    BOOST_TEST(apply({"b.x.com", "c.x.com"}, Rrtype::MX).new_records == 2);
    BOOST_TEST(apply({"www.b.x.com"}).new_names == 1);
    check();
}

BOOST_FIXTURE_TEST_CASE(it_is_the_topmost_new_label_that_counts, Fixture) {
    apply({"x.com"});
    // One child of x.com. each, with all that is below it.
    const auto result = apply({"1.a.x.com", "2.a.x.com", "1.b.x.com", "1.c.x.com", "2.c.x.com"});
    BOOST_TEST((names() == Names{"x.com.", "1.a.x.com.", "2.a.x.com.", "1.b.x.com."}));
    BOOST_TEST(result.refused_children == 2);
    BOOST_TEST(overflowing_parents().refused == 1);
    check();
}

BOOST_FIXTURE_TEST_CASE(a_name_between_known_ones_is_no_new_child, Fixture) {
    limit = 1;
    apply({"www.a.x.com"});
    BOOST_TEST(apply({"a.x.com"}).new_names == 1);
    BOOST_TEST(apply({"b.x.com"}).new_names == 0);
    check();
}

BOOST_FIXTURE_TEST_CASE(all_records_of_a_name_turned_away_stay_out, Fixture) {
    limit = 1;
    apply({"a.x.com"});
    BOOST_TEST(apply({"b.x.com"}).refused_children == 1);
    BOOST_TEST(apply({"b.x.com"}, Rrtype::MX).refused_children == 1);
    BOOST_TEST((names() == Names{"a.x.com."}));
    BOOST_TEST(overflowing_parents().refused == 2);
    check();
}

// A batch of more records than are merged at a time counts like any other.
BOOST_FIXTURE_TEST_CASE(a_batch_may_be_large, Fixture) {
    constexpr std::size_t children = 20'000;
    limit = children;
    std::vector<std::string> owners;
    for (std::size_t i = 0; i < 2 * children; ++i) {
        owners.push_back("n" + std::to_string(i) + ".x.com");
        owners.push_back("www." + owners.back());
    }
    const auto result = apply(owners);
    BOOST_TEST(result.new_names == 2 * children);
    BOOST_TEST(result.refused_children == 2 * children);
    BOOST_TEST(names().size() == 2 * children);
    BOOST_TEST(overflowing_parents().parents.at(0).children.admitted == children);
    BOOST_TEST(overflowing_parents().refused == children);
    BOOST_TEST(apply(owners).merged_records == 2 * children);
    check();
}

BOOST_FIXTURE_TEST_CASE(without_a_limit_nothing_is_counted, Fixture) {
    limit = 0;
    BOOST_TEST(apply({"a.x.com", "b.x.com", "c.x.com"}).new_names == 3);
    BOOST_TEST(overflowing_parents().overflowing == 0);
    // Names admitted before the limit do not count against the parent.
    limit = 1;
    BOOST_TEST(apply({"d.x.com", "e.x.com"}).new_names == 1);
    check();
}

BOOST_FIXTURE_TEST_CASE(the_largest_parents_are_told, Fixture) {
    limit = 1;
    apply({"1.a.com", "2.a.com", "1.b.com", "2.b.com", "3.b.com", "4.b.com", "1.c.com", "2.c.com",
           "3.c.com"});
    const OverflowingParents all = overflowing_parents(2);
    BOOST_TEST(all.overflowing == 3);
    BOOST_TEST(all.refused == 6);
    BOOST_REQUIRE(all.parents.size() == 2);
    BOOST_TEST(all.parents[0].name.text() == "b.com.");
    BOOST_TEST(all.parents[1].name.text() == "c.com.");
}

BOOST_AUTO_TEST_SUITE_END()
