#include "storage/packed_merge.hpp"

#include "storage/packed.hpp"
#include "storage/packed_range.hpp"

namespace dnshist {

namespace {

std::vector<std::uint8_t> copy(Octets octets) {
    return {octets.begin(), octets.end()};
}

// The block that `key` belongs into: its key and value, and the key of the block after.
struct Place {
    std::vector<std::uint8_t> block_key;
    Octets block;  // empty where there is none yet
    std::vector<std::uint8_t> next_block;

    Place(lmdb::Cursor& cursor, Octets key) {
        if (!cursor.at_or_before(key)) {
            block_key = copy(lowest_key);
            return;
        }
        block_key = copy(cursor.key());
        block = cursor.value();
        const char* fault = BlockReader::fault(block);
        if (fault != nullptr) throw DamagedBlock(block_key, fault);
        if (cursor.next()) next_block = copy(cursor.key());
    }

    bool holds(Octets key) const { return next_block.empty() || compare(key, next_block) < 0; }
};

// The block at `place` has no entries any more.
void write_empty(const lmdb::Transaction& transaction, MDB_dbi database, const Place& place) {
    if (place.block.empty()) return;
    if (!equal(place.block_key, lowest_key)) {
        transaction.remove(database, place.block_key);
        return;
    }
    std::vector<std::uint8_t> block;
    BlockWriter(block, BlockForm::keys).finish();
    transaction.put(database, place.block_key, block);
}

}  // namespace

bool Surroundings::had_prefix(Octets prefix) const {
    if (starts_with(before, prefix) || starts_with(after, prefix)) return true;
    const auto goes_on = [&](Octets key) {
        return key.size() > prefix.size() && starts_with(key, prefix);
    };
    return (goes_on(block) || goes_on(next_block)) && has_prefix(transaction, database, prefix);
}

void merge_packed(const lmdb::Transaction& transaction, MDB_dbi database, std::size_t page_size,
                  PackedChanges& changes) {
    lmdb::Cursor cursor(transaction, database);
    PackedRange range(page_size);
    BlockReader old;
    auto change = changes.next_key();
    while (change) {
        const Place place(cursor, *change);
        range.clear();
        old.close();
        if (!place.block.empty()) old.open(place.block);
        // The block has no fault, so what is no entry is its end.
        bool more_old = old.next() == BlockReader::Step::entry;
        Octets before;
        const auto add = [&range](Octets key, std::optional<Octets> payload) {
            if (payload) range.add(key, *payload);
        };
        while (more_old || (change && place.holds(*change))) {
            const bool changing = change && place.holds(*change);
            const int order = !changing ? -1 : !more_old ? 1 : compare(old.key(), *change);
            if (order > 0) {
                const Octets after = more_old ? old.key() : Octets{};
                add(*change, changes.insert({transaction, database, before, after, place.block_key,
                                             place.next_block}));
                change = changes.next_key();
                continue;
            }
            before = range.keep(old.key());
            if (order < 0) {
                range.add(before, old.payload());
            } else {
                add(before, changes.update(old.payload()));
                change = changes.next_key();
            }
            more_old = old.next() == BlockReader::Step::entry;
        }
        if (range.empty()) {
            write_empty(transaction, database, place);
        } else {
            range.encode();
            range.put(cursor, place.block_key);
        }
    }
}

}  // namespace dnshist
