// A store of all there is, to be damaged and checked.
#pragma once

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

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

namespace dnshist::test {

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

inline Seen text_of(std::size_t octets) {
    Seen seen = address("text.example.", 1);
    seen.type = Rrtype::TXT;
    seen.rdata.clear();
    for (; octets > 0; octets -= std::min<std::size_t>(octets, 200)) {
        const std::size_t length = std::min<std::size_t>(octets, 200);
        seen.rdata += static_cast<char>(length) + std::string(length, 't');
    }
    return seen;
}

inline MDB_dbi symbols_of(const lmdb::Transaction& transaction) {
    MDB_dbi database = 0;
    lmdb::check("mdb_dbi_open",
                mdb_dbi_open(transaction.get(), store_meta::symbols_database, 0, &database));
    return database;
}

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

inline Key owner_key(const char* name) {
    const NameKey key = Name::from_text(name)->key();
    return {key.octets().begin(), key.octets().end()};
}

inline Key record_key(const Seen& seen) {
    RecordKey key;
    make_record_key(owner_key(seen.owner.c_str()), seen.type, as_octets(seen.rdata), key);
    return {key.octets().begin(), key.octets().end()};
}

inline Key pivot_key(const Seen& seen) {
    const PivotKey key = make_pivot_key(PivotValue::ipv4(as_octets(seen.rdata)), seen.type,
                                        owner_key(seen.owner.c_str()));
    return {key.octets().begin(), key.octets().end()};
}

inline Key payload_of(Period seen, Octets rest = {}, std::vector<std::uint32_t> sources = {}) {
    Key payload;
    Sightings sightings;
    sightings.sensor = Visibility(seen, 1);
    append_payload(payload, {sightings, {sources.begin(), sources.end()}, rest});
    return payload;
}

inline constexpr Period once{Seconds{1'600'000'000}, Seconds{1'600'000'000}};

// The n-th block of a database: its key and value.
inline std::pair<Key, Key> block(const lmdb::Transaction& transaction, MDB_dbi database, int n) {
    lmdb::Cursor cursor(transaction, database);
    BOOST_TEST_REQUIRE(cursor.first());
    for (; n > 0; --n)
        BOOST_TEST_REQUIRE(cursor.next());
    return {{cursor.key().begin(), cursor.key().end()},
            {cursor.value().begin(), cursor.value().end()}};
}

inline void set_statistics(Store& store, const std::function<void(StoreStatistics&)>& act) {
    store.change(store_meta::meta_database,
                 [&](const lmdb::Transaction& transaction, MDB_dbi database) {
                     auto statistics = store_meta::decode_statistics(
                         *transaction.get(database, as_octets(store_meta::statistics_key)));
                     act(*statistics);
                     transaction.put(database, as_octets(store_meta::statistics_key),
                                     store_meta::encode_statistics(*statistics));
                 });
}

}  // namespace dnshist::test
