#include "storage/gram/block_grams.hpp"

#include <algorithm>

#include "storage/block/block_reader.hpp"

namespace dnshist {

namespace {

// The octets of an index that may be read in the time of a look at an entry, beside its own.
constexpr std::uint64_t least_look = 256;

}  // namespace

GramBits::GramBits(BlockSymbols& symbols, Octets block, NextBeginning texts) {
    BlockReader reader;
    if (symbols.open(reader, block) != nullptr) return;
    std::uint8_t* const bits = bits_.data() + checksum_octets;
    for (auto step = reader.next(); step != BlockReader::Step::end; step = reader.next()) {
        if (step != BlockReader::Step::entry) continue;
        const Octets key = reader.key();
        std::size_t begin = 0;
        for (std::size_t end = 0; (end = texts(key, begin)) != 0; begin = end) {
            // The key before has the same. The first octet is a length, or the kind of value.
            if (end <= reader.shared()) continue;
            gram::for_each_row(key.subspan(begin + 1, end - begin - 1), [&](std::size_t row) {
                bits[row / 8] |= static_cast<std::uint8_t>(1U << row % 8);
                any_ = true;
            });
        }
    }
}

// Most pivots are of addresses, which have no texts: no bits are stored then.
Octets GramBits::stored() noexcept {
    const auto all = any_ ? std::span(bits_) : std::span(bits_).first(checksum_octets);
    seal(all);
    return all;
}

void BlockGrams::put(Octets key, Octets block) {
    transaction_.put(grams_, key, GramBits(symbols_, block, texts_).stored());
}

void BlockGrams::remove(Octets key) {
    transaction_.remove(grams_, key);
}

void BlockGrams::rebuild(BlockSource& blocks) {
    transaction_.clear(grams_);
    for (bool any = blocks.find({}); any; any = blocks.next())
        put(blocks.key(), blocks.block());
}

bool BlockGrams::is_right(Octets key, Octets block) const {
    const auto stored = transaction_.get(grams_, key);
    return stored && equal(*stored, GramBits(symbols_, block, texts_).stored());
}

void BlockGramsScan::begin(Octets literal) {
    literal_ = gram::LiteralRows(literal);
    forget_span();
}

bool BlockGramsScan::look(Octets key, std::uint64_t& octets) {
    bool any = cursor_.at_or_before(key) || cursor_.first();
    if (!any) {
        set_span(key, {});
        return true;
    }
    while (any) {
        const Octets lower = cursor_.key();
        const bool may = octets == 0 || may_have(cursor_.value());
        octets -= std::min<std::uint64_t>(octets, least_look + cursor_.value().size());
        any = cursor_.next();
        if (!may) continue;
        set_span(lower, any ? cursor_.key() : Octets{});
        return true;
    }
    return false;
}

bool BlockGramsScan::may_have(Octets stored) {
    const bool is_possible =
        stored.size() == checksum_octets || stored.size() == checksum_octets + GramBits::octets;
    if (!is_possible || !is_sealed(stored)) {
        set_fault("data.mdb: an entry of it is damaged");
        return true;
    }
    const Octets bits = stored.subspan(checksum_octets);
    if (bits.empty()) return false;
    return std::ranges::all_of(
        literal_.rows(), [bits](std::size_t row) { return (bits[row / 8] & 1U << row % 8) != 0; });
}

}  // namespace dnshist
