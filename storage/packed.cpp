#include "storage/packed.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstring>

namespace dnshist {

namespace {

constexpr std::size_t checksum_octets = 4;

std::uint32_t checksum(Octets block) noexcept {
    const Octets covered = block.subspan(checksum_octets);
    return static_cast<std::uint32_t>(XXH3_64bits(covered.data(), covered.size()));
}

std::uint32_t read_u32(const std::uint8_t* at) noexcept {
    return std::uint32_t{at[0]} << 24 | std::uint32_t{at[1]} << 16 | std::uint32_t{at[2]} << 8 |
           std::uint32_t{at[3]};
}

std::size_t varint_octets(std::size_t value) noexcept {
    std::size_t octets = 1;
    for (; value >= 0x80; value >>= 7)
        ++octets;
    return octets;
}

}  // namespace

struct BlockReader::Header {
    std::size_t shared;
    Octets suffix;
    Octets payload;
};

const char* BlockReader::fault(Octets block) noexcept {
    if (block.size() < block_header_octets) return "too short to be a block";
    if (block[checksum_octets] != block_version) return "of an unknown block version";
    if (read_u32(block.data()) != checksum(block)) return "its checksum does not fit";
    return nullptr;
}

void BlockReader::open(Octets block) noexcept {
    rest_ = block.subspan(block_header_octets);
    key_size_ = 0;
    malformed_ = false;
}

bool BlockReader::stop_malformed() noexcept {
    malformed_ = true;
    rest_ = {};
    return false;
}

bool BlockReader::read_header(Header& header) noexcept {
    if (rest_.empty()) return false;
    OctetReader in(rest_);
    const auto shared = in.varint();
    const auto suffix_size = in.varint();
    const auto payload_size = in.varint();
    if (!shared || !suffix_size || !payload_size) return stop_malformed();
    const auto suffix = in.octets(*suffix_size);
    if (!suffix || *shared > max_entry_key || *shared + suffix->size() > max_entry_key) {
        return stop_malformed();
    }
    const auto payload = in.octets(*payload_size);
    if (!payload) return stop_malformed();
    header = {static_cast<std::size_t>(*shared), *suffix, *payload};
    rest_ = in.rest();
    return true;
}

bool BlockReader::next() noexcept {
    Header entry;
    if (!read_header(entry)) return false;
    if (entry.shared > key_size_) return stop_malformed();
    if (!entry.suffix.empty()) {
        std::memcpy(key_.data() + entry.shared, entry.suffix.data(), entry.suffix.size());
    }
    key_size_ = entry.shared + entry.suffix.size();
    shared_ = entry.shared;
    payload_ = entry.payload;
    return true;
}

// Compares without putting keys together. While every key read so far is before the target, `match`
// octets of the last one are the target's. A key that shares more than that with it differs from
// the target at the same place, so it is before the target too; one that shares less is larger
// there, and after it; only one that shares just as much has to be looked at.
bool BlockReader::seek(Octets target) noexcept {
    std::size_t match = common_prefix(key(), target);
    std::size_t last_size = key_size_;
    Header entry;
    while (read_header(entry)) {
        if (entry.shared > last_size) return stop_malformed();
        last_size = entry.shared + entry.suffix.size();
        if (entry.shared > match) continue;
        if (entry.shared == match) {
            const Octets rest = target.subspan(match);
            const std::size_t more = common_prefix(entry.suffix, rest);
            const bool before = more < rest.size() &&
                                (more == entry.suffix.size() || entry.suffix[more] < rest[more]);
            if (before) {
                match += more;
                continue;
            }
        }
        // The octets it shares with the key before are the target's.
        std::memcpy(key_.data(), target.data(), entry.shared);
        if (!entry.suffix.empty()) {
            std::memcpy(key_.data() + entry.shared, entry.suffix.data(), entry.suffix.size());
        }
        key_size_ = last_size;
        shared_ = 0;
        payload_ = entry.payload;
        return true;
    }
    return false;
}

std::size_t BlockWriter::entry_octets(std::size_t shared, std::size_t key,
                                      std::size_t payload) noexcept {
    const std::size_t suffix = key - shared;
    return varint_octets(shared) + varint_octets(suffix) + varint_octets(payload) + suffix +
           payload;
}

BlockWriter::BlockWriter(std::vector<std::uint8_t>& out) : out_(out), begin_(out.size()) {
    out_.resize(begin_ + checksum_octets);
    out_.push_back(block_version);
}

void BlockWriter::append(std::size_t shared, Octets key, Octets payload) {
    std::array<std::uint8_t, 3 * max_varint_octets> header;
    std::uint8_t* end = put_varint(header.data(), shared);
    end = put_varint(end, key.size() - shared);
    end = put_varint(end, payload.size());
    out_.insert(out_.end(), header.data(), end);
    out_.insert(out_.end(), key.begin() + static_cast<std::ptrdiff_t>(shared), key.end());
    out_.insert(out_.end(), payload.begin(), payload.end());
}

void BlockWriter::finish() noexcept {
    const std::uint32_t sum = checksum(Octets(out_).subspan(begin_));
    for (std::size_t i = 0; i < checksum_octets; ++i) {
        out_[begin_ + i] = static_cast<std::uint8_t>(sum >> (24 - 8 * i));
    }
}

PackedCursor::PackedCursor(const lmdb::Transaction& transaction, MDB_dbi database,
                           const BlockDamage& report)
    : blocks_(transaction, database), report_(report) {}

bool PackedCursor::open_block() {
    ++reads_;
    block_.close();
    const char* fault = BlockReader::fault(blocks_.value());
    if (fault != nullptr) {
        if (report_) report_(blocks_.key(), fault);
        return false;
    }
    block_.open(blocks_.value());
    return true;
}

void PackedCursor::seek(Octets target) {
    reads_ = 0;
    place_ = Place::end;
    if (!blocks_.at_or_before(target)) {
        // Before the first block: all there is comes after.
        if (!blocks_.first()) return;
    }
    place_ = Place::in_block;
    if (open_block() && block_.seek(target)) place_ = Place::before_entry;
}

bool PackedCursor::next() {
    if (place_ == Place::before_entry) {
        place_ = Place::in_block;
        return true;
    }
    if (place_ == Place::end) return false;
    while (!block_.next()) {
        if (block_.malformed() && report_) report_(blocks_.key(), "its entries are malformed");
        if (!blocks_.next()) {
            block_.close();
            place_ = Place::end;
            return false;
        }
        open_block();
    }
    return true;
}

}  // namespace dnshist
