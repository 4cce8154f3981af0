#include "storage/upkeep/check_layout.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "storage/block/block_database.hpp"
#include "storage/engine/lmdb/lmdb.hpp"
#include "storage/engine/lmdb/page_use.hpp"
#include "storage/format/pivot_key.hpp"
#include "storage/format/record_key.hpp"
#include "storage/format/source_codec.hpp"
#include "storage/format/store_meta.hpp"
#include "storage/history/store_blocks.hpp"
#include "storage/level/level_source.hpp"

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

const char* name_of(Space space) noexcept {
    return space == Space::names ? store_meta::names_database : store_meta::pivots_database;
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

void check_pages(const lmdb::Environment& environment, const DamageReport& report) {
    const lmdb::PageUse pages = lmdb::page_use(environment);
    if (!pages.consistent || pages.all == pages.free + pages.used) return;
    if (pages.all < pages.free + pages.used) {
        return report("pages", "some are used twice, or used and free");
    }
    report("pages", std::to_string(pages.all - pages.free - pages.used) + " of " +
                        std::to_string(pages.all) +
                        " are lost, neither used nor free: nothing is missing, but the store is "
                        "larger than it must be, until its export is imported into a new one");
}

void check_young(Space space, const BlockDatabase& database, const DamageReport& report) {
    const auto blocks = database.source();
    BlockCheck(space, database.symbols, name_of(space), report).run(*blocks, lowest_key, {});
}

// `next` is where the next file of the level begins; empty for none.
void check_file(LevelFiles& files, const ListedFile& listed, Octets next, SymbolTables& symbols,
                const DamageReport& report) {
    const std::string name = level_list::file_name(listed.number);
    try {
        const auto file = files.open(listed.number);
        if (!file->filter()) report(name, "its filter is damaged: what asks it becomes slower");
        LevelSource blocks(
            std::make_shared<const LevelParts>(std::vector<LevelPart>{{listed.lower, file}}));
        BlockCheck check(listed.space, symbols, name + ", " + name_of(listed.space), report);
        check.run(blocks, listed.lower, file->filter());
        if (!next.empty() && compare(check.last(), next) >= 0) {
            report(name, "it has keys that belong into the file behind it");
        }
    } catch (const lmdb::Error& error) {
        report(name, std::string("it cannot be read: ") + error.what());
    }
}

void check_databases(const std::filesystem::path& directory, const lmdb::Environment& environment,
                     const DamageReport& report) {
    lmdb::Transaction transaction(environment, MDB_RDONLY);
    LevelFiles files(directory);
    // A store of the version before has no levels. The files stay open until all is checked.
    const auto levels = transaction.open_database(store_meta::levels_database, false);
    const auto opened = levels ? open_newest_levels(transaction, *levels, files, {}) : std::nullopt;
    const auto list = opened ? opened->list : std::vector<ListedFile>();
    const auto database = [&](const char* name) {
        const auto found = transaction.open_database(name, false);
        if (!found) report(name, "the store has no database of that name");
        return found;
    };
    const auto symbols = database(store_meta::symbols_database);
    if (!symbols) return;
    check_symbols(lmdb::Cursor(transaction, *symbols), report);
    SymbolTables names_symbols(transaction, *symbols, store_meta::names_symbols);
    SymbolTables pivots_symbols(transaction, *symbols, store_meta::pivots_symbols);
    if (const auto names = database(store_meta::names_database)) {
        check_young(Space::names, {transaction, *names, names_symbols}, report);
    }
    if (const auto pivots = database(store_meta::pivots_database)) {
        check_young(Space::pivots, {transaction, *pivots, pivots_symbols}, report);
    }
    for (std::size_t i = 0; i < list.size(); ++i) {
        const bool is_last = i + 1 == list.size() || list[i + 1].space != list[i].space ||
                             list[i + 1].level != list[i].level;
        check_file(files, list[i], is_last ? Octets{} : list[i + 1].lower,
                   list[i].space == Space::names ? names_symbols : pivots_symbols, report);
    }
    if (const auto sources = database(store_meta::sources_database)) {
        check_sources(lmdb::Cursor(transaction, *sources), report);
    }
    if (const auto feeds = database(store_meta::feeds_database)) {
        check_feeds(lmdb::Cursor(transaction, *feeds), report);
    }
}

}  // namespace

void check_layout(const std::filesystem::path& directory, const DamageReport& report) {
    try {
        const lmdb::Environment environment(directory, MDB_RDONLY | MDB_NOTLS, usual_reserve,
                                            store_meta::databases, store_meta::max_readers);
        check_pages(environment, report);
        check_databases(directory, environment, report);
    } catch (const lmdb::Error& error) {
        store_meta::throw_store_error(directory, error, "read");
    }
}

}  // namespace dnshist
