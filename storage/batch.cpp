#include "storage/batch.hpp"

#include <xxhash.h>

#include <algorithm>
#include <array>

#include "storage/key_sort.hpp"
#include "storage/name.hpp"
#include "storage/source_text.hpp"

namespace dnshist {

namespace {

// Places looked at for a repeat.
constexpr std::size_t probes = 8;
constexpr std::size_t first_slots = 1024;

std::uint32_t hash_of(const Batch::Entry& entry) noexcept {
    const std::uint64_t what =
        std::uint64_t{entry.source} << 1 | static_cast<std::uint64_t>(entry.witness);
    // The key has a digest of the RDATA where that does not fit into it.
    return static_cast<std::uint32_t>(XXH3_64bits_withSeed(entry.octets, entry.key_octets, what));
}

bool same(const Batch::Entry& a, const Batch::Entry& b) noexcept {
    return a.witness == b.witness && a.source == b.source && equal(a.key(), b.key());
}

}  // namespace

std::uint8_t* Batch::room(std::size_t octets) {
    if (left_ < octets) {
        // RDATA is at most 64 KB, so a slab always has room.
        if (slabs_used_ == slabs_.size()) {
            slabs_.push_back(std::make_unique_for_overwrite<std::uint8_t[]>(slab_octets));
        }
        next_ = slabs_[slabs_used_++].get();
        left_ = slab_octets;
    }
    std::uint8_t* place = next_;
    next_ += octets;
    left_ -= octets;
    return place;
}

void Batch::add(const Observation& observation) {
    std::array<std::uint8_t, max_name_octets> owner;
    put_name_key(owner.data(), observation.owner);
    const Octets owner_key = Octets(owner).first(observation.owner.size());
    RecordKey key;
    make_record_key(owner_key, observation.type, observation.rdata, key);
    Entry entry{key.octets.data(),
                static_cast<std::uint16_t>(key.size),
                observation.witness,
                static_cast<std::uint16_t>(key.rest.size()),
                intern(observation.source, owner_key),
                observation.seen,
                observation.count};
    ++observations_;
    const std::uint32_t hash = hash_of(entry);
    if (widen(entry, hash)) return;

    std::uint8_t* place = room(key.size + key.rest.size());
    std::copy_n(key.octets.data(), key.size, place);
    std::copy(key.rest.begin(), key.rest.end(), place + key.size);
    entry.octets = place;
    entries_.push_back(entry);
    if (2 * entries_.size() > slots_.size()) grow_slots();
    remember(hash, entries_.size());
}

// Takes it into an entry that it repeats, if one is found.
bool Batch::widen(const Entry& seen, std::uint32_t hash) {
    for (std::size_t i = 0; i < std::min(probes, slots_.size()); ++i) {
        const Slot& slot = slots_[(hash + i) & (slots_.size() - 1)];
        if (slot.entry == 0) return false;
        if (slot.hash != hash) continue;
        Entry& known = entries_[slot.entry - 1];
        if (!same(known, seen)) continue;
        if (!joins(known.seen, seen.seen, gap_) || !joins(seen.seen, known.seen, gap_)) continue;
        known.seen = {std::min(known.seen.begin, seen.seen.begin),
                      std::max(known.seen.end, seen.seen.end)};
        known.count = counts_ == Counts::add ? saturating_sum(known.count, seen.count)
                                             : std::max(known.count, seen.count);
        return true;
    }
    return false;
}

// The first free place, or the first of all: what was there is merged later.
void Batch::remember(std::uint32_t hash, std::size_t entry) {
    const Slot slot{hash, static_cast<std::uint32_t>(entry)};
    for (std::size_t i = 0; i < probes; ++i) {
        Slot& place = slots_[(hash + i) & (slots_.size() - 1)];
        if (place.entry != 0) continue;
        place = slot;
        return;
    }
    slots_[hash & (slots_.size() - 1)] = slot;
}

void Batch::grow_slots() {
    const std::vector<Slot> before = std::move(slots_);
    slots_.assign(std::max(first_slots, 2 * before.size()), Slot{});
    for (const Slot& slot : before) {
        if (slot.entry != 0) remember(slot.hash, slot.entry);
    }
}

void Batch::clear() noexcept {
    observations_ = 0;
    entries_.clear();
    slots_.clear();
    sources_.clear();
    source_numbers_.clear();
    slabs_used_ = 0;
    left_ = 0;
}

std::size_t Batch::octets() const noexcept {
    return slabs_used_ * slab_octets + entries_.size() * sizeof(Entry) +
           slots_.size() * sizeof(Slot);
}

std::uint32_t Batch::intern(const Source* source, Octets owner_key) {
    if (source == nullptr || source->empty()) return no_source;
    write_source_text(source_scratch_, *source, owner_key);
    const auto known = source_numbers_.find(source_scratch_);
    if (known != source_numbers_.end()) return known->second;
    const auto number = static_cast<std::uint32_t>(sources_.size());
    source_numbers_.emplace(source_scratch_, number);
    sources_.push_back(source_scratch_);
    return number;
}

void Batch::sort() {
    slots_.clear();
    sort_by_key(entries_, [](const Entry& entry) { return entry.key(); });
}

}  // namespace dnshist
