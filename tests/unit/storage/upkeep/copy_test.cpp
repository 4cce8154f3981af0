// Copies of a store: equal to a state of it, made while it is written, and never a half one.
#include "storage/upkeep/copy.hpp"
#include "storage/history/history.hpp"
#include "storage/history/history_writer.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <random>

#include "storage/engine/lmdb/lmdb.hpp"
#include "storage/format/store_meta.hpp"
#include "tests/support/random_seed.hpp"
#include "tests/support/store_oracle.hpp"
#include "tests/support/temporary_directory.hpp"

BOOST_AUTO_TEST_SUITE(copy_test)

using namespace dnshist;
using namespace dnshist::test;

namespace {

std::vector<Seen> hosts(int from, int to) {
    std::vector<Seen> all;
    all.reserve(static_cast<std::size_t>(to - from));
    for (int i = from; i < to; ++i)
        all.push_back(address("host" + std::to_string(i) + ".example.", 1));
    return all;
}

void make_store(const std::filesystem::path& directory, const std::vector<Seen>& all) {
    HistoryWriter writer(directory, {});
    import(writer, all);
}

auto says(const std::string& words) {
    return [words](const StoreError& error) {
        BOOST_TEST_MESSAGE(error.what());
        return std::string(error.what()).find(words) != std::string::npos;
    };
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_copy_holds_what_the_store_holds) {
    const std::uint64_t seed = random_seed();
    std::mt19937_64 random(seed);
    TemporaryDirectory directory;
    Oracle oracle;
    std::vector<Seen> all;
    for (int i = 0; i < 5000; ++i) {
        all.push_back(random_seen(random));
        oracle.add(all.back());
    }
    make_store(directory.path() / "store", all);
    std::uint64_t written = 0;
    const auto result = copy_store(directory.path() / "store", directory.path() / "new" / "copy",
                                   [&](std::uint64_t now, std::uint64_t expected) {
                                       BOOST_TEST(now <= expected);
                                       written = now;
                                       return true;
                                   });
    BOOST_TEST_REQUIRE(result.has_value());
    BOOST_TEST(result->compacted);
    BOOST_TEST(result->octets_after == written);
    BOOST_TEST(result->octets_after <= result->octets_before);
    BOOST_TEST(result->statistics.records == oracle.records.size());
    expect_equal(directory.path() / "new" / "copy", oracle, seed);
    expect_clean(directory.path() / "new" / "copy");
    // It is a store like any other, to write into as well.
    HistoryWriter writer(directory.path() / "new" / "copy", {});
    import(writer, hosts(0, 10));
    expect_clean(directory.path() / "new" / "copy");
}

BOOST_AUTO_TEST_CASE(a_store_that_holds_nothing_is_copied_too) {
    TemporaryDirectory directory;
    { HistoryWriter(directory.path() / "store", {}); }
    BOOST_TEST(copy_store(directory.path() / "store", directory.path() / "copy", {}).has_value());
    expect_clean(directory.path() / "copy");
}

// Every copy is a state between two batches, however fast these come.
BOOST_AUTO_TEST_CASE(copies_made_while_the_store_is_written_are_states_of_it) {
    TemporaryDirectory directory;
    constexpr int batch = 100;
    make_store(directory.path() / "store", hosts(0, batch));
    const pid_t child = ::fork();
    BOOST_TEST_REQUIRE(child >= 0);
    if (child == 0) {
        try {
            HistoryWriter::Options options;
            options.reserve = 1 << 18;  // grows while it is copied
            HistoryWriter writer(directory.path() / "store", options);
            for (int i = 1; i < 300; ++i)
                import(writer, hosts(i * batch, (i + 1) * batch));
        } catch (const std::exception& error) {
            std::fprintf(stderr, "the writer: %s\n", error.what());
            ::_exit(1);
        }
        ::_exit(0);
    }
    int status = -1;
    std::uint64_t last = 0;
    bool ended = false;
    while (!ended) {
        // The last copy is made when the writer has ended.
        ended = ::waitpid(child, &status, WNOHANG) != 0;
        const auto target = directory.path() / "copy";
        const auto result = copy_store(directory.path() / "store", target, {});
        BOOST_TEST_REQUIRE(result.has_value());
        BOOST_TEST(result->compacted);
        BOOST_TEST(result->statistics.records % batch == 0U);
        BOOST_TEST(result->statistics.records >= last);
        last = result->statistics.records;
        expect_clean(target);
        std::filesystem::remove_all(target);
    }
    BOOST_TEST(status == 0);
    BOOST_TEST(last == std::uint64_t{300} * batch);
}

BOOST_AUTO_TEST_CASE(a_directory_that_holds_something_is_refused) {
    TemporaryDirectory directory;
    make_store(directory.path() / "store", hosts(0, 10));
    BOOST_CHECK_EXCEPTION(copy_store(directory.path() / "store", directory.path() / "store", {}),
                          StoreError, says("holds a store already"));
    BOOST_CHECK_EXCEPTION(copy_store(directory.path() / "store", directory.path(), {}), StoreError,
                          says("is not empty"));
    const auto file = directory.path() / "file";
    std::ofstream(file) << "text";
    BOOST_CHECK_THROW(copy_store(directory.path() / "store", file, {}), StoreError);
    expect_clean(directory.path() / "store");
    BOOST_TEST(std::distance(std::filesystem::directory_iterator(directory.path()), {}) == 2);
}

BOOST_AUTO_TEST_CASE(a_store_that_is_not_there_or_of_another_version_is_not_copied) {
    TemporaryDirectory directory;
    const auto target = directory.path() / "copy";
    BOOST_CHECK_EXCEPTION(copy_store(directory.path() / "none", target, {}), StoreError,
                          says("there is no store"));
    { HistoryWriter(directory.path() / "store", {}); }
    {
        lmdb::Environment environment(directory.path() / "store", 0, 1 << 20, store_meta::databases,
                                      8);
        lmdb::Transaction transaction(environment, 0);
        const auto database = transaction.open_database(store_meta::meta_database, false);
        transaction.put(*database, as_octets(store_meta::version_key), store_meta::encode_u32(77));
        transaction.commit();
    }
    BOOST_CHECK_EXCEPTION(copy_store(directory.path() / "store", target, {}), StoreError,
                          says("has format 77, this program knows the formats 2 and 3"));
    BOOST_TEST(!std::filesystem::exists(target));
}

BOOST_AUTO_TEST_CASE(one_that_was_ended_leaves_nothing_and_one_that_was_killed_no_store) {
    TemporaryDirectory directory;
    make_store(directory.path() / "store", hosts(0, 50000));
    const auto target = directory.path() / "copy";
    const auto once = [](std::uint64_t, std::uint64_t) { return false; };
    BOOST_TEST(!copy_store(directory.path() / "store", target, once).has_value());
    BOOST_TEST(!std::filesystem::exists(target));
    const pid_t child = ::fork();
    BOOST_TEST_REQUIRE(child >= 0);
    if (child == 0) {
        copy_store(directory.path() / "store", target, [](std::uint64_t, std::uint64_t) {
            ::raise(SIGKILL);
            return true;
        });
        ::_exit(1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    BOOST_TEST_REQUIRE(WIFSIGNALED(status));
    BOOST_TEST(std::filesystem::exists(target / "data.mdb.partial"));
    BOOST_CHECK_EXCEPTION(History{target}, StoreError, says("there is no store"));
    // The same once more.
    BOOST_TEST(copy_store(directory.path() / "store", target, {}).has_value());
    BOOST_TEST(!std::filesystem::exists(target / "data.mdb.partial"));
    expect_clean(target);
}

BOOST_AUTO_TEST_CASE(two_at_a_time_into_one_directory_do_not_mix) {
    TemporaryDirectory directory;
    make_store(directory.path() / "store", hosts(0, 1000));
    const auto target = directory.path() / "copy";
    const auto another = [&](std::uint64_t, std::uint64_t) {
        BOOST_CHECK_EXCEPTION(copy_store(directory.path() / "store", target, {}), StoreError,
                              says("another process is copying"));
        return true;
    };
    BOOST_TEST(copy_store(directory.path() / "store", target, another).has_value());
    expect_clean(target);
}

BOOST_AUTO_TEST_CASE(a_store_that_has_lost_a_page_is_copied_as_it_is) {
    TemporaryDirectory directory;
    make_store(directory.path() / "store", hosts(0, 5000));
    lose_a_page(directory.path() / "store");
    const auto result = copy_store(directory.path() / "store", directory.path() / "copy", {});
    BOOST_TEST_REQUIRE(result.has_value());
    BOOST_TEST(!result->compacted);
    BOOST_TEST(result->octets_after == result->octets_before);
    Oracle oracle;
    for (const Seen& seen : hosts(0, 5000))
        oracle.add(seen);
    expect_equal(directory.path() / "copy", oracle, 0);
}

BOOST_AUTO_TEST_SUITE_END()
