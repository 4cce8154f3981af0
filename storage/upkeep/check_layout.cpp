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
#include "storage/history/store_blocks.hpp"
#include "storage/level/level_source.hpp"
#include "storage/upkeep/check_search.hpp"

namespace dnshist {

namespace {

// The fault of an entry as a phrase for the operator; nullptr where it has none.

const char* record_fault(Octets key, Octets payload) {
    const auto parts = split_record_key(key);
    if (!parts || !Name::from_key(parts->owner)) return "a record in it has no name for its owner";
    const auto all = read_payload(payload);
    // A removed record that an older level has.
    if (all && all->voids_older && all->sightings.empty()) return nullptr;
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

// Checks the young blocks of a map, or those in a file of a level.
class BlockCheck {
  public:
    // `place` is where they lie, as text.
    BlockCheck(Space space, SymbolTables& symbols, std::string place, const DamageReport& report)
        : space_(space), symbols_(symbols), place_(std::move(place)), report_(report) {}

    // `first_key` is that of the first block. `filter` may be nothing.
    void run(BlockSource& blocks, Octets first_key, const std::optional<PrefixFilter>& filter) {
        filter_ = &filter;
        bool first = true;
        for (bool any = blocks.find({}); any; any = blocks.next()) {
            if (first && !equal(blocks.key(), first_key)) {
                problem(blocks.key(), "it is the first, and has not the first one's key");
            }
            check(blocks.key(), blocks.block(), first);
            first = false;
        }
    }

    // The last key; empty where there was none.
    Octets last() const noexcept { return last_; }

  private:
    void problem(Octets block_key, const char* what) {
        report_(store_meta::block_text(place_.c_str(), block_key), what);
    }

    void check(Octets block_key, Octets block, bool first) {
        // The last entry of the block before belongs there.
        if (!last_.empty() && compare(last_, block_key) >= 0) {
            problem(block_key, "an entry of the block before belongs into it");
        }
        const char* fault = symbols_.fault(block);
        if (fault != nullptr) problem(block_key, fault);
        BlockReader reader;
        if (symbols_.open(reader, block) != nullptr) return;
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
        const char* fault =
            space_ == Space::names ? record_fault(key, payload) : pivot_fault(key, payload);
        if (fault != nullptr) problem(block_key, fault);
        if (!is_in_filter(key))
            problem(block_key, "the filter of its file does not have a key in it");
    }

    bool is_in_filter(Octets key) const {
        if (!*filter_) return true;
        const NextBeginning next = beginnings_of(space_);
        for (std::size_t end = 0; (end = next(key, end)) != 0;) {
            if (!(*filter_)->may_have(key.first(end))) return false;
        }
        return true;
    }

    Space space_;
    SymbolTables& symbols_;
    std::string place_;
    const DamageReport& report_;
    const std::optional<PrefixFilter>* filter_ = nullptr;
    std::vector<std::uint8_t> last_;
};

char symbols_of(Space space) noexcept {
    return space == Space::names ? store_meta::names_symbols : store_meta::pivots_symbols;
}

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

    void run_on_grams(Space space) const {
        const char* const name = space == Space::names ? store_meta::names_grams_database
                                                       : store_meta::pivots_grams_database;
        try {
            lmdb::Transaction transaction(environment_, MDB_RDONLY);
            const auto grams = transaction.open_database(name, false);
            if (!grams || transaction.entries(*grams) == 0) return;
            const auto blocks = transaction.open_database(name_of(space), false);
            const auto symbols = transaction.open_database(store_meta::symbols_database, false);
            if (!blocks || !symbols) return;
            SymbolTables tables(transaction, *symbols, symbols_of(space));
            check_grams({transaction, *blocks, tables}, *grams, space, report_);
        } catch (const lmdb::Error& error) {
            if (!is_damage(error)) throw;
            report_(name, std::string("LMDB cannot read it: ") + error.what() + new_index);
        }
    }

    void run_on_blocks(Space space) const {
        run(name_of(space), [&](lmdb::Transaction& transaction, MDB_dbi database) {
            const auto symbols = transaction.open_database(store_meta::symbols_database, false);
            if (!symbols) return;
            SymbolTables tables(transaction, *symbols, symbols_of(space));
            const auto blocks = BlockDatabase{transaction, database, tables}.source();
            BlockCheck(space, tables, name_of(space), report_).run(*blocks, lowest_key, {});
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
    checks.run_on_blocks(Space::names);
    checks.run_on_blocks(Space::pivots);
    checks.run_on_grams(Space::names);
    checks.run_on_grams(Space::pivots);
    checks.run(store_meta::sources_database, [&](const lmdb::Transaction& transaction, MDB_dbi at) {
        check_sources(lmdb::Cursor(transaction, at), report);
    });
    checks.run(store_meta::feeds_database, [&](const lmdb::Transaction& transaction, MDB_dbi at) {
        check_feeds(lmdb::Cursor(transaction, at), report);
    });
}

// `next` is where the next file of the level begins; empty for none.
void check_file(LevelFiles& files, const ListedFile& listed, Octets next, SymbolTables& symbols,
                const DamageReport& report) {
    const std::string name = level_list::file_name(listed.number);
    try {
        const auto file = files.open(listed.number);
        lmdb::expect_sound_pages(file->environment());
        if (!file->filter()) report(name, "its filter is damaged: what asks it becomes slower");
        LevelSource blocks(
            std::make_shared<const LevelParts>(std::vector<LevelPart>{{listed.lower, file}}));
        BlockCheck check(listed.space, symbols, name + ", " + name_of(listed.space), report);
        check.run(blocks, listed.lower, file->filter());
        if (!next.empty() && compare(check.last(), next) >= 0) {
            report(name, "it has keys that belong into the file behind it");
        }
        check_search(listed, file, symbols, report);
    } catch (const lmdb::Error& error) {
        report(name, std::string("it cannot be read: ") + error.what());
    }
}

// False where the files cannot be opened.
bool check_levels(const std::filesystem::path& directory, const lmdb::Environment& environment,
                  const DamageReport& report) {
    lmdb::Transaction transaction(environment, MDB_RDONLY);
    const auto levels = transaction.open_database(store_meta::levels_database, false);
    const auto all_symbols = transaction.open_database(store_meta::symbols_database, false);
    // A store of the version before has no levels.
    if (!levels || !all_symbols) return true;
    LevelFiles files(directory);
    std::optional<OpenLevels> opened;  // and stay open: a writer may unlink them meanwhile
    try {
        opened = open_newest_levels(transaction, *levels, files, {});
    } catch (const lmdb::Error& error) {
        report(store_meta::levels_database, error.what());
        return false;
    }
    const auto list = opened ? opened->list : std::vector<ListedFile>();
    SymbolTables names(transaction, *all_symbols, store_meta::names_symbols);
    SymbolTables pivots(transaction, *all_symbols, store_meta::pivots_symbols);
    for (std::size_t i = 0; i < list.size(); ++i) {
        const bool is_last = i + 1 == list.size() || list[i + 1].space != list[i].space ||
                             list[i + 1].level != list[i].level;
        check_file(files, list[i], is_last ? Octets{} : list[i + 1].lower,
                   list[i].space == Space::names ? names : pivots, report);
    }
    return true;
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

bool check_layout(const std::filesystem::path& directory, const DamageReport& report) {
    try {
        const lmdb::Environment environment = open_store(directory);
        check_pages(environment, report);
        check_databases(environment, report);
        return check_levels(directory, environment, report);
    } catch (const lmdb::Error& error) {
        store_meta::throw_store_error(directory, error, "read");
    }
}

}  // namespace dnshist
