// Copies of a store of objects.
#include "storage/upkeep/cluster_copy.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "storage/upkeep/copy.hpp"
#include "tests/support/random_seed.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/unit/storage/history/memory_cluster.hpp"

BOOST_AUTO_TEST_SUITE(cluster_copy_test)

using namespace dnshist;
using namespace dnshist::test;

BOOST_AUTO_TEST_CASE(a_copy_back_is_the_same_store) {
    const auto seed = random_seed();
    std::mt19937_64 random(seed);
    Cluster::the().clear();
    const SeenBatch batch = random_batch(random, 3000);
    Oracle oracle;
    add_to(oracle, batch);
    import_from(batch);
    TemporaryDirectory directory;
    BOOST_TEST_REQUIRE(copy_store(location, directory.path() / "copy", {}).has_value());
    expect_equal(directory.path() / "copy", oracle, seed);
    expect_clean(directory.path() / "copy");
    // It is written to like any other.
    const SeenBatch more = random_batch(random, 500);
    add_to(oracle, more);
    HistoryWriter writer(directory.path() / "copy", {});
    BOOST_TEST(writer.feeds().size() == 1U);
    import(writer, more);
    expect_equal(directory.path() / "copy", oracle, seed);
}

BOOST_AUTO_TEST_CASE(no_copy_is_made_of_what_is_written_meanwhile) {
    std::mt19937_64 random(random_seed());
    Cluster& cluster = Cluster::the();
    cluster.clear();
    import_from(random_batch(random, 300));
    ClusterWriter other(location, small_cluster);
    // The root, the directory and the journal are read by then.
    constexpr std::uint64_t while_it_copies = 262;
    std::uint64_t step = 0;
    cluster.prepare = [&](MemoryObjects& objects) {
        objects.meanwhile = [&] {
            if (++step == while_it_copies) write_batch(other, random_batch(random, 5));
        };
    };
    TemporaryDirectory directory;
    BOOST_CHECK_THROW(copy_store(location, directory.path() / "copy", {}), StoreError);
    BOOST_TEST(!std::filesystem::exists(directory.path() / "copy"));
}

BOOST_AUTO_TEST_SUITE_END()
