#include "storage/tablet/tablet_piece.hpp"

#include <utility>

namespace dnshist {

namespace {

// A tablet that is followed to the right more often than this belongs to a broken store.
constexpr int most_attempts = 10000;

[[noreturn]] void throw_broken(std::uint64_t tablet) {
    throw ObjectError(ObjectError::Kind::other,
                      "its object " + tablet_object(tablet) +
                          " is missing or damaged; make the store again from a copy");
}

std::shared_ptr<TabletPiece> make_piece(const PieceWanted& wanted, std::uint64_t tablet,
                                        TabletHead head, ObjectRead read) {
    auto piece = std::make_shared<TabletPiece>();
    piece->space = wanted.space;
    piece->lower = wanted.key;
    piece->blocks = std::move(read.entries);
    const bool is_last = piece->blocks.size() < wanted.blocks;
    piece->upper = is_last ? std::move(head.upper) : piece->blocks.back().key;
    piece->tablet = tablet;
    piece->version = head.version;
    piece->tablet_lower = std::move(head.lower);
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
    for (int attempt = 0; !lookups.empty(); ++attempt) {
        std::vector<ObjectRead> reads;
        reads.reserve(lookups.size());
        for (const Lookup& each : lookups) {
            const PieceWanted& piece = wanted[each.index];
            reads.push_back({tablet_object(each.tablet), {{piece.key, piece.blocks}}});
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
        for (std::size_t k = 0; k < reads.size(); ++k) {
            const auto [index, tablet] = lookups[k];
            const PieceWanted& piece = wanted[index];
            auto head = reads[k].exists ? decode_head(reads[k].head) : std::nullopt;
            if (!head || head->space != piece.space || attempt == most_attempts)
                throw_broken(tablet);
            if (piece.key < head->upper || head->right == 0) {
                pieces[index] = make_piece(piece, tablet, *std::move(head), std::move(reads[k]));
                continue;
            }
            ++counters.splits;
            map.learn(piece.space, head->upper, head->right);
            again.push_back({index, map.find(piece.space, piece.key).id});
        }
        lookups = std::move(again);
    }
    return pieces;
}

}  // namespace dnshist
