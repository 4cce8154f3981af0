// Batches that are written while the next is filled: all of them are in the store in their order,
// and a failure is told to who waits.
#include "zonegen/import/write_behind.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <filesystem>
#include <string>

#include "storage/history/history_writer.hpp"
#include "storage/record/name.hpp"
#include "tests/unit/zonegen/import/import_fixture.hpp"

BOOST_AUTO_TEST_SUITE(write_behind_test)

using namespace dnshist;
using namespace dnshist::zonegen;

namespace {

void add(Batch& batch, const std::string& owner) {
    constexpr std::array<std::uint8_t, 4> address{192, 0, 2, 1};
    Observation observation;
    const Name name = *Name::from_text(owner);
    observation.owner = name.wire();
    observation.type = Rrtype::A;
    observation.rdata = address;
    observation.seen = {Seconds{1}, Seconds{2}};
    batch.add(observation);
}

struct Store : Fixture {
    Terminal terminal;
    HistoryWriter writer{path("store"), {}};
    WriteBehind behind{writer, Counts::add, terminal, -1};
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(batches_are_written_in_turn, Store) {
    for (int i = 0; i < 20; ++i) {
        // While the one before is written.
        add(behind.batch(), "n" + std::to_string(i) + ".example.");
        add(behind.batch(), "each.example.");
        behind.wait();
        behind.begin(std::nullopt, {});
        BOOST_TEST(behind.batch().size() == 0U);
    }
    behind.wait();
    BOOST_TEST(behind.written().observations == 40U);
    BOOST_TEST(behind.written().new_records == 21U);
    BOOST_TEST(behind.written().merged_records == 19U);
    const auto found = counts();
    BOOST_TEST(found.size() == 21U);
    BOOST_TEST(found.at("each.example.") == 20U);
}

BOOST_FIXTURE_TEST_CASE(a_batch_is_written_though_nobody_waits, Fixture) {
    Terminal terminal;
    HistoryWriter writer(path("store"), {});
    {
        WriteBehind behind(writer, Counts::add, terminal, -1);
        add(behind.batch(), "a.example.");
        behind.begin(std::nullopt, {});
    }
    BOOST_TEST((counts() == ByOwner{{"a.example.", 1}}));
}

BOOST_FIXTURE_TEST_CASE(a_failure_is_told_to_who_waits, Store) {
    add(behind.batch(), "a.example.");
    behind.begin(std::nullopt, {});
    behind.wait();
    std::filesystem::remove(path("store/data.mdb"));
    add(behind.batch(), "b.example.");
    behind.begin(std::nullopt, {});
    BOOST_CHECK_THROW(behind.wait(), StoreError);
    BOOST_TEST(behind.written().observations == 1U);
    behind.wait();
    behind.begin(std::nullopt, {});
    BOOST_TEST(behind.batch().size() == 0U);  // not the one that could not be written
    BOOST_CHECK_THROW(behind.wait(), StoreError);
}

BOOST_AUTO_TEST_SUITE_END()
