#include "zonegen/capture/ieee80211.hpp"

namespace dnshist::zonegen {

namespace {

// The size of the frame's header, which LLC follows; 0 if no readable data follows.
std::size_t header_octets(Octets frame) noexcept {
    if (frame.size() < 24) return 0;
    const unsigned type = unsigned{frame[0]} >> 2 & 3U;
    const unsigned subtype = unsigned{frame[0]} >> 4;
    const unsigned flags = frame[1];
    constexpr unsigned data = 2;
    constexpr unsigned without_data = 4;  // subtypes Null, CF-Ack and the like
    constexpr unsigned with_quality = 8;
    if (type != data || (subtype & without_data) != 0) return 0;
    if ((flags & 0x40U) != 0) return 0;  // protected: encrypted
    std::size_t octets = 24;
    if ((flags & 0x03U) == 0x03) octets += 6;  // between access points: a fourth address
    if ((subtype & with_quality) == 0) return octets;
    if (frame.size() < octets + 2) return 0;
    if ((frame[octets] & 0x80U) != 0) return 0;  // several frames in one (A-MSDU)
    octets += 2;
    if ((flags & 0x80U) != 0) octets += 4;  // HT control
    return octets;
}

// `padded`: the header is padded to a multiple of four octets.
Decoded decode_data(Octets frame, bool padded) noexcept {
    // A fragment: the first one has LLC, but not the whole packet.
    if (frame.size() >= 24 && ((frame[1] & 0x04U) != 0 || (frame[22] & 0x0fU) != 0)) {
        return std::nullopt;
    }
    std::size_t octets = header_octets(frame);
    if (octets == 0) return std::nullopt;
    if (padded) octets = (octets + 3) / 4 * 4;
    if (frame.size() < octets) return std::nullopt;
    return NextLayer{LayerType::llc, frame.subspan(octets)};
}

}  // namespace

Decoded decode_ieee80211(Octets frame) noexcept {
    return decode_data(frame, false);
}

Decoded decode_radiotap(Octets frame) noexcept {
    OctetReader reader(frame);
    const auto version = reader.u8();
    reader.u8();
    const auto length = read_little16(reader);
    if (!length || *version != 0 || *length > frame.size()) return std::nullopt;

    // Only the field of flags is needed. It comes first, or after a timestamp of eight octets that
    // is aligned to eight.
    constexpr std::uint32_t has_timestamp = 1U << 0;
    constexpr std::uint32_t has_flags = 1U << 1;
    constexpr std::uint32_t has_more = 1U << 31;
    constexpr std::uint8_t padded = 0x20;
    OctetReader fields(frame.first(*length));
    fields.octets(4);
    const auto present = read_little32(fields);
    if (!present) return std::nullopt;
    for (auto word = present; (*word & has_more) != 0;) {
        word = read_little32(fields);
        if (!word) return std::nullopt;
    }
    std::uint8_t flags = 0;
    if ((*present & has_flags) != 0) {
        if ((*present & has_timestamp) != 0) {
            fields.octets((8 - fields.position() % 8) % 8);
            fields.octets(8);
        }
        flags = fields.u8().value_or(0);
    }
    return decode_data(frame.subspan(*length), (flags & padded) != 0);
}

// Either a Prism header of 144 octets or an AVS header, which begins with a magic number.
Decoded decode_prism(Octets frame) noexcept {
    OctetReader reader(frame);
    const auto magic = reader.u32();
    if (!magic) return std::nullopt;
    if ((*magic & 0xfffff000U) == 0x80211000U) return decode_avs(frame);
    constexpr std::size_t prism_octets = 144;
    if (frame.size() < prism_octets) return std::nullopt;
    return decode_ieee80211(frame.subspan(prism_octets));
}

Decoded decode_avs(Octets frame) noexcept {
    OctetReader reader(frame);
    if (!reader.u32()) return std::nullopt;
    const auto length = reader.u32();
    if (!length || *length < 8 || *length > frame.size()) return std::nullopt;
    return decode_ieee80211(frame.subspan(*length));
}

Decoded decode_ppi(Octets frame) noexcept {
    OctetReader reader(frame);
    if (!reader.octets(2)) return std::nullopt;  // version, flags
    const auto length = read_little16(reader);
    const auto link_type = read_little32(reader);
    if (!link_type || *length < 8 || *length > frame.size()) return std::nullopt;
    constexpr std::uint32_t wireless = 105;
    if (*link_type != wireless) return std::nullopt;
    return decode_ieee80211(frame.subspan(*length));
}

}  // namespace dnshist::zonegen
