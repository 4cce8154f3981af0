// Record keys and record payloads: the encoding of one record in the names database
// (storage/format/FORMAT.md).
//
//     key      owner in key form, type (2 octets), RDATA - or, past max_key_rdata octets, its first
//              cut_rdata octets and a digest of it all, the rest being in the payload
//     payload  flags, the sensors' visibility, the zone files' visibility, sources, rest of RDATA
//
// Where a record lies in several levels of the store, its payloads are merged (payload_merge.hpp);
// one that voids older levels hides what these have.
//
// The digest is SHA-256 cut to 16 octets. Nobody can make two RDATA with the same digest, so
// records with equal keys are equal and need no further comparison.
#pragma once

#include <boost/container/static_vector.hpp>
#include <cstdint>
#include <optional>
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
// Sources kept for one record: those that are least by text.
inline constexpr std::size_t max_sources = 8;
using SourceNumbers = boost::container::static_vector<std::uint32_t, max_sources>;

// Writes the type, the most significant octet first; returns the end.
inline std::uint8_t* put_type(std::uint8_t* out, Rrtype type) noexcept {
    return put_u16(out, number(type));
}

// A key, and the rest of the RDATA given, which does not go into it.
struct RecordKey : OctetBuffer<max_record_key> {
    Octets rest;
};

// `owner_key` is a name's key form, `rdata` canonical.
void make_record_key(Octets owner_key, Rrtype type, Octets rdata, RecordKey& out);

// The parts of a record key; nothing where it is malformed.
struct RecordKeyParts {
    Octets owner;
    Rrtype type;
    Octets rdata;  // where the payload has the rest: the beginning and the digest
};
std::optional<RecordKeyParts> split_record_key(Octets key) noexcept;

// The length of the key-form name at the start of `key`; nothing where there is none.
std::optional<std::size_t> owner_length(Octets key) noexcept;

// The least octets that sort after every record of the owner, and after every record at or below
// it, for RecordCursor::skip_to(). Nothing sorts after the subtree of the root.
using KeyBound = OctetBuffer<max_name_octets>;
KeyBound after_owner(Octets owner_key) noexcept;
KeyBound after_subtree(Octets owner_key) noexcept;

// A whole payload.
struct RecordPayload {
    Sightings sightings;
    SourceNumbers sources;  // ascending
    Octets rdata_rest;
    bool voids_older = false;  // of older levels nothing counts
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
// The part of the RDATA that the key does not hold.
std::optional<Octets> read_rdata_rest(Octets payload) noexcept;

// Appends to `out`.
void append_payload(std::vector<std::uint8_t>& out, const RecordPayload& payload);

}  // namespace dnshist
