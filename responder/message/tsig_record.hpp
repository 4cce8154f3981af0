// The TSIG record of a message, as it is read (RFC 8945, section 4.2).
#pragma once

#include <cstdint>
#include <optional>

#include "storage/base/octets.hpp"
#include "storage/record/name.hpp"

namespace dnshist::responder {

struct TsigRecord {
    std::size_t position = 0;  // where it begins: the length of the message without it
    Name key;
    Name algorithm;
    std::uint64_t time_signed = 0;  // seconds since 1970, 48 bits
    std::uint16_t fudge = 0;        // seconds
    Octets mac;                     // a view into the message
    std::uint16_t original_id = 0;
    std::uint16_t error = 0;
    Octets other;  // a view into the message
};

// The TSIG that begins at `position` and must end where `message` does. Nothing where it is not
// what section 4.2 says to the octet: class ANY, TTL 0, RDATA that its fields fill.
//
// Its owner may be compressed, as every owner may (RFC 1035, section 4.1.4). This is the one name
// of a request whose pointers are followed: only ever backwards, so that there is an end to it. The
// algorithm's name may not be compressed (RFC 3597, section 4).
std::optional<TsigRecord> read_tsig(Octets message, std::size_t position) noexcept;

}  // namespace dnshist::responder
