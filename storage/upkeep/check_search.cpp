#include "storage/upkeep/check_search.hpp"

#include <string>
#include <vector>

#include "storage/block/block_cursor.hpp"
#include "storage/engine/lmdb/sound_pages.hpp"
#include "storage/history/store_blocks.hpp"
#include "storage/level/level_source.hpp"

namespace dnshist {

namespace {

// Compares what a builder makes with what a database of an index has.
class Compared {
  public:
    Compared(const lmdb::Transaction& transaction, MDB_dbi database)
        : stored_(transaction, database), any_(stored_.first()) {}

    void expect(Octets key, Octets value) {
        same_ = same_ && any_ && equal(stored_.key(), key) && equal(stored_.value(), value);
        any_ = any_ && stored_.next();
    }
    bool same_so_far() const noexcept { return same_; }
    bool same() const noexcept { return same_ && !any_; }

  private:
    lmdb::Cursor stored_;
    bool any_;
    bool same_ = true;
};

// Whether an index is the one that its file's keys make.
bool is_same(const SearchFile& index, const ListedFile& listed,
             const std::shared_ptr<const LevelFile>& file, SymbolTables& symbols) {
    lmdb::Transaction transaction(index.environment(), MDB_RDONLY);
    Compared groups(transaction, index.group_bounds());
    Compared rows(transaction, index.rows());
    SearchBuilder builder(
        search_parts_of(listed.space), listed.lower,
        [&](Octets key, Octets value) { groups.expect(key, value); },
        [&](Octets key, Octets value) { rows.expect(key, value); });
    const BlockDamage ignored;  // was reported with the file
    BlockCursor entries(std::make_unique<LevelSource>(std::make_shared<const LevelParts>(
                            std::vector<LevelPart>{{listed.lower, file}})),
                        symbols, ignored);
    for (entries.seek({}); groups.same_so_far() && entries.next();)
        builder.add(entries.key());
    return builder.finish() == index.groups() && groups.same() && rows.same();
}

}  // namespace

void check_search(const ListedFile& listed, const std::shared_ptr<const LevelFile>& file,
                  SymbolTables& symbols, const DamageReport& report) {
    const std::string name = search_file::file_name(listed.number);
    if (!file->search_fault().empty())
        return report("search index", file->search_fault() + new_index);
    if (!file->search()) return;
    try {
        lmdb::expect_sound_pages(file->search()->environment());
        if (is_same(*file->search(), listed, file, symbols)) return;
        report(name, std::string("it is not the index of its file") + new_index);
    } catch (const lmdb::Error& error) {
        report(name, std::string("it cannot be read: ") + error.what() + new_index);
    }
}

void check_grams(const BlockDatabase& blocks, MDB_dbi grams, Space space,
                 const DamageReport& report) {
    const BlockGrams index(blocks.transaction, grams, blocks.symbols, search_parts_of(space));
    const auto source = blocks.source();
    std::size_t count = 0;
    for (bool any = source->find({}); any; any = source->next(), ++count) {
        if (index.is_right(source->key(), source->block())) continue;
        return report(store_meta::block_text(name_of(space), source->key()),
                      std::string("its index for searches is not that of its keys") + new_index);
    }
    if (count != blocks.transaction.entries(grams)) {
        report(std::string("the index for searches of young ") + name_of(space),
               std::string("it has entries for which there is no block") + new_index);
    }
}

}  // namespace dnshist
