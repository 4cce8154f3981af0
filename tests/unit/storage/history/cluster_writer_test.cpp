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
#include "tests/support/random_seed.hpp"
#include "tests/support/store_oracle.hpp"
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

ApplyResult apply(ClusterWriter& writer, const SeenBatch& all) {
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
            const ApplyResult result = apply(writer, batch);
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
                apply(writer, batch);
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
                apply(other, batch);
                is_busy = false;
            };
        };
        {
            ClusterWriter writer(location, small);
            for (int i = 0; i < 3; ++i) {
                const SeenBatch batch = random_batch(random, 1 + random() % 100);
                add_to(oracle, batch);
                apply(writer, batch);
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
                    apply(other, batch);
                }
            };
        };
        {
            ClusterWriter writer(location, small);
            apply(writer, first);
            const SeenBatch more = random_batch(random, 30);
            add_to(oracle, more);
            apply(writer, more);
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
