// Several writers and readers at once, each of which may be ended at any operation: what they read
// fits what they were told.
#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>

#include "storage/history/cursor.hpp"
#include "storage/history/history.hpp"
#include "tests/support/history_checker.hpp"
#include "tests/support/random_seed.hpp"
#include "tests/unit/storage/history/memory_cluster.hpp"

BOOST_AUTO_TEST_SUITE(cluster_history_test)

using namespace dnshist;
using namespace dnshist::test;

namespace {

using KeyCounts = HistoryChecker::Counts;

// Takes turns: at any operation of one of them another may act, and is done before that one goes
// on.
class Crowd {
  public:
    Crowd(std::uint64_t seed, std::uint64_t breaks_one_in)
        : random_(seed), breaks_one_in_(breaks_one_in) {
        Cluster::the().clear();
        cluster_cache().age = std::chrono::seconds{0};
        { const ClusterWriter empty(location, small_cluster); }
        for (std::size_t i = 0; i < writers_.size(); ++i)
            writers_[i].head = static_cast<std::uint8_t>(i + 1);
        Cluster::the().prepare = [this](MemoryObjects& objects) {
            if (opening_ != nullptr) *std::exchange(opening_, nullptr) = &objects;
            objects.breaks_one_in = breaks_one_in_;
            objects.meanwhile = [this] {
                if (depth_ < most_depth && random_() % 60 == 0) act();
            };
        };
    }
    ~Crowd() {
        Cluster::the().clear();
        cluster_cache() = {};
    }
    Crowd(const Crowd&) = delete;
    Crowd& operator=(const Crowd&) = delete;

    // One of those that are not busy does something.
    void act() {
        ++depth_;
        const std::size_t one = random_() % (writers_.size() + readers_.size());
        if (one < writers_.size()) {
            write(writers_[one]);
        } else {
            read(readers_[one - writers_.size()], std::to_string(one));
        }
        --depth_;
    }
    // Writers that were ended.
    std::uint64_t ends() const noexcept { return ends_; }
    // All batches are written to their end.
    const HistoryChecker& conclude() {
        depth_ = most_depth;  // nobody comes in between
        may_end_ = false;
        for (Writer& writer : writers_) {
            for (int attempt = 0; writer.pending && attempt < 10; ++attempt)
                write(writer);
            BOOST_TEST(!writer.pending.has_value());
        }
        Reader last;
        const KeyCounts found = read_all(last);
        checker_.end(found);
        return checker_;
    }

  private:
    static constexpr int most_depth = 2;
    struct Writer {
        std::uint8_t head = 0;  // of its feed
        std::unique_ptr<ClusterWriter> open;
        MemoryObjects* objects = nullptr;
        bool is_busy = false;
        std::uint64_t offset = 0;  // of its feed, up to which all was acknowledged
        std::optional<std::size_t> pending;
        SeenBatch batch;
    };
    struct Reader {
        std::unique_ptr<History> history;
        std::unique_ptr<Snapshot> snapshot;
        bool is_busy = false;
    };

    void choose_batch(Writer& writer) {
        KeyCounts counts;
        writer.batch.clear();
        for (std::size_t i = 1 + random_() % 12; i > 0; --i) {
            Seen seen = address("n" + std::to_string(random_() % 60) + ".example.", 1);
            seen.count = 1 + random_() % 3;
            writer.batch.push_back(seen);
            counts[seen.owner] += seen.count;
        }
        writer.pending = checker_.send(std::move(counts));
    }

    // As an importer: one that is ended looks in the store how far its feed is.
    void write(Writer& writer) {
        if (writer.is_busy) return;
        writer.is_busy = true;
        if (!writer.pending) choose_batch(writer);
        try {
            if (!writer.open) {
                opening_ = &writer.objects;
                writer.open = std::make_unique<ClusterWriter>(location, small_cluster);
            }
            if (may_end_ && random_() % 3 == 0) {
                writer.objects->ends_at = writer.objects->steps + random_() % 60;
                writer.objects->ends_after = random_() % 2 == 0;
            }
            if (import(writer)) {
                checker_.acknowledge(*writer.pending);
                writer.pending.reset();
                ++writer.offset;
                writer.objects->ends_at.reset();
            } else {
                writer.open.reset();
            }
        } catch (const Ended&) {
            ++ends_;
            writer.objects->end_locks();
            writer.open.reset();
        } catch (const StoreError&) {
            // Another one has ended its batch; it looks again.
            writer.open.reset();
        }
        writer.is_busy = false;
    }

    // False where another writer is about to end what was begun before, or was ended in that: who
    // opens the store next ends it.
    bool import(Writer& writer) {
        FeedPosition position = position_at(writer.offset + 1);
        position.head.fill(writer.head);
        std::optional<std::uint32_t> number;
        for (const auto& feed : writer.open->feeds()) {
            if (feed.position.head != position.head) continue;
            if (feed.position.offset == position.offset) return !is_any_unfinished();
            number = feed.number;
        }
        if (!number) number = writer.open->new_feed();
        Batch batch(writer.open->gap());
        fill(batch, writer.batch);
        writer.open->apply(batch, number, position, now);
        return true;
    }

