// Several sources, read as one map, against a map in memory.
#include "storage/level/merged_cursor.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "storage/level/level_writer.hpp"
#include "tests/support/random_seed.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/unit/storage/block/block_store.hpp"
#include "tests/unit/storage/block/memory_blocks.hpp"

BOOST_AUTO_TEST_SUITE(merged_cursor_test)

using namespace dnshist;

namespace {

const BlockDamage expect_none = [](Octets, const char* fault) { BOOST_ERROR(fault); };

// Filters know the first two, and the first four octets of a key.
std::size_t next_pair(Octets key, std::size_t after) {
    const std::size_t next = after + 2;
    return next <= 4 && next <= key.size() ? next : 0;
}

// Payloads in a row, the newest first, up to one that voids older ones.
class Joined final : public PayloadMerge {
  public:
    std::optional<Octets> merge(std::span<const Octets> payloads) override {
        joined_.clear();
        for (const Octets payload : payloads)
            joined_ += as_text(payload.subspan(voids_older(payload) ? 1 : 0));
        if (joined_.empty()) return std::nullopt;
        return as_octets(joined_);
    }

  private:
    std::string joined_;
};

// Letters sort before 'a' + 26, and have the bit of void_mark; digits have not.
std::string payload_text(std::mt19937_64& random) {
    return std::string(1 + random() % 3, static_cast<char>('0' + random() % 10));
}

enum class Young : std::uint8_t { has_entries, is_empty };

class Sources {
  public:
    explicit Sources(std::mt19937_64& random, Young young = Young::has_entries) {
        for (std::size_t i = young == Young::is_empty ? 1 : 0; i < 3; ++i) {
            test::Map& entries = entries_[i];
            for (int n = 0; n < 400; ++n) {
                const bool is_void = i < 2 && random() % 5 == 0;
                std::string payload = is_void ? "@" : "";
                if (!is_void || random() % 2 == 0) payload += payload_text(random);
                entries[test::random_key(random)] = payload;
            }
            // Equal keys in several sources.
            for (const auto& [key, _] : entries_[0]) {
                if (i > 0 && random() % 2 == 0) entries[key] = payload_text(random);
            }
        }
        memory_.emplace(entries_[0]);
        for (std::size_t i = 1; i < 3; ++i)
            parts_[i] = write(entries_[i], i);
    }

    std::vector<MapSource> all() const {
        std::vector<MapSource> sources;
        sources.push_back({memory_->source(), nullptr});
        for (std::size_t i = 1; i < 3; ++i)
            sources.push_back({std::make_unique<LevelSource>(parts_[i]), parts_[i]});
        return sources;
    }

    test::Map expected() const {
        std::map<std::string, std::vector<std::string>> found;
        for (const test::Map& entries : entries_) {
            for (const auto& [key, payload] : entries)
                found[key].push_back(payload);
        }
        test::Map all;
        for (const auto& [key, payloads] : found) {
            std::string joined;
            for (const std::string& payload : payloads) {
                const bool is_void = payload[0] == '@';
                joined += payload.substr(is_void ? 1 : 0);
                if (is_void) break;
            }
            if (!joined.empty()) all[key] = joined;
        }
        return all;
    }

    test::NoSymbols symbols;

  private:
    // In two files.
    std::shared_ptr<const LevelParts> write(const test::Map& entries, std::size_t level) {
        std::vector<LevelPart> parts;
        std::size_t left = 0;
        std::optional<LevelWriter> writer;
        const auto path = [&] {
            return directory_.path() / (std::to_string(level) + "-" + std::to_string(parts.size()));
        };
        const auto finish = [&] {
            if (!writer) return;
            writer->finish();
            writer.reset();
            parts.back().file = std::make_shared<const LevelFile>(
                directory_.path() /
                (std::to_string(level) + "-" + std::to_string(parts.size() - 1)));
        };
        for (const auto& [key, payload] : entries) {
            if (left-- == 0) {
                finish();
                std::vector<std::uint8_t> lower = {0};
                if (!parts.empty()) lower.assign(key.begin(), key.end());
                writer.emplace(path(), symbols, next_pair, lower);
                parts.push_back({lower, nullptr});
                left = entries.size() / 2;
            }
            writer->add(as_octets(key), as_octets(payload), {{}, 0, 1});
        }
        finish();
        return std::make_shared<const LevelParts>(std::move(parts));
    }

