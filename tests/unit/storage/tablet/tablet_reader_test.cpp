// Readers of tablets: those that wait for the store, and those that note what they lack.
#include "storage/tablet/tablet_reader.hpp"

#include <boost/test/unit_test.hpp>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "storage/block/block_cursor.hpp"
#include "storage/block/range_builder.hpp"
#include "storage/tablet/tablet_builder.hpp"
#include "storage/tablet/tablet_source.hpp"
#include "tests/unit/storage/block/memory_blocks.hpp"
#include "tests/unit/storage/tablet/memory_objects.hpp"

BOOST_AUTO_TEST_SUITE(tablet_reader_test)

using namespace dnshist;
using test::MemoryObjects;

namespace {

// Small, so that a few hundred keys fill many blocks and tablets.
constexpr TabletLimits small{6000, 300, 8};
constexpr std::size_t count = 2000;

std::string key_of(std::size_t number) {
    std::string digits = std::to_string(number);
    return "k" + std::string(6 - digits.size(), '0') + digits;
}

// Counts the objects that are read, and fails where a test wants it.
class CountedObjects final : public ObjectStore {
  public:
    explicit CountedObjects(ObjectStore& objects) : objects_(objects) {}

    void read(std::span<ObjectRead> reads) override {
        if (fails) throw ObjectError(ObjectError::Kind::unreachable, "nobody is there");
        ++round_trips;
        objects_.read(reads);
    }
    void write(std::span<ObjectWrite> writes) override { objects_.write(writes); }
    void remove(std::span<const std::string> names) override { objects_.remove(names); }
    std::vector<std::string> list() override { return objects_.list(); }
    bool try_lock(const std::string&, const std::string&, std::uint32_t) override { return true; }
    void unlock(const std::string&, const std::string&) override {}
    void break_lock(const std::string&) override {}

    bool fails = false;
    unsigned round_trips = 0;

  private:
    ObjectStore& objects_;
};

// A store with the keys 0 to 1999, and one reader of it.
struct Fixture {
    Fixture() {
        TabletBuilder builder(memory, TabletSpace::names, small);
        RangeBuilder range(symbols, small.block_page);
        range.clear();
        for (std::size_t i = 0; i < count; ++i) {
            const std::string key = key_of(i);
            range.add(range.keep(as_octets(key)), range.keep(as_octets(std::to_string(i))));
        }
        range.encode();
        for (std::size_t i = 0; i < range.blocks(); ++i)
            builder.add(i == 0 ? as_octets(lower_of_all) : range.key(i), range.block(i));
        builder.finish();
        map.load(memory);
        reader.use_symbols(symbols, symbols);
    }

    std::unique_ptr<BlockCursor> cursor(
        TabletReader::Purpose purpose = TabletReader::Purpose::lookup) {
        return std::make_unique<BlockCursor>(
            std::make_unique<TabletSource>(reader, symbols, TabletSpace::names, purpose), symbols,
            damage);
    }

    // The keys from `first` on, `most` at most.
    std::vector<std::string> walk(std::size_t first, std::size_t most) {
        const auto at = cursor();
        std::vector<std::string> keys;
        at->seek(as_octets(key_of(first)));
        while (keys.size() < most && at->next())
            keys.emplace_back(as_text(at->key()));
        return keys;
    }

    void read_later() {
        reader.read_later(threads, [this] {
            const std::lock_guard lock(mutex);
            ++arrivals;
            arrived.notify_one();
        });
    }
    // Sends what is noted, and waits until something has come.
    void wait() {
        reader.begin_reads();
        std::unique_lock lock(mutex);
        arrived.wait(lock, [this] { return arrivals > 0; });
        --arrivals;
        lock.unlock();
        reader.renew();
    }