    static bool is_any_unfinished() {
        MemoryObjects objects(Cluster::the().objects);
        return std::ranges::any_of(read_journal(objects).lanes,
                                   [](const auto& lane) { return lane.second.is_unfinished(); });
    }

    void read(Reader& reader, const std::string& name) {
        if (reader.is_busy) return;
        reader.is_busy = true;
        const KeyCounts least = checker_.begin_read();
        checker_.end_read(name, least, read_all(reader));
        reader.is_busy = false;
    }

    static KeyCounts read_all(Reader& reader) {
        if (!reader.history) {
            reader.history = std::make_unique<History>(location);
            reader.snapshot = std::make_unique<Snapshot>(*reader.history);
        }
        reader.snapshot->renew();
        KeyCounts found;
        RecordCursor cursor(*reader.snapshot);
        for (cursor.seek_all(); cursor.next();) {
            found[Name::from_key(cursor.record().owner)->text()] += cursor.record().count;
        }
        return found;
    }

    std::mt19937_64 random_;
    std::uint64_t breaks_one_in_;
    MemoryObjects** opening_ = nullptr;  // where the next process that opens the store puts its own
    HistoryChecker checker_;
    std::array<Writer, 3> writers_;
    std::array<Reader, 2> readers_;
    int depth_ = 0;
    std::uint64_t ends_ = 0;
    bool may_end_ = true;
};

HistoryChecker run_crowd(std::uint64_t seed, std::uint64_t breaks_one_in, std::uint64_t& ends) {
    Crowd crowd(seed, breaks_one_in);
    for (int i = 0; i < 40; ++i)
        crowd.act();
    HistoryChecker checker = crowd.conclude();
    ends += crowd.ends();
    return checker;
}

// A history with two batches of which the first was acknowledged.
HistoryChecker two_batches() {
    HistoryChecker checker;
    checker.acknowledge(checker.send({{"a", 2}, {"b", 1}}));
    checker.send({{"b", 4}});
    return checker;
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_is_read_fits_what_was_acknowledged) {
    const auto seed = random_seed();
    std::uint64_t ends = 0;
    for (std::uint64_t round = 0; round < 25; ++round) {
        const HistoryChecker checker = run_crowd(seed + round, 0, ends);
        BOOST_TEST(!checker.fault().has_value(), checker.fault().value_or("")
                                                     << ", seed " << seed + round);
    }
    BOOST_TEST(ends > 20U);
}

// A store that does a write whose condition does not hold loses what others have written.
BOOST_AUTO_TEST_CASE(a_store_that_breaks_conditions_is_found_out) {
    const auto seed = random_seed();
    bool is_found = false;
    std::uint64_t ends = 0;
    for (std::uint64_t round = 0; round < 25 && !is_found; ++round) {
        try {
            is_found = run_crowd(seed + round, 1, ends).fault().has_value();
        } catch (const std::exception& error) {
            // It is broken in such a way that it cannot be read.
            BOOST_TEST_MESSAGE(error.what());
        }
    }
    BOOST_TEST(is_found);
}

BOOST_AUTO_TEST_CASE(each_fault_of_a_history_is_found) {
    {
        HistoryChecker whole = two_batches();
        whole.end_read("one", whole.begin_read(), {{"a", 2}, {"b", 1}});
        whole.end_read("one", whole.begin_read(), {{"a", 2}, {"b", 5}});
        BOOST_TEST(!whole.fault().has_value());
    }
    const auto fault_of = [](const KeyCounts& found) {
        HistoryChecker checker = two_batches();
        checker.end_read("one", checker.begin_read(), found);
        return checker.fault().value_or("");
    };
    BOOST_TEST(fault_of({{"a", 2}}).ends_with("lacks what was acknowledged"));
    BOOST_TEST(fault_of({{"a", 2}, {"b", 1}, {"c", 1}}).ends_with("was never sent"));
    BOOST_TEST(fault_of({{"a", 4}, {"b", 1}}).ends_with("was never sent"));  // counted twice
    BOOST_TEST(fault_of({{"a", 2}, {"b", 3}}).ends_with("was never sent"));  // a part of a batch
    HistoryChecker back = two_batches();
    back.end_read("one", back.begin_read(), {{"a", 2}, {"b", 5}});
    back.end_read("two", back.begin_read(), {{"a", 2}, {"b", 1}});
    BOOST_TEST(!back.fault().has_value());
    back.end_read("one", back.begin_read(), {{"a", 2}, {"b", 1}});
    BOOST_TEST(back.fault().value_or("").ends_with("lacks what the reader had seen"));
    HistoryChecker more = two_batches();
    more.end({{"a", 2}, {"b", 5}});
    BOOST_TEST(more.fault().value_or("").ends_with("has more than was acknowledged"));
}

BOOST_AUTO_TEST_SUITE_END()
