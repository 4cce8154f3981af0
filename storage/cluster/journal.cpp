#include "storage/cluster/journal.hpp"

#include <algorithm>
#include <array>

#include "storage/base/text_codec.hpp"
#include "storage/format/store_meta.hpp"
#include "storage/object/counted_write.hpp"
#include "storage/tablet/tablet_head.hpp"

namespace dnshist {

namespace {

std::string encode_lane(const Lane& lane) {
    std::string out;
    const StoreStatistics& totals = lane.totals;
    for (const std::uint64_t value :
         {lane.epoch, lane.begun, lane.ended, totals.names, totals.records, totals.pivots,
          totals.octets, std::uint64_t{totals.earliest.value_or(end_of_time).since_epoch},
          std::uint64_t{totals.latest.value_or(Seconds{0}).since_epoch},
          std::uint64_t{totals.written.value_or(Seconds{0}).since_epoch}}) {
        append_varint(out, value);
    }
    append_text(out, lane.holder);
    append_varint(out, lane.batch_epoch);
    append_varint(out, lane.batch_parts);
    const ClusterWriting& writing = lane.writing;
    for (const std::uint64_t value : {writing.observations, writing.octets, writing.conflicts,
                                      writing.unanswered, writing.cuts}) {
        append_varint(out, value);
    }
    append_text(out, lane.waits_for);
    return out;
}

std::optional<Lane> decode_lane(std::string_view octets) {
    OctetReader in(as_octets(octets));
    std::array<std::uint64_t, 10> values{};
    for (std::uint64_t& value : values) {
        const auto read = in.varint();
        if (!read) return std::nullopt;
        value = *read;
    }
    auto holder = read_text(in);
    if (!holder || std::ranges::any_of(values.end() - 3, values.end(), [](std::uint64_t time) {
            return time > end_of_time.since_epoch;
        })) {
        return std::nullopt;
    }
    Lane lane;
    lane.epoch = values[0];
    lane.begun = values[1];
    lane.ended = values[2];
    lane.holder = std::move(*holder);
    lane.totals.names = values[3];
    lane.totals.records = values[4];
    lane.totals.pivots = values[5];
    lane.totals.octets = values[6];
    const Seconds earliest{static_cast<std::uint32_t>(values[7])};
    const Seconds latest{static_cast<std::uint32_t>(values[8])};
    if (earliest <= latest) {
        lane.totals.earliest = earliest;
        lane.totals.latest = latest;
    }
    // Lanes that older versions wrote end here, or behind the next two.
    lane.batch_epoch = in.varint().value_or(0);
    lane.batch_parts = in.varint().value_or(0);
    ClusterWriting& writing = lane.writing;
    for (std::uint64_t* const value : {&writing.observations, &writing.octets, &writing.conflicts,
                                       &writing.unanswered, &writing.cuts}) {
        *value = in.varint().value_or(0);
    }
    lane.waits_for = read_text(in).value_or(std::string());
    if (values[9] != 0) lane.totals.written = Seconds{static_cast<std::uint32_t>(values[9])};
    return lane;
}

std::optional<AbandonedBatch> decode_abandoned(Octets key) {
    OctetReader in(key.subspan(1));
    const auto lane = in.u8();
    const auto epoch = in.varint();
    const auto seq = in.varint();
    if (!lane || !epoch || !seq || !in.at_end()) return std::nullopt;
    return AbandonedBatch{*lane, *epoch, *seq};
}

}  // namespace

StoreStatistics Journal::statistics() const {
    StoreStatistics all;
    for (const auto& [number, lane] : lanes) {
        const StoreStatistics& totals = lane.totals;
        all.names += totals.names;
        all.records += totals.records;
        all.pivots += totals.pivots;
        all.octets += totals.octets;
        if (totals.earliest) {
            all.earliest = std::min(all.earliest.value_or(end_of_time), *totals.earliest);
            all.latest = std::max(all.latest.value_or(Seconds{0}), *totals.latest);
        }
        if (totals.written)
            all.written = std::max(all.written.value_or(Seconds{0}), *totals.written);
    }
    return all;
}

Journal read_journal(ObjectStore& objects) {
    ObjectRead read = read_object(objects, {journal_object, {{}}});
    Journal journal;
    bool is_whole = read.exists;
    journal.head = std::move(read.head);
    for (const ObjectEntry& entry : read.entries) {
        const Octets key = as_octets(entry.key);
        if (key.size() == 5 && key[0] == 'f') {
            auto position = store_meta::decode_position(as_octets(entry.value));
            is_whole = is_whole && position;
            if (position) journal.feeds.emplace(get_u32(key.data() + 1), std::move(*position));
        } else if (key.size() == 2 && key[0] == 'l') {
            auto lane = decode_lane(entry.value);
            is_whole = is_whole && lane;
            if (lane) journal.lanes.emplace(key[1], std::move(*lane));
        } else if (key[0] == 'a') {
            const auto batch = decode_abandoned(key);
            is_whole = is_whole && batch;
            if (batch) journal.abandoned.insert(*batch);
        }
    }
    if (!is_whole) {
        throw ObjectError(ObjectError::Kind::other,
                          "its journal is missing or damaged; make the store again from a copy");
    }
    return journal;
}

JournalWrite::JournalWrite(const Journal& read)
    : write_(counted_write(journal_object, read.head)) {}

void JournalWrite::set_lane(std::uint8_t number, const Lane& lane) {
    write_.set.push_back({{'l', static_cast<char>(number)}, encode_lane(lane)});
}

void JournalWrite::set_feed(std::uint32_t number, const FeedPosition& position) {
    std::string key = "f";
    key += as_text(store_meta::encode_u32(number));
    const auto octets = store_meta::encode_position(position);
    write_.set.push_back({std::move(key), std::string(as_text(octets))});
}

void JournalWrite::add_abandoned(const AbandonedBatch& batch) {
    std::string key = {'a', static_cast<char>(batch.lane)};
    append_varint(key, batch.epoch);
    append_varint(key, batch.seq);
    write_.set.push_back({std::move(key), {}});
}

}  // namespace dnshist
