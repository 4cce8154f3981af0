#include "storage/level/range_erase.hpp"

#include <cstdint>
#include <vector>

#include "storage/block/block_reader.hpp"
#include "storage/block/range_builder.hpp"

namespace dnshist {

namespace {

std::vector<std::uint8_t> copy(Octets octets) {
    return {octets.begin(), octets.end()};
}

// Adds the entries of a block whose keys are to be kept.
template <class IsKept>
void add_kept(RangeBuilder& range, SymbolTables& symbols, Octets block_key, Octets block,
              const IsKept& is_kept) {
    BlockReader reader;
    const char* fault = symbols.open(reader, block);
    if (fault != nullptr) throw DamagedBlock(block_key, fault);
    for (;;) {
        const BlockReader::Step step = reader.next();
        if (step == BlockReader::Step::end) return;
        if (step == BlockReader::Step::damaged) throw DamagedBlock(block_key, damaged_segment);
        if (is_kept(reader.key())) range.add(range.keep(reader.key()), reader.payload());
    }
}

}  // namespace

void erase_range(const BlockDatabase& database, std::size_t page_size, Octets lower,
                 std::optional<Octets> upper) {
    // The blocks that may have keys of the range, from the last that begins at or before it.
    std::vector<std::vector<std::uint8_t>> erased;
    RangeBuilder before(database.symbols, page_size);
    RangeBuilder after(database.symbols, page_size);
    before.clear();
    after.clear();
    {
        lmdb::Cursor cursor(database.transaction, database.blocks);
        bool any = cursor.at_or_before(lower) || cursor.first();
        if (!any) return;
        add_kept(before, database.symbols, cursor.key(), cursor.value(),
                 [&](Octets key) { return compare(key, lower) < 0; });
        Octets last;
        for (; any && (!upper || compare(cursor.key(), *upper) < 0); any = cursor.next()) {
            erased.push_back(copy(cursor.key()));
            last = cursor.value();
        }
        if (upper && !erased.empty()) {
            add_kept(after, database.symbols, erased.back(), last,
                     [&](Octets key) { return compare(key, *upper) >= 0; });
        }
    }
    if (erased.empty()) return;
    // The octets of kept entries may be overwritten once a page is written.
    if (!before.empty()) before.encode();
    if (!after.empty()) after.encode();
    for (const auto& key : erased)
        database.remove(key);
    lmdb::Cursor cursor(database.transaction, database.blocks);
    if (!before.empty()) database.put(cursor, before, erased.front());
    if (!after.empty()) database.put(cursor, after, *upper);
    const bool lacks_first = before.empty() && equal(erased.front(), lowest_key);
    if (lacks_first) database.put(cursor, lowest_key, before.encode_empty());
}

}  // namespace dnshist
