#include "storage/block/block.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cstring>

#include "storage/block/prefetch.hpp"

namespace dnshist {

namespace {

// block   := form:octet symbols:octet segments:octet
//            (offset:u16 checksum:u32){segments} segment{segments}
// segment := entry*
constexpr std::size_t header_octets = 3;
constexpr std::size_t slot_octets = 6;
constexpr std::size_t max_segments = 255;
constexpr std::size_t max_offset = 65535;
constexpr std::size_t cache_line = 64;
// What most blocks have.
constexpr std::size_t usual_octets = 4096;
constexpr std::size_t usual_segments = 16;
// A segment is closed where it is nearest to this: about what a lookup has to verify and read.
constexpr std::size_t segment_octets = 448;

constexpr const char* malformed_entries = "its entries are malformed";
constexpr const char* unknown_block = "it is no block of a known version";
constexpr const char* unknown_symbols = "the symbols of its keys are damaged or missing";

// Of a segment and the number of the symbols that its keys are packed with.
std::uint32_t checksum(Octets segment, std::uint8_t symbols) noexcept {
    return static_cast<std::uint32_t>(XXH3_64bits(segment.data(), segment.size())) ^
           symbols * 0x9e3779b1U;
}

std::uint16_t read_u16(const std::uint8_t* at) noexcept {
    return static_cast<std::uint16_t>(at[0] << 8 | at[1]);
}

std::uint32_t read_u32(const std::uint8_t* at) noexcept {
    return std::uint32_t{read_u16(at)} << 16 | read_u16(at + 2);
}

std::size_t varint_octets(std::size_t value) noexcept {
    std::size_t octets = 1;
    for (; value >= 0x80; value >>= 7)
        ++octets;
    return octets;
}

std::uint8_t* put(Octets octets, std::uint8_t* out) noexcept {
    return std::copy(octets.begin(), octets.end(), out);
}

// A block's table of segments. Only of a block that is_table() approves.
struct Table {
    Octets block;
    std::size_t segments;

