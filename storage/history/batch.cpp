#include "storage/history/batch.hpp"

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <new>

#include "storage/base/key_sort.hpp"
#include "storage/base/octet_buffer.hpp"
#include "storage/record/name.hpp"

namespace dnshist {

namespace {

constexpr std::size_t first_buckets = 256;

// How many observations wait for their cache lines, and after how many others a bucket is loaded.
constexpr std::size_t most_waiting = 8;
constexpr std::size_t wait_for_bucket = 4;

constexpr std::size_t most_known_sources = 128;

std::uint32_t hash_of(const RecordKey& key, const Batch::Entry& entry) noexcept {
    const std::uint64_t what =
        std::uint64_t{entry.source} << 1 | static_cast<std::uint64_t>(entry.witness);
    // The key has a digest of the RDATA where that does not fit into it.
    return static_cast<std::uint32_t>(XXH3_64bits_withSeed(key.data(), key.size(), what));
}

}  // namespace

void Batch::add(const Observation& observation) {
    if (waiting_.empty()) waiting_.resize(most_waiting);
    if (observations_ - settled_ == most_waiting) settle_first();
    Waiting& added = waiting_[observations_ % most_waiting];
    OctetBuffer<max_name_octets> owner;
    put_name_key(owner.data(), observation.owner);
    owner.resize(observation.owner.size());
    const Octets owner_key = owner.octets();
    make_record_key(owner_key, observation.type, observation.rdata, added.key);
    added.entry = {static_cast<std::uint16_t>(added.key.size()),
                   static_cast<std::uint16_t>(added.key.rest.size()),
                   observation.witness,
                   intern(observation.source, owner_key),
                   observation.seen,
                   observation.count};
    added.hash = hash_of(added.key, added.entry);
    ++observations_;
    // The rest of the RDATA must be copied while the observation exists.
    if (!added.key.rest.empty() || buckets_.empty()) return settle();
    __builtin_prefetch(&bucket_of(added.hash));
    if (observations_ - settled_ > wait_for_bucket) {
        fetch_known(waiting_[(observations_ - wait_for_bucket - 1) % most_waiting].hash);
    }
}

void Batch::settle() {
    while (settled_ != observations_)
        settle_first();
}

void Batch::settle_first() {
    const Waiting& seen = waiting_[settled_++ % most_waiting];
    if (widen(seen)) return;
    entries_.push_back(keep(seen.entry, seen.key.octets(), seen.key.rest));
    if (2 * entries_.size() > buckets_.size() * Bucket::places) grow_buckets();
    remember(seen.hash, entries_.back());
}

void Batch::fetch_known(std::uint32_t hash) noexcept {
    const Bucket& bucket = bucket_of(hash);
    for (std::size_t i = 0; i < Bucket::places; ++i) {
        if (bucket.hashes[i] == hash) __builtin_prefetch(bucket.entries[i]);
    }
}

// Widens an entry that the observation repeats; false where none is found.
bool Batch::widen(const Waiting& seen) {
    if (buckets_.empty()) return false;
    const Bucket& bucket = bucket_of(seen.hash);
    const Octets key = seen.key.octets();
    for (std::size_t i = 0; i < Bucket::places; ++i) {
        if (bucket.hashes[i] != seen.hash || bucket.entries[i] == nullptr) continue;
        Entry& known = *bucket.entries[i];
        const Entry& entry = seen.entry;
        if (known.witness != entry.witness || known.source != entry.source) continue;
        if (!equal(known.key(), key)) continue;
        if (!joins(known.seen, entry.seen, gap_) || !joins(entry.seen, known.seen, gap_)) continue;
        known.seen = {std::min(known.seen.begin, entry.seen.begin),
                      std::max(known.seen.end, entry.seen.end)};
        known.count = counts_ == Counts::add ? saturating_sum(known.count, entry.count)
                                             : std::max(known.count, entry.count);
        return true;
    }
    return false;
}

Batch::Entry* Batch::keep(const Entry& entry, Octets key, Octets rest) {
    constexpr std::size_t aligned = alignof(Entry);
    const std::size_t octets = sizeof(Entry) + key.size() + rest.size();
    const std::size_t taken = (octets + aligned - 1) / aligned * aligned;
    std::uint8_t* const place = arena_.take(taken);
    auto* const kept = new (place) Entry(entry);
    std::copy_n(rest.data(), rest.size(),
                std::copy_n(key.data(), key.size(), place + sizeof(Entry)));
    return kept;
}

// Takes the first free place, or else the first one: the entry there is merged later.
void Batch::remember(std::uint32_t hash, Entry* entry) {
    Bucket& bucket = bucket_of(hash);
    std::size_t place = 0;
    while (place < Bucket::places && bucket.entries[place] != nullptr)
        ++place;
    place %= Bucket::places;
    bucket.hashes[place] = hash;
    bucket.entries[place] = entry;
}

void Batch::grow_buckets() {
    const HugePageVector<Bucket> before = std::move(buckets_);
    buckets_.assign(std::max(first_buckets, 2 * before.size()), Bucket{});
    for (const Bucket& bucket : before) {
        for (std::size_t i = 0; i < Bucket::places; ++i) {
            if (bucket.entries[i] != nullptr) remember(bucket.hashes[i], bucket.entries[i]);
        }
    }
}

void Batch::clear() noexcept {
    observations_ = 0;
    settled_ = 0;
    entries_.clear();
    std::ranges::fill(buckets_, Bucket{});
    sources_.clear();
    source_numbers_.clear();
    known_sources_.clear();
    arena_.clear();
}

std::size_t Batch::octets() const noexcept {
    return arena_.octets() + std::span(entries_).size_bytes() + std::span(buckets_).size_bytes();
}

std::uint32_t Batch::intern(const Source* source, Octets owner_key) {
    if (source == nullptr || source->empty()) return no_source;
    if (known_sources_.empty()) known_sources_.resize(most_known_sources);
    const std::uint64_t hash = XXH3_64bits(source->bailiwick.data(), source->bailiwick.size());
    KnownSource& known = known_sources_[hash % most_known_sources];
    if (known.source.source() != *source) {
        known.source.assign(*source);
        known.numbers.fill(no_source);
    }
    const bool holds_owner = known.source.holds(owner_key);
    std::uint32_t& number = known.numbers[static_cast<std::size_t>(holds_owner)];
    if (number == no_source) number = number_of(known.source, holds_owner);
    return number;
}

std::uint32_t Batch::number_of(const EncodableSource& source, bool holds_owner) {
    source.encode(source_scratch_, holds_owner);
    const auto known = source_numbers_.find(source_scratch_);
    if (known != source_numbers_.end()) return known->second;
    const auto number = static_cast<std::uint32_t>(sources_.size());
    source_numbers_.emplace(source_scratch_, number);
    sources_.push_back(source_scratch_);
    return number;
}

void Batch::sort() {
    settle();
    std::ranges::fill(buckets_, Bucket{});
    sort_by_key(entries_, [](const Entry* entry) { return entry->key(); });
}

std::span<const Batch::Entry* const> Batch::entries() {
    settle();
    return entries_;
}

}  // namespace dnshist
