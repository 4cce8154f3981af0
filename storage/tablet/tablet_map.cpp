#include "storage/tablet/tablet_map.hpp"

#include <mutex>
#include <random>

#include "storage/base/hex.hpp"

namespace dnshist {

namespace {

constexpr unsigned directory_objects = 256;

std::string directory_object(std::uint64_t id) {
    return {'d', hex_digits[id >> 4 & 15], hex_digits[id & 15]};
}

std::string encode_id(std::uint64_t id) {
    std::string octets;
    for (int shift = 56; shift >= 0; shift -= 8)
        octets.push_back(static_cast<char>(id >> shift & 0xff));
    return octets;
}

std::uint64_t decode_id(std::string_view octets) {
    std::uint64_t id = 0;
    for (const std::uint8_t octet : as_octets(octets))
        id = id << 8 | octet;
    return id;
}

}  // namespace

void throw_damaged_object(const std::string& object) {
    throw ObjectError(
        ObjectError::Kind::other,
        "its object " + object + " is missing or damaged; make the store again from a copy");
}

std::uint64_t new_tablet_id() {
    std::random_device random;
    for (;;) {
        const std::uint64_t id = (std::uint64_t{random()} << 32 | random()) >> 1;
        if (id > 2) return id;
    }
}

void TabletMap::load(ObjectStore& objects) {
    std::vector<ObjectRead> reads(directory_objects);
    for (unsigned i = 0; i < directory_objects; ++i) {
        reads[i].object = directory_object(i);
        reads[i].ranges.emplace_back();
    }
    objects.read(reads);
    const std::unique_lock lock(mutex_);
    for (const ObjectRead& read : reads) {
        for (const ObjectEntry& entry : read.entries) {
            if (entry.key.size() < 2 || entry.value.size() != 8) continue;
            Tablets& tablets = entry.key[0] == 'n' ? names_ : pivots_;
            tablets[entry.key.substr(1)] = decode_id(entry.value);
        }
    }
}

TabletMap::Place TabletMap::find(TabletSpace space, std::string_view key) const {
    const std::shared_lock lock(mutex_);
    const Tablets& tablets = of(space);
    if (tablets.empty()) {
        throw ObjectError(ObjectError::Kind::other,
                          "its directory of tablets is empty; make it again from a copy");
    }
    const auto behind = tablets.upper_bound(key);
    const auto found = behind == tablets.begin() ? behind : std::prev(behind);
    const auto next = std::next(found);
    return {found->second, found->first,
            next == tablets.end() ? std::string(upper_of_all) : next->first};
}

void TabletMap::learn(TabletSpace space, const std::string& lower, std::uint64_t id) {
    const std::unique_lock lock(mutex_);
    (space == TabletSpace::names ? names_ : pivots_)[lower] = id;
}

std::size_t TabletMap::size(TabletSpace space) const {
    const std::shared_lock lock(mutex_);
    return of(space).size();
}

std::vector<std::uint64_t> TabletMap::ids(TabletSpace space) const {
    const std::shared_lock lock(mutex_);
    std::vector<std::uint64_t> ids;
    for (const auto& [lower, id] : of(space))
        ids.push_back(id);
    return ids;
}

ObjectWrite TabletMap::entry(TabletSpace space, const std::string& lower, std::uint64_t id) {
    ObjectWrite write;
    write.object = directory_object(id);
    write.set.push_back({static_cast<char>(space) + lower, encode_id(id)});
    return write;
}

}  // namespace dnshist
