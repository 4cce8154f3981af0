// The store against an oracle in memory, and its promises: order does not matter, one writer, many
// readers, growth, versions, damage.
#include "storage/history.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <map>
#include <random>
#include <set>
#include <tuple>

#include "storage/lmdb.hpp"
#include "storage/meta.hpp"
#include "storage/pivot.hpp"
#include "storage/rdata.hpp"
#include "storage/record_key.hpp"
#include "tests/unit/random_seed.hpp"
#include "tests/unit/temporary_directory.hpp"

using namespace dnshist;

namespace {

struct Seen {
    std::string owner;
    Rrtype type = Rrtype::A;
    std::string rdata;  // octets
    Witness witness = Witness::sensor;
    Period period{};
    std::uint64_t count = 1;
    Source source{};
};

void add(Batch& batch, const Seen& seen) {
    const Name owner = *Name::from_text(seen.owner);
    batch.add({owner.wire(), seen.type, as_octets(seen.rdata), seen.witness, seen.period,
               seen.count, &seen.source});
}

// The obvious history: every second-interval kept, runs found by sorting.
struct Oracle {
    using Key = std::tuple<std::string, Rrtype, std::string>;
    struct Record {
        std::vector<Period> intervals[2];
        std::uint64_t count[2] = {0, 0};
        std::set<Source> sources;
    };
    std::map<Key, Record> records;

    void add(const Seen& seen) {
        Record& record = records[{seen.owner, seen.type, seen.rdata}];
        const auto witness = static_cast<std::size_t>(seen.witness);
        record.intervals[witness].push_back(seen.period);
        record.count[witness] += seen.count;
        if (!seen.source.empty()) record.sources.insert(seen.source);
    }

