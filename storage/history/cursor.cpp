#include "storage/history/cursor.hpp"

#include <algorithm>
#include <array>

#include "storage/base/octet_buffer.hpp"
#include "storage/format/pivot_key.hpp"
#include "storage/format/record_key.hpp"
#include "storage/history/prefix_walk.hpp"

namespace dnshist {

Sightings StoredRecord::sightings() const noexcept {
    return read_sightings(payload).value_or(Sightings{});
}

std::vector<std::uint32_t> StoredRecord::sources() const {
    const auto all = read_payload(payload);
    if (!all) return {};
    return {all->sources.begin(), all->sources.end()};
}

struct RecordCursor::State {
    RecordMerge merge;
    PrefixWalk walk;
    StoredRecord record{};
    std::vector<std::uint8_t> long_rdata;

    explicit State(Snapshot::State& snapshot)
        : merge(snapshot.texts, snapshot.history.gap),
          walk(snapshot, Space::names, snapshot.history.names_damage, merge) {}
};

RecordCursor::RecordCursor(Snapshot& snapshot)
    : state_(snapshot.state_->guard([&] { return std::make_unique<State>(*snapshot.state_); })) {}

RecordCursor::~RecordCursor() = default;

void RecordCursor::seek_owner(Octets owner_key, std::optional<Rrtype> type) {
    state_->walk.snapshot.guard([&] {
        if (!type) return state_->walk.seek(owner_key);
        std::array<std::uint8_t, type_octets> octets;
        put_type(octets.data(), *type);
        state_->walk.seek(owner_key, octets);
    });
}

void RecordCursor::prefetch(std::span<Prefetch* const> seeks) {
    state_->walk.snapshot.guard([&] {
        state_->walk.renew();
        state_->walk.snapshot.load(Space::names, seeks);
        state_->walk.cursor.prefetch(seeks);
        // No question waits yet for what is noted of a cluster.
        const auto& cluster = state_->walk.snapshot.cluster;
        if (cluster) cluster->reader.take_awaited();
    });
}

void RecordCursor::expect(const Prefetch& seek) noexcept {
    state_->walk.expected = seek;
}

void RecordCursor::seek_subtree(const NameKey& name) {
    state_->walk.snapshot.guard([&] { state_->walk.seek(name.subtree()); });
}

void RecordCursor::seek_record(Octets owner_key, Rrtype type, Octets rdata) {
    state_->walk.snapshot.guard([&] {
        RecordKey key;
        make_record_key(owner_key, type, rdata, key);
        state_->walk.seek_one(key.octets());
    });
}

void RecordCursor::seek_all() {
    state_->walk.snapshot.guard([&] { state_->walk.seek({}); });
}

void RecordCursor::skip_to(Octets key) {
    state_->walk.snapshot.guard([&] { state_->walk.skip_to(key); });
}

bool RecordCursor::is_removed() const noexcept {
    return state_->walk.cursor.is_void();
}

bool RecordCursor::next() {
    while (step()) {
        if (!is_removed()) return true;
    }
    return false;
}

bool RecordCursor::step() {
    return state_->walk.snapshot.guard([&] {
        PrefixWalk& walk = state_->walk;
        while (walk.step()) {
            const auto parts = split_record_key(walk.cursor.key());
            if (parts && walk.cursor.is_void()) {
                state_->record = {parts->owner, parts->type, parts->rdata, {}, 0, false, {}};
                return true;
            }
            const auto seen = glance(walk.cursor.payload());
            if (!parts || !seen) {
                walk.snapshot.history.names_damage(walk.cursor.block_key(),
                                                   "a record in it is malformed");
                continue;
            }
            state_->record = {parts->owner, parts->type,    parts->rdata,         seen->seen,
                              seen->count,  seen->has_runs, walk.cursor.payload()};
            if (!seen->has_rdata_rest) return true;
            const auto rest = read_rdata_rest(walk.cursor.payload());
            if (!rest || parts->rdata.size() != cut_rdata + digest_octets) {
                walk.snapshot.history.names_damage(walk.cursor.block_key(),
                                                   "the rest of an RDATA in it is malformed");
                continue;
            }
            const Octets head = parts->rdata.first(cut_rdata);
            state_->long_rdata.assign(head.begin(), head.end());
            state_->long_rdata.insert(state_->long_rdata.end(), rest->begin(), rest->end());
            state_->record.rdata = state_->long_rdata;
            return true;
        }
        return false;
    });
}

const StoredRecord& RecordCursor::record() const noexcept {
    return state_->record;
}

Octets RecordCursor::key() const noexcept {
    return state_->walk.cursor.key();
}

Octets RecordCursor::place() const noexcept {
    return state_->walk.place();
}

bool RecordCursor::excludes(const NameKey& name) const noexcept {
    return state_->walk.excludes(name.subtree());
}

bool RecordCursor::lacks() const noexcept {
    const auto& cluster = state_->walk.snapshot.cluster;
    return cluster && cluster->reader.is_awaited();
}

std::uint64_t RecordCursor::reads() const noexcept {
    return state_->walk.reads();
}

struct PivotCursor::State {
    PivotMerge merge;
    PrefixWalk walk;
    StoredPivot pivot{};

    explicit State(Snapshot::State& snapshot)
        : walk(snapshot, Space::pivots, snapshot.history.pivots_damage, merge) {}
};

PivotCursor::PivotCursor(Snapshot& snapshot)
    : state_(snapshot.state_->guard([&] { return std::make_unique<State>(*snapshot.state_); })) {}

PivotCursor::~PivotCursor() = default;

void PivotCursor::seek_prefix(Octets value_prefix) {
    state_->walk.snapshot.guard([&] { state_->walk.seek(value_prefix); });
}

void PivotCursor::skip_to(Octets key) {
    state_->walk.snapshot.guard([&] { state_->walk.skip_to(key); });
}

bool PivotCursor::is_removed() const noexcept {
    return state_->walk.cursor.is_void();
}

bool PivotCursor::next() {
    while (step()) {
        if (!is_removed()) return true;
    }
    return false;
}

bool PivotCursor::step() {
    return state_->walk.snapshot.guard([&] {
        PrefixWalk& walk = state_->walk;
        while (walk.step()) {
            const auto parts = split_pivot_key(walk.cursor.key());
            if (parts) {
                state_->pivot = {parts->value, parts->type, parts->owner};
                return true;
            }
            walk.snapshot.history.pivots_damage(walk.cursor.block_key(),
                                                "a pivot in it is malformed");
        }
        return false;
    });
}

const StoredPivot& PivotCursor::pivot() const noexcept {
    return state_->pivot;
}

Octets PivotCursor::key() const noexcept {
    return state_->walk.cursor.key();
}

Octets PivotCursor::place() const noexcept {
    return state_->walk.place();
}

std::uint64_t PivotCursor::reads() const noexcept {
    return state_->walk.reads();
}

}  // namespace dnshist
