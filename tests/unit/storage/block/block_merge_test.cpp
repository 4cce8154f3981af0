// A database of blocks holds what a std::map holds after the same changes.
#include "storage/block/block_merge.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <random>
#include <set>
#include <string>

#include "tests/support/random_seed.hpp"
#include "tests/unit/storage/block/block_store.hpp"

BOOST_AUTO_TEST_SUITE(block_merge_test)

using namespace dnshist;

namespace {

// How many keys of the batch begin with the two characters of one that is there.
std::size_t known_beginnings(const test::Map& there, const test::Map& batch) {
    std::size_t known = 0;
    for (const auto& [key, payload] : batch) {
        const std::string beginning = key.substr(0, 2);
        const auto near = there.lower_bound(beginning);
        if (near != there.end() && near->first.starts_with(beginning)) ++known;
    }
    return known;
}

// Names below each other, as root-first keys have them.
std::string random_name(std::mt19937_64& random) {
    static constexpr std::array<std::string_view, 12> words = {
        "com", "net",  "example", "mail", "www",  "ns1",
        "api", "shop", "harbour", "test", "blog", "static"};
    std::string name;
    for (auto labels = 1 + random() % 4; labels > 0; --labels) {
        std::string label(words[random() % words.size()]);
        if (random() % 2 == 0) label += std::to_string(random() % 100);
        name += static_cast<char>(label.size());
        name += label;
    }
    return name + '\0' + static_cast<char>(random() % 40);
}

}  // namespace

BOOST_AUTO_TEST_CASE(holds_what_a_map_holds) {
    const std::uint64_t seed = test::random_seed();
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    test::BlockStore store;
    test::Map expected;
    for (int round = 0; round < 30; ++round) {
        test::Map batch;
        const auto number = random() % (round % 3 == 0 ? 3000 : 40);
        for (std::uint64_t i = 0; i < number; ++i) {
            // Now and then a payload longer than a page.
            const std::size_t size = random() % 300 == 0 ? 9000 : random() % 30;
            batch[test::random_key(random)] = std::string(size, static_cast<char>(random() % 256));
        }
        std::size_t known = 0;
        for (const auto& [key, payload] : batch)
            known += expected.count(key);
        test::SetAll changes(batch);
        store.set(changes);
        BOOST_TEST_REQUIRE(changes.updated == known, "seed " << seed);
        BOOST_TEST_REQUIRE(changes.inserted == batch.size() - known, "seed " << seed);
        for (const auto& [key, payload] : batch)
            expected[key] = payload;
        BOOST_TEST_REQUIRE((store.read() == expected), "seed " << seed << " round " << round);
    }
    for (int i = 0; i < 3000; ++i) {
        const std::string from = test::random_key(random);
        const auto place = expected.lower_bound(from);
        test::Map next_two;
        for (auto at = place; at != expected.end() && next_two.size() < 2; ++at) {
            next_two.insert(*at);
        }
        BOOST_TEST_REQUIRE((store.read(from, 2) == next_two), "seed " << seed);
    }
}

