#include "storage/tablet/tablet_piece.hpp"

#include <algorithm>
#include <utility>

namespace dnshist {

namespace {

// A tablet that is followed to the right more often than this belongs to a broken store.
constexpr std::size_t most_attempts = 10000;
// The reads of one operation, which the store does one after the other.
constexpr std::size_t most_ranges = 16;

[[noreturn]] void throw_broken(std::uint64_t tablet) {
    throw ObjectError(ObjectError::Kind::other,
                      "its object " + tablet_object(tablet) +
                          " is missing or damaged; make the store again from a copy");
}

// The blocks after the key, of all that were read: its range is among them without a gap.
std::shared_ptr<TabletPiece> make_piece(const PieceWanted& wanted, std::uint64_t tablet,
                                        const TabletHead& head,
                                        std::span<const ObjectEntry> entries) {
    auto piece = std::make_shared<TabletPiece>();
    piece->space = wanted.space;
    piece->lower = wanted.key;
    const auto first = std::ranges::upper_bound(entries, wanted.key, {}, &ObjectEntry::key);
    const auto most = std::min<std::ptrdiff_t>(entries.end() - first, wanted.blocks);
    piece->blocks.assign(first, first + most);
    const bool is_last = piece->blocks.size() < wanted.blocks;
    piece->upper = is_last ? head.upper : piece->blocks.back().key;
    piece->tablet = tablet;
    piece->version = head.version;
    piece->tablet_lower = head.lower;
    piece->octets = sizeof(TabletPiece) + piece->lower.size();
    for (const ObjectEntry& block : piece->blocks)
        piece->octets += sizeof block + block.key.size() + block.value.size();
    piece->read_at = std::chrono::steady_clock::now();
    return piece;
}

}  // namespace

std::vector<std::shared_ptr<TabletPiece>> read_pieces(ObjectStore& objects, TabletMap& map,
                                                      TabletCounters& counters,
                                                      std::span<const PieceWanted> wanted) {
    std::vector<std::shared_ptr<TabletPiece>> pieces(wanted.size());
    struct Lookup {
        std::size_t index;
        std::uint64_t tablet;
    };
    std::vector<Lookup> lookups;
    for (std::size_t i = 0; i < wanted.size(); ++i)
        lookups.push_back({i, map.find(wanted[i].space, wanted[i].key).id});
    for (std::size_t attempt = 0; !lookups.empty(); ++attempt) {
        // Those in one tablet are one operation.
        std::ranges::sort(lookups, {}, &Lookup::tablet);
        std::vector<ObjectRead> reads;
        reads.reserve(lookups.size());
        std::uint64_t last = 0;
        for (const auto& [index, tablet] : lookups) {
            const bool is_full = !reads.empty() && reads.back().ranges.size() == most_ranges;
            if (std::exchange(last, tablet) != tablet || is_full)
                reads.push_back({tablet_object(tablet)});
            reads.back().ranges.push_back({wanted[index].key, wanted[index].blocks});
        }
        ++counters.round_trips;
        counters.reads += reads.size();
        try {
            objects.read(reads);
        } catch (const ObjectError&) {
            ++counters.failures;
            throw;
        }
        std::vector<Lookup> again;
        auto lookup = lookups.begin();
        for (const ObjectRead& read : reads) {
            const std::uint64_t tablet = lookup->tablet;
            const auto head = read.exists ? decode_head(read.head) : std::nullopt;
            if (!head) throw MissingTablet(read.object);
            if (attempt == most_attempts) throw_broken(tablet);
            for (std::size_t left = read.ranges.size(); left > 0; --left, ++lookup) {
                const PieceWanted& piece = wanted[lookup->index];
                if (head->space != piece.space) throw_broken(tablet);
                if (piece.key < head->upper || head->right == 0) {
                    pieces[lookup->index] = make_piece(piece, tablet, *head, read.entries);
                    continue;
                }
                ++counters.splits;
                map.learn(piece.space, head->upper, head->right);
                again.push_back(*lookup);
            }
        }
        lookups = std::move(again);
        if (!lookups.empty() && attempt + 1 == links_before_load) map.load(objects);
        for (Lookup& each : lookups)
            each.tablet = map.find(wanted[each.index].space, wanted[each.index].key).id;
    }
    return pieces;
}

}  // namespace dnshist
