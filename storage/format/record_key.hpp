// Record keys and record payloads: how one record lies in the names database
// (storage/format/FORMAT.md).
//
//     key      owner in key form, type (2 octets), RDATA - or, past max_key_rdata octets, its first
//              cut_rdata octets and a digest of it all, the rest being in the payload
//     payload  flags, the sensors' visibility, the zone files' visibility, sources, rest of RDATA
//
// The digest is SHA-256 cut to 16 octets: nobody can make two RDATA that the store would take for
// one, so nothing more has to be compared.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "storage/base/octet_buffer.hpp"
#include "storage/base/octets.hpp"
#include "storage/record/name.hpp"
#include "storage/record/rrtype.hpp"
#include "storage/record/visibility.hpp"

namespace dnshist {

inline constexpr std::size_t type_octets = 2;
inline constexpr std::size_t digest_octets = 16;
inline constexpr std::size_t max_key_rdata = 253;
inline constexpr std::size_t cut_rdata = 238;
inline constexpr std::size_t max_record_key =
    max_name_octets + type_octets + cut_rdata + digest_octets;
// Sources kept of one record; those that come later are not.
inline constexpr std::size_t max_sources = 8;

// The type as keys have it, the most significant octet first; returns the end.
inline std::uint8_t* put_type(std::uint8_t* out, Rrtype type) noexcept {
    return put_u16(out, number(type));
}

// A key, and the rest of the RDATA given, which does not go into it.
struct RecordKey : OctetBuffer<max_record_key> {
    Octets rest;
};

// `owner_key` is a name's key form, `rdata` canonical.
void make_record_key(Octets owner_key, Rrtype type, Octets rdata, RecordKey& out);

// The parts of a record key; nothing where it is none.
struct RecordKeyParts {
    Octets owner;
    Rrtype type;
    Octets rdata;  // its beginning and the digest, where the payload has the rest
};
std::optional<RecordKeyParts> split_record_key(Octets key) noexcept;

// How many octets the key-form name at the start of `key` has; nothing where there is none.
std::optional<std::size_t> owner_length(Octets key) noexcept;

// The least octets that are after every record of the owner, and after every record at or below it;
// both for RecordCursor::skip_to(). Of the root there is nothing after.
using KeyBound = OctetBuffer<max_name_octets>;
KeyBound after_owner(Octets owner_key) noexcept;
KeyBound after_subtree(Octets owner_key) noexcept;

// What a payload says, but for the sources and the rest of the RDATA, which are read by need.
struct RecordPayload {
    Sightings sightings;
    std::vector<std::uint32_t> sources;  // ascending
    Octets rdata_rest;
};

// First, last and count of both visibilities together, without reading the runs.
struct Glance {
    Period seen;
    std::uint64_t count;
    bool has_runs;  // there may be more than one
    bool has_rdata_rest;
};
std::optional<Glance> glance(Octets payload) noexcept;
// The visibilities alone.
std::optional<Sightings> read_sightings(Octets payload) noexcept;
std::optional<RecordPayload> read_payload(Octets payload);
// What of the RDATA the key does not hold.
std::optional<Octets> read_rdata_rest(Octets payload) noexcept;

// Appends to `out`.
void append_payload(std::vector<std::uint8_t>& out, const Sightings& sightings,
                    std::span<const std::uint32_t> sources, Octets rdata_rest);

}  // namespace dnshist
