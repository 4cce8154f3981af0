#include "storage/format/record_key.hpp"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <utility>

namespace dnshist {

namespace {

// The payload's first octet.
enum Flag : std::uint8_t {
    has_sensor = 1,
    has_zone = 2,
    has_sources = 4,
    has_rdata_rest = 8,
    sensor_has_runs = 16,
    zone_has_runs = 32,
    has_void = 64,  // void_mark
    all_flags = 127,
};
// In this order behind the flags: whether each is there, and has runs.
constexpr std::array visibilities{std::pair{has_sensor, sensor_has_runs},
                                  std::pair{has_zone, zone_has_runs}};

// visibility := first:u32 span:varint count:varint [runs]
// runs       := number:varint (length:varint gap:varint){number-1}
//               the last run ends where the span does
bool read_header(OctetReader& in, Period& seen, std::uint64_t& count) noexcept {
    const auto first = in.u32();
    const auto span = in.varint();
    const auto times = in.varint();
    if (!first || !span || !times || *span > end_of_time.since_epoch - *first) return false;
    seen = {Seconds{*first}, Seconds{*first + static_cast<std::uint32_t>(*span)}};
    count = *times;
    return true;
}

bool skip_runs(OctetReader& in) noexcept {
    const auto number = in.varint();
    if (!number || *number < 2 || *number > max_runs) return false;
    for (std::uint64_t i = 0; i < 2 * (*number - 1); ++i) {
        if (!in.varint()) return false;
    }
    return true;
}

bool read_runs(OctetReader& in, Period seen, Visibility& out) noexcept {
    const auto number = in.varint();
    if (!number || *number < 2 || *number > max_runs) return false;
    std::uint64_t begin = seen.begin.since_epoch;
    for (std::uint64_t i = 0; i + 1 < *number; ++i) {
        const auto length = in.varint();
        const auto gap = in.varint();
        const std::uint64_t end_of_all = seen.end.since_epoch;
        if (!length || !gap || *length > end_of_all - begin) return false;
        const std::uint64_t end = begin + *length;
        if (*gap == 0 || *gap > end_of_all - end) return false;
        out.add(
            {Seconds{static_cast<std::uint32_t>(begin)}, Seconds{static_cast<std::uint32_t>(end)}},
            0, 0);
        begin = end + *gap;
    }
    out.add({Seconds{static_cast<std::uint32_t>(begin)}, seen.end}, 0, 0);
    return true;
}

bool read_visibility(OctetReader& in, bool runs, Visibility& out) noexcept {
    Period seen;
    std::uint64_t count = 0;
    if (!read_header(in, seen, count)) return false;
    if (!runs) {
        out = Visibility(seen, count);
        return true;
    }
    out = Visibility();
    if (!read_runs(in, seen, out)) return false;
    out.add({seen.begin, seen.begin}, count, 0);
    return true;
}

void append_visibility(std::vector<std::uint8_t>& out, const Visibility& visibility) {
    const auto runs = visibility.runs();
    std::array<std::uint8_t, (3 + 2 * max_runs) * max_varint_octets> room;
    const std::uint32_t first = visibility.first().since_epoch;
    std::uint8_t* end = put_u32(room.data(), first);
    end = put_varint(end, visibility.last().since_epoch - first);
    end = put_varint(end, visibility.count());
    if (runs.size() > 1) {
        end = put_varint(end, runs.size());
        for (std::size_t i = 0; i + 1 < runs.size(); ++i) {
            end = put_varint(end, runs[i].end.since_epoch - runs[i].begin.since_epoch);
            end = put_varint(end, runs[i + 1].begin.since_epoch - runs[i].end.since_epoch);
        }
    }
    out.insert(out.end(), room.data(), end);
}

// Reads flags and visibilities; leaves `in` before the sources.
bool read_both(OctetReader& in, std::uint8_t& flags, Sightings& out) noexcept {
    const auto first = in.u8();
    if (!first || *first > all_flags) return false;
    flags = *first;
    if ((flags & has_sensor) != 0 &&
        !read_visibility(in, (flags & sensor_has_runs) != 0, out.sensor)) {
        return false;
    }
    return (flags & has_zone) == 0 || read_visibility(in, (flags & zone_has_runs) != 0, out.zone);
}

bool skip_visibility(OctetReader& in, bool runs, Period& seen, std::uint64_t& count) noexcept {
    return read_header(in, seen, count) && (!runs || skip_runs(in));
}

}  // namespace

void make_record_key(Octets owner_key, Rrtype type, Octets rdata, RecordKey& out) {
    std::uint8_t* next = std::copy(owner_key.begin(), owner_key.end(), out.data());
    next = put_type(next, type);
    if (rdata.size() <= max_key_rdata) {
        next = std::copy(rdata.begin(), rdata.end(), next);
        out.rest = {};
    } else {
        const Octets head = rdata.first(cut_rdata);
        next = std::copy(head.begin(), head.end(), next);
        std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest;
        SHA256(rdata.data(), rdata.size(), digest.data());
        next = std::copy_n(digest.begin(), digest_octets, next);
        out.rest = rdata.subspan(cut_rdata);
    }
    out.set_end(next);
}

std::optional<std::size_t> owner_length(Octets key) noexcept {
    std::size_t at = 0;
    while (at < key.size() && at < max_name_octets) {
        if (key[at] == 0) return at + 1;
        if (key[at] > max_label_octets) return std::nullopt;
        at += 1U + key[at];
    }
    return std::nullopt;
}

std::optional<RecordKeyParts> split_record_key(Octets key) noexcept {
    const auto owner = owner_length(key);
    if (!owner || key.size() < *owner + type_octets) return std::nullopt;
    const auto type = Rrtype{get_u16(&key[*owner])};
    return RecordKeyParts{key.first(*owner), type, key.subspan(*owner + type_octets)};
}

KeyBound after_owner(Octets owner_key) noexcept {
    // In the place of the closing zero begins the first label of a name below.
    KeyBound bound(owner_key);
    bound.octets().back() = 1;
    return bound;
}

KeyBound after_subtree(Octets owner_key) noexcept {
    KeyBound bound(owner_key.first(owner_key.size() - 1));
    while (!bound.empty() && bound.octets().back() == 255)
        bound.resize(bound.size() - 1);
    if (bound.empty()) {
        // The root: no key begins with this.
        bound.append(255);
    } else {
        ++bound.octets().back();
    }
    return bound;
}

std::optional<Glance> glance(Octets payload) noexcept {
    OctetReader in(payload);
    const auto flags = in.u8();
    if (!flags || *flags > all_flags) return std::nullopt;
    constexpr unsigned both = has_sensor | has_zone;
    const bool runs = (*flags & (sensor_has_runs | zone_has_runs)) != 0 || (*flags & both) == both;
    Glance all{{end_of_time, Seconds{0}}, 0, runs, (*flags & has_rdata_rest) != 0};
    if (const unsigned witness = *flags & both; witness == has_sensor || witness == has_zone) {
        // read_header() says that the period does not end before it begins.
        return skip_visibility(in, runs, all.seen, all.count) ? std::optional(all) : std::nullopt;
    }
    for (const auto& [present, with_runs] : visibilities) {
        if ((*flags & present) == 0) continue;
        Period seen;
        std::uint64_t count = 0;
        if (!skip_visibility(in, (*flags & with_runs) != 0, seen, count)) return std::nullopt;
        all.seen = {std::min(all.seen.begin, seen.begin), std::max(all.seen.end, seen.end)};
        all.count = saturating_sum(all.count, count);
    }
    if (all.seen.begin > all.seen.end) return std::nullopt;
    return all;
}

std::optional<Sightings> read_sightings(Octets payload) noexcept {
    OctetReader in(payload);
    Sightings sightings;
    std::uint8_t flags = 0;
    if (!read_both(in, flags, sightings)) return std::nullopt;
    return sightings;
}

std::optional<RecordPayload> read_payload(Octets payload) {
    OctetReader in(payload);
    RecordPayload all;
    std::uint8_t flags = 0;
    if (!read_both(in, flags, all.sightings)) return std::nullopt;
    all.voids_older = (flags & has_void) != 0;
    if ((flags & has_sources) != 0) {
        const auto number = in.varint();
        if (!number || *number > max_sources) return std::nullopt;
        for (std::uint64_t i = 0; i < *number; ++i) {
            const auto source = in.varint();
            if (!source || *source > 0xffffffff) return std::nullopt;
            all.sources.push_back(static_cast<std::uint32_t>(*source));
        }
    }
    if ((flags & has_rdata_rest) != 0) {
        all.rdata_rest = in.rest();
    } else if (!in.at_end()) {
        return std::nullopt;
    }
    return all;
}

std::optional<Octets> read_rdata_rest(Octets payload) noexcept {
    OctetReader in(payload);
    const auto flags = in.u8();
    if (!flags || *flags > all_flags || (*flags & has_rdata_rest) == 0) return std::nullopt;
    Period seen;
    std::uint64_t count = 0;
    for (const auto& [present, with_runs] : visibilities) {
        const bool runs = (*flags & with_runs) != 0;
        if ((*flags & present) != 0 && !skip_visibility(in, runs, seen, count)) return std::nullopt;
    }
    if ((*flags & has_sources) != 0) {
        const auto number = in.varint();
        if (!number || *number > max_sources) return std::nullopt;
        for (std::uint64_t i = 0; i < *number; ++i) {
            if (!in.varint()) return std::nullopt;
        }
    }
    return in.rest();
}

void append_payload(std::vector<std::uint8_t>& out, const RecordPayload& payload) {
    const auto& [sightings, sources, rdata_rest, voids_older] = payload;
    unsigned flags = 0;
    if (voids_older) flags |= has_void;
    if (!sightings.sensor.empty()) flags |= has_sensor;
    if (!sightings.zone.empty()) flags |= has_zone;
    if (!sources.empty()) flags |= has_sources;
    if (!rdata_rest.empty()) flags |= has_rdata_rest;
    if (sightings.sensor.runs().size() > 1) flags |= sensor_has_runs;
    if (sightings.zone.runs().size() > 1) flags |= zone_has_runs;
    out.push_back(static_cast<std::uint8_t>(flags));
    if (!sightings.sensor.empty()) append_visibility(out, sightings.sensor);
    if (!sightings.zone.empty()) append_visibility(out, sightings.zone);
    if (!sources.empty()) {
        std::array<std::uint8_t, (1 + max_sources) * max_varint_octets> room;
        std::uint8_t* end = put_varint(room.data(), sources.size());
        for (const std::uint32_t source : sources)
            end = put_varint(end, source);
        out.insert(out.end(), room.data(), end);
    }
    out.insert(out.end(), rdata_rest.begin(), rdata_rest.end());
}

}  // namespace dnshist