    static std::vector<Period> runs(std::vector<Period> intervals) {
        std::ranges::sort(intervals);
        std::vector<Period> runs;
        for (const Period interval : intervals) {
            if (!runs.empty() && std::uint64_t{interval.begin.since_epoch} <=
                                     std::uint64_t{runs.back().end.since_epoch} + default_gap) {
                runs.back().end = std::max(runs.back().end, interval.end);
            } else {
                runs.push_back(interval);
            }
        }
        return runs;
    }
};

bool same(const Visibility& stored, const Oracle::Record& record, std::size_t witness) {
    return std::ranges::equal(stored.runs(), Oracle::runs(record.intervals[witness])) &&
           stored.count() == record.count[witness];
}

void expect_equal(const std::filesystem::path& directory, const Oracle& oracle,
                  std::uint64_t seed) {
    std::size_t damage = 0;
    History history(directory, [&](const std::string&, const std::string&) { ++damage; });
    Snapshot snapshot(history);
    RecordCursor cursor(snapshot);
    std::set<Oracle::Key> found;
    std::set<std::string> owners;
    std::set<std::tuple<std::string, Rrtype, std::string>> pivots;
    for (cursor.seek_all(); cursor.next();) {
        const StoredRecord& stored = cursor.record();
        const Oracle::Key key{Name::from_key(stored.owner)->text(), stored.type,
                              std::string(as_text(stored.rdata))};
        const auto known = oracle.records.find(key);
        BOOST_TEST_REQUIRE((known != oracle.records.end()), "seed " << seed);
        BOOST_TEST_REQUIRE(found.insert(key).second, "twice; seed " << seed);
        const Sightings sightings = stored.sightings();
        BOOST_TEST_REQUIRE(same(sightings.sensor, known->second, 0), "seed " << seed);
        BOOST_TEST_REQUIRE(same(sightings.zone, known->second, 1), "seed " << seed);
        BOOST_TEST_REQUIRE((stored.seen.begin == sightings.first()));
        BOOST_TEST_REQUIRE((stored.seen.end == sightings.last()));
        BOOST_TEST_REQUIRE(stored.count == sightings.count());
        std::set<Source> sources;
        for (const std::uint32_t number : stored.sources()) {
            const auto source = snapshot.source(number, stored.owner);
            BOOST_TEST_REQUIRE(source.has_value());
            sources.insert(*source);
        }
        BOOST_TEST_REQUIRE((sources == known->second.sources), "seed " << seed);
        owners.insert(std::get<0>(key));
        for_each_pivot_value(stored.type, stored.rdata, [&](const PivotValue& value) {
            pivots.insert({std::string(as_text(value.octets())), stored.type, std::get<0>(key)});
        });
    }
    BOOST_TEST_REQUIRE(found.size() == oracle.records.size(), "seed " << seed);
    BOOST_TEST(damage == 0U);

    PivotCursor pivot(snapshot);
    std::size_t pivot_count = 0;
    for (pivot.seek_prefix({}); pivot.next(); ++pivot_count) {
        BOOST_TEST_REQUIRE(
            pivots.count({std::string(as_text(pivot.pivot().value)), pivot.pivot().type,
                          Name::from_key(pivot.pivot().owner)->text()}) == 1U,
            "seed " << seed);
    }
    BOOST_TEST_REQUIRE(pivot_count == pivots.size(), "seed " << seed);

    const StoreStatistics statistics = snapshot.statistics();
    BOOST_TEST(statistics.records == oracle.records.size(), "seed " << seed);
    BOOST_TEST(statistics.names == owners.size(), "seed " << seed);
    BOOST_TEST(statistics.pivots == pivots.size(), "seed " << seed);
}

void expect_clean(const std::filesystem::path& directory) {
    const CheckResult result =
        check_store(directory, [](const std::string& where, const std::string& what) {
            BOOST_TEST_MESSAGE(where << ": " << what);
        });
    BOOST_TEST(result.problems == 0U);
}

// Owners that nest, busy ones among them; RDATA short, long, and too long for a key.
Seen random_seen(std::mt19937_64& random) {
    static const char* const owners[] = {
        ".", "com.", "example.com.", "a.b.c.test.", "www.a.b.c.test.", "*.example.com."};
    Seen seen;
    seen.owner = random() % 3 == 0 ? "n" + std::to_string(random() % 300) + ".example.net."
                                   : owners[random() % std::size(owners)];
    switch (random() % 5) {
        case 0:
            seen.type = Rrtype::NS;
            seen.rdata = as_text(
                Name::from_text("ns" + std::to_string(random() % 40) + ".example.")->wire());
            break;
        case 1: {
            seen.type = Rrtype::TXT;
            const std::size_t length = random() % 10 == 0 ? 255 : random() % 40;
            for (std::size_t strings = random() % 8 == 0 ? 4 : 1; strings > 0; --strings) {
                seen.rdata += static_cast<char>(length);
                // Long ones differ only at their end.
                std::string text(length, 't');
                if (length > 0) text.back() = static_cast<char>('a' + random() % 5);
                seen.rdata += text;
            }
            break;
        }
        case 2:
            seen.type = static_cast<Rrtype>(65400 + random() % 3);
            seen.rdata.assign(random() % 300, static_cast<char>(random() % 4));
            break;
        default:
            seen.type = Rrtype::A;
            seen.rdata = {static_cast<char>(192), 0, 2, static_cast<char>(random() % 256)};
            if (seen.owner == "com.") seen.rdata[2] = static_cast<char>(random() % 16);
    }
    seen.witness = random() % 4 == 0 ? Witness::zone : Witness::sensor;
    const auto begin = static_cast<std::uint32_t>(1'500'000'000 + random() % 100'000'000);
    seen.period = {Seconds{begin},
                   Seconds{begin + static_cast<std::uint32_t>(random() % 10'000'000)}};
    seen.count = random() % 5;
    if (random() % 6 == 0) {
        seen.source.sensor_id = "sensor-" + std::to_string(random() % 3);
        if (random() % 2 == 0) seen.source.bailiwick = seen.owner;
    }
    return seen;
}

Seen address(const std::string& owner, std::uint8_t last, std::uint32_t when = 1'600'000'000) {
    Seen seen;
    seen.owner = owner;
    seen.rdata = {static_cast<char>(192), 0, 2, static_cast<char>(last)};
    seen.period = {Seconds{when}, Seconds{when}};
    return seen;
}

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

void import(HistoryWriter& writer, const std::vector<Seen>& all) {
    Batch batch;
    for (const Seen& seen : all)
        add(batch, seen);
    writer.apply(batch, std::nullopt, {}, Seconds{1'700'000'000});
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
    cursor.skip_to(after_owner(cursor.record().owner).view());
    BOOST_TEST_REQUIRE(cursor.next());
    BOOST_TEST(owner() == "a.example.com.");
    const std::uint64_t reads = cursor.reads();
    cursor.skip_to(after_subtree(cursor.record().owner).view());
    BOOST_TEST_REQUIRE(cursor.next());
    BOOST_TEST(owner() == "b.example.com.");
    BOOST_TEST(cursor.reads() == reads + 1);
    // Neither back before what was sought, nor on past it.
    cursor.skip_to(Name::from_text("com")->key().octets());
    BOOST_TEST_REQUIRE(cursor.next());
    BOOST_TEST(owner() == "example.com.");
    cursor.skip_to(after_subtree(cursor.record().owner).view());
    BOOST_TEST(!cursor.next());
    cursor.skip_to(Name::from_text("example.com")->key().octets());
    BOOST_TEST(!cursor.next());
    cursor.seek_all();
    BOOST_TEST_REQUIRE(cursor.next());
    cursor.skip_to(after_subtree(Name().key().octets()).view());
    BOOST_TEST(!cursor.next());
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
        return snapshot.knows(Name::from_text(name)->key());
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

BOOST_AUTO_TEST_CASE(max_takes_the_larger_count_and_again_changes_nothing) {
    test::TemporaryDirectory directory;
    {
        HistoryWriter writer(directory.path(), {});
        Seen seen = address("example.com.", 1);
        seen.count = 7;
        for (int i = 0; i < 3; ++i) {
            Batch batch(default_gap, Counts::max);
            add(batch, seen);
            const auto result = writer.apply(batch, std::nullopt, {}, Seconds{1});
            BOOST_TEST(result.new_records == (i == 0 ? 1U : 0U));
            BOOST_TEST(result.merged_records == (i == 0 ? 0U : 1U));
        }
    }
    History history(directory.path());
    Snapshot snapshot(history);
    RecordCursor cursor(snapshot);
    cursor.seek_all();
    BOOST_TEST_REQUIRE(cursor.next());
    BOOST_TEST(cursor.record().count == 7U);
}

BOOST_AUTO_TEST_CASE(remembers_how_far_a_feed_has_got) {
    test::TemporaryDirectory directory;
    FeedPosition position;
    position.head.fill(7);
    position.head_octets = 4096;
    position.prefix.fill(9);
    position.offset = 123'456'789'012;
    position.when = Seconds{1'700'000'000};
    position.name = "feeds/today.cof.gz";
    {
        HistoryWriter writer(directory.path(), {});
        BOOST_TEST(writer.feeds().empty());
        const std::uint32_t number = writer.new_feed();
        Batch none;
        writer.apply(none, number, position, Seconds{5});
        position.whole = true;
        writer.apply(none, number, position, Seconds{5});
        BOOST_TEST(writer.new_feed() != number);
    }
    HistoryWriter writer(directory.path(), {});
    const auto feeds = writer.feeds();
    BOOST_TEST_REQUIRE(feeds.size() == 1U);
    BOOST_TEST((feeds[0].position.head == position.head));
    BOOST_TEST(feeds[0].position.head_octets == position.head_octets);
    BOOST_TEST((feeds[0].position.prefix == position.prefix));
    BOOST_TEST(feeds[0].position.offset == position.offset);
    BOOST_TEST(feeds[0].position.whole);
    BOOST_TEST((feeds[0].position.when == position.when));
    BOOST_TEST(feeds[0].position.name == position.name);
    BOOST_TEST(writer.new_feed() != feeds[0].number);
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
    options.map_octets = 1 << 18;
    {
        HistoryWriter writer(directory.path(), options);
        import(writer, all);
    }
    BOOST_TEST(std::filesystem::file_size(directory.path() / "data.mdb") > options.map_octets);
    expect_equal(directory.path(), oracle, 0);
}

BOOST_AUTO_TEST_CASE(a_reader_follows_a_store_that_grows_past_its_map) {
    test::TemporaryDirectory directory;
    HistoryWriter::Options options;
    options.map_octets = 1 << 18;
    { HistoryWriter(directory.path(), options); }
    // The reader in this process, the writer in another.
    History history(directory.path(), {}, 1 << 18);
    Snapshot snapshot(history);
    RecordCursor cursor(snapshot);
    snapshot.reset();
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
    BOOST_CHECK_THROW(snapshot.renew(), MapResized);
    history.resize();
    snapshot.renew();
    std::size_t found = 0;
    for (cursor.seek_all(); cursor.next();)
        ++found;
    BOOST_TEST(found == 20000U);
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

BOOST_AUTO_TEST_CASE(readers_that_were_killed_are_cleared_away) {
    test::TemporaryDirectory directory;
    { HistoryWriter(directory.path(), {}); }
    const pid_t child = ::fork();
    BOOST_TEST_REQUIRE(child >= 0);
    if (child == 0) {
        History history(directory.path());
        Snapshot snapshot(history);
        ::raise(SIGKILL);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    BOOST_TEST_REQUIRE(WIFSIGNALED(status));
    { HistoryWriter(directory.path(), {}); }
    lmdb::Environment environment(directory.path(), MDB_RDONLY, 1 << 20, meta::databases, 8);
    BOOST_TEST(environment.clear_stale_readers() == 0);
}

BOOST_AUTO_TEST_CASE(a_second_writer_is_turned_away_at_once) {
    test::TemporaryDirectory directory;
    HistoryWriter first(directory.path(), {});
    try {
        HistoryWriter second(directory.path(), {});
        BOOST_TEST(false, "a second writer was let in");
    } catch (const StoreError& error) {
        const std::string text = error.what();
        BOOST_TEST(text.find(std::to_string(::getpid())) != std::string::npos, text);
        BOOST_TEST(text.find(directory.path().string()) != std::string::npos, text);
    }
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
        lmdb::Environment environment(directory.path(), 0, 1 << 20, meta::databases, 8);
        lmdb::Transaction transaction(environment, 0);
        const auto database = transaction.open_database(meta::meta_database, false);
        transaction.put(*database, as_octets(meta::version_key), meta::encode_u32(77));
        transaction.commit();
    }
    const auto says_both = [](const StoreError& error) {
        const std::string text = error.what();
        return text.find("77") != std::string::npos && text.find("format 1") != std::string::npos;
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
                                      meta::databases, 8);
        for (const char* name : {meta::names_database, meta::pivots_database}) {
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
