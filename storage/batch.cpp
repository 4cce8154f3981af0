#include "storage/batch.hpp"

#include <algorithm>
#include <array>

#include "storage/key_sort.hpp"
#include "storage/name.hpp"
#include "storage/source_text.hpp"

namespace dnshist {

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
    std::uint8_t* place = room(key.size + key.rest.size());
    std::copy_n(key.octets.data(), key.size, place);
    std::copy(key.rest.begin(), key.rest.end(), place + key.size);
    entries_.push_back({place, static_cast<std::uint16_t>(key.size), observation.witness,
                        static_cast<std::uint16_t>(key.rest.size()),
                        intern(observation.source, owner_key), observation.seen,
                        observation.count});
}

void Batch::clear() noexcept {
    entries_.clear();
    sources_.clear();
    source_numbers_.clear();
    slabs_used_ = 0;
    left_ = 0;
}

std::size_t Batch::octets() const noexcept {
    return slabs_used_ * slab_octets + entries_.size() * sizeof(Entry);
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
    sort_by_key(entries_, [](const Entry& entry) { return entry.key(); });
}

}  // namespace dnshist