    test::TemporaryDirectory directory_;
    std::array<test::Map, 3> entries_;
    std::optional<test::MemoryBlocks> memory_;
    std::array<std::shared_ptr<const LevelParts>, 3> parts_;
};

}  // namespace

BOOST_AUTO_TEST_CASE(several_sources_are_one_map) {
    const std::uint64_t seed = test::random_seed();
    std::mt19937_64 random(seed);
    for (int round = 0; round < 6; ++round) {
        const Sources sources(random, round < 4 ? Young::has_entries : Young::is_empty);
        const test::Map expected = sources.expected();
        Joined joined;
        test::NoSymbols symbols;
        MergedCursor cursor(sources.all(), symbols, expect_none, joined, next_pair);
        for (int seek = 0; seek < 100; ++seek) {
            const std::string target = seek == 0 ? "" : test::random_key(random);
            auto next = expected.lower_bound(target);
            cursor.seek({}, as_octets(target));
            std::string last;
            for (int step = 0; step < (seek == 0 ? 100'000 : 50); ++step) {
                const bool any = cursor.next();
                BOOST_TEST_REQUIRE(any == (next != expected.end()), "seed " << seed);
                if (!any) break;
                BOOST_TEST_REQUIRE(as_text(cursor.key()) == next->first, "seed " << seed);
                BOOST_TEST_REQUIRE(as_text(cursor.payload()) == next->second, "seed " << seed);
                if (step != 0 && cursor.shared() != 0) {
                    const std::size_t shared = common_prefix(as_octets(last), cursor.key());
                    BOOST_TEST_REQUIRE(cursor.shared() == shared, "seed " << seed);
                }
                last = next++->first;
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(an_entry_that_is_known_is_found) {
    const std::uint64_t seed = test::random_seed();
    std::mt19937_64 random(seed);
    for (const Young young : {Young::has_entries, Young::is_empty}) {
        const Sources sources(random, young);
        Joined joined;
        test::NoSymbols symbols;
        MergedCursor cursor(sources.all(), symbols, expect_none, joined, next_pair);
        for (const auto& [key, payload] : sources.expected()) {
            cursor.seek_known(as_octets(key));
            BOOST_TEST_REQUIRE(cursor.next(), "seed " << seed);
            BOOST_TEST_REQUIRE(as_text(cursor.key()) == key, "seed " << seed);
            BOOST_TEST_REQUIRE(as_text(cursor.payload()) == payload, "seed " << seed);
        }
    }
}

// Counts those that were seen to be excluded.
static std::size_t expect_no_false_exclusion(Young young) {
    const std::uint64_t seed = test::random_seed();
    std::mt19937_64 random(seed);
    const Sources sources(random, young);
    const test::Map expected = sources.expected();
    Joined joined;
    test::NoSymbols symbols;
    MergedCursor cursor(sources.all(), symbols, expect_none, joined, next_pair);
    std::size_t excluded = 0;
    for (int i = 0; i < 2000; ++i) {
        const std::string key = test::random_key(random);
        const std::string prefix = key.substr(0, 1 + random() % 6);
        std::array<Prefetch, 1> seeks;
        seeks[0].set_target(as_octets(prefix));
        const std::array<Prefetch*, 1> batch = {&seeks[0]};
        if (i % 2 == 0) {
            cursor.prefetch(batch);
            cursor.seek(as_octets(prefix), as_octets(prefix), seeks[0]);
        } else {
            cursor.seek(as_octets(prefix), as_octets(prefix));
        }
        const auto next = expected.lower_bound(prefix);
        const bool is_there = next != expected.end() && next->first.starts_with(prefix);
        const bool steps = i % 4 < 2;
        const bool found = (steps ? cursor.step() : cursor.next()) &&
                           starts_with(cursor.key(), as_octets(prefix)) && !cursor.is_void();
        BOOST_TEST_REQUIRE((found == is_there || (steps && cursor.is_void())), "seed " << seed);
        if (cursor.excludes(as_octets(prefix))) {
            BOOST_TEST_REQUIRE(!is_there, "seed " << seed);
            ++excluded;
        }
    }
    return excluded;
}

BOOST_AUTO_TEST_CASE(what_filters_exclude_is_not_there) {
    BOOST_TEST(expect_no_false_exclusion(Young::has_entries) > 0U);
    BOOST_TEST(expect_no_false_exclusion(Young::is_empty) > 0U);
}

BOOST_AUTO_TEST_CASE(steps_go_to_every_key_and_tell_void_ones) {
    const std::uint64_t seed = test::random_seed();
    std::mt19937_64 random(seed);
    for (const Young young : {Young::has_entries, Young::is_empty}) {
        const Sources sources(random, young);
        const test::Map expected = sources.expected();
        Joined joined;
        test::NoSymbols symbols;
        MergedCursor cursor(sources.all(), symbols, expect_none, joined, next_pair);
        cursor.seek({}, {});
        auto next = expected.begin();
        std::size_t voids = 0;
        std::string last;
        while (cursor.step()) {
            const std::string key(as_text(cursor.key()));
            BOOST_TEST_REQUIRE((last < key), "seed " << seed);
            if (cursor.shared() != 0) {
                const std::size_t shared = common_prefix(as_octets(last), cursor.key());
                BOOST_TEST_REQUIRE(cursor.shared() == shared, "seed " << seed);
            }
            last = key;
            if (cursor.is_void()) {
                BOOST_TEST_REQUIRE(!expected.contains(key), "seed " << seed);
                ++voids;
                continue;
            }
            BOOST_TEST_REQUIRE((next != expected.end()), "seed " << seed);
            BOOST_TEST_REQUIRE(key == next->first, "seed " << seed);
            BOOST_TEST_REQUIRE(as_text(cursor.payload()) == next->second, "seed " << seed);
            ++next;
        }
        BOOST_TEST_REQUIRE((next == expected.end()), "seed " << seed);
        BOOST_TEST(voids > 0U);
    }
}

// A prune leaves such entries in the young blocks until they are merged.
BOOST_AUTO_TEST_CASE(a_step_does_not_go_through_all_that_is_void) {
    test::Map voids;
    for (int i = 10'000; i < 20'000; ++i)
        voids["m" + std::to_string(i)] = "@";
    const test::MemoryBlocks young(voids);
    const test::MemoryBlocks some({{"a", "0"}, {"z", "0"}});
    const test::MemoryBlocks none({});
    for (const test::MemoryBlocks* const old : {&some, &none}) {
        std::vector<MapSource> sources;
        sources.push_back({young.source(), nullptr});
        sources.push_back({old->source(), nullptr});
        Joined joined;
        test::NoSymbols symbols;
        MergedCursor cursor(std::move(sources), symbols, expect_none, joined, next_pair);
        const Octets prefix = as_octets("b");
        cursor.seek(prefix, prefix);
        BOOST_TEST(cursor.step());
        BOOST_TEST(cursor.is_void());
        BOOST_TEST(cursor.reads() <= 4U);
        cursor.seek(prefix, prefix);
        BOOST_TEST(cursor.next() == (old == &some));
        BOOST_TEST(cursor.reads() > 100U);
    }
}

BOOST_AUTO_TEST_SUITE_END()
