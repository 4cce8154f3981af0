// The store against an oracle in memory, and its promises to readers: order does not matter,
// snapshots, growth, versions, damage.
#include "storage/history/history.hpp"
#include "storage/format/store_types.hpp"
#include "storage/history/batch.hpp"
#include "storage/history/cursor.hpp"
#include "storage/history/history_writer.hpp"
#include "storage/upkeep/check.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <map>
#include <random>
#include <set>
#include <tuple>

#include "storage/engine/lmdb/lmdb.hpp"
#include "storage/format/record_key.hpp"
#include "storage/format/store_meta.hpp"
#include "storage/pivot/pivot_values.hpp"
#include "storage/record/rdata.hpp"
#include "tests/support/random_seed.hpp"
#include "tests/support/store_oracle.hpp"
#include "tests/support/temporary_directory.hpp"

BOOST_AUTO_TEST_SUITE(history_test)

using namespace dnshist;
using namespace dnshist::test;

namespace {

void damage_second_value(const lmdb::Transaction& transaction, MDB_dbi database,
                         std::mt19937_64& random) {
    lmdb::Cursor cursor(transaction, database);
    BOOST_TEST_REQUIRE(cursor.first());
    BOOST_TEST_REQUIRE(cursor.next());
    const std::vector<std::uint8_t> key(cursor.key().begin(), cursor.key().end());
    std::vector<std::uint8_t> value(cursor.value().begin(), cursor.value().end());
    value[random() % value.size()] ^= static_cast<std::uint8_t>(1 + random() % 255);
    cursor.put(key, value);
}

}  // namespace

