#include "storage/upkeep/check_layout.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <vector>

#include "storage/block/block_database.hpp"
#include "storage/engine/lmdb/lmdb.hpp"
#include "storage/engine/lmdb/page_use.hpp"
#include "storage/engine/lmdb/sound_pages.hpp"
#include "storage/format/pivot_key.hpp"
#include "storage/format/record_key.hpp"
#include "storage/format/source_codec.hpp"
#include "storage/format/store_meta.hpp"

namespace dnshist {

namespace {

// The fault of an entry as a phrase for the operator; nullptr where it has none.
using EntryFault = const char* (*)(Octets key, Octets payload);

const char* record_fault(Octets key, Octets payload) {
    const auto parts = split_record_key(key);
    if (!parts || !Name::from_key(parts->owner)) return "a record in it has no name for its owner";
    const auto all = read_payload(payload);
    if (!all || !glance(payload)) return "a record in it is malformed";
    if (all->rdata_rest.empty()) {
        return parts->rdata.size() > max_key_rdata ? "the RDATA of a record in it has no end"
                                                   : nullptr;
    }
    std::vector<std::uint8_t> rdata(
        parts->rdata.begin(), parts->rdata.begin() + static_cast<std::ptrdiff_t>(
                                                         std::min(parts->rdata.size(), cut_rdata)));
    rdata.insert(rdata.end(), all->rdata_rest.begin(), all->rdata_rest.end());
    RecordKey made;
    make_record_key(parts->owner, parts->type, rdata, made);
    return equal(made.octets(), key) ? nullptr : "the digest of an RDATA in it does not fit";
}

const char* pivot_fault(Octets key, Octets) {
    const auto parts = split_pivot_key(key);
    return parts && Name::from_key(parts->owner) ? nullptr : "a pivot in it is malformed";
}

// Checks one database of blocks.
class BlockCheck {
  public:
    BlockCheck(const char* database, EntryFault fault, const DamageReport& report)
        : database_(database), fault_(fault), report_(report) {}

    void run(const BlockDatabase& database) {
        lmdb::Cursor cursor(database.transaction, database.blocks);
        bool first = true;
        for (bool any = cursor.first(); any; any = cursor.next()) {
            // The first block's key is the octet 0.
            if (first && !equal(cursor.key(), std::array<std::uint8_t, 1>{0})) {
                problem(cursor.key(), "it is the first, and has not the first one's key");
            }
            check(database, cursor.key(), cursor.value(), first);
            first = false;
        }
    }

  private:
    void problem(Octets block_key, const char* what) {
        report_(store_meta::block_text(database_, block_key), what);
    }

    void check(const BlockDatabase& database, Octets block_key, Octets block, bool first) {
        // The last entry of the block before belongs there.
        if (!last_.empty() && compare(last_, block_key) >= 0) {
            problem(block_key, "an entry of the block before belongs into it");
        }
        const char* fault = database.fault(block);
        if (fault != nullptr) problem(block_key, fault);
        BlockReader reader;
        if (database.open(reader, block) != nullptr) return;
        bool empty = true;
        for (auto step = reader.next(); step != BlockReader::Step::end; step = reader.next()) {
            empty = false;
            if (step == BlockReader::Step::entry) {
                check_entry(block_key, reader.key(), reader.payload());
            }
        }
        if (empty && !first) problem(block_key, "it has no entries");
    }

    void check_entry(Octets block_key, Octets key, Octets payload) {
        if (compare(key, block_key) < 0) {
            problem(block_key, "an entry in it belongs into a block before");
        } else if (!last_.empty() && compare(last_, key) >= 0) {
            problem(block_key, "its entries are out of order");
        }
        last_.assign(key.begin(), key.end());
        const char* fault = fault_(key, payload);
        if (fault != nullptr) problem(block_key, fault);
    }