    MemoryObjects::Objects stored;
    MemoryObjects memory{stored};
    CountedObjects objects{memory};
    TabletMap map;
    TabletCounters counters;
    test::NoSymbols symbols;
    const BlockDamage damage = [](Octets, const char* fault) { BOOST_ERROR(fault); };
    TabletReader reader{objects, map, counters};
    std::mutex mutex;
    std::condition_variable arrived;
    unsigned arrivals = 0;
    ObjectThreads threads;
};

std::vector<std::string> keys_from(std::size_t first, std::size_t most) {
    std::vector<std::string> keys;
    for (std::size_t i = first; i < first + most && i < count; ++i)
        keys.push_back(key_of(i));
    return keys;
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_walk_meets_every_key, Fixture) {
    BOOST_TEST(walk(0, count + 1) == keys_from(0, count));
    BOOST_TEST(walk(count, 1).empty());
}

// Each seek of a batch was found before the first of them is made.
BOOST_FIXTURE_TEST_CASE(a_walk_from_a_prefetched_place_goes_on_from_there, Fixture) {
    const auto at = cursor();
    std::vector<std::unique_ptr<Prefetch>> seeks;
    std::vector<Prefetch*> all;
    for (std::size_t first = 0; first < count; first += 150) {
        seeks.push_back(std::make_unique<Prefetch>());
        seeks.back()->set_target(as_octets(key_of(first)));
        seeks.back()->clear();
        seeks.back()->add_place();
        all.push_back(seeks.back().get());
    }
    std::vector<Octets> targets;
    for (const Prefetch* seek : all)
        targets.push_back(seek->target());
    reader.load(TabletSpace::names, targets);
    at->prefetch(all, 0);
    for (std::size_t i = 0; i < all.size(); ++i) {
        std::vector<std::string> keys;
        for (at->seek(all[i]->target(), all[i]->place(0)); keys.size() < 200 && at->next();)
            keys.emplace_back(as_text(at->key()));
        BOOST_TEST(keys == keys_from(150 * i, 200));
    }
}

BOOST_FIXTURE_TEST_CASE(a_batch_of_lookups_is_one_round_trip, Fixture) {
    std::vector<std::string> keys;
    for (std::size_t i = 0; i < count; i += 100)
        keys.push_back(key_of(i));
    std::vector<Octets> octets(keys.size());
    std::ranges::transform(keys, octets.begin(), [](const auto& key) { return as_octets(key); });
    reader.load(TabletSpace::names, octets);
    for (std::size_t i = 0; i < count; i += 100)
        BOOST_TEST(walk(i, 1) == keys_from(i, 1));
    BOOST_TEST(objects.round_trips == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_block_that_was_read_serves_the_keys_before_the_one_sought, Fixture) {
    for (std::size_t i = count; i-- > 0;)
        BOOST_TEST(walk(i, 1) == keys_from(i, 1));
    std::size_t stored_blocks = 0;
    for (const auto& [name, object] : stored)
        if (name[0] == 't') stored_blocks += object.entries.size();
    BOOST_TEST(objects.round_trips <= stored_blocks);
}

BOOST_FIXTURE_TEST_CASE(no_more_is_kept_than_may_be, Fixture) {
    TabletReader little(objects, map, counters, {2000, std::chrono::hours(1)});
    for (std::size_t i = 0; i < count; i += 10) {
        little.find(TabletSpace::names, as_octets(key_of(i)), TabletReader::Purpose::lookup);
        little.renew();
        BOOST_TEST(counters.cache_totals().octets <= 2000U);
    }
    TabletReader forgetful(objects, map, counters, {1 << 20, std::chrono::seconds(0)});
    for (unsigned i = 0; i < 3; ++i) {
        const unsigned before = objects.round_trips;
        forgetful.find(TabletSpace::names, as_octets(key_of(5)), TabletReader::Purpose::lookup);
        forgetful.find(TabletSpace::names, as_octets(key_of(5)), TabletReader::Purpose::lookup);
        BOOST_TEST(objects.round_trips == before + 1);
        forgetful.renew();
    }
}

BOOST_FIXTURE_TEST_CASE(what_is_not_at_hand_is_noted_and_is_there_once_it_has_come, Fixture) {
    read_later();
    BOOST_TEST(walk(700, 1).empty());
    const auto ticket = reader.take_awaited();
    BOOST_TEST_REQUIRE(ticket.has_value());
    BOOST_TEST(objects.round_trips == 0U);
    wait();
    const auto arrivals_of_it = reader.take_arrivals();
    BOOST_TEST_REQUIRE(arrivals_of_it.size() == 1U);
    BOOST_TEST(arrivals_of_it[0].ticket == *ticket);
    BOOST_TEST(arrivals_of_it[0].failure.empty());
    BOOST_TEST(walk(700, 1) == keys_from(700, 1));
    BOOST_TEST(!reader.take_awaited());
    BOOST_TEST(objects.round_trips == 1U);
}

// Lookups that do not depend on each other.
BOOST_FIXTURE_TEST_CASE(whoever_goes_on_notes_all_that_he_needs, Fixture) {
    read_later();
    for (std::size_t i = 0; i < count; i += 500)
        BOOST_TEST(walk(i, 1).empty());
    reader.take_awaited();
    wait();
    for (std::size_t i = 0; i < count; i += 500)
        BOOST_TEST(walk(i, 1) == keys_from(i, 1));
    BOOST_TEST(objects.round_trips == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_check_behind_something_noted_is_not_noted, Fixture) {
    read_later();
    const auto lookup = cursor();
    const auto check = cursor(TabletReader::Purpose::check);
    lookup->seek(as_octets(key_of(10)));
    check->seek(as_octets(key_of(1500)));
    reader.take_awaited();
    wait();
    BOOST_TEST(counters.reads == 1U);
    check->seek(as_octets(key_of(1500)));
    BOOST_TEST(reader.take_awaited().has_value());
}

// A question that is asked again reads ahead further each time.
BOOST_FIXTURE_TEST_CASE(a_walk_that_is_asked_again_needs_few_rounds, Fixture) {
    read_later();
    unsigned round = 0;
    for (;; ++round) {
        BOOST_TEST_REQUIRE(round < 20U);
        reader.set_round(round);
        const auto keys = walk(0, count);
        if (!reader.take_awaited()) {
            BOOST_TEST(keys == keys_from(0, count));
            break;
        }
        wait();
    }
    BOOST_TEST(round < 8U);
}

// It holds up to two seconds of what it needs, however little may be kept.
BOOST_FIXTURE_TEST_CASE(a_walk_that_needs_more_than_may_be_kept_comes_to_its_end, Fixture) {
    TabletReader little(objects, map, counters, {1, std::chrono::hours(1)});
    std::mutex inbox;
    std::condition_variable come;
    unsigned groups = 0;
    little.read_later(threads, [&] {
        const std::lock_guard lock(inbox);
        ++groups;
        come.notify_one();
    });
    unsigned round = 0;
    std::size_t found = 0;
    for (;; ++round) {
        BOOST_TEST_REQUIRE(round < 32U);
        little.set_round(round);
        BlockCursor at(std::make_unique<TabletSource>(little, symbols, TabletSpace::names), symbols,
                       damage);
        found = 0;
        for (at.seek({}); at.next();)
            ++found;
        if (!little.take_awaited()) break;
        little.begin_reads();
        std::unique_lock lock(inbox);
        come.wait(lock, [&] { return groups > 0; });
        --groups;
        lock.unlock();
        little.renew();
    }
    BOOST_TEST(found == count);
    BOOST_TEST(round >= 12U);
}

BOOST_FIXTURE_TEST_CASE(two_who_need_the_same_wait_for_one_read, Fixture) {
    read_later();
    BOOST_TEST(walk(700, 1).empty());
    const auto first = reader.take_awaited();
    reader.begin_reads();
    BOOST_TEST(walk(700, 1).empty());
    BOOST_TEST((reader.take_awaited() == first));
    wait();
    BOOST_TEST(walk(700, 1) == keys_from(700, 1));
    BOOST_TEST(counters.reads == 1U);
}

BOOST_FIXTURE_TEST_CASE(what_cannot_be_read_says_why_and_is_asked_for_again, Fixture) {
    read_later();
    objects.fails = true;
    BOOST_TEST(walk(700, 1).empty());
    reader.take_awaited();
    wait();
    const auto failed = reader.take_arrivals();
    BOOST_TEST_REQUIRE(failed.size() == 1U);
    BOOST_TEST(failed[0].failure == "nobody is there");
    BOOST_TEST(counters.failures == 1U);
    reader.fail(failed[0].failure);
    BOOST_CHECK_THROW(walk(700, 1), ObjectError);
    reader.renew();
    objects.fails = false;
    BOOST_TEST(walk(700, 1).empty());
    reader.take_awaited();
    wait();
    BOOST_TEST(walk(700, 1) == keys_from(700, 1));
}

BOOST_FIXTURE_TEST_CASE(work_of_one_name_is_done_once, Fixture) {
    read_later();
    unsigned done = 0;
    for (int i = 0; i < 3; ++i)
        reader.note("count", [&done] { ++done; });
    const auto ticket = reader.take_awaited();
    reader.begin_reads();
    reader.note("count", [&done] { ++done; });
    BOOST_TEST((reader.take_awaited() == ticket));
    wait();
    BOOST_TEST(done == 1U);
    reader.note("count", [&done] { ++done; });
    wait();
    BOOST_TEST(done == 2U);
    reader.fail("nobody is there");
    BOOST_CHECK_THROW(reader.note("count", [] {}), ObjectError);
}

BOOST_AUTO_TEST_SUITE_END()
