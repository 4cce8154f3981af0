// A database of blocks and changes to it, compared with std::map.
#pragma once

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "storage/block/block_cursor.hpp"
#include "storage/block/block_merge.hpp"
#include "storage/block/block_repack.hpp"
#include "storage/fsst/fsst_training.hpp"
#include "tests/support/random_seed.hpp"
#include "tests/support/temporary_directory.hpp"

namespace dnshist::test {

using Map = std::map<std::string, std::string>;

// Sets keys to payloads, and keeps count of what was there before.
class SetAll : public BlockChanges {
  public:
    explicit SetAll(const Map& values) : values_(values), next_(values.begin()) {}
    std::optional<Octets> next_key() override {
        if (next_ == values_.end()) return std::nullopt;
        current_ = next_++;
        return as_octets(current_->first);
    }
    std::optional<Octets> insert(const Neighbours& neighbours) override {
        ++inserted;
        const std::string_view beginning = std::string_view(current_->first).substr(0, 2);
        if (neighbours.had_prefix(as_octets(beginning))) ++had_beginning;
        return as_octets(current_->second);
    }
    std::optional<Octets> update(Octets) override {
        ++updated;
        return as_octets(current_->second);
    }

    std::size_t inserted = 0;
    std::size_t updated = 0;
    std::size_t had_beginning = 0;

  private:
    const Map& values_;
    Map::const_iterator next_;
    Map::const_iterator current_;
};

// Sets keys to payloads, or removes them where there is none.
class ChangeAll : public BlockChanges {
  public:
    using Values = std::map<std::string, std::optional<std::string>>;

    explicit ChangeAll(const Values& values) : values_(values), next_(values.begin()) {}
    std::optional<Octets> next_key() override {
        if (next_ == values_.end()) return std::nullopt;
        current_ = next_++;
        return as_octets(current_->first);
    }
    std::optional<Octets> insert(const Neighbours&) override { return payload(); }
    std::optional<Octets> update(Octets) override { return payload(); }

  private:
    std::optional<Octets> payload() const {
        return current_->second ? std::optional(as_octets(*current_->second)) : std::nullopt;
    }

    const Values& values_;
    Values::const_iterator next_;
    Values::const_iterator current_;
};

// Removes keys, whether they are there or not.
class RemoveAll : public BlockChanges {
  public:
    explicit RemoveAll(const std::set<std::string>& keys) : keys_(keys), next_(keys.begin()) {}
    std::optional<Octets> next_key() override {
        if (next_ == keys_.end()) return std::nullopt;
        return as_octets(*next_++);
    }
    std::optional<Octets> insert(const Neighbours&) override { return std::nullopt; }
    std::optional<Octets> update(Octets) override { return std::nullopt; }

  private:
    const std::set<std::string>& keys_;
    std::set<std::string>::const_iterator next_;
};

struct BlockStore {
    TemporaryDirectory directory;
    lmdb::Environment environment{directory.path(), MDB_NOTLS, std::size_t{1} << 28, 2, 8};
    MDB_dbi database;
    MDB_dbi symbols;

    BlockStore() {
        lmdb::Transaction transaction(environment, 0);
        database = *transaction.open_database("blocks", true);
        symbols = *transaction.open_database("symbols", true);
        transaction.commit();
    }

    void set(BlockChanges& changes) {
        lmdb::Transaction transaction(environment, 0);
        SymbolTables tables(transaction, symbols, 't');
        merge_blocks({transaction, database, tables}, environment.page_size(), changes);
        transaction.commit();
    }
    void set(const Map& values) {
        SetAll changes(values);
        set(changes);
    }

    // Trains a table on these keys, with which blocks are written from now on.
    void train(const Map& values) {
        std::vector<Octets> sample;
        for (const auto& [key, payload] : values)
            sample.push_back(as_octets(key));
        lmdb::Transaction transaction(environment, 0);
        SymbolTables(transaction, symbols, 't').add({sample.size(), train_symbols(sample)});
        transaction.commit();
    }

    // That no block has a fault, and each key is in the block where it is looked for.
    void expect_sound() {
        lmdb::Transaction transaction(environment, MDB_RDONLY);
        SymbolTables tables(transaction, symbols, 't');
        lmdb::Cursor cursor(transaction, database);
        std::string last;
        std::size_t misplaced = 0;
        for (bool any = cursor.first(); any; any = cursor.next()) {
            BOOST_TEST_REQUIRE(tables.fault(cursor.value()) == nullptr);
            const std::string block_key(as_text(cursor.key()));
            if (last >= block_key) ++misplaced;
            BlockReader reader;
            tables.open(reader, cursor.value());
            while (reader.next() == BlockReader::Step::entry) {
                last = as_text(reader.key());
                if (last < block_key) ++misplaced;
            }
        }
        BOOST_TEST_REQUIRE(misplaced == 0U);
    }

    // So that neighbours do not change together, which would put them together.
    void remove_a_few_at_a_time(const std::set<std::string>& keys) {
        lmdb::Transaction transaction(environment, 0);
        SymbolTables tables(transaction, symbols, 't');
        for (auto next = keys.begin(); next != keys.end();) {
            std::set<std::string> few;
            for (int i = 0; i < 5 && next != keys.end(); ++i)
                few.insert(*next++);
            RemoveAll changes(few);
            merge_blocks({transaction, database, tables}, environment.page_size(), changes);
        }
        transaction.commit();
    }

    Map read(std::string_view from = "", std::optional<std::size_t> limit = std::nullopt) {
        lmdb::Transaction transaction(environment, MDB_RDONLY);
        std::size_t damaged = 0;
        const BlockDamage report = [&](Octets, const char*) { ++damaged; };
        SymbolTables tables(transaction, symbols, 't');
        BlockCursor cursor({transaction, database, tables}, report);
        Map all;
        std::string last;
        for (cursor.seek(as_octets(from)); all.size() != limit && cursor.next();) {
            const std::string key(as_text(cursor.key()));
            BOOST_TEST_REQUIRE((all.empty() || last < key));
            last = key;
            all.emplace(key, as_text(cursor.payload()));
        }
        BOOST_TEST(damaged == 0U);
        return all;
    }

    // How many blocks there are fewer, done in steps of `budget` blocks.
    std::size_t repack_all(std::size_t budget) {
        std::vector<std::uint8_t> next;
        std::size_t fewer = 0;
        do {
            lmdb::Transaction transaction(environment, 0);
            SymbolTables tables(transaction, symbols, 't');
            fewer += repack_blocks({transaction, database, tables}, environment.page_size(), budget,
                                   next);
            transaction.commit();
        } while (!next.empty());
        return fewer;
    }

    std::size_t blocks() {
        lmdb::Transaction transaction(environment, MDB_RDONLY);
        MDB_stat stat;
        lmdb::check("mdb_stat", mdb_stat(transaction.get(), database, &stat));
        return stat.ms_entries;
    }
};

inline std::string random_key(std::mt19937_64& random) {
    // Few letters and long shared beginnings, so that prefixes nest.
    std::string key(random() % 4 * 3, 'a');
    const auto length = 1 + random() % 12;
    for (std::uint64_t i = 0; i < length; ++i)
        key += static_cast<char>('a' + random() % 3);
    if (random() % 50 == 0) key.append(400, 'z');
    return key + static_cast<char>(random() % 256);
}

}  // namespace dnshist::test