    std::size_t begin(std::size_t index) const noexcept {
        return read_u16(block.data() + header_octets + index * slot_octets);
    }
    std::size_t end(std::size_t index) const noexcept {
        return index + 1 == segments ? block.size() : begin(index + 1);
    }
    Octets segment(std::size_t index) const noexcept {
        return block.subspan(begin(index), end(index) - begin(index));
    }
    bool is_sound(std::size_t index) const noexcept {
        return read_u32(block.data() + header_octets + index * slot_octets + 2) ==
               checksum(segment(index), block[1]);
    }
};

// The number of segments; nothing where the block has no sound table of them.
std::optional<std::size_t> segment_count(Octets block) noexcept {
    if (block.size() < header_octets) return std::nullopt;
    const auto form = static_cast<BlockForm>(block[0]);
    if (form != BlockForm::entries && form != BlockForm::keys) return std::nullopt;
    const std::size_t segments = block[2];
    const std::size_t first = header_octets + segments * slot_octets;
    if (block.size() < first) return std::nullopt;
    if (segments == 0) return block.size() == first ? std::optional<std::size_t>(0) : std::nullopt;
    const Table table{block, segments};
    if (table.begin(0) != first) return std::nullopt;
    for (std::size_t i = 0; i < segments; ++i) {
        if (table.begin(i) >= table.end(i)) return std::nullopt;
    }
    return segments;
}

// Loads the line of an octet into the processor's cache. Not a prefetch: of a page whose address
// the processor has to look up, that is dropped or waited for, while loads go on side by side.
void touch(const std::uint8_t* octet) noexcept {
    static_cast<void>(*static_cast<const volatile std::uint8_t*>(octet));
}

// Load into the cache what the next step of a prefetch reads of a block: its table of segments, and
// once that is there, the beginning of each segment.
void load_table(Octets block) noexcept {
    touch(block.data());
    touch(block.data() + std::min(block.size() - 1, cache_line));
}

void load_segments(Octets block, std::size_t segments) noexcept {
    for (std::size_t i = 0; i < segments; ++i)
        touch(block.data() + Table{block, segments}.begin(i));
}

}  // namespace

struct BlockReader::Entry {
    std::size_t shared;
    Octets packed;
    Octets payload;
};

const char* BlockReader::fault(Octets block, const SymbolTable& symbols) noexcept {
    const auto segments = segment_count(block);
    if (!segments) return unknown_block;
    const Table table{block, *segments};
    for (std::size_t i = 0; i < *segments; ++i) {
        if (!table.is_sound(i)) return damaged_segment;
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
    return block.size() < header_octets ? std::uint8_t{0} : block[1];
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

void BlockReader::follow(Octets key, Octets entries, BlockForm form,
                         const SymbolTable& symbols) noexcept {
    close();
    symbols_ = &symbols;
    has_payloads_ = form == BlockForm::entries;
    rest_ = entries;
    key_size_ = std::min(key.size(), max_entry_key);
    std::copy_n(key.begin(), key_size_, key_.begin());
}

bool BlockReader::open_segment(std::size_t index) noexcept {
    const Table table{block_, segments_};
    next_segment_ = index + 1;
    key_size_ = 0;
    if (!table.is_sound(index)) return false;
    rest_ = table.segment(index);
    return true;
}

// Compares the first key of a segment that is not verified: where it is damaged, reading on from
// the segment before comes upon the damage.
int BlockReader::compare_first_key(std::size_t index, Octets target) noexcept {
    rest_ = Table{block_, segments_}.segment(index);
    key_size_ = 0;
    Entry entry;
    const bool readable = read_entry(entry) && entry.shared == 0;
    rest_ = {};
    if (!readable) return 1;
    const auto found = symbols_->compare(entry.packed, target, 0);
    return found ? found->order : 1;
}

bool BlockReader::read_entry(Entry& entry) noexcept {
    const std::uint8_t* const at = rest_.data();
    const std::size_t size = rest_.size();
    // Nearly always each of the numbers is one octet.
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

// Makes `entry` the current one, but for the octets that its key shares.
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

BlockReader::Step BlockReader::first_of(std::size_t segment) noexcept {
    pending_.reset();
    rest_ = {};
    next_segment_ = segment;
    return next();
}

// The last that begins at or before the target.
std::size_t BlockReader::find_segment(Octets target) noexcept {
    if (segments_ == 0) return 0;
    std::size_t low = 0;
    std::size_t high = segments_;
    while (high - low > 1) {
        const std::size_t middle = (low + high) / 2;
        (compare_first_key(middle, target) <= 0 ? low : high) = middle;
    }
    const Octets segment = Table{block_, segments_}.segment(low);
    for (std::size_t at = cache_line; at < segment.size(); at += cache_line)
        __builtin_prefetch(segment.data() + at);
    return low;
}

void BlockReader::seek(Octets target, std::size_t segment) noexcept {
    shared_before_.reset();
    if (segment >= segments_) return;
    const auto passed = open_segment(segment) ? pass(target, 0) : std::nullopt;
    if (!passed) {
        rest_ = {};
        pending_ = Step::damaged;
    } else if (!passed->entries.empty()) {
        shared_before_ = passed->last.size();
    }
}

// Passes over entries that share more than `match` octets with the one before, as long as each of
// their numbers is one octet.
void BlockReader::pass_over(std::size_t match) noexcept {
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

// Unpacks no key but the one that it comes to. While every key read so far is before the bound,
// `match` octets of the last one are the bound's. A key that shares more than that with it differs
// from the bound at the same place, so it is before the bound too; one that shares less is larger
// there, and after it; only one that shares just as much has to be looked at.
std::optional<BlockReader::Passed> BlockReader::pass(Octets bound, std::size_t match) noexcept {
    const std::uint8_t* const begin = rest_.data();
    const std::uint8_t* end = nullptr;  // of what is passed
    for (Entry entry;;) {
        pass_over(match);
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
        // What it shares with the key before are octets of the bound.
        if (entry.shared != 0) std::memcpy(key_.data(), bound.data(), entry.shared);
        pending_ = Step::entry;
        break;
    }
    return Passed{{begin, end}, bound.first(match)};
}

std::optional<BlockReader::Passed> BlockReader::pass(Octets bound) noexcept {
    if (!bound.empty()) return pass(bound, common_prefix(key(), bound));
    const Octets all = rest_;
    rest_ = {};
    return Passed{all, {}};
}

std::size_t entry_octets(const BlockEntry& entry, BlockForm form) noexcept {
    const std::size_t payload =
        form == BlockForm::keys ? 0 : varint_octets(entry.payload.size()) + entry.payload.size();
    return varint_octets(entry.shared) + varint_octets(entry.packed.size()) + entry.packed.size() +
           payload + entry.followers.size();
}

BlockBuilder::BlockBuilder(std::vector<std::uint8_t>& out, BlockForm form, std::uint8_t symbols,
                           const SymbolPacker& packer)
    : out_(out), begin_(out.size()), end_(begin_), form_(form), symbols_(symbols), packer_(packer) {
    segments_.reserve(usual_segments);
}

std::size_t BlockBuilder::size() const noexcept {
    return header_octets + segments_.size() * slot_octets + (end_ - begin_);
}

// Whether a segment is nearer to the size that it is to have without so many octets more.
bool BlockBuilder::begins_segment(std::size_t octets) const noexcept {
    if (segments_.empty()) return true;
    return end_ - segments_.back() + octets / 2 >= segment_octets &&
           segments_.size() < max_segments && size() + slot_octets <= max_offset;
}

bool BlockBuilder::append(const BlockEntry& entry, std::size_t most) {
    const bool segment =
        begins_segment(entry.packed.size() + entry.payload.size() + entry.followers.size());
    BlockEntry written = entry;
    if (segment) written.shared = 0;
    if (written.shared != entry.packed_from) {
        written.packed = {packed_.data(),
                          packer_.pack(entry.key.subspan(written.shared), packed_.data())};
    }
    const std::size_t octets = entry_octets(written, form_);
    if (size() + (segment ? slot_octets : 0) + octets > most) return false;
    if (segment) segments_.push_back(end_);
    if (out_.size() - end_ < octets) out_.resize(end_ + std::max(octets, usual_octets));
    std::uint8_t* end = put_varint(out_.data() + end_, written.shared);
    end = put_varint(end, written.packed.size());
    if (form_ == BlockForm::entries) end = put_varint(end, written.payload.size());
    put(written.followers, put(written.payload, put(written.packed, end)));
    end_ += octets;
    return true;
}

void BlockBuilder::finish() {
    out_.resize(end_);
    std::vector<std::uint8_t> header = {static_cast<std::uint8_t>(form_), symbols_,
                                        static_cast<std::uint8_t>(segments_.size())};
    const std::size_t table = header_octets + segments_.size() * slot_octets;
    for (std::size_t i = 0; i < segments_.size(); ++i) {
        const std::size_t end = i + 1 < segments_.size() ? segments_[i + 1] : out_.size();
        const std::uint32_t sum =
            checksum(Octets(out_).subspan(segments_[i], end - segments_[i]), symbols_);
        const std::size_t offset = table + segments_[i] - begin_;
        header.push_back(static_cast<std::uint8_t>(offset >> 8));
        header.push_back(static_cast<std::uint8_t>(offset));
        for (unsigned shift = 32; shift > 0;) {
            shift -= 8;
            header.push_back(static_cast<std::uint8_t>(sum >> shift));
        }
    }
    out_.insert(out_.begin() + static_cast<std::ptrdiff_t>(begin_), header.begin(), header.end());
}

const char* BlockDatabase::open(BlockReader& reader, Octets block) const {
    const SymbolTable* const table = symbols.find(BlockReader::symbols_of(block));
    if (table != nullptr && reader.open(block, *table)) return nullptr;
    reader.close();
    return table == nullptr ? unknown_symbols : unknown_block;
}

const char* BlockDatabase::fault(Octets block) const {
    const SymbolTable* const table = symbols.find(BlockReader::symbols_of(block));
    return table == nullptr ? unknown_symbols : BlockReader::fault(block, *table);
}

BlockCursor::BlockCursor(const BlockDatabase& database, const BlockDamage& report)
    : database_(database), blocks_(database.transaction, database.blocks), report_(report) {}

void BlockCursor::open_block(Octets key, Octets block) {
    ++reads_;
    block_key_ = key;
    const char* fault = database_.open(block_, block);
    if (fault != nullptr && report_) report_(key, fault);
}

bool BlockCursor::next_block() {
    if (is_prefetched_) blocks_.at_or_before(block_key_);
    is_prefetched_ = false;
    if (!blocks_.next()) return false;
    open_block(blocks_.key(), blocks_.value());
    return true;
}

// What is before the first block has all blocks after it.
bool BlockCursor::find_block(Octets target) {
    return blocks_.at_or_before(target) || blocks_.first();
}

void BlockCursor::find_segment(Prefetch& seek) {
    seek.symbols_ = database_.symbols.find(BlockReader::symbols_of(seek.block_));
    if (seek.symbols_ != nullptr) {
        block_.open(seek.block_, *seek.symbols_, seek.segments_);
        seek.segment_ = block_.find_segment(seek.target());
    }
    seek.state_ = state_;
}

void BlockCursor::prefetch(std::span<Prefetch* const> seeks) {
    ended_ = true;
    for (Prefetch* seek : seeks) {
        seek->clear();
        seek->block_ = {};
        if (!find_block(seek->target())) continue;
        seek->block_key_ = blocks_.key();
        seek->block_ = blocks_.value();
    }
    const auto each_found = [seeks](auto&& step) {
        for (Prefetch* seek : seeks) {
            if (!seek->block_.empty()) step(*seek);
        }
    };
    each_found([](Prefetch& seek) { load_table(seek.block_); });
    each_found([](Prefetch& seek) {
        seek.segments_ = segment_count(seek.block_).value_or(0);
        load_segments(seek.block_, seek.segments_);
    });
    each_found([this](Prefetch& seek) { find_segment(seek); });
}

void BlockCursor::seek(Octets target, const Prefetch& prefetched) {
    if (prefetched.state_ != state_ || !equal(prefetched.target(), target)) return seek(target);
    reads_ = 0;
    ended_ = false;
    is_prefetched_ = true;
    if (prefetched.symbols_ != nullptr && prefetched.segments_ != 0) {
        ++reads_;
        block_key_ = prefetched.block_key_;
        block_.open(prefetched.block_, *prefetched.symbols_, prefetched.segments_);
    } else {
        open_block(prefetched.block_key_, prefetched.block_);
    }
    block_.seek(target, prefetched.segment_);
}

void BlockCursor::seek(Octets target) {
    ended_ = true;
    if (!find_block(target)) return;
    const Octets block = blocks_.value();
    if (block.empty()) return;
    reads_ = 0;
    ended_ = false;
    is_prefetched_ = false;
    open_block(blocks_.key(), block);
    block_.seek(target);
}

bool BlockCursor::next() {
    while (!ended_) {
        switch (block_.next()) {
            case BlockReader::Step::entry:
                return true;
            case BlockReader::Step::damaged:
                if (report_) report_(block_key_, damaged_segment);
                break;
            case BlockReader::Step::end:
                ended_ = !next_block();
        }
    }
    return false;
}

bool has_prefix(const BlockDatabase& database, Octets prefix) {
    const BlockDamage unreported;
    BlockCursor cursor(database, unreported);
    cursor.seek(prefix);
    return cursor.next() && starts_with(cursor.key(), prefix);
}

}  // namespace dnshist
