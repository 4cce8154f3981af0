#include "storage/block/block_builder.hpp"

#include <algorithm>

namespace dnshist {

using namespace block_format;

namespace {

// Room taken at once in the buffer, and in the list of segments: as much as most blocks have.
constexpr std::size_t usual_octets = 4096;
constexpr std::size_t usual_segments = 16;

std::size_t varint_octets(std::size_t value) noexcept {
    std::size_t octets = 1;
    for (; value >= 0x80; value >>= 7)
        ++octets;
    return octets;
}

std::uint8_t* put(Octets octets, std::uint8_t* out) noexcept {
    return std::copy(octets.begin(), octets.end(), out);
}

}  // namespace

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

// Whether the segment is nearer to its intended size without so many octets more.
bool BlockBuilder::begins_segment(std::size_t octets) const noexcept {
    if (segments_.empty()) return true;
    return end_ - segments_.back() + octets / 2 >= segment_octets &&
           segments_.size() < max_segments && size() + slot_octets <= max_offset;
}

bool BlockBuilder::try_append(const BlockEntry& entry, std::size_t max_octets) {
    const bool segment =
        begins_segment(entry.packed.size() + entry.payload.size() + entry.followers.size());
    BlockEntry written = entry;
    if (segment) written.shared = 0;
    if (written.shared != entry.packed_from) {
        written.packed = {packed_.data(),
                          packer_.pack(entry.key.subspan(written.shared), packed_.data())};
    }
    const std::size_t octets = entry_octets(written, form_);
    if (size() + (segment ? slot_octets : 0) + octets > max_octets) return false;
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
    const std::size_t table = header_octets + segments_.size() * slot_octets;
    std::vector<std::uint8_t> header(table);
    header[0] = static_cast<std::uint8_t>(form_);
    header[1] = symbols_;
    header[2] = static_cast<std::uint8_t>(segments_.size());
    std::uint8_t* next = header.data() + header_octets;
    for (std::size_t i = 0; i < segments_.size(); ++i) {
        const std::size_t end = i + 1 < segments_.size() ? segments_[i + 1] : out_.size();
        const std::uint32_t sum =
            checksum(Octets(out_).subspan(segments_[i], end - segments_[i]), symbols_);
        const std::size_t offset = table + segments_[i] - begin_;
        next = put_u16(next, static_cast<std::uint16_t>(offset));
        next = put_u32(next, sum);
    }
    out_.insert(out_.begin() + static_cast<std::ptrdiff_t>(begin_), header.begin(), header.end());
}

}  // namespace dnshist
