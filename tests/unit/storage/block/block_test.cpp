// The packed list against std::map, and against damage.
#include "storage/block/block.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <map>
#include <random>
#include <set>
#include <string>

#include "storage/block/block_merge.hpp"
#include "storage/block/fsst_training.hpp"
#include "tests/support/random_seed.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace dnshist;

namespace {

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
    std::optional<Octets> insert(const Surroundings& surroundings) override {
        ++inserted;
        const std::string_view beginning = std::string_view(current_->first).substr(0, 2);
        if (surroundings.had_prefix(as_octets(beginning))) ++had_beginning;
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

// Sets keys to payloads, or takes them out, where there is none.
class ChangeAll : public BlockChanges {
  public:
    using Values = std::map<std::string, std::optional<std::string>>;

    explicit ChangeAll(const Values& values) : values_(values), next_(values.begin()) {}
    std::optional<Octets> next_key() override {
        if (next_ == values_.end()) return std::nullopt;
        current_ = next_++;
        return as_octets(current_->first);
    }
    std::optional<Octets> insert(const Surroundings&) override { return payload(); }
    std::optional<Octets> update(Octets) override { return payload(); }

  private:
    std::optional<Octets> payload() const {
        return current_->second ? std::optional(as_octets(*current_->second)) : std::nullopt;
    }

    const Values& values_;
    Values::const_iterator next_;
    Values::const_iterator current_;
};

// Takes keys out, whether they are there or not.
class RemoveAll : public BlockChanges {
  public:
    explicit RemoveAll(const std::set<std::string>& keys) : keys_(keys), next_(keys.begin()) {}
    std::optional<Octets> next_key() override {
        if (next_ == keys_.end()) return std::nullopt;
        return as_octets(*next_++);
    }
    std::optional<Octets> insert(const Surroundings&) override { return std::nullopt; }
    std::optional<Octets> update(Octets) override { return std::nullopt; }

  private:
    const std::set<std::string>& keys_;
    std::set<std::string>::const_iterator next_;
};

// Without symbols: what keys are packed with is for symbols_test and symbol_tables_test.
const SymbolTable no_symbols;
const SymbolPacker no_packer(no_symbols);

// A block made entry by entry.
struct Block {
    std::vector<std::uint8_t> octets;
    BlockBuilder writer{octets, BlockForm::entries, 0, no_packer};
    std::string last;

    void append(const std::string& key, std::string_view payload, Octets followers = {}) {
        const std::size_t shared = common_prefix(as_octets(last), as_octets(key));
        const Octets suffix = as_octets(key).subspan(shared);
        std::vector<std::uint8_t> packed(max_packed_octets(suffix.size()));
        const auto* end = no_packer.pack(suffix, packed.data());
        packed.resize(static_cast<std::size_t>(end - packed.data()));
        writer.append({as_octets(key), as_octets(payload), shared, packed, shared, followers,
                       BlockForm::entries});
        last = key;
    }
};

struct Store {
    test::TemporaryDirectory directory;
    lmdb::Environment environment{directory.path(), MDB_NOTLS, std::size_t{1} << 28, 2, 8};
    MDB_dbi database;
    MDB_dbi symbols;

    Store() {
        lmdb::Transaction transaction(environment, 0);
        database = *transaction.open_database("packed", true);
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

    // What is written from now on is packed with symbols of these keys.
    void learn(const Map& values) {
        std::vector<Octets> sample;
        for (const auto& [key, payload] : values)
            sample.push_back(as_octets(key));
        lmdb::Transaction transaction(environment, 0);
        SymbolTables(transaction, symbols, 't').add({sample.size(), learn_symbols(sample)});
        transaction.commit();
    }

    // That no block has a fault, and each key is in the block where it is looked for.
    void expect_sound() {
        lmdb::Transaction transaction(environment, MDB_RDONLY);
        SymbolTables tables(transaction, symbols, 't');
        const BlockDatabase packed{transaction, database, tables};
        lmdb::Cursor cursor(transaction, database);
        std::string last;
        std::size_t misplaced = 0;
        for (bool any = cursor.first(); any; any = cursor.next()) {
            BOOST_TEST_REQUIRE(packed.fault(cursor.value()) == nullptr);
            const std::string block_key(as_text(cursor.key()));
            if (last >= block_key) ++misplaced;
            BlockReader reader;
            packed.open(reader, cursor.value());
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

    Map read(std::string_view from = "", std::size_t limit = ~std::size_t{0}) {
        lmdb::Transaction transaction(environment, MDB_RDONLY);
        std::size_t damaged = 0;
        const BlockDamage report = [&](Octets, const char*) { ++damaged; };
        SymbolTables tables(transaction, symbols, 't');
        BlockCursor cursor({transaction, database, tables}, report);
        Map all;
        std::string last;
        for (cursor.seek(as_octets(from)); all.size() < limit && cursor.next();) {
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
            fewer += repack({transaction, database, tables}, environment.page_size(), budget, next);
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

std::string random_key(std::mt19937_64& random) {
    // Few letters and long shared beginnings, so that prefixes nest.
    std::string key(random() % 4 * 3, 'a');
    const auto length = 1 + random() % 12;
    for (std::uint64_t i = 0; i < length; ++i)
        key += static_cast<char>('a' + random() % 3);
    if (random() % 50 == 0) key.append(400, 'z');
    return key + static_cast<char>(random() % 256);
}

// How many keys of the batch begin with the two characters of one that is there.
std::size_t known_beginnings(const Map& there, const Map& batch) {
    std::size_t known = 0;
    for (const auto& [key, payload] : batch) {
        const std::string beginning = key.substr(0, 2);
        const auto near = there.lower_bound(beginning);
        if (near != there.end() && near->first.starts_with(beginning)) ++known;
    }
    return known;
}

}  // namespace

BOOST_AUTO_TEST_CASE(holds_what_a_map_holds) {
    const std::uint64_t seed = test::random_seed();
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    Store store;
    Map expected;
    for (int round = 0; round < 30; ++round) {
        Map batch;
        const auto number = random() % (round % 3 == 0 ? 3000 : 40);
        for (std::uint64_t i = 0; i < number; ++i) {
            // Now and then a payload longer than a page.
            const std::size_t size = random() % 300 == 0 ? 9000 : random() % 30;
            batch[random_key(random)] = std::string(size, static_cast<char>(random() % 256));
        }
        std::size_t known = 0;
        for (const auto& [key, payload] : batch)
            known += expected.count(key);
        SetAll changes(batch);
        store.set(changes);
        BOOST_TEST_REQUIRE(changes.updated == known, "seed " << seed);
        BOOST_TEST_REQUIRE(changes.inserted == batch.size() - known, "seed " << seed);
        for (const auto& [key, payload] : batch)
            expected[key] = payload;
        BOOST_TEST_REQUIRE((store.read() == expected), "seed " << seed << " round " << round);
    }
    for (int i = 0; i < 3000; ++i) {
        const std::string from = random_key(random);
        const auto place = expected.lower_bound(from);
        Map next_two;
        for (auto at = place; at != expected.end() && next_two.size() < 2; ++at) {
            next_two.insert(*at);
        }
        BOOST_TEST_REQUIRE((store.read(from, 2) == next_two), "seed " << seed);
    }
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
        Store store;
        Map expected;
        const auto random_place = [&] {
            return expected.empty() ? expected.end() : expected.lower_bound(random_name(random));
        };
        for (int round = 0; round < 24; ++round) {
            if (round % 7 == 3) store.learn(expected);
            ChangeAll::Values changes;
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
            // Some names on end, so that segments lose all that they have.
            for (auto gone = random_place(); gone != expected.end() && random() % 100 != 0; ++gone)
                changes[gone->first] = std::nullopt;
            ChangeAll all(changes);
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
        Store at_once;
        at_once.learn(expected);
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
    Store store;
    Map expected;
    for (int round = 0; round < 30; ++round) {
        Map batch;
        for (auto number = random() % 3000; number > 0; --number) {
            const std::size_t size = random() % 300 == 0 ? 9000 : random() % 30;
            batch[random_key(random)] = std::string(size, static_cast<char>(random() % 256));
        }
        store.set(batch);
        for (const auto& [key, payload] : batch)
            expected[key] = payload;
        std::set<std::string> gone;
        for (auto number = random() % 200; number > 0; --number)
            gone.insert(random_key(random));
        const std::string from = random_key(random);
        const auto share = random() % 5;  // a few, or a range as a whole
        for (auto at = expected.lower_bound(from); at != expected.end() && at->first < from + "c";
             ++at) {
            if (random() % 5 <= share) gone.insert(at->first);
        }
        RemoveAll changes(gone);
        store.set(changes);
        for (const std::string& key : gone)
            expected.erase(key);
        BOOST_TEST_REQUIRE((store.read() == expected), "seed " << seed << " round " << round);
    }
}

BOOST_AUTO_TEST_CASE(blocks_without_entries_are_gone_but_for_the_first) {
    Store store;
    Map all;
    std::set<std::string> keys;
    for (int i = 0; i < 5000; ++i) {
        all[std::to_string(1'000'000 + i)] = "payload of some octets";
        keys.insert(std::to_string(1'000'000 + i));
    }
    store.set(all);
    BOOST_TEST(store.blocks() > 10U);
    RemoveAll changes(keys);
    store.set(changes);
    BOOST_TEST(store.blocks() == 1U);
    BOOST_TEST(store.read().empty());
    store.set(all);
    BOOST_TEST((store.read() == all));
}

BOOST_AUTO_TEST_CASE(taking_out_never_cuts_a_block) {
    Store store;
    Map all;
    for (int i = 0; i < 5000; ++i)
        all[std::to_string(1'000'000 + i)] = "payload of some octets";
    store.set(all);
    const std::size_t before = store.blocks();
    std::set<std::string> gone;
    for (int i = 0; i < 5000; i += 60)
        gone.insert(std::to_string(1'000'000 + i));
    RemoveAll changes(gone);
    store.set(changes);
    BOOST_TEST(store.blocks() == before);
}

BOOST_AUTO_TEST_CASE(neighbours_that_change_together_fill_their_pages) {
    const std::uint64_t seed = test::random_seed();
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    Store store;
    std::size_t octets = 0;
    for (int round = 0; round < 8; ++round) {
        Map batch;
        for (int i = 0; i < 3000; ++i) {
            const std::string key = std::to_string(random());
            batch[key] = "payload of some octets";
            octets += key.size() + 4 + batch[key].size();
        }
        store.set(batch);
    }
    BOOST_TEST(store.blocks() * (store.environment.page_size() - 16) < octets * 11 / 10);
}

BOOST_AUTO_TEST_CASE(sparse_blocks_are_put_together) {
    const std::uint64_t seed = test::random_seed();
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    for (const std::size_t budget : {std::size_t{1}, std::size_t{1000}}) {
        Store store;
        Map all;
        std::set<std::string> gone;
        for (int i = 0; i < 30000; ++i) {
            const std::size_t size = random() % 5000 == 0 ? 9000 : random() % 30;
            const std::string key = random_key(random) + std::to_string(i);
            all[key] = std::string(size, 'p');
            if (random() % 2 == 0) gone.insert(key);
        }
        store.set(all);
        BOOST_TEST(store.repack_all(budget) == 0U);  // filled by the first import
        store.remove_a_few_at_a_time(gone);
        for (const std::string& key : gone)
            all.erase(key);
        const std::size_t before = store.blocks();
        const std::size_t fewer = store.repack_all(budget);
        BOOST_TEST(fewer > before / 4);
        BOOST_TEST(store.blocks() == before - fewer);
        BOOST_TEST_REQUIRE((store.read() == all), "seed " << seed);
        // And what is written next finds its block.
        Map more;
        for (int i = 0; i < 2000; ++i)
            more[random_key(random)] = "more";
        store.set(more);
        for (const auto& [key, payload] : more)
            all[key] = payload;
        BOOST_TEST_REQUIRE((store.read() == all), "seed " << seed);
    }
}

BOOST_AUTO_TEST_CASE(a_beginning_that_was_taken_out_is_not_there) {
    const std::uint64_t seed = test::random_seed();
    std::mt19937_64 random(seed);
    Store store;
    Map expected;
    for (int round = 0; round < 40; ++round) {
        // One key for each beginning, so that each is asked for once.
        Map batch;
        for (char c = 'a'; c <= 'z'; ++c) {
            const std::string key = std::string(2, c) + std::to_string(random() % 100000);
            if (expected.count(key) == 0) batch[key] = std::string(random() % 900, 'p');
        }
        const std::size_t had = known_beginnings(expected, batch);
        SetAll changes(batch);
        store.set(changes);
        BOOST_TEST_REQUIRE(changes.had_beginning == had, "seed " << seed << " round " << round);
        expected.insert(batch.begin(), batch.end());
        // Some beginnings go, the entries at which blocks were cut among them.
        std::set<std::string> gone;
        for (const auto& [key, payload] : expected) {
            if (round % 4 == 3 && (key[0] - 'a' + round) % 3 != 0) gone.insert(key);
        }
        RemoveAll removal(gone);
        store.set(removal);
        if (round % 8 == 7) store.repack_all(1000);
        for (const std::string& key : gone)
            expected.erase(key);
    }
}

BOOST_AUTO_TEST_CASE(knows_whether_a_beginning_was_there) {
    const std::uint64_t seed = test::random_seed();
    std::mt19937_64 random(seed);
    Store store;
    Map expected;
    for (int round = 0; round < 20; ++round) {
        Map batch;
        for (int i = 0; i < 60; ++i) {
            std::string key = {static_cast<char>('a' + random() % 26),
                               static_cast<char>('a' + random() % 26)};
            key += std::to_string(random() % 100000);
            if (expected.count(key) == 0) batch[key] = std::string(random() % 200, 'p');
        }
        const std::size_t had = known_beginnings(expected, batch);
        SetAll changes(batch);
        store.set(changes);
        BOOST_TEST_REQUIRE(changes.had_beginning == had, "seed " << seed << " round " << round);
        expected.insert(batch.begin(), batch.end());
    }
}

BOOST_AUTO_TEST_CASE(a_first_import_fills_its_pages) {
    Store store;
    Map all;
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
    Store store;
    Map all;
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

BOOST_AUTO_TEST_CASE(a_damaged_block_is_never_taken_for_a_whole_one) {
    const std::uint64_t seed = test::random_seed();
    std::mt19937_64 random(seed);
    Block made;
    for (int i = 0; i < 150; ++i)
        made.append(std::to_string(100000 + 37 * i), "payload");
    made.writer.finish();
    const std::vector<std::uint8_t>& block = made.octets;
    BOOST_TEST(BlockReader::fault(block, no_symbols) == nullptr);
    for (int i = 0; i < 20000; ++i) {
        std::vector<std::uint8_t> damaged = block;
        if (i % 4 == 0) damaged.resize(random() % block.size());
        for (auto flips = 1 + random() % 3; flips > 0 && !damaged.empty(); --flips) {
            damaged[random() % damaged.size()] ^= static_cast<std::uint8_t>(1 + random() % 255);
        }
        if (damaged == block) continue;
        BOOST_TEST_REQUIRE(BlockReader::fault(damaged, no_symbols) != nullptr, "seed " << seed);
    }
}

BOOST_AUTO_TEST_CASE(reads_past_the_segments_that_are_damaged) {
    Block made;
    for (int i = 0; i < 300; ++i) {
        made.append(std::to_string(100000 + i), "payload of some octets");
    }
    made.writer.finish();
    const std::vector<std::uint8_t>& block = made.octets;
    BlockReader reader;
    const std::size_t header = 3 + std::size_t{6} * block[2];
    for (std::size_t at = header; at < block.size(); at += 11) {
        std::vector<std::uint8_t> damaged = block;
        damaged[at] ^= 0x40;
        BOOST_TEST_REQUIRE(reader.open(damaged, no_symbols));
        std::size_t entries = 0;
        std::size_t faults = 0;
        for (auto step = reader.next(); step != BlockReader::Step::end; step = reader.next()) {
            ++(step == BlockReader::Step::entry ? entries : faults);
        }
        BOOST_TEST_REQUIRE(faults == 1U);
        BOOST_TEST_REQUIRE(entries >= 200U);
        BOOST_TEST_REQUIRE(entries < 300U);
        // Whatever is sought is found, or the damage is met on the way to what comes after.
        for (int wanted = 100000; wanted < 100300; wanted += 17) {
            const std::string key = std::to_string(wanted);
            reader.open(damaged, no_symbols);
            reader.seek(as_octets(key));
            auto step = reader.next();
            const bool met_damage = step == BlockReader::Step::damaged;
            while (step == BlockReader::Step::damaged)
                step = reader.next();
            BOOST_TEST_REQUIRE((met_damage || step == BlockReader::Step::entry));
            if (!met_damage) BOOST_TEST_REQUIRE(as_text(reader.key()) == key);
        }
    }
}

BOOST_AUTO_TEST_CASE(malformed_entries_behind_a_good_checksum_are_read_without_harm) {
    const std::uint64_t seed = test::random_seed();
    std::mt19937_64 random(seed);
    for (int i = 0; i < 20000; ++i) {
        Block made;
        std::vector<std::uint8_t> malformed(random() % 60);
        for (std::uint8_t& octet : malformed)
            octet = static_cast<std::uint8_t>(random() % (i % 2 == 0 ? 256 : 16));
        made.append("abcdef", "first");
        made.append("abcxyz", "second", malformed);
        std::vector<std::uint8_t>& block = made.octets;
        if (i % 3 == 0) block[random() % 20] ^= 0x11;
        made.writer.finish();
        BlockReader reader;
        BOOST_TEST_REQUIRE(reader.open(block, no_symbols));
        std::size_t entries = 0;
        auto step = reader.next();
        for (; step == BlockReader::Step::entry; step = reader.next()) {
            BOOST_TEST_REQUIRE(reader.key().size() <= max_entry_key);
            BOOST_TEST_REQUIRE(reader.payload().size() <= block.size());
            ++entries;
        }
        BOOST_TEST_REQUIRE(entries <= block.size());
        BOOST_TEST_REQUIRE(((step == BlockReader::Step::end) ==
                            (BlockReader::fault(block, no_symbols) == nullptr)));
        reader.open(block, no_symbols);
        reader.seek(as_octets("abcd"));
        for (step = reader.next(); step != BlockReader::Step::end; step = reader.next()) {
            BOOST_TEST_REQUIRE(reader.key().size() <= max_entry_key);
        }
    }
}
