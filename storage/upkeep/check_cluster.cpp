#include "storage/upkeep/check_cluster.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "storage/cluster/cluster_store.hpp"
#include "storage/cluster/journal.hpp"
#include "storage/cluster/left_objects.hpp"
#include "storage/format/store_meta.hpp"
#include "storage/tablet/tablet_heads.hpp"

namespace dnshist {

namespace {

const char* name_of(TabletSpace space) {
    return space == TabletSpace::names ? store_meta::names_database : store_meta::pivots_database;
}

class TabletCheck {
  public:
    TabletCheck(ClusterStore& store, const DamageReport& report) : store_(store), report_(report) {}

    // Whether the tablets of a map have all its keys.
    bool run(TabletSpace space) {
        std::map<std::string, Tablet> tablets;  // by lower bound
        bool is_whole = true;
        const auto problem = [&](const std::string& where, const std::string& what) {
            is_whole = false;
            report_(where, what);
        };
        const std::vector<std::uint64_t> listed = store_.map().ids(space);
        for_each_tablet(
            store_.objects(), store_.map(), space,
            [&](std::uint64_t id, const std::optional<TabletHead>& head) {
                objects_.push_back(tablet_object(id));
                if (!head) {
                    problem(tablet_object(id),
                            std::string("this tablet of ") + name_of(space) +
                                " is missing, or its head is damaged; make the store again from a "
                                "copy");
                    return;
                }
                tablets[head->lower] = {id, head->upper, head->right};
            });
        // With one missing, so is the place of others.
        if (!is_whole) return false;
        std::string next(lower_of_all);
        for (auto at = tablets.begin(); at != tablets.end(); ++at) {
            const auto& [lower, tablet] = *at;
            const auto behind = std::next(at);
            if (lower != next) {
                problem(tablet_object(tablet.id), "it begins where no tablet ends");
            }
            const std::uint64_t right = behind == tablets.end() ? 0 : behind->second.id;
            if (tablet.right != right)
                problem(tablet_object(tablet.id), "the tablet to its right is another one");
            next = tablet.upper;
            if (std::ranges::find(listed, tablet.id) == listed.end())
                unlisted_.push_back(TabletMap::entry(space, lower, tablet.id));
        }
        if (next != upper_of_all) problem(name_of(space), "the last of its tablets is missing");
        return is_whole;
    }

    // The objects of both maps.
    const std::vector<std::string>& objects() const noexcept { return objects_; }
    // The writes that add what the directory lacks.
    std::vector<ObjectWrite>& unlisted() noexcept { return unlisted_; }

  private:
    struct Tablet {
        std::uint64_t id;
        std::string upper;
        std::uint64_t right;
    };
    ClusterStore& store_;
    const DamageReport& report_;
    std::vector<std::string> objects_;
    std::vector<ObjectWrite> unlisted_;
};

void tell_of_writers(ObjectStore& objects, CheckResult& result) {
    for (const auto& [number, lane] : read_journal(objects).lanes) {
        if (lane.is_unfinished()) result.unfinished.push_back(lane.holder);
    }
}

}  // namespace

bool check_tablets(const std::string& location, Clean clean, const DamageReport& report,
                   CheckResult& result) {
    try {
        const auto store = ClusterStore::open(location, Patience::writer);
        if (!store) throw StoreError(store_meta::no_store(location));
        ObjectStore& objects = store->objects();
        // Objects that are written from here on are not of killed writers.
        const std::vector<std::string> names = objects.list();
        TabletCheck check(*store, report);
        const bool names_are_whole = check.run(TabletSpace::names);
        const bool pivots_are_whole = check.run(TabletSpace::pivots);
        tell_of_writers(objects, result);
        if (!names_are_whole || !pivots_are_whole) return false;
        const std::vector<std::string> left = left_objects(objects, names, check.objects());
        result.left = left.size();
        result.unlisted = check.unlisted().size();
        if (clean == Clean::no) return true;
        result.removed = remove_left_objects(objects, store->map(), left);
        objects.write(check.unlisted());
        result.listed = static_cast<std::uint64_t>(std::ranges::count(
            check.unlisted(), ObjectWrite::Outcome::done, &ObjectWrite::outcome));
        return true;
    } catch (const ObjectError& error) {
        throw_cluster_error(location, error, clean == Clean::yes ? "clean" : "read");
    }
}

}  // namespace dnshist
