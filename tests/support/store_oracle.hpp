// Stores of random records, and the obvious history in memory to hold them against.
#pragma once

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "storage/format/store_types.hpp"
#include "storage/history/batch.hpp"
#include "storage/history/cursor.hpp"
#include "storage/history/history.hpp"
#include "storage/history/history_writer.hpp"
#include "storage/pivot/pivot_values.hpp"
#include "storage/upkeep/check.hpp"

namespace dnshist::test {

struct Seen {
    std::string owner;
    Rrtype type = Rrtype::A;
    std::string rdata;  // octets
    Witness witness = Witness::sensor;
    Period period{};
    std::uint64_t count = 1;
    Source source{};
};

inline void add(Batch& batch, const Seen& seen) {
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
        std::set<Source> sources;  // the empty one too
    };
    std::map<Key, Record> records;

    void add(const Seen& seen) {
        Record& record = records[{seen.owner, seen.type, seen.rdata}];
        const auto witness = static_cast<std::size_t>(seen.witness);
        record.intervals[witness].push_back(seen.period);
        record.count[witness] += seen.count;
        record.sources.insert(seen.source);
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

inline bool same(const Visibility& stored, const Oracle::Record& record, std::size_t witness) {
    return std::ranges::equal(stored.runs(), Oracle::runs(record.intervals[witness])) &&
           stored.count() == record.count[witness];
}

inline void expect_equal(const std::filesystem::path& directory, const Oracle& oracle,
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
        // Alone, the empty source is not stored.
        if (sources.empty()) sources.insert(Source{});
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
    BOOST_TEST(statistics.names == owners.size(),
               statistics.names << " names of " << owners.size() << ", seed " << seed);
    BOOST_TEST(statistics.pivots == pivots.size(),
               statistics.pivots << " pivots of " << pivots.size() << ", seed " << seed);
}

inline void expect_clean(const std::filesystem::path& directory) {
    const CheckResult result =
        check_store(directory, [](const std::string& where, const std::string& what) {
            BOOST_TEST_MESSAGE(where << ": " << what);
        });
    BOOST_TEST(result.problems == 0U);
}

// Owners that nest, busy ones among them; RDATA short, long, and too long for a key.
inline Seen random_seen(std::mt19937_64& random) {
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

inline Seen address(const std::string& owner, std::uint8_t last,
                    std::uint32_t when = 1'600'000'000) {
    Seen seen;
    seen.owner = owner;
    seen.rdata = {static_cast<char>(192), 0, 2, static_cast<char>(last)};
    seen.period = {Seconds{when}, Seconds{when}};
    return seen;
}

inline void import(HistoryWriter& writer, const std::vector<Seen>& all) {
    Batch batch;
    for (const Seen& seen : all)
        add(batch, seen);
    writer.apply(batch, std::nullopt, {}, Seconds{1'700'000'000});
}

// Makes the store believe that its file has one page more, which nobody uses.
inline void lose_a_page(const std::filesystem::path& directory) {
    // Page header, then magic, version, address and map size, then two databases of 48 octets.
    constexpr std::streamoff last_page = 16 + 24 + 2 * 48;
    const auto path = directory / "data.mdb";
    constexpr std::size_t page_size = 4096;
    std::filesystem::resize_file(path, std::filesystem::file_size(path) + page_size);
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    for (const std::streamoff meta : {0, 4096}) {
        std::uint64_t number = 0;
        file.seekg(meta + last_page);
        file.read(reinterpret_cast<char*>(&number), sizeof number);
        ++number;
        file.seekp(meta + last_page);
        file.write(reinterpret_cast<const char*>(&number), sizeof number);
    }
    BOOST_TEST_REQUIRE(file.good());
}

}  // namespace dnshist::test
