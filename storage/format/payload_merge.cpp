#include "storage/format/payload_merge.hpp"

#include <algorithm>
#include <string>

#include "storage/format/source_codec.hpp"
#include "storage/format/store_meta.hpp"

namespace dnshist {

Octets DatabaseSourceTexts::of(std::uint32_t number) const {
    return transaction_.get(database_, store_meta::encode_u32(number)).value_or(Octets{});
}

std::optional<std::uint32_t> DatabaseSourceTexts::unnamed() {
    if (unnamed_) return unnamed_;
    std::string text;
    encode_source(text, {}, {});
    lmdb::Cursor cursor(transaction_, database_);
    for (bool any = cursor.first(); any && !unnamed_; any = cursor.next()) {
        if (as_text(cursor.value()) == text) unnamed_ = store_meta::decode_u32(cursor.key());
    }
    return unnamed_;
}

void add_source(SourceNumbers& sources, std::uint32_t added, const SourceTexts& texts) {
    const auto place = std::ranges::lower_bound(sources, added);
    if (place != sources.end() && *place == added) return;
    if (sources.size() < max_sources) {
        sources.insert(place, added);
        return;
    }
    const auto before = [&](std::uint32_t a, std::uint32_t b) {
        return compare(texts.of(a), texts.of(b)) < 0;
    };
    const auto last = std::ranges::max_element(sources, before);
    if (!before(added, *last)) return;
    sources.erase(last);
    sources.insert(std::ranges::lower_bound(sources, added), added);
}

void merge_payload(RecordPayload& known, const RecordPayload& older, std::uint32_t gap,
                   SourceTexts& texts) {
    const auto seen_unnamed = [](const RecordPayload& payload) {
        return !payload.sightings.empty() && payload.sources.empty();
    };
    const bool has_unnamed = seen_unnamed(known) || seen_unnamed(older);
    known.sightings.sensor.merge(older.sightings.sensor, gap);
    known.sightings.zone.merge(older.sightings.zone, gap);
    for (const std::uint32_t source : older.sources)
        add_source(known.sources, source, texts);
    // Alone, no source says that it was seen without one.
    const auto unnamed = has_unnamed && !known.sources.empty() ? texts.unnamed() : std::nullopt;
    if (unnamed) add_source(known.sources, *unnamed, texts);
    if (known.rdata_rest.empty()) known.rdata_rest = older.rdata_rest;
    known.voids_older = known.voids_older || older.voids_older;
}

std::optional<Octets> RecordMerge::merge(std::span<const Octets> payloads) {
    RecordPayload known;
    bool any = false;
    for (const Octets octets : payloads) {
        const auto payload = read_payload(octets);
        if (!payload) continue;
        any = true;
        merge_payload(known, *payload, gap_, texts_);
    }
    if (!any) return payloads.front();
    if (voids_ == Voids::end) {
        if (known.sightings.empty()) return std::nullopt;
        known.voids_older = false;
    }
    merged_.clear();
    append_payload(merged_, known);
    return merged_;
}

}  // namespace dnshist
