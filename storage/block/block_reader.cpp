#include "storage/block/block_reader.hpp"

#include <algorithm>
#include <cstring>

namespace dnshist {

using block_format::segment_count;
using block_format::SegmentTable;

struct BlockReader::Entry {
    std::size_t shared;
    Octets packed;
    Octets payload;
};

const char* BlockReader::fault(Octets block, const SymbolTable& symbols) noexcept {
    const auto segments = segment_count(block);
    if (!segments) return unknown_block;
    const SegmentTable table{block, *segments};
    for (std::size_t i = 0; i < *segments; ++i) {
        if (!table.is_intact(i)) return damaged_segment;
    }
    BlockReader reader;
    reader.open(block, symbols);
    for (;;) {
        const Step step = reader.next();
        if (step == Step::end) return nullptr;
        if (step == Step::damaged) return malformed_entries;
    }
}

std::uint8_t BlockReader::symbols_of(Octets block) noexcept {
    return block.size() < block_format::header_octets ? std::uint8_t{0} : block[1];
}

bool BlockReader::open(Octets block, const SymbolTable& symbols) noexcept {
    const auto segments = segment_count(block);
    open(block, symbols, segments.value_or(0));
    return segments.has_value();
}

void BlockReader::open(Octets block, const SymbolTable& symbols, std::size_t segments) noexcept {
    close();
    if (segments == 0) return;
    block_ = block;
    symbols_ = &symbols;
    has_payloads_ = static_cast<BlockForm>(block[0]) == BlockForm::entries;
    segments_ = segments;
}

void BlockReader::close() noexcept {
    segments_ = 0;
    next_segment_ = 0;
    rest_ = {};
    pending_.reset();
    shared_before_.reset();
    key_size_ = 0;
}

void BlockReader::open_after(Octets key, Octets entries, BlockForm form,
                             const SymbolTable& symbols) noexcept {
    close();
    symbols_ = &symbols;
    has_payloads_ = form == BlockForm::entries;
    rest_ = entries;
    key_size_ = std::min(key.size(), max_entry_key);
    std::copy_n(key.begin(), key_size_, key_.begin());
}

bool BlockReader::open_segment(std::size_t index) noexcept {
    const SegmentTable table{block_, segments_};
    next_segment_ = index + 1;
    key_size_ = 0;
    if (!table.is_intact(index)) return false;
    rest_ = table.segment(index);
    return true;
}

// The segment is not verified here. Nothing where it is seen to be damaged.
std::optional<SymbolTable::Comparison> BlockReader::compare_first_key(std::size_t index,
                                                                      Octets target) noexcept {
    const Octets segment = SegmentTable{block_, segments_}.segment(index);
    // The fast path: the number of octets is an octet.
    const std::size_t numbers = has_payloads_ ? 3 : 2;
    if (segment.size() > numbers && segment[0] == 0 && segment[1] < 0x80 &&
        segment[numbers - 1] < 0x80 && segment[1] <= segment.size() - numbers) {
        return symbols_->compare(segment.subspan(numbers, segment[1]), target, 0);
    }
    rest_ = segment;
    Entry entry;
    const bool readable = read_entry(entry) && entry.shared == 0;
    rest_ = {};
    return readable ? symbols_->compare(entry.packed, target, 0) : std::nullopt;
}

bool BlockReader::read_entry(Entry& entry) noexcept {
    const std::uint8_t* const at = rest_.data();
    const std::size_t size = rest_.size();
    // The fast path: nearly always each of the numbers is one octet.
    const std::size_t numbers = has_payloads_ ? 3 : 2;
    if (size >= 3 && (at[0] | at[1] | (has_payloads_ ? at[2] : 0)) < 0x80) {
        const std::size_t payload = has_payloads_ ? at[2] : 0;
        const std::size_t octets = numbers + at[1] + payload;
        if (octets > size) return false;
        entry = {at[0], {at + numbers, at[1]}, {at + numbers + at[1], payload}};
        rest_ = rest_.subspan(octets);
        return true;
    }
    OctetReader in(rest_);
    const auto shared = in.varint();
    const auto packed_size = in.varint();
    const auto payload_size = has_payloads_ ? in.varint() : std::optional<std::uint64_t>(0);
    if (!shared || !packed_size || !payload_size || *shared > max_entry_key) return false;
    const auto packed = in.octets(*packed_size);
    if (!packed) return false;
    const auto payload = in.octets(*payload_size);
    if (!payload) return false;
    entry = {static_cast<std::size_t>(*shared), *packed, *payload};
    rest_ = in.rest();
    return true;
}

// Makes `entry` the current one. The octets that its key shares must be in key_ already.
bool BlockReader::unpack(const Entry& entry) noexcept {
    const auto size =
        symbols_->unpack(entry.packed, key_.data() + entry.shared, key_.size() - entry.shared);
    if (!size || entry.shared + *size > max_entry_key) return false;
    key_size_ = entry.shared + *size;
    shared_ = entry.shared;
    packed_ = entry.packed;
    payload_ = entry.payload;
    return true;
}

BlockReader::Step BlockReader::next() noexcept {
    if (pending_) {
        const Step step = *pending_;
        pending_.reset();
        return step;
    }
    if (rest_.empty()) {
        if (next_segment_ >= segments_) return Step::end;
        if (!open_segment(next_segment_)) return Step::damaged;
    }
    Entry entry;
    if (!read_entry(entry) || entry.shared > key_size_ || !unpack(entry)) {
        rest_ = {};
        return Step::damaged;
    }
    return Step::entry;
}

BlockReader::Step BlockReader::read_first(std::size_t segment) noexcept {
    pending_.reset();
    rest_ = {};
    next_segment_ = segment;
    return next();
}

void BlockReader::prefetch_segments() const noexcept {
    const SegmentTable table{block_, segments_};
    for (std::size_t i = 1; i < segments_; ++i)
        __builtin_prefetch(block_.data() + table.begin(i));
}

// The last segment that begins at or before the target. Where one is damaged the search ends in a
// segment before it, and reading on from there meets the damage.
BlockReader::Start BlockReader::find_segment(Octets target) noexcept {
    Start start;
    if (segments_ == 0) return start;
    std::size_t high = segments_;
    while (high - start.segment > 1) {
        const std::size_t middle = (start.segment + high) / 2;
        const auto found = compare_first_key(middle, target);
        if (found && found->order <= 0) {
            start = {middle, found->order < 0, found->common};
        } else {
            high = middle;
        }
    }
    const Octets segment = SegmentTable{block_, segments_}.segment(start.segment);
    for (std::size_t at = cache_line; at < segment.size(); at += cache_line)
        __builtin_prefetch(segment.data() + at);
    return start;
}

// Skips what is before the target in the segment that has just been opened.
std::optional<BlockReader::Skipped> BlockReader::skip_in_segment(Octets target,
                                                                 const Start& start) noexcept {
    if (!start.is_before) return skip_to(target, 0);
    const std::uint8_t* const begin = rest_.data();
    Entry first;
    if (!read_entry(first)) return std::nullopt;
    auto skipped = skip_to(target, start.common);
    if (skipped) skipped->entries = {begin, skipped->entries.data() + skipped->entries.size()};
    return skipped;
}

void BlockReader::seek(Octets target, const Start& start) noexcept {
    shared_before_.reset();
    if (start.segment >= segments_) return;
    const auto skipped =
        open_segment(start.segment) ? skip_in_segment(target, start) : std::nullopt;
    if (!skipped) {
        rest_ = {};
        pending_ = Step::damaged;
    } else if (!skipped->entries.empty()) {
        shared_before_ = skipped->last.size();
    }
}

// Skips entries that share more than `match` octets with the one before, as long as each of
// their numbers is one octet.
void BlockReader::skip_sharing(std::size_t match) noexcept {
    const std::uint8_t* at = rest_.data();
    std::size_t left = rest_.size();
    while (left >= 3 && at[0] > match && (at[0] | at[1] | (has_payloads_ ? at[2] : 0)) < 0x80) {
        const std::size_t octets =
            has_payloads_ ? std::size_t{3} + at[1] + at[2] : std::size_t{2} + at[1];
        if (octets > left) break;
        at += octets;
        left -= octets;
    }
    rest_ = {at, left};
}

// Unpacks no key but the one at which it stops. While every key read so far is before the bound,
// `match` octets of the last one are the bound's. A key that shares more than that with it differs
// from the bound at the same place, so it is before the bound too; one that shares less is larger
// there, and after it; only one that shares just as much has to be looked at.
std::optional<BlockReader::Skipped> BlockReader::skip_to(Octets bound, std::size_t match) noexcept {
    const std::uint8_t* const begin = rest_.data();
    const std::uint8_t* end = nullptr;  // of the skipped entries
    for (Entry entry;;) {
        skip_sharing(match);
        end = rest_.data();
        if (rest_.empty()) break;
        if (!read_entry(entry)) return std::nullopt;
        if (entry.shared > match) continue;
        if (entry.shared == match) {
            const auto found = symbols_->compare(entry.packed, bound, match);
            if (!found) return std::nullopt;
            if (found->order < 0) {
                match += found->common;
                continue;
            }
        }
        if (!unpack(entry)) return std::nullopt;
        // The octets that it shares with the key before are the bound's.
        if (entry.shared != 0) std::memcpy(key_.data(), bound.data(), entry.shared);
        pending_ = Step::entry;
        break;
    }
    return Skipped{{begin, end}, bound.first(match)};
}

std::optional<BlockReader::Skipped> BlockReader::skip_to(Octets bound) noexcept {
    if (!bound.empty()) return skip_to(bound, common_prefix(key(), bound));
    const Octets all = rest_;
    rest_ = {};
    return Skipped{all, {}};
}

}  // namespace dnshist
