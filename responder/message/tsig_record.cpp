#include "responder/message/tsig_record.hpp"

#include <algorithm>
#include <array>

#include "storage/record/rrtype.hpp"

namespace dnshist::responder {

namespace {

constexpr std::size_t header_octets = 12;
constexpr std::uint16_t class_any = 255;

struct Expanded {
    Name name;
    std::size_t end;  // of the name in the message, behind its first pointer
};

// The name at `position`, its pointers followed. Each must point to before the label or pointer
// sequence that it ends, and the name is no longer than any.
std::optional<Expanded> expand_name(Octets message, std::size_t position) noexcept {
    std::array<std::uint8_t, max_name_octets> wire;
    std::size_t size = 0;
    std::size_t begin = position;  // of the labels being read
    std::optional<std::size_t> end;
    for (;;) {
        if (begin > message.size()) return std::nullopt;
        OctetReader in(message.subspan(begin));
        std::optional<std::size_t> target;
        while (!target) {
            const auto length = in.u8();
            if (!length) return std::nullopt;
            if ((*length & 0xc0U) == 0xc0U) {
                const auto low = in.u8();
                if (!low) return std::nullopt;
                target = (std::size_t{*length} & 0x3fU) << 8 | *low;
                continue;
            }
            const auto label = in.octets(*length);
            if (*length > max_label_octets || !label) return std::nullopt;
            if (size + 1 + label->size() > wire.size()) return std::nullopt;
            wire[size++] = *length;
            std::copy(label->begin(), label->end(), wire.begin() + static_cast<long>(size));
            size += label->size();
            if (*length != 0) continue;
            const auto name = Name::from_wire(Octets(wire).first(size));
            if (!name) return std::nullopt;
            return Expanded{*name, end.value_or(begin + in.position())};
        }
        if (!end) end = begin + in.position();
        if (*target < header_octets || *target >= begin) return std::nullopt;
        begin = *target;
    }
}

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
    const auto owner = expand_name(message, position);
    if (!owner) return std::nullopt;
    OctetReader in(message.subspan(owner->end));
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
    return TsigRecord{position, owner->name,  *algorithm, *time_signed, *fudge,
                      *mac,     *original_id, *error,     *other};
}

}  // namespace dnshist::responder
