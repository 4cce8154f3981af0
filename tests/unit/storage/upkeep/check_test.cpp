// Each kind of damage there is, done to a store that is whole, and named by check.
#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>

#include "storage/block/block_database.hpp"
#include "storage/block/block_merge.hpp"
#include "storage/engine/lmdb/lmdb.hpp"
#include "storage/format/pivot_key.hpp"
#include "storage/format/record_key.hpp"
#include "storage/format/store_meta.hpp"
#include "storage/format/store_types.hpp"
#include "storage/history/batch.hpp"
#include "storage/history/history_writer.hpp"
#include "storage/upkeep/check.hpp"
#include "tests/support/store_oracle.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/unit/storage/upkeep/damaged_store.hpp"

BOOST_AUTO_TEST_SUITE(check_test)

using namespace dnshist;
using namespace dnshist::test;

namespace {

// Takes its kind from each page that is, or was, the root of the database: a node of LMDB has its
// key and then the database's description, which ends with the number of that page.
void break_roots(const std::filesystem::path& file, const std::string& name) {
    constexpr std::size_t page_octets = 4096;
    constexpr std::size_t root_at = 40;
    constexpr std::size_t flags_at = 10;
    std::fstream data(file, std::ios::in | std::ios::out | std::ios::binary);
    const std::string content((std::istreambuf_iterator<char>(data)), {});
    data.clear();
    unsigned broken = 0;
    const std::string node = std::string("\5\0", 2) + name;  // with the key's length
    for (std::size_t at = content.find(node); at != std::string::npos;
         at = content.find(node, at + 1)) {
        std::uint64_t root = 0;
        if (at + node.size() + root_at + sizeof root > content.size()) continue;
        std::memcpy(&root, content.data() + at + node.size() + root_at, sizeof root);
        if (root == 0 || root >= content.size() / page_octets) continue;
        data.seekp(static_cast<std::streamoff>(root * page_octets + flags_at));
        data.write("\0\0", 2);
        ++broken;
    }
    BOOST_TEST_REQUIRE(broken > 0);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_whole_store_has_no_problem) {
    Store().expect({});
}

BOOST_AUTO_TEST_CASE(a_pivot_that_is_missing) {
    Store store;
    store.edit(store_meta::pivots_database, pivot_key(address("host7.example.", 1)), std::nullopt);
    store.expect({"host7.example. A: one of its pivots is missing",
                  "statistics: 4001 pivots are counted, 4000 are there"});
}

BOOST_AUTO_TEST_CASE(a_pivot_without_its_record) {
    Store store;
    store.edit(store_meta::pivots_database, pivot_key(address("host7.example.", 9)), Key{});
    store.expect({"pivot to host7.example. A: no record there holds its value",
                  "statistics: 4001 pivots are counted, 4002 are there"});
}

BOOST_AUTO_TEST_CASE(a_record_that_is_missing) {
    Store store;
    store.edit(store_meta::names_database, record_key(address("host7.example.", 1)), std::nullopt);
    store.expect({"pivot to host7.example. A: no record there holds its value",
                  "statistics: 4001 names are counted, 4000 are there",
                  "statistics: 4001 records are counted, 4000 are there"});
}

BOOST_AUTO_TEST_CASE(counts_that_are_wrong) {
    Store store;
    set_statistics(store, [](StoreStatistics& statistics) {
        ++statistics.names;
        ++statistics.records;
        --statistics.pivots;
    });
    store.expect({"statistics: 4002 names", "statistics: 4002 records", "statistics: 4000 pivots"});
}

BOOST_AUTO_TEST_CASE(records_seen_outside_of_the_times_in_the_statistics) {
    Store store;
    set_statistics(store, [](StoreStatistics& statistics) {
        statistics.earliest = Seconds{1'600'000'001};
        statistics.latest = Seconds{1'600'000'002};
    });
    store.expect({"2020-09-13T12:26:40Z, before the earliest time"});
    set_statistics(store, [](StoreStatistics& statistics) {
        statistics.earliest = Seconds{1};
        statistics.latest = Seconds{1'599'999'999};
    });
    store.expect({"2020-09-13T12:26:40Z, after the latest time"});
}

BOOST_AUTO_TEST_CASE(a_payload_that_is_malformed) {
    Store store;
    store.edit(store_meta::names_database, record_key(address("host7.example.", 1)), Key{64, 1, 2});
    const auto found = store.problems();
    BOOST_TEST(std::ranges::any_of(found, [](const std::string& problem) {
        return problem.starts_with("names block") &&
               problem.ends_with("a record in it is malformed");
    }));
}

BOOST_AUTO_TEST_CASE(long_rdata_that_is_not_what_its_digest_says) {
    Store store;
    const Seen seen = text_of(1000);
    std::string rest = seen.rdata.substr(cut_rdata);
    rest.back() = 'u';
    store.edit(store_meta::names_database, record_key(seen), payload_of(once, as_octets(rest)));
    const auto found = store.problems();
    BOOST_TEST(std::ranges::any_of(found, [](const std::string& problem) {
        return problem.find("the digest of an RDATA in it does not fit") != std::string::npos;
    }));
    store.edit(store_meta::names_database, record_key(seen), payload_of(once));
    const auto without = store.problems();
    BOOST_TEST(std::ranges::any_of(without, [](const std::string& problem) {
        return problem.find("the RDATA of a record in it has no end") != std::string::npos;
    }));
}

BOOST_AUTO_TEST_CASE(keys_that_are_no_keys) {
    Store store;
    store.edit(store_meta::names_database, Key{80, 'x', 0, 0, 1}, payload_of(once));
    store.edit(store_meta::pivots_database, Key{'z', 'x'}, Key{});
    const auto found = store.problems();
    for (const char* words :
         {"a record in it has no name for its owner", "a pivot in it is malformed"}) {
        BOOST_TEST(std::ranges::any_of(found,
                                       [&](const std::string& problem) {
                                           return problem.find(words) != std::string::npos;
                                       }),
                   words);
    }
}

BOOST_AUTO_TEST_CASE(blocks_that_do_not_belong_where_they_are) {
    for (const char* name : {store_meta::names_database, store_meta::pivots_database}) {
        Store store;
        store.change(name, [](const lmdb::Transaction& transaction, MDB_dbi database) {
            const auto second = block(transaction, database, 1);
            const auto third = block(transaction, database, 2);
            transaction.put(database, second.first, third.second);
            transaction.put(database, third.first, second.second);
        });
        const auto found = store.problems();
        for (const char* words : {"an entry of the block before belongs into it",
                                  "an entry in it belongs into a block before"}) {
            BOOST_TEST(std::ranges::any_of(found,
                                           [&](const std::string& problem) {
                                               return problem.starts_with(name) &&
                                                      problem.find(words) != std::string::npos;
                                           }),
                       words);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_block_that_is_there_twice) {
    Store store;
    store.change(
        store_meta::names_database, [](const lmdb::Transaction& transaction, MDB_dbi database) {
            auto second = block(transaction, database, 1);
            // Before all of its entries, and after its own key.
            BlockReader reader;
            SymbolTables tables(transaction, symbols_of(transaction), store_meta::names_symbols);
            tables.open(reader, second.second);
            reader.next();
            Key key(reader.key().begin(), reader.key().end());
            key.pop_back();
            transaction.put(database, key, second.second);
        });
    const auto found = store.problems();
    BOOST_TEST(std::ranges::any_of(found, [](const std::string& problem) {
        return problem.find("its entries are out of order") != std::string::npos;
    }));
}

BOOST_AUTO_TEST_CASE(a_first_block_with_another_key_and_a_block_without_entries) {
    Store store;
    store.change(store_meta::names_database,
                 [](const lmdb::Transaction& transaction, MDB_dbi database) {
                     const auto first = block(transaction, database, 0);
                     transaction.remove(database, first.first);
                     transaction.put(database, Key{0, 0}, first.second);
                     transaction.put(database, Key{0, 1}, Key{1, 0, 0});
                 });
    store.expect({"names block 0000 (.): it is the first, and has not the first one's key",
                  "an entry of the block before belongs into it", "it has no entries"});
}

BOOST_AUTO_TEST_CASE(symbols_that_have_changed) {
    Store store;
    store.change(store_meta::symbols_database,
                 [](const lmdb::Transaction& transaction, MDB_dbi database) {
                     const Key key = {static_cast<std::uint8_t>(store_meta::names_symbols), 1};
                     const auto symbols = transaction.get(database, key);
                     BOOST_TEST_REQUIRE(symbols.has_value());
                     Key damaged(symbols->begin(), symbols->end());
                     damaged[damaged.size() / 2] ^= 1;
                     transaction.put(database, key, damaged);
                 });
    const auto found = store.problems();
    BOOST_TEST(std::ranges::count_if(found, [](const std::string& problem) {
                   return problem.starts_with("symbols 1 of names: they are damaged");
               }) == 1);
    BOOST_TEST(std::ranges::any_of(found, [](const std::string& problem) {
        return problem.ends_with("the symbols of its keys are damaged or missing");
    }));
}

BOOST_AUTO_TEST_CASE(an_octet_that_has_changed) {
    Store store;
    store.change(store_meta::pivots_database,
                 [](const lmdb::Transaction& transaction, MDB_dbi database) {
                     auto last = block(transaction, database, 3);
                     last.second.back() ^= 1;
                     transaction.put(database, last.first, last.second);
                 });
    const auto found = store.problems();
    BOOST_TEST(std::ranges::count_if(found, [](const std::string& problem) {
                   return problem.ends_with("its checksum does not fit");
               }) == 1);
}

BOOST_AUTO_TEST_CASE(sources_that_are_missing_or_malformed) {
    Store store;
    store.edit(store_meta::names_database, record_key(address("host9.example.", 1)),
               payload_of(once, {}, {1, 0}));
    store.expect({"host9.example. A: its sources are not in order"});
    store.change(store_meta::sources_database,
                 [](const lmdb::Transaction& transaction, MDB_dbi database) {
                     transaction.put(database, store_meta::encode_u32(1), Key{200});
                 });
    store.expect({"host9.example. A: its sources are not in order", "source 1: it is malformed",
                  "host8.example. A: its source 1 is unknown",
                  "host9.example. A: its source 1 is unknown"});
    store.change(store_meta::sources_database,
                 [](const lmdb::Transaction& transaction, MDB_dbi database) {
                     transaction.remove(database, store_meta::encode_u32(0));
                 });
    const auto found = store.problems();
    BOOST_TEST(std::ranges::count(
                   found, "source 0: it is missing, or one before it is not numbered") == 1);
    BOOST_TEST(std::ranges::count(found, "host7.example. A: its source 0 is unknown") == 1);
}

BOOST_AUTO_TEST_CASE(positions_of_feeds_that_are_malformed) {
    Store store;
    store.change(store_meta::feeds_database,
                 [](const lmdb::Transaction& transaction, MDB_dbi database) {
                     transaction.put(database, store_meta::encode_u32(0), Key{1, 2, 3});
                 });
    store.expect({"feed 0: its position is malformed"});
}

// LMDB cannot read one of the databases; the others are checked all the same.
BOOST_AUTO_TEST_CASE(a_database_that_cannot_be_read) {
    Store store;
    store.change(store_meta::feeds_database,
                 [](const lmdb::Transaction& transaction, MDB_dbi database) {
                     transaction.put(database, store_meta::encode_u32(0), Key{1, 2, 3});
                 });
    break_roots(store.directory.path() / "data.mdb", store_meta::names_database);
    store.expect({"of data.mdb is damaged: it is of another kind", "names: LMDB cannot read it",
                  "feed 0: its position is malformed",
                  "records and pivots: they were not compared"});
}

BOOST_AUTO_TEST_CASE(pages_that_are_lost) {
    Store store;
    lose_a_page(store.directory.path());
    store.expect({"pages: 1 of "});
}

// To look for the record of each pivot among 50,000 of one owner would take hours.
BOOST_AUTO_TEST_CASE(a_busy_owner_does_not_take_the_square_of_its_records) {
    TemporaryDirectory directory;
    std::vector<Seen> all;
    for (int i = 0; i < 50000; ++i) {
        Seen seen = address("busy.example.", 1);
        seen.type = Rrtype::TXT;
        const std::string text = "token" + std::to_string(i) + " shared";
        seen.rdata = static_cast<char>(text.size()) + text;
        all.push_back(seen);
    }
    {
        HistoryWriter writer(directory.path(), {});
        import(writer, all);
    }
    expect_clean(directory.path());
}

BOOST_AUTO_TEST_SUITE_END()