BOOST_AUTO_TEST_CASE(equals_the_oracle_in_whatever_order_and_batches) {
    const std::uint64_t seed = test::random_seed();
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    for (int round = 0; round < 4; ++round) {
        std::vector<Seen> all;
        Oracle oracle;
        for (int i = 0; i < 4000; ++i) {
            all.push_back(random_seen(random));
            oracle.add(all.back());
        }
        for (int order = 0; order < 2; ++order) {
            test::TemporaryDirectory directory;
            std::uint64_t records = 0;
            {
                HistoryWriter writer(directory.path(), {});
                for (std::size_t next = 0; next < all.size();) {
                    Batch batch;
                    const std::size_t end = std::min(all.size(), next + 1 + random() % 1500);
                    for (; next < end; ++next)
                        add(batch, all[next]);
                    records +=
                        writer.apply(batch, std::nullopt, {}, Seconds{1'700'000'000}).new_records;
                }
            }
            BOOST_TEST(records == oracle.records.size());
            expect_equal(directory.path(), oracle, seed);
            expect_clean(directory.path());
            std::ranges::shuffle(all, random);
        }
    }
}

BOOST_AUTO_TEST_CASE(knows_names_above_and_below_and_pointed_at) {
    test::TemporaryDirectory directory;
    {
        HistoryWriter writer(directory.path(), {});
        Seen ns = address("example.com.", 1);
        ns.type = Rrtype::NS;
        ns.rdata = as_text(Name::from_text("ns1.hosting.example.")->wire());
        import(writer, {address("www.example.com.", 1), ns});
    }
    History history(directory.path());
    Snapshot snapshot(history);
    const auto knows = [&](const char* name) {
        const NameKey key = Name::from_text(name)->key();
        return snapshot.has_records(key) || snapshot.has_pivots(key);
    };
    BOOST_TEST(knows("."));
    BOOST_TEST(knows("com"));
    BOOST_TEST(knows("example.com"));
    BOOST_TEST(knows("WWW.example.com"));
    BOOST_TEST(!knows("a.www.example.com"));
    BOOST_TEST(!knows("ww.example.com"));
    BOOST_TEST(!knows("xample.com"));
    BOOST_TEST(!knows("org"));
    BOOST_TEST(knows("ns1.hosting.example"));
    BOOST_TEST(knows("example"));
    BOOST_TEST(!knows("ns2.hosting.example"));
}

BOOST_AUTO_TEST_CASE(the_map_grows_by_itself) {
    test::TemporaryDirectory directory;
    std::vector<Seen> all;
    Oracle oracle;
    for (int i = 0; i < 20000; ++i) {
        all.push_back(address("host" + std::to_string(i) + ".example.", 1));
        oracle.add(all.back());
    }
    HistoryWriter::Options options;
    options.reserve = 1 << 18;
    {
        HistoryWriter writer(directory.path(), options);
        import(writer, all);
    }
    BOOST_TEST(std::filesystem::file_size(directory.path() / "data.mdb") > options.reserve);
    expect_equal(directory.path(), oracle, 0);
}

BOOST_AUTO_TEST_CASE(a_reader_whose_reservation_is_outgrown_opens_the_store_anew) {
    test::TemporaryDirectory directory;
    HistoryWriter::Options options;
    options.reserve = 1 << 18;
    { HistoryWriter(directory.path(), options); }
    // The reader in this process, the writer in another.
    std::optional<History> history(std::in_place, directory.path(), DamageReport{}, 1 << 18);
    std::optional<Snapshot> snapshot(*history);
    snapshot->reset();
    const pid_t child = ::fork();
    BOOST_TEST_REQUIRE(child >= 0);
    if (child == 0) {
        // A new process image of LMDB: the parent's environment is not touched here.
        HistoryWriter writer(directory.path(), options);
        std::vector<Seen> all;
        all.reserve(20000);
        for (int i = 0; i < 20000; ++i) {
            all.push_back(address("host" + std::to_string(i) + ".example.", 1));
        }
        import(writer, all);
        ::_exit(0);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    BOOST_TEST_REQUIRE(status == 0);
    BOOST_CHECK_THROW(snapshot->renew(), MustReopen);
    snapshot.reset();
    history.reset();
    history.emplace(directory.path());
    snapshot.emplace(*history);
    RecordCursor cursor(*snapshot);
    std::size_t found = 0;
    for (cursor.seek_all(); cursor.next();)
        ++found;
    BOOST_TEST(found == 20000U);
}

// The writer doubles its map again and again, and a reader that reserved next to nothing is
// outgrown each time; every state that it takes is a whole one.
BOOST_AUTO_TEST_CASE(a_reader_reads_a_store_that_grows_all_the_time) {
    test::TemporaryDirectory directory;
    constexpr int batches = 60;
    constexpr int batch = 500;
    HistoryWriter::Options options;
    options.reserve = 1 << 16;
    { HistoryWriter(directory.path(), options); }
    const pid_t child = ::fork();
    BOOST_TEST_REQUIRE(child >= 0);
    if (child == 0) {
        try {
            HistoryWriter writer(directory.path(), options);
            for (int i = 0; i < batches; ++i) {
                std::vector<Seen> all;
                for (int n = 0; n < batch; ++n) {
                    all.push_back(address("host" + std::to_string(n * batches + i) + ".example.",
                                          static_cast<std::uint8_t>(n)));
                }
                import(writer, all);
            }
        } catch (const std::exception&) {
            ::_exit(1);
        }
        ::_exit(0);
    }
    std::optional<History> history;
    std::optional<Snapshot> snapshot;
    int status = -1;
    std::size_t growths = 0;
    std::size_t found = 0;
    for (bool ended = false; !ended;) {
        ended = ::waitpid(child, &status, WNOHANG) != 0;
        for (bool taken = false; !taken;) {
            try {
                if (!history) history.emplace(directory.path(), DamageReport{}, 1 << 16);
                if (!snapshot) snapshot.emplace(*history);
                snapshot->renew();
                taken = true;
            } catch (const MustReopen&) {
                ++growths;
                snapshot.reset();
                history.reset();
            }
        }
        found = 0;
        RecordCursor cursor(*snapshot);
        for (cursor.seek_all(); cursor.next();)
            ++found;
        BOOST_TEST_REQUIRE(found == snapshot->statistics().records);
        BOOST_TEST_REQUIRE(found % batch == 0U);
        snapshot->reset();
    }
    BOOST_TEST(status == 0);
    BOOST_TEST(growths > 0U);
    BOOST_TEST(found == std::size_t{batches} * batch);
}

BOOST_AUTO_TEST_CASE(a_snapshot_stays_as_it_was_until_it_is_renewed) {
    test::TemporaryDirectory directory;
    { HistoryWriter(directory.path(), {}); }
    History history(directory.path());
    Snapshot snapshot(history);
    RecordCursor cursor(snapshot);
    const pid_t child = ::fork();
    BOOST_TEST_REQUIRE(child >= 0);
    if (child == 0) {
        HistoryWriter writer(directory.path(), {});
        import(writer, {address("example.com.", 1)});
        ::_exit(0);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    BOOST_TEST_REQUIRE(status == 0);
    cursor.seek_all();
    BOOST_TEST(!cursor.next());
    snapshot.renew();
    cursor.seek_all();
    BOOST_TEST(cursor.next());
    BOOST_TEST(snapshot.statistics().records == 1U);
}

BOOST_AUTO_TEST_CASE(a_store_that_is_not_there_says_how_to_make_one) {
    test::TemporaryDirectory directory;
    try {
        History history(directory.path() / "missing");
        BOOST_TEST(false, "a missing store was opened");
    } catch (const StoreError& error) {
        const std::string text = error.what();
        BOOST_TEST(text.find("missing") != std::string::npos, text);
        BOOST_TEST(text.find("import") != std::string::npos, text);
    }
}

BOOST_AUTO_TEST_CASE(a_store_of_another_version_is_refused_with_both_numbers) {
    test::TemporaryDirectory directory;
    { HistoryWriter(directory.path(), {}); }
    {
        lmdb::Environment environment(directory.path(), 0, 1 << 20, store_meta::databases, 8);
        lmdb::Transaction transaction(environment, 0);
        const auto database = transaction.open_database(store_meta::meta_database, false);
        transaction.put(*database, as_octets(store_meta::version_key), store_meta::encode_u32(77));
        transaction.commit();
    }
    const auto says_both = [](const StoreError& error) {
        const std::string text = error.what();
        return text.find("77") != std::string::npos &&
               text.find("formats 2 and 3") != std::string::npos;
    };
    BOOST_CHECK_EXCEPTION(History(directory.path()), StoreError, says_both);
    BOOST_CHECK_EXCEPTION(HistoryWriter(directory.path(), {}), StoreError, says_both);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_store_is_left_alone) {
    test::TemporaryDirectory directory;
    {
        lmdb::Environment environment(directory.path(), 0, 1 << 20, 2, 8);
        lmdb::Transaction transaction(environment, 0);
        transaction.open_database("somebody else's", true);
        transaction.commit();
    }
    BOOST_CHECK_THROW(History(directory.path()), StoreError);
    BOOST_CHECK_THROW(HistoryWriter(directory.path(), {}), StoreError);
    test::TemporaryDirectory other;
    const int file = ::open((other.path() / "data.mdb").c_str(), O_WRONLY | O_CREAT, 0644);
    BOOST_TEST_REQUIRE(file >= 0);
    const std::string text(8192, 'x');
    BOOST_TEST(::write(file, text.data(), text.size()) == 8192);
    ::close(file);
    BOOST_CHECK_THROW(History(other.path()), StoreError);
    BOOST_CHECK_THROW(HistoryWriter(other.path(), {}), StoreError);
}

BOOST_AUTO_TEST_CASE(damage_is_reported_skipped_and_never_written_over) {
    const std::uint64_t seed = test::random_seed();
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    test::TemporaryDirectory directory;
    std::vector<Seen> all;
    all.reserve(5000);
    for (int i = 0; i < 5000; ++i)
        all.push_back(random_seen(random));
    {
        HistoryWriter writer(directory.path(), {});
        import(writer, all);
    }
    // Damage one value of each direction in place.
    {
        lmdb::Environment environment(directory.path(), MDB_NOTLS, std::size_t{1} << 28,
                                      store_meta::databases, 8);
        for (const char* name : {store_meta::names_database, store_meta::pivots_database}) {
            lmdb::Transaction transaction(environment, 0);
            const auto database = transaction.open_database(name, false);
            damage_second_value(transaction, *database, random);
            transaction.commit();
        }
    }
    std::vector<std::string> reports;
    {
        History history(directory.path(), [&](const std::string& where, const std::string& what) {
            reports.push_back(where + ": " + what);
        });
        Snapshot snapshot(history);
        RecordCursor records(snapshot);
        std::size_t found = 0;
        for (records.seek_all(); records.next();)
            ++found;
        BOOST_TEST(reports.size() == 1U);
        BOOST_TEST(found > 0U);
        BOOST_TEST(found < snapshot.statistics().records);
        PivotCursor pivots(snapshot);
        for (pivots.seek_prefix({}); pivots.next();)
            ++found;
        BOOST_TEST(reports.size() == 2U);
        BOOST_TEST(reports[0].starts_with("names block"), reports[0]);
        BOOST_TEST(reports[1].starts_with("pivots block"), reports[1]);
    }
    const auto result =
        check_store(directory.path(), [](const std::string&, const std::string&) {});
    BOOST_TEST(result.problems > 0U);
    HistoryWriter writer(directory.path(), {});
    BOOST_CHECK_THROW(import(writer, all), StoreError);
}

BOOST_AUTO_TEST_SUITE_END()