BOOST_AUTO_TEST_CASE(merges_come_to_what_is_written_at_once) {
    const std::uint64_t seed = test::random_seed();
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    for (int kind = 0; kind < 3; ++kind) {
        // Payloads everywhere, nowhere, and here and there.
        const auto random_payload = [&] {
            const bool none = kind == 1 || (kind == 2 && random() % 500 != 0);
            const std::size_t size = random() % 2000 == 0 ? 5000 : 1 + random() % 30;
            return std::string(none ? 0 : size, static_cast<char>(random() % 256));
        };
        test::BlockStore store;
        test::Map expected;
        const auto random_place = [&] {
            return expected.empty() ? expected.end() : expected.lower_bound(random_name(random));
        };
        for (int round = 0; round < 24; ++round) {
            if (round % 7 == 3) store.train(expected);
            test::ChangeAll::Values changes;
            for (auto left = round == 0 ? 10000 : random() % 1200; left > 0; --left) {
                const auto known = random_place();
                if (random() % 2 == 0 || known == expected.end()) {
                    changes[random_name(random)] = random_payload();
                } else if (random() % 4 != 0) {
                    changes[known->first] = random_payload();
                } else {
                    changes[known->first] = std::nullopt;
                }
            }
            // Some names in a row, so that segments lose all their entries.
            for (auto gone = random_place(); gone != expected.end() && random() % 100 != 0; ++gone)
                changes[gone->first] = std::nullopt;
            test::ChangeAll all(changes);
            store.set(all);
            for (const auto& [key, payload] : changes) {
                if (payload) {
                    expected[key] = *payload;
                } else {
                    expected.erase(key);
                }
            }
            store.expect_sound();
            BOOST_TEST_REQUIRE((store.read() == expected), "seed " << seed << " round " << round);
            if (round % 8 == 5) store.repack_all(1 + random() % 100);
        }
        test::BlockStore at_once;
        at_once.train(expected);
        at_once.set(expected);
        BOOST_TEST_REQUIRE((at_once.read() == store.read()), "seed " << seed);
        for (int i = 0; i < 1000; ++i) {
            const std::string from = random_name(random);
            BOOST_TEST_REQUIRE((at_once.read(from, 2) == store.read(from, 2)), "seed " << seed);
        }
    }
}

BOOST_AUTO_TEST_CASE(takes_out_what_a_map_takes_out) {
    const std::uint64_t seed = test::random_seed();
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    test::BlockStore store;
    test::Map expected;
    for (int round = 0; round < 30; ++round) {
        test::Map batch;
        for (auto number = random() % 3000; number > 0; --number) {
            const std::size_t size = random() % 300 == 0 ? 9000 : random() % 30;
            batch[test::random_key(random)] = std::string(size, static_cast<char>(random() % 256));
        }
        store.set(batch);
        for (const auto& [key, payload] : batch)
            expected[key] = payload;
        std::set<std::string> gone;
        for (auto number = random() % 200; number > 0; --number)
            gone.insert(test::random_key(random));
        const std::string from = test::random_key(random);
        const auto share = random() % 5;  // a few, or a range as a whole
        for (auto at = expected.lower_bound(from); at != expected.end() && at->first < from + "c";
             ++at) {
            if (random() % 5 <= share) gone.insert(at->first);
        }
        test::RemoveAll changes(gone);
        store.set(changes);
        for (const std::string& key : gone)
            expected.erase(key);
        BOOST_TEST_REQUIRE((store.read() == expected), "seed " << seed << " round " << round);
    }
}

BOOST_AUTO_TEST_CASE(blocks_without_entries_are_gone_but_for_the_first) {
    test::BlockStore store;
    test::Map all;
    std::set<std::string> keys;
    for (int i = 0; i < 5000; ++i) {
        all[std::to_string(1'000'000 + i)] = "payload of some octets";
        keys.insert(std::to_string(1'000'000 + i));
    }
    store.set(all);
    BOOST_TEST(store.blocks() > 10U);
    test::RemoveAll changes(keys);
    store.set(changes);
    BOOST_TEST(store.blocks() == 1U);
    BOOST_TEST(store.read().empty());
    store.set(all);
    BOOST_TEST((store.read() == all));
}

BOOST_AUTO_TEST_CASE(taking_out_never_cuts_a_block) {
    test::BlockStore store;
    test::Map all;
    for (int i = 0; i < 5000; ++i)
        all[std::to_string(1'000'000 + i)] = "payload of some octets";
    store.set(all);
    const std::size_t before = store.blocks();
    std::set<std::string> gone;
    for (int i = 0; i < 5000; i += 60)
        gone.insert(std::to_string(1'000'000 + i));
    test::RemoveAll changes(gone);
    store.set(changes);
    BOOST_TEST(store.blocks() == before);
}

