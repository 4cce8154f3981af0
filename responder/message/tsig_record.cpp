#include "responder/message/tsig_record.hpp"

#include "storage/record/compressed_name.hpp"
#include "storage/record/rrtype.hpp"

namespace dnshist::responder {

namespace {

constexpr std::uint16_t class_any = 255;

std::optional<Name> read_name(OctetReader& in) noexcept {
    const auto length = name_length(in.rest());
    const auto wire = length ? in.octets(*length) : std::nullopt;
    return wire ? Name::from_wire(*wire) : std::nullopt;
}

std::optional<std::uint64_t> read_u48(OctetReader& in) noexcept {
    const auto high = in.u16();
    const auto low = in.u32();
    if (!high || !low) return std::nullopt;
    return std::uint64_t{*high} << 32 | *low;
}

// Octets behind their number.
std::optional<Octets> read_counted(OctetReader& in) noexcept {
    const auto size = in.u16();
    return size ? in.octets(*size) : std::nullopt;
}

}  // namespace

std::optional<TsigRecord> read_tsig(Octets message, std::size_t position) noexcept {
    ExpandedName expanded;
    if (!expand_name(message, position, expanded)) return std::nullopt;
    const auto owner = Name::from_wire(expanded.wire.octets());
    if (!owner) return std::nullopt;
    OctetReader in(message.subspan(position + expanded.sent));
    const auto type = in.u16();
    const auto rrclass = in.u16();
    const auto ttl = in.u32();
    const auto rdlength = in.u16();
    if (!type || !rrclass || !ttl || !rdlength) return std::nullopt;
    if (Rrtype{*type} != Rrtype::TSIG || *rrclass != class_any || *ttl != 0 ||
        *rdlength != in.remaining()) {
        return std::nullopt;
    }

    const auto algorithm = read_name(in);
    const auto time_signed = read_u48(in);
    const auto fudge = in.u16();
    const auto mac = read_counted(in);
    const auto original_id = in.u16();
    const auto error = in.u16();
    const auto other = read_counted(in);
    if (!algorithm || !time_signed || !fudge || !mac || !original_id || !error || !other ||
        !in.at_end()) {
        return std::nullopt;
    }
    return TsigRecord{position, *owner,       *algorithm, *time_signed, *fudge,
                      *mac,     *original_id, *error,     *other};
}

}  // namespace dnshist::responder
