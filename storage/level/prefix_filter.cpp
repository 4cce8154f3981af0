#include "storage/level/prefix_filter.hpp"

#include "storage/base/sealed.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>

namespace dnshist {

namespace {

// A stored filter is a checksum, octets that bring its blocks to a cache line behind the header of
// LMDB's page (16 octets), and the blocks.
constexpr std::size_t head_octets = 48;
constexpr std::size_t block_octets = 32;
constexpr std::size_t bits_of_a_beginning = 11;

// Odd numbers, one for each word of a block: the upper five bits of a product are the bit's place.
constexpr std::array<std::uint32_t, 8> multipliers = {
    0x9e3779b1U, 0x85ebca6bU, 0xc2b2ae35U, 0x27d4eb2fU,
    0x165667b1U, 0xd3a2646dU, 0xfd7046c5U, 0xb55a4f09U,
};

std::uint64_t hash_of(Octets beginning) noexcept {
    return XXH3_64bits(beginning.data(), beginning.size());
}

std::size_t block_of(std::uint64_t hash, std::size_t blocks) noexcept {
    return static_cast<std::size_t>((hash >> 32) * blocks >> 32);
}

// The octet of the block that has the word's bit, and the bit in it.
struct Place {
    std::size_t octet;
    unsigned bit;
};
Place place_of(std::uint64_t hash, std::size_t word) noexcept {
    const std::uint32_t bit = static_cast<std::uint32_t>(hash) * multipliers[word] >> 27;
    return {word * 4 + bit / 8, 1U << bit % 8};
}

}  // namespace

Octets longest_beginning(Octets prefix, NextBeginning next) noexcept {
    std::size_t longest = 0;
    while (const std::size_t length = next(prefix, longest))
        longest = length;
    return prefix.first(longest);
}

std::optional<PrefixFilter> PrefixFilter::open(Octets stored) noexcept {
    if (stored.size() <= head_octets || (stored.size() - head_octets) % block_octets != 0) {
        return std::nullopt;
    }
    const Octets blocks = stored.subspan(head_octets);
    if (!equal(stored.first(checksum_octets), checksum(blocks))) return std::nullopt;
    return PrefixFilter(blocks);
}

Octets PrefixFilter::checksum_of(Octets stored) noexcept {
    return stored.size() < checksum_octets ? Octets{} : stored.first(checksum_octets);
}

bool PrefixFilter::may_have(Octets beginning) const noexcept {
    const std::uint64_t hash = hash_of(beginning);
    const Octets block =
        blocks_.subspan(block_of(hash, blocks_.size() / block_octets) * block_octets, block_octets);
    for (std::size_t word = 0; word < multipliers.size(); ++word) {
        const Place place = place_of(hash, word);
        if ((block[place.octet] & place.bit) == 0) return false;
    }
    return true;
}

void FilterBuilder::add(Octets key, std::size_t shared) {
    for (std::size_t end = 0; (end = next_(key, end)) != 0;) {
        if (end > shared) hashes_.push_back(hash_of(key.first(end)));
    }
}

std::vector<std::uint8_t> FilterBuilder::build() const {
    const std::size_t blocks = hashes_.size() * bits_of_a_beginning / (8 * block_octets) + 1;
    std::vector<std::uint8_t> out(head_octets + blocks * block_octets);
    for (const std::uint64_t hash : hashes_) {
        std::uint8_t* const block =
            out.data() + head_octets + block_of(hash, blocks) * block_octets;
        for (std::size_t word = 0; word < multipliers.size(); ++word) {
            const Place place = place_of(hash, word);
            block[place.octet] = static_cast<std::uint8_t>(block[place.octet] | place.bit);
        }
    }
    std::ranges::copy(checksum(Octets(out).subspan(head_octets)), out.begin());
    return out;
}

}  // namespace dnshist
