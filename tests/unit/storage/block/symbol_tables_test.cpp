// Symbol tables in a store: they are kept unchanged, and renewed when due.
#include "storage/block/symbol_tables.hpp"

#include <boost/test/unit_test.hpp>
#include <map>
#include <string>

#include "storage/block/block_cursor.hpp"
#include "storage/block/block_merge.hpp"
#include "storage/block/fsst_renewal.hpp"
#include "tests/support/temporary_directory.hpp"

BOOST_AUTO_TEST_SUITE(symbol_tables_test)

using namespace dnshist;

namespace {

using Keys = std::map<std::string, bool>;

class AddAll : public BlockChanges {
  public:
    explicit AddAll(const Keys& keys) : next_(keys.begin()), end_(keys.end()) {}
    std::optional<Octets> next_key() override {
        if (next_ == end_) return std::nullopt;
        return as_octets((next_++)->first);
    }
    std::optional<Octets> insert(const Neighbours&) override { return Octets{}; }
    std::optional<Octets> update(Octets old) override { return old; }

  private:
    Keys::const_iterator next_;
    Keys::const_iterator end_;
};

struct Store {
    test::TemporaryDirectory directory;
    lmdb::Environment environment{directory.path(), MDB_NOTLS, std::size_t{1} << 28, 2, 8};
    MDB_dbi blocks;
    MDB_dbi symbols;
    std::uint64_t known = 0;

    Store() {
        lmdb::Transaction transaction(environment, 0);
        blocks = *transaction.open_database("blocks", true);
        symbols = *transaction.open_database("symbols", true);
        transaction.commit();
    }

    template <class Act>
    auto in_transaction(Act&& act) {
        lmdb::Transaction transaction(environment, 0);
        SymbolTables tables(transaction, symbols, 't');
        const auto result = act(BlockDatabase{transaction, blocks, tables});
        transaction.commit();
        return result;
    }

    // Adds keys that are new; the number of the newest symbols afterwards.
    unsigned add(const Keys& keys) {
        std::vector<Octets> sorted;
        for (const auto& [key, _] : keys)
            sorted.push_back(as_octets(key));
        return in_transaction([&](const BlockDatabase& database) -> unsigned {
            const auto known_blocks = database.source();
            renew_table_if_due(database.symbols, {known, *known_blocks, database.count()},
                               {sorted.size(), [&](std::size_t i) { return sorted[i]; }});
            AddAll changes(keys);
            merge_blocks(database, environment.page_size(), changes);
            known += keys.size();
            return database.symbols.newest().value().number;
        });
    }

    Keys read() {
        return in_transaction([&](const BlockDatabase& database) {
            const BlockDamage report = [](Octets, const char* fault) { BOOST_ERROR(fault); };
            BlockCursor cursor(database, report);
            Keys all;
            for (cursor.seek({}); cursor.next();)
                all[std::string(as_text(cursor.key()))] = true;
            return all;
        });
    }

    std::size_t octets() {
        return in_transaction([&](const BlockDatabase& database) {
            lmdb::Cursor cursor(database.transaction, blocks);
            std::size_t octets = 0;
            for (bool any = cursor.first(); any; any = cursor.next())
                octets += cursor.value().size();
            return octets;
        });
    }
};

Keys keys_like(const std::string& text, int from, int count) {
    Keys keys;
    for (int i = from; i < from + count; ++i) {
        // Scattered, so that neighbours share little.
        keys[std::to_string(i * 7919 % 100'003) + text + std::to_string(i)] = true;
    }
    return keys;
}

}  // namespace

BOOST_AUTO_TEST_CASE(stored_symbols_come_back) {
    const std::vector<Symbol> symbols = {{'a', 1}, {0x6362, 2}, {0x0807060504030201, 8}};
    const auto octets = encode_symbols({123456, SymbolTable(symbols)});
    const auto stored = decode_symbols(octets);
    BOOST_TEST_REQUIRE(stored.has_value());
    BOOST_TEST(stored->keys == 123456U);
    BOOST_TEST_REQUIRE(stored->table.size() == 3U);
    for (std::size_t i = 0; i < symbols.size(); ++i)
        BOOST_TEST((stored->table[i] == symbols[i]));
    for (std::size_t i = 0; i < octets.size(); ++i) {
        auto damaged = octets;
        damaged[i] ^= 4;
        BOOST_TEST(!decode_symbols(damaged));
        BOOST_TEST(!decode_symbols(Octets(octets).first(i)));
    }
}

BOOST_AUTO_TEST_CASE(tables_are_trained_and_renewed) {
    Store store;
    Keys all = keys_like("first", 0, 900);
    BOOST_TEST(store.add(all) == 0U);  // too few
    const std::size_t unpacked = store.octets();
    const auto add = [&](const Keys& keys) {
        const unsigned newest = store.add(keys);
        all.insert(keys.begin(), keys.end());
        BOOST_TEST((store.read() == all));
        return newest;
    };
    BOOST_TEST(add(keys_like("first", 1000, 4000)) == 1U);
    BOOST_TEST(store.octets() * 900 < unpacked * 4900 * 2 / 3);
    // Grown too little, or by too little at a time.
    BOOST_TEST(add(keys_like("another kind of key", 10'000, 1100)) == 1U);
    BOOST_TEST(add(keys_like("first", 20'000, 900)) == 1U);
    BOOST_TEST(add(keys_like("another kind of key", 30'000, 6000)) == 2U);
}

BOOST_AUTO_TEST_CASE(without_its_symbols_a_database_is_damaged) {
    Store store;
    BOOST_TEST(store.add(keys_like("first", 0, 3000)) == 1U);
    store.in_transaction([&](const BlockDatabase& database) {
        database.transaction.put(store.symbols, as_octets("t\1"), as_octets("damaged"));
        return true;
    });
    const bool written = store.in_transaction([&](const BlockDatabase& database) {
        std::size_t damaged = 0;
        const BlockDamage report = [&](Octets, const char*) { ++damaged; };
        BlockCursor cursor(database, report);
        cursor.seek({});
        BOOST_TEST(!cursor.next());
        BOOST_TEST(damaged > 0U);
        const Keys more = keys_like("first", 5000, 10);
        AddAll changes(more);
        BOOST_CHECK_THROW(merge_blocks(database, 4096, changes), DamagedBlock);
        return true;
    });
    BOOST_TEST(written);
}

BOOST_AUTO_TEST_SUITE_END()
