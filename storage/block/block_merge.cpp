#include "storage/block/block_merge.hpp"

#include "storage/block/block_range.hpp"
#include "storage/block/block_walk.hpp"

namespace dnshist {

namespace {

// Neighbours that are written together, at most.
constexpr std::size_t most_neighbours = 16;

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
        if (cursor.next()) next_block = copy(cursor.key());
    }

    bool holds(Octets key) const { return next_block.empty() || compare(key, next_block) < 0; }
};

}  // namespace

// One merge: the blocks that change, and neighbours that do together.
struct BlockMerge::State {
    State(const BlockDatabase& database, std::size_t page_size)
        : database_(database),
          cursor_(database.transaction, database.blocks),
          range_(database, page_size) {}

    void run(BlockChanges& changes) {
        changes_ = &changes;
        change_ = changes.next_key();
        std::optional<Place> place = next_place();
        while (place) {
            range_.clear();
            taken_.clear();
            std::vector<std::uint8_t> next_block;
            do {
                take(*place);
                taken_.push_back(std::move(place->block_key));
                next_block = std::move(place->next_block);
                place = next_place();
            } while (place && equal(place->block_key, next_block) &&
                     taken_.size() < most_neighbours);
            write();
            // A small block lies in a page of LMDB's that was perhaps written.
            place = next_place();
        }
    }

  private:
    std::optional<Place> next_place() {
        if (!change_) return std::nullopt;
        return Place(cursor_, *change_);
    }

    // The next change of the block.
    std::optional<Octets> change_of(const Place& place) const {
        return change_ && place.holds(*change_) ? change_ : std::nullopt;
    }

    // Adds to the range what the block will hold: its entries, with the changes that belong there.
    void take(const Place& place) {
        BlockWalk old(database_, place.block_key, place.block, place.next_block);
        std::optional<Octets> change = change_of(place);
        Octets before;
        while (old.at_entry() || change) {
            const int order = !change           ? -1
                              : !old.at_entry() ? 1
                                                : compare(old.entry().key(), *change);
            if (order > 0) {
                const Octets after = old.at_entry() ? old.entry().key() : Octets{};
                const auto payload =
                    changes_->insert({database_, before, after, place.block_key, place.next_block});
                if (payload) range_.add(*change, *payload);
                change_ = changes_->next_key();
                change = change_of(place);
                continue;
            }
            before = range_.keep(old.entry().key());
            auto payload = std::optional(old.entry().payload());
            if (order == 0) {
                payload = changes_->update(old.entry().payload());
                change_ = changes_->next_key();
                change = change_of(place);
            }
            if (payload) {
                before = range_.add(before, *payload, old, change);
            } else {
                old.next();
            }
        }
    }

    // Puts the range into the place of the blocks that were taken.
    void write() {
        if (range_.empty()) return write_nothing();
        range_.encode();
        for (std::size_t i = 1; i < taken_.size(); ++i)
            database_.transaction.remove(database_.blocks, taken_[i]);
        range_.put(cursor_, taken_.front());
    }

    void write_nothing() {
        for (const auto& key : taken_) {
            if (equal(key, lowest_key)) {
                cursor_.put(key, range_.no_entries());
            } else {
                database_.transaction.remove(database_.blocks, key);
            }
        }
    }

    const BlockDatabase& database_;
    BlockChanges* changes_ = nullptr;
    lmdb::Cursor cursor_;
    BlockRange range_;
    std::optional<Octets> change_;
    std::vector<std::vector<std::uint8_t>> taken_;  // keys of blocks
};

bool Surroundings::had_prefix(Octets prefix) const {
    if (starts_with(before, prefix) || starts_with(after, prefix)) return true;
    const auto goes_on = [&](Octets key) {
        return key.size() > prefix.size() && starts_with(key, prefix);
    };
    return (goes_on(block) || goes_on(next_block)) && has_prefix(database, prefix);
}

void merge_blocks(const BlockDatabase& database, std::size_t page_size, BlockChanges& changes) {
    BlockMerge(database, page_size).run(changes);
}

BlockMerge::BlockMerge(const BlockDatabase& database, std::size_t page_size)
    : state_(std::make_unique<State>(database, page_size)) {}

BlockMerge::~BlockMerge() = default;

void BlockMerge::run(BlockChanges& changes) {
    state_->run(changes);
}

}  // namespace dnshist
