// Batches in a store of objects, held against the obvious history: after any crash, lost reply or
// other writer each is in it once, with all pivots and the right statistics.
#include "storage/history/cluster_writer.hpp"

#include <boost/test/unit_test.hpp>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "storage/object/open_objects.hpp"
#include "storage/upkeep/copy.hpp"
#include "tests/support/random_seed.hpp"
#include "tests/support/store_oracle.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/unit/storage/tablet/memory_objects.hpp"

using namespace dnshist;
using namespace dnshist::test;

namespace {

const std::string location = "memory://pool/store";
constexpr Seconds now{1'700'000'000};

// The cluster, and how the next process that opens the store fares.
struct Cluster {
    MemoryObjects::Objects objects;
    MemoryObjects::Locks locks;
    std::function<void(MemoryObjects&)> prepare;
    std::uint64_t steps = 0;  // operations of the process that opened it last

    static Cluster& the() {
        static Cluster cluster;
        return cluster;
    }
    void clear() {
        objects.clear();
        locks.clear();
        prepare = nullptr;
    }
};

// Counts the operations of its process.
class CountedObjects final : public ObjectStore {
  public:
    CountedObjects() : objects_(Cluster::the().objects) {
        objects_.locks = &Cluster::the().locks;
        if (Cluster::the().prepare) Cluster::the().prepare(objects_);
    }
    void read(std::span<ObjectRead> reads) override {
        counting([&] { objects_.read(reads); });
    }
    void write(std::span<ObjectWrite> writes) override {
        counting([&] { objects_.write(writes); });
    }
    void remove(std::span<const std::string> names) override {
        counting([&] { objects_.remove(names); });
    }
    std::vector<std::string> list() override { return objects_.list(); }
    bool try_lock(const std::string& name, const std::string& holder,
                  std::uint32_t seconds) override {
        return objects_.try_lock(name, holder, seconds);
    }
    void unlock(const std::string& name, const std::string& holder) override {
        objects_.unlock(name, holder);
    }
    void break_lock(const std::string& name) override { objects_.break_lock(name); }

  private:
    template <class Act>
    void counting(Act&& act) {
        act();
        Cluster::the().steps = objects_.steps;
    }

    MemoryObjects objects_;
};

struct WithCluster {
    WithCluster() {
        Cluster::the().clear();
        add_object_opener("memory", [](const ObjectLocation&, Patience) {
            return std::make_unique<CountedObjects>();
        });
    }
};

// Small, so that a hundred records fill several tablets.
const ClusterWriter::Options small{default_gap, {}, {1500, 300, 8}};

using SeenBatch = std::vector<Seen>;

SeenBatch random_batch(std::mt19937_64& random, std::size_t size) {
    SeenBatch batch;
    for (std::size_t i = 0; i < size; ++i)
        batch.push_back(random_seen(random));
    return batch;
}

void add_to(Oracle& oracle, const SeenBatch& batch) {
    for (const Seen& seen : batch)
        oracle.add(seen);
}

void fill(Batch& batch, const SeenBatch& all) {
    for (const Seen& seen : all)
        add(batch, seen);
}

FeedPosition position_at(std::uint64_t offset) {
    FeedPosition position;
    position.head.fill(7);
    position.offset = offset;
    position.name = "feed";
    return position;
}

ApplyResult write_batch(ClusterWriter& writer, const SeenBatch& all) {
    Batch batch(writer.gap());
    fill(batch, all);
    return writer.apply(batch, std::nullopt, {}, now);
}

// An importer that goes on where the store says that its feed is.
void import_from(const SeenBatch& batch) {
    ClusterWriter writer(location, small);
    const auto feeds = writer.feeds();
    std::uint64_t offset = 0;
    std::optional<std::uint32_t> number;
    for (const auto& feed : feeds) {
        if (feed.position.offset <= offset) continue;
        offset = feed.position.offset;
        number = feed.number;
    }
    if (offset == 2) return;
    if (!number) number = writer.new_feed();
    Batch made(writer.gap());
    fill(made, batch);
    writer.apply(made, number, position_at(2), now);
}

void expect_store(const Oracle& oracle, std::uint64_t seed) {
    Cluster::the().prepare = nullptr;
    expect_equal(location, oracle, seed);
}

}  // namespace

BOOST_TEST_GLOBAL_FIXTURE(WithCluster);

BOOST_AUTO_TEST_CASE(batches_give_the_obvious_history) {
    const auto seed = random_seed();
    std::mt19937_64 random(seed);
    Cluster::the().clear();
    Oracle oracle;
    {
        ClusterWriter writer(location, small);
        for (int i = 0; i < 25; ++i) {
            const SeenBatch batch = random_batch(random, i % 5 == 0 ? 400 : 20);
            const std::size_t before = oracle.records.size();
            add_to(oracle, batch);
            const ApplyResult result = write_batch(writer, batch);
            BOOST_TEST(result.new_records == oracle.records.size() - before, "seed " << seed);
        }
        BOOST_TEST(writer.counters().splits > 10U);
        expect_store(oracle, seed);
    }
    expect_clean(location);
    // Nothing but tablets, directory and the few others is left.
    for (const auto& [name, object] : Cluster::the().objects)
        BOOST_TEST(!name.starts_with("b."), name);
}

BOOST_AUTO_TEST_CASE(counts_are_the_larger_ones_where_they_are_totals) {
    Cluster::the().clear();
    ClusterWriter writer(location, small);
    Seen seen = address("example.com.", 1);
    seen.count = 7;
    for (int i = 0; i < 3; ++i) {
        Batch batch(default_gap, Counts::max);
        add(batch, seen);
        BOOST_TEST(writer.apply(batch, std::nullopt, {}, now).new_records == (i == 0 ? 1U : 0U));
    }
    Oracle oracle;
    oracle.add(seen);
    expect_store(oracle, 0);
}

// A writer that ends at any operation, before it or after it; a second one that ends too; and one
// that goes on from there.
BOOST_AUTO_TEST_CASE(a_batch_is_in_the_store_once_wherever_its_writer_ends) {
    const auto seed = random_seed();
    std::mt19937_64 random(seed);
    Cluster& cluster = Cluster::the();
    std::uint64_t ends = 0;
    while (ends < 3000) {
        cluster.clear();
        Oracle oracle;
        {
            ClusterWriter writer(location, small);
            for (int i = 0; i < 2; ++i) {
                const SeenBatch batch = random_batch(random, 1 + random() % 60);
                add_to(oracle, batch);
                write_batch(writer, batch);
            }
        }
        const SeenBatch batch = random_batch(random, 1 + random() % 60);
        add_to(oracle, batch);
        const MemoryObjects::Objects before = cluster.objects;
        import_from(batch);
        const std::uint64_t steps = cluster.steps;
        for (std::uint64_t at = 0; at < 2 * steps; ++at) {
            cluster.objects = before;
            for (const std::uint64_t step : {at / 2, random() % steps}) {
                cluster.locks.clear();
                cluster.prepare = [&](MemoryObjects& objects) {
                    objects.ends_at = step;
                    objects.ends_after = at % 2 != 0;
                };
                try {
                    import_from(batch);
                } catch (const Ended&) {
                    ++ends;
                }
            }
            cluster.locks.clear();
            cluster.prepare = nullptr;
            import_from(batch);
            expect_store(oracle, seed);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_batch_is_in_the_store_once_though_replies_are_lost) {
    const auto seed = random_seed();
    std::mt19937_64 random(seed);
    for (int round = 0; round < 60; ++round) {
        Cluster::the().clear();
        Cluster::the().prepare = [&](MemoryObjects& objects) { objects.forgets_one_in = 6; };
        Oracle oracle;
        std::unique_ptr<ClusterWriter> writer;
        for (int i = 0; i < 6; ++i) {
            const SeenBatch seen = random_batch(random, 1 + random() % 80);
            Batch batch(default_gap);
            fill(batch, seen);
            // As who listens does: the same batch, until it is written.
            for (bool is_written = false; !is_written;) {
                try {
                    if (!writer) writer = std::make_unique<ClusterWriter>(location, small);
                    writer->apply(batch, std::nullopt, {}, now);
                    is_written = true;
                } catch (const StoreError&) {
                }
            }
            add_to(oracle, seen);
        }
        writer.reset();
        expect_store(oracle, seed);
    }
}

// The second writer applies a batch between any two operations of the first.
BOOST_AUTO_TEST_CASE(two_writers_lose_nothing_to_each_other) {
    const auto seed = random_seed();
    std::mt19937_64 random(seed);
    for (int round = 0; round < 40; ++round) {
        Cluster& cluster = Cluster::the();
        cluster.clear();
        Oracle oracle;
        ClusterWriter other(location, small);
        bool is_busy = false;
        cluster.prepare = [&](MemoryObjects& objects) {
            objects.meanwhile = [&] {
                if (is_busy || random() % 30 != 0) return;
                is_busy = true;
                const SeenBatch batch = random_batch(random, 1 + random() % 40);
                add_to(oracle, batch);
                write_batch(other, batch);
                is_busy = false;
            };
        };
        {
            ClusterWriter writer(location, small);
            for (int i = 0; i < 3; ++i) {
                const SeenBatch batch = random_batch(random, 1 + random() % 100);
                add_to(oracle, batch);
                write_batch(writer, batch);
            }
            is_busy = true;
        }
        expect_store(oracle, seed);
    }
}

// A writer stands still somewhere in a batch, for so long that another one takes its lane, makes
// its batch again and writes more. Then it goes on.
BOOST_AUTO_TEST_CASE(a_writer_that_was_given_up_does_no_harm) {
    const auto seed = random_seed();
    std::mt19937_64 random(seed);
    for (std::uint64_t stop = 0; stop < 400; ++stop) {
        Cluster& cluster = Cluster::the();
        cluster.clear();
        Oracle oracle;
        std::uint64_t step = 0;
        const SeenBatch first = random_batch(random, 60);
        add_to(oracle, first);
        cluster.prepare = [&](MemoryObjects& objects) {
            objects.meanwhile = [&] {
                if (step++ != stop) return;
                cluster.prepare = nullptr;
                cluster.locks.clear();
                ClusterWriter other(location, small);
                for (int i = 0; i < 2; ++i) {
                    const SeenBatch batch = random_batch(random, 30);
                    add_to(oracle, batch);
                    write_batch(other, batch);
                }
            };
        };
        {
            ClusterWriter writer(location, small);
            write_batch(writer, first);
            const SeenBatch more = random_batch(random, 30);
            add_to(oracle, more);
            write_batch(writer, more);
        }
        expect_store(oracle, seed);
        if (step <= stop) break;
    }
}

BOOST_AUTO_TEST_CASE(two_imports_of_one_feed_do_not_count_it_twice) {
    Cluster::the().clear();
    std::mt19937_64 random(random_seed());
    const SeenBatch batch = random_batch(random, 10);
    Oracle oracle;
    add_to(oracle, batch);
    ClusterWriter one(location, small);
    ClusterWriter two(location, small);
    BOOST_TEST(one.feeds().empty());
    BOOST_TEST(two.feeds().empty());
    Batch first(default_gap);
    fill(first, batch);
    one.apply(first, one.new_feed(), position_at(5), now);
    Batch second(default_gap);
    fill(second, batch);
    const std::uint32_t number = two.new_feed();
    BOOST_CHECK_THROW(two.apply(second, number, position_at(5), now), StoreError);
    // One that is known, and that the other moves on.
    const auto known = two.feeds();
    const auto feed =
        std::ranges::find(known, 5U, [](const auto& each) { return each.position.offset; });
    BOOST_TEST_REQUIRE((feed != known.end()));
    Batch third(default_gap);
    one.apply(third, feed->number, position_at(9), now);
    BOOST_CHECK_THROW(two.apply(second, feed->number, position_at(8), now), StoreError);
    expect_store(oracle, 0);
}

BOOST_AUTO_TEST_CASE(a_prune_beside_another_writer_removes_what_the_rule_says) {
    const auto seed = random_seed();
    std::mt19937_64 random(seed);
    const Seconds limit{1'550'000'000};
    for (int round = 0; round < 40; ++round) {
        Cluster& cluster = Cluster::the();
        cluster.clear();
        Oracle oracle;
        {
            ClusterWriter writer(location, small);
            const SeenBatch batch = random_batch(random, 200);
            add_to(oracle, batch);
            write_batch(writer, batch);
        }
        // The other one sees some of the same records, later or earlier.
        SeenBatch more = random_batch(random, 60);
        for (Seen& seen : more) {
            if (random() % 2 == 0) continue;
            const auto known =
                std::next(oracle.records.begin(),
                          static_cast<std::ptrdiff_t>(random() % oracle.records.size()));
            std::tie(seen.owner, seen.type, seen.rdata) = known->first;
        }
        std::uint64_t step = 0;
        const std::uint64_t at = random() % 250;
        bool is_added = false;
        cluster.prepare = [&](MemoryObjects& objects) {
            objects.meanwhile = [&] {
                if (step++ != at) return;
                cluster.prepare = nullptr;
                ClusterWriter other(location, small);
                write_batch(other, more);
                is_added = true;
            };
        };
        PruneRule rule;
        rule.last_before = limit;
        {
            ClusterWriter writer(location, small);
            cluster.prepare = nullptr;
            PruneProgress progress;
            while (!progress.done())
                writer.prune(rule, progress, now);
        }
        // Once more, for what the other writer has added behind.
        {
            ClusterWriter writer(location, small);
            if (!is_added) write_batch(writer, more);
            PruneProgress progress;
            while (!progress.done())
                writer.prune(rule, progress, now);
        }
        // What was removed before the other saw it again, and after: only what is left and when it
        // was seen last is sure.
        std::map<Oracle::Key, Seconds> last;
        add_to(oracle, more);
        for (const auto& [key, record] : oracle.records) {
            for (const auto& intervals : record.intervals)
                for (const Period interval : intervals)
                    last[key] = std::max(last[key], interval.end);
        }
        std::erase_if(last, [&](const auto& each) { return each.second < limit; });
        History history(location);
        Snapshot snapshot(history);
        RecordCursor cursor(snapshot);
        std::size_t found = 0;
        for (cursor.seek_all(); cursor.next(); ++found) {
            const StoredRecord& stored = cursor.record();
            const auto known = last.find({Name::from_key(stored.owner)->text(), stored.type,
                                          std::string(as_text(stored.rdata))});
            BOOST_TEST_REQUIRE((known != last.end()), "seed " << seed);
            BOOST_TEST_REQUIRE((known->second == stored.seen.end), "seed " << seed);
        }
        BOOST_TEST_REQUIRE(found == last.size(), "seed " << seed);
        std::size_t missing = 0;
        check_store(location, [&](const std::string& where, const std::string& what) {
            // Numbers of names may differ where a name went and came at once.
            if (what.find(" names are counted") == std::string::npos) {
                BOOST_TEST_MESSAGE(where << ": " << what);
                ++missing;
            }
        });
        BOOST_TEST(missing == 0U, "seed " << seed);
    }
}

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
    ClusterWriter other(location, small);
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

BOOST_AUTO_TEST_CASE(readings_are_kept) {
    Cluster::the().clear();
    std::array<std::uint8_t, 16> digest{};
    digest.fill(3);
    {
        ClusterWriter writer(location, small);
        BOOST_TEST(!writer.reading(digest).has_value());
        writer.keep_reading(digest, "cof\n");
    }
    ClusterWriter writer(location, small);
    BOOST_TEST(writer.reading(digest).value_or("") == "cof\n");
}

BOOST_AUTO_TEST_CASE(all_lanes_have_writers) {
    Cluster::the().clear();
    std::vector<std::unique_ptr<ClusterWriter>> writers;
    for (int i = 0; i < most_lanes; ++i)
        writers.push_back(std::make_unique<ClusterWriter>(location, small));
    BOOST_CHECK_EXCEPTION(ClusterWriter(location, small), StoreError, [](const StoreError& error) {
        return std::string(error.what()).find("process " + std::to_string(::getpid())) !=
               std::string::npos;
    });
    writers.pop_back();
    BOOST_CHECK_NO_THROW(ClusterWriter(location, small));
}
