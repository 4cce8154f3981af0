#include "storage/upkeep/cluster_target.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "storage/cluster/cluster_store.hpp"
#include "storage/cluster/journal.hpp"
#include "storage/cluster/lane_seat.hpp"
#include "storage/object/counted_write.hpp"
#include "storage/object/open_objects.hpp"
#include "storage/tablet/tablet_map.hpp"

namespace dnshist {

namespace {

constexpr std::uint32_t lock_seconds = LaneSeat::lock_seconds;

[[noreturn]] void throw_not_written() {
    throw ObjectError(ObjectError::Kind::unreachable,
                      "another process copies into it, or the cluster did not answer in time; run "
                      "the same command again");
}

}  // namespace

ClusterTarget::ClusterTarget(const std::string& location)
    : objects_(open_objects(object_location(location).value(), Patience::writer)),
      lock_name_(this_process() + ' ' + std::to_string(new_tablet_id())) {
    const std::vector<std::string> names = objects_->list();
    const auto has = [&](const char* name) {
        return std::ranges::find(names, name) != names.end();
    };
    if (has(root_object)) {
        throw ObjectError(ObjectError::Kind::other,
                          "it holds a store already: name another namespace for the copy");
    }
    if (!names.empty() && !has(copying_object)) {
        throw ObjectError(ObjectError::Kind::other,
                          "the namespace is not empty: name another one for the copy");
    }
    if (names.empty()) write_object(*objects_, new_object(copying_object, this_process()));
    lock(read_object(*objects_, {copying_object}).head);
    if (names.empty()) return;
    if (const auto& say = ceph_access().warn) {
        say("a copy into " + location + " was broken off: the " + std::to_string(names.size()) +
            " objects that it has left are removed, and the copy begins anew");
    }
    remove_all();
}

ClusterTarget::~ClusterTarget() {
    try {
        if (is_locked_) objects_->unlock(copying_object, lock_name_);
    } catch (const std::exception&) {
        // The lock ends by itself.
    }
}

// `holder` has written what says that a copy goes on.
void ClusterTarget::lock(const std::string& holder) {
    is_locked_ = objects_->try_lock(copying_object, lock_name_, lock_seconds);
    if (!is_locked_ && has_ended(holder)) {
        objects_->break_lock(copying_object);
        is_locked_ = objects_->try_lock(copying_object, lock_name_, lock_seconds);
    }
    if (!is_locked_) {
        throw ObjectError(ObjectError::Kind::other, "another process copies into it (" + holder +
                                                        "); end that one, or wait for " +
                                                        std::to_string(lock_seconds) +
                                                        " s if it was killed");
    }
    locked_at_ = std::chrono::steady_clock::now();
}

void ClusterTarget::keep() {
    const auto now = std::chrono::steady_clock::now();
    if (now - locked_at_ < std::chrono::seconds(lock_seconds) / 4) return;
    if (!objects_->try_lock(copying_object, lock_name_, lock_seconds)) throw_not_written();
    locked_at_ = now;
}

void ClusterTarget::write(const char* object, std::vector<ObjectEntry> entries) {
    ObjectWrite write = new_object(object);
    write.set = std::move(entries);
    if (write_object(*objects_, std::move(write)) != ObjectWrite::Outcome::done)
        throw_not_written();
}

void ClusterTarget::finish(const StoreStatistics& statistics,
                           const std::map<std::uint32_t, FeedPosition>& feeds,
                           const std::string& source, std::uint32_t gap,
                           std::vector<ObjectEntry> readings) {
    write(journal_object, {});
    JournalWrite journal(read_journal(*objects_));
    Lane lane;
    lane.totals = statistics;
    lane.holder = "copy of " + source;
    journal.set_lane(0, lane);
    for (const auto& [number, position] : feeds)
        journal.set_feed(number, position);
    if (journal.write(*objects_) != ObjectWrite::Outcome::done) throw_not_written();
    // Nobody else has removed any of it.
    if (!objects_->try_lock(copying_object, lock_name_, lock_seconds)) throw_not_written();
    write_cluster_root(*objects_, gap, std::move(readings));
    if (!read_object(*objects_, {root_object}).exists) throw_not_written();
    end();
}

void ClusterTarget::abandon() {
    remove_all();
    end();
}

// The object that says that a copy was broken off stays until nothing else is left.
void ClusterTarget::remove_all() {
    std::vector<std::string> names = objects_->list();
    std::erase(names, copying_object);
    objects_->remove(names);
}

void ClusterTarget::end() {
    objects_->unlock(copying_object, lock_name_);
    is_locked_ = false;
    const std::string mark = copying_object;
    objects_->remove({&mark, 1});
}

}  // namespace dnshist
