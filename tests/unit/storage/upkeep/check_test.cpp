// Each kind of damage there is, done to a store that is whole, and named by check.
#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <functional>
#include <map>

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

using namespace dnshist;
using namespace dnshist::test;

namespace {

using Key = std::vector<std::uint8_t>;

// Sets entries to payloads, or takes them out: blocks are what a writer would make of them.
class Edit : public BlockChanges {
  public:
    std::map<Key, std::optional<Key>> entries;

    std::optional<Octets> next_key() override {
        if (started_) ++at_;
        if (!started_) at_ = entries.begin();
        started_ = true;
        if (at_ == entries.end()) return std::nullopt;
        return Octets(at_->first);
    }
    std::optional<Octets> insert(const Neighbours&) override { return payload(); }
    std::optional<Octets> update(Octets) override { return payload(); }

  private:
    std::optional<Octets> payload() const {
        return at_->second ? std::optional<Octets>(*at_->second) : std::nullopt;
    }

    bool started_ = false;
    std::map<Key, std::optional<Key>>::const_iterator at_;
};

Seen text_of(std::size_t octets) {
    Seen seen = address("text.example.", 1);
    seen.type = Rrtype::TXT;
    seen.rdata.clear();
    for (; octets > 0; octets -= std::min<std::size_t>(octets, 200)) {
        const std::size_t length = std::min<std::size_t>(octets, 200);
        seen.rdata += static_cast<char>(length) + std::string(length, 't');
    }
    return seen;
}

MDB_dbi symbols_of(const lmdb::Transaction& transaction) {
    MDB_dbi database = 0;
    lmdb::check("mdb_dbi_open",
                mdb_dbi_open(transaction.get(), store_meta::symbols_database, 0, &database));
    return database;
}

// A store of all there is, to be damaged.
struct Store {
    TemporaryDirectory directory;

    Store() {
        std::vector<Seen> all;
        all.reserve(4000);
        for (int i = 0; i < 4000; ++i)
            all.push_back(address("host" + std::to_string(i) + ".example.", 1));
        all.push_back(text_of(1000));
        all[7].source.sensor_id = "sensor";
        all[8].source.origin = "origin";
        HistoryWriter writer(directory.path(), {});
        Batch batch;
        for (const Seen& seen : all)
            add(batch, seen);
        FeedPosition position;
        position.offset = 5;
        writer.apply(batch, writer.new_feed(), position, Seconds{1'700'000'000});
    }

    void change(const char* name,
                const std::function<void(const lmdb::Transaction&, MDB_dbi)>& act) {
        lmdb::Environment environment(directory.path(), MDB_NOTLS, std::size_t{1} << 28,
                                      store_meta::databases, 8);
        lmdb::Transaction transaction(environment, 0);
        const auto database = transaction.open_database(name, false);
        BOOST_TEST_REQUIRE(database.has_value());
        act(transaction, *database);
        transaction.commit();
    }
    void edit(const char* name, Octets key, std::optional<Key> payload) {
        change(name, [&](const lmdb::Transaction& transaction, MDB_dbi database) {
            Edit edit;
            edit.entries[Key(key.begin(), key.end())] = std::move(payload);
            const auto symbols = store_meta::names_database == std::string_view(name)
                                     ? store_meta::names_symbols
                                     : store_meta::pivots_symbols;
            SymbolTables tables(transaction, symbols_of(transaction), symbols);
            merge_blocks({transaction, database, tables}, 4096, edit);
        });
    }

    std::vector<std::string> problems() {
        std::vector<std::string> found;
        const CheckResult result =
            check_store(directory.path(), [&](const std::string& where, const std::string& what) {
                found.push_back(where + ": " + what);
            });
        BOOST_TEST(result.problems == found.size());
        return found;
    }
    // That check names it, and nothing that is not listed.
    void expect(std::vector<std::string> wanted) {
        const auto found = problems();
        for (const std::string& words : wanted) {
            BOOST_TEST(std::ranges::any_of(found,
                                           [&](const std::string& problem) {
                                               return problem.find(words) != std::string::npos;
                                           }),
                       "not named: " << words);
        }
        for (const std::string& problem : found) {
            BOOST_TEST(std::ranges::any_of(wanted,
                                           [&](const std::string& words) {
                                               return problem.find(words) != std::string::npos;
                                           }),
                       "unexpected: " << problem);
        }
    }
};

Key owner_key(const char* name) {
    const NameKey key = Name::from_text(name)->key();
    return {key.octets().begin(), key.octets().end()};
}

Key record_key(const Seen& seen) {
    RecordKey key;
    make_record_key(owner_key(seen.owner.c_str()), seen.type, as_octets(seen.rdata), key);
    return {key.octets().begin(), key.octets().end()};
}

Key pivot_key(const Seen& seen) {
    const PivotKey key = make_pivot_key(PivotValue::ipv4(as_octets(seen.rdata)), seen.type,
                                        owner_key(seen.owner.c_str()));
    return {key.octets().begin(), key.octets().end()};
}

Key payload_of(Period seen, Octets rest = {}, std::vector<std::uint32_t> sources = {}) {
    Key payload;
    Sightings sightings;
    sightings.sensor = Visibility(seen, 1);
    append_payload(payload, {sightings, {sources.begin(), sources.end()}, rest});
    return payload;
}

constexpr Period once{Seconds{1'600'000'000}, Seconds{1'600'000'000}};

// The n-th block of a database: its key and value.
std::pair<Key, Key> block(const lmdb::Transaction& transaction, MDB_dbi database, int n) {
    lmdb::Cursor cursor(transaction, database);
    BOOST_TEST_REQUIRE(cursor.first());
    for (; n > 0; --n)
        BOOST_TEST_REQUIRE(cursor.next());
    return {{cursor.key().begin(), cursor.key().end()},
            {cursor.value().begin(), cursor.value().end()}};
}

void set_statistics(Store& store, const std::function<void(StoreStatistics&)>& act) {
    store.change(store_meta::meta_database,
                 [&](const lmdb::Transaction& transaction, MDB_dbi database) {
                     auto statistics = store_meta::decode_statistics(
                         *transaction.get(database, as_octets(store_meta::statistics_key)));
                     act(*statistics);
                     transaction.put(database, as_octets(store_meta::statistics_key),
                                     store_meta::encode_statistics(*statistics));
                 });
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