BOOST_AUTO_TEST_CASE(neighbours_that_change_together_fill_their_pages) {
    const std::uint64_t seed = test::random_seed();
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    test::BlockStore store;
    std::size_t octets = 0;
    for (int round = 0; round < 8; ++round) {
        test::Map batch;
        for (int i = 0; i < 3000; ++i) {
            const std::string key = std::to_string(random());
            batch[key] = "payload of some octets";
            octets += key.size() + 4 + batch[key].size();
        }
        store.set(batch);
    }
    BOOST_TEST(store.blocks() * (store.environment.page_size() - 16) < octets * 11 / 10);
}

BOOST_AUTO_TEST_CASE(a_beginning_that_was_taken_out_is_not_there) {
    const std::uint64_t seed = test::random_seed();
    std::mt19937_64 random(seed);
    test::BlockStore store;
    test::Map expected;
    for (int round = 0; round < 40; ++round) {
        // One key for each beginning, so that each is asked for once.
        test::Map batch;
        for (char c = 'a'; c <= 'z'; ++c) {
            const std::string key = std::string(2, c) + std::to_string(random() % 100000);
            if (expected.count(key) == 0) batch[key] = std::string(random() % 900, 'p');
        }
        const std::size_t had = known_beginnings(expected, batch);
        test::SetAll changes(batch);
        store.set(changes);
        BOOST_TEST_REQUIRE(changes.had_beginning == had, "seed " << seed << " round " << round);
        expected.insert(batch.begin(), batch.end());
        // Some beginnings go, the entries at which blocks were cut among them.
        std::set<std::string> gone;
        for (const auto& [key, payload] : expected) {
            if (round % 4 == 3 && (key[0] - 'a' + round) % 3 != 0) gone.insert(key);
        }
        test::RemoveAll removal(gone);
        store.set(removal);
        if (round % 8 == 7) store.repack_all(1000);
        for (const std::string& key : gone)
            expected.erase(key);
    }
}

BOOST_AUTO_TEST_CASE(knows_whether_a_beginning_was_there) {
    const std::uint64_t seed = test::random_seed();
    std::mt19937_64 random(seed);
    test::BlockStore store;
    test::Map expected;
    for (int round = 0; round < 20; ++round) {
        test::Map batch;
        for (int i = 0; i < 60; ++i) {
            std::string key = {static_cast<char>('a' + random() % 26),
                               static_cast<char>('a' + random() % 26)};
            key += std::to_string(random() % 100000);
            if (expected.count(key) == 0) batch[key] = std::string(random() % 200, 'p');
        }
        const std::size_t had = known_beginnings(expected, batch);
        test::SetAll changes(batch);
        store.set(changes);
        BOOST_TEST_REQUIRE(changes.had_beginning == had, "seed " << seed << " round " << round);
        expected.insert(batch.begin(), batch.end());
    }
}

BOOST_AUTO_TEST_CASE(a_first_import_fills_its_pages) {
    test::BlockStore store;
    test::Map all;
    for (int i = 0; i < 20000; ++i)
        all[std::to_string(1'000'000 + i)] = "payload of some octets";
    store.set(all);
    std::size_t octets = 0;
    for (const auto& [key, payload] : all)
        octets += 3 + 2 + payload.size();
    BOOST_TEST(store.blocks() * (store.environment.page_size() - 16) < octets * 11 / 10);
    BOOST_TEST((store.read() == all));
}

BOOST_AUTO_TEST_CASE(keys_that_differ_past_the_limit_of_lmdb_share_a_block) {
    test::BlockStore store;
    test::Map all;
    const std::string long_beginning(512, 'k');
    for (char c = 'a'; c <= 'z'; ++c)
        all[long_beginning + c] = std::string(300, c);
    store.set(all);
    BOOST_TEST((store.read() == all));
    store.set({{long_beginning + 'b', "changed"}, {"zz", "after"}, {"a", "before"}});
    all[long_beginning + 'b'] = "changed";
    all["zz"] = "after";
    all["a"] = "before";
    BOOST_TEST((store.read() == all));
}

BOOST_AUTO_TEST_SUITE_END()
