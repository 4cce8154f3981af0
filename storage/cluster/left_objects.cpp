#include "storage/cluster/left_objects.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <system_error>
#include <tuple>

#include "storage/cluster/cluster_store.hpp"
#include "storage/cluster/journal.hpp"
#include "storage/cluster/lane_seat.hpp"
#include "storage/tablet/tablet_head.hpp"

namespace dnshist {

namespace {

// The batch of an object "b.<lane>.<epoch>.<seq>.<part>".
std::optional<BegunBatch> batch_of(const std::string& name) {
    if (!name.starts_with("b.")) return std::nullopt;
    std::array<std::uint64_t, 4> numbers{};
    const char* next = name.data() + 1;
    const char* const end = name.data() + name.size();
    for (std::uint64_t& number : numbers) {
        if (next == end || *next != '.') return std::nullopt;
        const auto [stop, error] = std::from_chars(next + 1, end, number);
        if (error != std::errc{}) return std::nullopt;
        next = stop;
    }
    if (next != end || numbers[0] >= most_lanes) return std::nullopt;
    return BegunBatch{static_cast<std::uint8_t>(numbers[0]), numbers[1], numbers[2],
                      numbers[3] + 1};
}

bool is_tablet(const std::string& name) {
    return name.size() == tablet_object(0).size() && name[0] == 't';
}

// The tablet that has the keys from `key` on, as it is now.
struct Owner {
    std::string object;
    std::string head;
};
Owner owner_of(ObjectStore& objects, TabletMap& map, TabletSpace space, const std::string& key) {
    for (;;) {
        const std::string object = tablet_object(map.find(space, key).id);
        const ObjectRead read = read_object(objects, {object});
        const auto head = read.exists ? decode_head(read.head) : std::nullopt;
        if (!head) throw_damaged_object(object);
        if (head->has(key)) return {object, read.head};
        if (head->right == 0 || key < head->upper) throw_damaged_object(object);
        map.learn(space, head->upper, head->right);
    }
}

// Whether a tablet belongs to no map, and cannot come to belong to one.
bool is_cut_off(ObjectStore& objects, TabletMap& map, const std::string& name) {
    const ObjectRead read = read_object(objects, {name});
    const auto tablet = read.exists ? decode_head(read.head) : std::nullopt;
    if (!tablet) return false;
    for (;;) {
        const Owner owner = owner_of(objects, map, tablet->space, tablet->lower);
        if (owner.object == name) return false;
        TabletHead head = *decode_head(owner.head);
        ++head.version;
        ObjectWrite write;
        write.object = owner.object;
        write.condition = ObjectWrite::Condition::head_is_expected;
        write.expected = owner.head;
        write.head = encode_head(head);
        if (write_object(objects, std::move(write)) == ObjectWrite::Outcome::done) return true;
    }
}

}  // namespace

std::vector<std::string> left_objects(ObjectStore& objects, const std::vector<std::string>& names,
                                      const std::vector<std::string>& tablets) {
    const std::set<std::string> known(tablets.begin(), tablets.end());
    const Journal journal = read_journal(objects);
    std::vector<std::string> left;
    std::ranges::copy_if(names, std::back_inserter(left), [&](const std::string& name) {
        if (is_tablet(name)) return !known.contains(name);
        if (name == copying_object) return true;
        const auto batch = batch_of(name);
        if (!batch) return false;
        const auto lane = journal.lanes.find(batch->lane);
        return lane == journal.lanes.end() || !lane->second.is_unfinished() ||
               lane->second.begun != batch->seq || lane->second.batch_epoch != batch->epoch;
    });
    return left;
}

std::size_t remove_left_objects(ObjectStore& objects, TabletMap& map,
                                const std::vector<std::string>& left) {
    LaneSeat seat(objects, this_process());
    std::map<std::tuple<std::uint8_t, std::uint64_t, std::uint64_t>, bool> abandoned;
    std::vector<std::string> removed;
    for (const std::string& name : left) {
        if (is_tablet(name)) {
            if (is_cut_off(objects, map, name)) removed.push_back(name);
        } else if (const auto batch = batch_of(name)) {
            const auto [known, is_new] =
                abandoned.try_emplace({batch->lane, batch->epoch, batch->seq});
            if (is_new) known->second = seat.abandon(*batch);
            if (known->second) removed.push_back(name);
        } else {
            removed.push_back(name);
        }
    }
    objects.remove(removed);
    return removed.size();
}

}  // namespace dnshist
