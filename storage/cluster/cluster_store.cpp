#include "storage/cluster/cluster_store.hpp"

#include <algorithm>
#include <utility>

#include "storage/base/text_codec.hpp"
#include "storage/object/counted_write.hpp"
#include "storage/tablet/tablet_head.hpp"

namespace dnshist {

namespace {

constexpr std::uint64_t layout_version = 1;

std::string encode_root(std::uint32_t gap) {
    std::string head;
    append_varint(head, layout_version);
    append_varint(head, gap);
    append_varint(head, cluster_block_page);
    return head;
}

// All but the root. Two writers may do it at once: it is the same. False where a reply was lost.
bool write_empty_store(ObjectStore& objects) {
    std::vector<ObjectWrite> writes;
    for (const char* name : {journal_object, TabletSymbols::object, sources_object})
        writes.push_back(new_object(name));
    for (const TabletSpace space : {TabletSpace::names, TabletSpace::pivots}) {
        TabletHead head;
        head.space = space;
        head.lower = lower_of_all;
        head.upper = upper_of_all;
        writes.push_back(new_object(tablet_object(first_tablet(space)), encode_head(head)));
        writes.push_back(TabletMap::entry(space, head.lower, first_tablet(space)));
    }
    objects.write(writes);
    return std::ranges::none_of(writes, [](const ObjectWrite& write) {
        return write.outcome == ObjectWrite::Outcome::unknown;
    });
}

}  // namespace

void throw_cluster_error(const std::string& location, const ObjectError& error, const char* doing) {
    throw StoreError(std::string("cannot ") + doing + " the store " + location + ": " +
                     error.what());
}

std::unique_ptr<ClusterStore> ClusterStore::open(const std::string& location, Patience patience) {
    std::unique_ptr<ClusterStore> store(
        new ClusterStore(location, open_objects(object_location(location).value(), patience)));
    if (store->load()) return store;
    if (read_object(store->objects(), {copying_object}).exists) {
        throw StoreError("cannot read the store " + location +
                         ": a copy into it goes on or was broken off; if none goes on, run "
                         "'dnshist-zonegen copy' again");
    }
    return nullptr;
}

std::unique_ptr<ClusterStore> ClusterStore::make(const std::string& location, std::uint32_t gap) {
    std::unique_ptr<ClusterStore> store(new ClusterStore(
        location, open_objects(object_location(location).value(), Patience::writer)));
    while (!store->load()) {
        if (read_object(store->objects(), {copying_object}).exists) {
            throw StoreError("cannot write the store " + location +
                             ": a copy into it goes on or was broken off; run 'dnshist-zonegen "
                             "copy' again, or name another namespace");
        }
        if (write_empty_store(store->objects())) write_cluster_root(store->objects(), gap);
    }
    return store;
}

TabletCacheLimits& cluster_cache() {
    static TabletCacheLimits limits;
    return limits;
}

std::optional<StoreStatistics> KeptStatistics::within(std::chrono::seconds age) const {
    const std::lock_guard lock(mutex_);
    const bool is_newer = last_ && std::chrono::steady_clock::now() - read_at_ <= age;
    return is_newer ? last_ : std::nullopt;
}

StoreStatistics KeptStatistics::read(ObjectStore& objects) {
    const StoreStatistics read = read_journal(objects).statistics();
    const std::lock_guard lock(mutex_);
    last_ = read;
    read_at_ = std::chrono::steady_clock::now();
    return read;
}

void write_cluster_root(ObjectStore& objects, std::uint32_t gap,
                        std::vector<ObjectEntry> readings) {
    ObjectWrite root = new_object(root_object, encode_root(gap));
    root.set = std::move(readings);
    write_object(objects, std::move(root));
}

bool ClusterStore::load() {
    const ObjectRead root = read_object(*objects_, {root_object});
    if (!root.exists) return false;
    OctetReader in(as_octets(root.head));
    const auto version = in.varint();
    const auto gap = in.varint();
    const auto page = in.varint();
    if (!version || (version == layout_version && (!gap || !page))) {
        throw StoreError("the store " + location_ +
                         " is damaged: its object root cannot be read; make the store again from a "
                         "copy");
    }
    if (version != layout_version || page != cluster_block_page) {
        throw StoreError("the store " + location_ + " has layout " + std::to_string(*version) +
                         ", this program knows layout " + std::to_string(layout_version) +
                         ": use the version of dnshist that wrote it");
    }
    gap_ = static_cast<std::uint32_t>(*gap);
    map_.load(*objects_);
    return true;
}

}  // namespace dnshist
