#include "storage/upkeep/check_search.hpp"

#include <string>
#include <vector>

#include "storage/block/block_cursor.hpp"
#include "storage/engine/lmdb/sound_pages.hpp"
#include "storage/history/store_blocks.hpp"
#include "storage/level/level_source.hpp"

namespace dnshist {

namespace {

// Whether the chunks of an index are those that its file's keys make.
bool is_same(const SearchFile& index, const ListedFile& listed,
             const std::shared_ptr<const LevelFile>& file, SymbolTables& symbols) {
    lmdb::Transaction transaction(index.environment(), MDB_RDONLY);
    lmdb::Cursor stored(transaction, index.chunks());
    bool any = stored.first();
    bool same = true;
    SearchBuilder builder(
        search_parts_of(listed.space), listed.lower, [&](Octets key, Octets chunk) {
            same = same && any && equal(stored.key(), key) && equal(stored.value(), chunk);
            any = any && stored.next();
        });
    const BlockDamage ignored;  // was reported with the file
    BlockCursor entries(std::make_unique<LevelSource>(std::make_shared<const LevelParts>(
                            std::vector<LevelPart>{{listed.lower, file}})),
                        symbols, ignored);
    for (entries.seek({}); same && entries.next();)
        builder.add(entries.key());
    builder.finish();
    return same && !any;
}

}  // namespace

void check_search(const ListedFile& listed, const std::shared_ptr<const LevelFile>& file,
                  SymbolTables& symbols, const DamageReport& report) {
    const std::string name = search_file::file_name(listed.number);
    const std::string way_out = ": searches walk instead; 'dnshist-zonegen index' makes it anew";
    if (!file->search_fault().empty())
        return report("search index", file->search_fault() + way_out);
    if (!file->search()) return;
    try {
        lmdb::expect_sound_pages(file->search()->environment());
        if (is_same(*file->search(), listed, file, symbols)) return;
        report(name, "it is not the index of its file" + way_out);
    } catch (const lmdb::Error& error) {
        report(name, std::string("it cannot be read: ") + error.what() + way_out);
    }
}

}  // namespace dnshist
