#include "responder/message/least_ttl.hpp"

#include <algorithm>

#include "storage/record/rrtype.hpp"

namespace dnshist::responder {

namespace {

constexpr std::uint8_t pointer_bits = 0xc0;

bool skip_name(OctetReader& reader) noexcept {
    for (;;) {
        const auto length = reader.u8();
        if (!length) return false;
        if (*length == 0) return true;
        if ((*length & pointer_bits) != 0) return reader.u8().has_value();
        if (!reader.octets(*length)) return false;
    }
}

}  // namespace

std::optional<std::uint32_t> least_ttl(Octets response) noexcept {
    OctetReader reader(response);
    reader.u32();  // identifier and flags
    const unsigned questions = reader.u16().value_or(0);
    unsigned records = reader.u16().value_or(0);
    records += reader.u16().value_or(0);
    records += reader.u16().value_or(0);
    for (unsigned i = 0; i < questions; ++i) {
        if (!skip_name(reader) || !reader.u32()) return std::nullopt;
    }
    std::optional<std::uint32_t> least;
    for (unsigned i = 0; i < records; ++i) {
        if (!skip_name(reader)) return std::nullopt;
        const auto type = reader.u16();
        reader.u16();  // class
        auto ttl = reader.u32();
        const auto size = reader.u16();
        const auto rdata = size ? reader.octets(*size) : std::nullopt;
        if (!ttl || !rdata || type == static_cast<std::uint16_t>(Rrtype::TSIG)) return std::nullopt;
        if (type == static_cast<std::uint16_t>(Rrtype::OPT)) continue;
        if (type == static_cast<std::uint16_t>(Rrtype::SOA) && rdata->size() >= 4) {
            ttl = std::min(*ttl, get_u32(rdata->data() + rdata->size() - 4));
        }
        least = std::min(least.value_or(*ttl), *ttl);
    }
    return least.value_or(0);
}

}  // namespace dnshist::responder
