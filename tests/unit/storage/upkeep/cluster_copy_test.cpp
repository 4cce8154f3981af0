// Copies of a store of objects.
#include "storage/upkeep/cluster_copy.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <random>
#include <string>
#include <utility>
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
    Oracle oracle;
    import_random(oracle, random, 3000);
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

BOOST_AUTO_TEST_CASE(a_copy_into_another_namespace_is_the_same_store) {
    const auto seed = random_seed();
    std::mt19937_64 random(seed);
    Cluster& cluster = Cluster::the();
    cluster.clear();
    Oracle oracle;
    import_random(oracle, random, 1000);
    const std::string target = "memory://pool/copy";
    const std::uint64_t tablets = cluster.objects.size();
    BOOST_TEST_REQUIRE(copy_store(location, target, {}).has_value());
    expect_equal(target, oracle, seed);
    expect_clean(target);
    BOOST_TEST(cluster.objects.size() == tablets);
    BOOST_TEST(!cluster.others["copy"].contains("copying"));
    BOOST_CHECK_THROW(copy_store(location, target, {}), StoreError);
    // It knows what was imported.
    ClusterWriter writer(target, small_cluster);
    BOOST_TEST(writer.feeds().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_copy_that_was_broken_off_is_made_anew) {
    const auto seed = random_seed();
    std::mt19937_64 random(seed);
    Cluster& cluster = Cluster::the();
    cluster.clear();
    Oracle oracle;
    import_random(oracle, random, 300);
    const std::string target = "memory://pool/copy";
    std::string said;
    ceph_access().warn = [&](const std::string& sentence) { said = sentence; };
    for (std::uint64_t step = 0;; ++step) {
        cluster.others.clear();
        cluster.locks.clear();
        bool is_target = true;  // it is opened first
        cluster.prepare = [&](MemoryObjects& objects) {
            if (std::exchange(is_target, false)) objects.ends_at = step;
        };
        bool has_ended = false;
        try {
            copy_store(location, target, {});
        } catch (const Ended&) {
            has_ended = true;
        }
        cluster.prepare = nullptr;
        if (!cluster.others["copy"].contains("root")) {
            if (cluster.locks.contains("copying")) {
                BOOST_CHECK_THROW(copy_store(location, target, {}), StoreError);
            }
            cluster.locks.clear();
            BOOST_TEST_REQUIRE(copy_store(location, target, {}).has_value(), "step " << step);
        }
        expect_equal(target, oracle, seed);
        if (!has_ended) break;
    }
    BOOST_TEST(said.find("was broken off") != std::string::npos);
    ceph_access().warn = nullptr;
}

BOOST_AUTO_TEST_SUITE_END()