    const char* database_;
    EntryFault fault_;
    const DamageReport& report_;
    std::vector<std::uint8_t> last_;
};

void check_symbols(lmdb::Cursor cursor, const DamageReport& report) {
    for (bool any = cursor.first(); any; any = cursor.next()) {
        const Octets key = cursor.key();
        if (key.size() != 2 ||
            (key[0] != store_meta::names_symbols && key[0] != store_meta::pivots_symbols)) {
            report("symbols", "a table of them has no number");
        } else if (!decode_symbols(cursor.value())) {
            const bool of_names = key[0] == store_meta::names_symbols;
            report("symbols " + std::to_string(key[1]) + " of " +
                       (of_names ? store_meta::names_database : store_meta::pivots_database),
                   "they are damaged, and with them all blocks that they were packed with");
        }
    }
}

// Sources are numbered from 0 without a gap. The owner has as many labels as a name can have, so
// that any count of labels in a bailiwick is valid.
void check_sources(lmdb::Cursor cursor, const DamageReport& report) {
    std::array<std::uint8_t, max_name_octets> owner{};
    for (std::size_t i = 0; i + 1 < owner.size(); ++i)
        owner[i] = i % 2 == 0 ? 1 : 'a';
    std::uint32_t expected = 0;
    for (bool any = cursor.first(); any; any = cursor.next(), ++expected) {
        const std::string where = "source " + std::to_string(expected);
        if (store_meta::decode_u32(cursor.key()) != expected) {
            return report(where, "it is missing, or one before it is not numbered");
        }
        if (!decode_source(cursor.value(), owner)) report(where, "it is malformed");
    }
}

void check_feeds(lmdb::Cursor cursor, const DamageReport& report) {
    for (bool any = cursor.first(); any; any = cursor.next()) {
        const auto number = store_meta::decode_u32(cursor.key());
        const std::string where = number ? "feed " + std::to_string(*number) : "feeds";
        if (!number) report(where, "the number of one is malformed");
        if (!store_meta::decode_position(cursor.value())) {
            report(where, "its position is malformed; the feed will not be known again");
        }
    }
}

// Rather than that the system, or other readers, leave no room to read.
bool is_damage(const lmdb::Error& error) noexcept {
    const int code = error.code();
    return code < 0 && code != lmdb::unsound_files && code != MDB_READERS_FULL &&
           code != MDB_MAP_RESIZED;
}

void check_pages(const lmdb::Environment& environment, const DamageReport& report) {
    lmdb::PageUse pages;
    try {
        pages = lmdb::page_use(environment);
    } catch (const lmdb::Error& error) {
        if (!is_damage(error)) throw;
        return report("pages", std::string("LMDB cannot count them: ") + error.what());
    }
    if (!pages.consistent || pages.all == pages.free + pages.used) return;
    if (pages.all < pages.free + pages.used) {
        return report("pages", "some are used twice, or used and free");
    }
    report("pages", std::to_string(pages.all - pages.free - pages.used) + " of " +
                        std::to_string(pages.all) +
                        " are lost, neither used nor free: nothing is missing, but the store is "
                        "larger than it must be, until its export is imported into a new one");
}

// Each in a transaction of its own: where LMDB cannot read one database, the transaction is lost,
// and the others are checked all the same.
class DatabaseChecks {
  public:
    DatabaseChecks(const lmdb::Environment& environment, const DamageReport& report)
        : environment_(environment), report_(report) {}

    template <class Check>
    void run(const char* name, const Check& check) const {
        try {
            lmdb::Transaction transaction(environment_, MDB_RDONLY);
            const auto database = transaction.open_database(name, false);
            if (!database) return report_(name, "the store has no database of that name");
            check(transaction, *database);
        } catch (const lmdb::Error& error) {
            if (!is_damage(error)) throw;
            report_(name, std::string("LMDB cannot read it: ") + error.what());
        }
    }

    void run_on_blocks(const char* name, char symbols, EntryFault fault) const {
        run(name, [&](lmdb::Transaction& transaction, MDB_dbi database) {
            const auto all_symbols = transaction.open_database(store_meta::symbols_database, false);
            if (!all_symbols) return;
            SymbolTables tables(transaction, *all_symbols, symbols);
            BlockCheck(name, fault, report_).run({transaction, database, tables});
        });
    }

  private:
    const lmdb::Environment& environment_;
    const DamageReport& report_;
};

void check_databases(const lmdb::Environment& environment, const DamageReport& report) {
    const DatabaseChecks checks(environment, report);
    checks.run(store_meta::symbols_database, [&](const lmdb::Transaction& transaction, MDB_dbi at) {
        check_symbols(lmdb::Cursor(transaction, at), report);
    });
    checks.run_on_blocks(store_meta::names_database, store_meta::names_symbols, record_fault);
    checks.run_on_blocks(store_meta::pivots_database, store_meta::pivots_symbols, pivot_fault);
    checks.run(store_meta::sources_database, [&](const lmdb::Transaction& transaction, MDB_dbi at) {
        check_sources(lmdb::Cursor(transaction, at), report);
    });
    checks.run(store_meta::feeds_database, [&](const lmdb::Transaction& transaction, MDB_dbi at) {
        check_feeds(lmdb::Cursor(transaction, at), report);
    });
}

lmdb::Environment open_store(const std::filesystem::path& directory) {
    return {directory, MDB_RDONLY | MDB_NOTLS, usual_reserve, store_meta::databases,
            store_meta::max_readers};
}

}  // namespace

bool check_lmdb(const std::filesystem::path& directory, const DamageReport& report) {
    try {
        const lmdb::Environment environment = open_store(directory);
        try {
            lmdb::expect_sound_pages(environment);
            return true;
        } catch (const lmdb::Error& damage) {
            if (damage.code() != lmdb::unsound_files) throw;
            report("pages", damage.what());
            return false;
        }
    } catch (const lmdb::Error& error) {
        store_meta::throw_store_error(directory, error, "read");
    }
}

void check_layout(const std::filesystem::path& directory, const DamageReport& report) {
    try {
        const lmdb::Environment environment = open_store(directory);
        check_pages(environment, report);
        check_databases(environment, report);
    } catch (const lmdb::Error& error) {
        store_meta::throw_store_error(directory, error, "read");
    }
}

}  // namespace dnshist
