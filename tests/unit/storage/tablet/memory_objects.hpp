// Objects in memory, which fail, are late, out of order and forget replies where a test wants it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <numeric>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "storage/object/object_store.hpp"

namespace dnshist::test {

// The process that uses the objects has ended.
struct Ended : std::runtime_error {
    Ended() : std::runtime_error("ended") {}
};

class MemoryObjects final : public ObjectStore {
  public:
    struct Object {
        std::string head;
        std::map<std::string, std::string> entries;
        std::string data;
    };
    using Objects = std::map<std::string, Object>;
    // Writes that are under way, also those of processes that have ended.
    using Late = std::vector<ObjectWrite>;

    explicit MemoryObjects(Objects& objects, std::uint64_t seed = 7)
        : objects_(objects), random_(seed) {}

    // Operations done so far.
    std::uint64_t steps = 0;
    // The process ends at this step: before the operation, or after it.
    std::optional<std::uint64_t> ends_at;
    bool ends_after = false;
    // Of so many writes, the reply of one is forgotten: it is done, or not, or done later.
    std::uint64_t forgets_one_in = 0;
    // One of so many operations fails: it is not done, which the caller is told.
    std::uint64_t fails_one_in = 0;
    // The operations of one call are done in any order; where the process ends in the middle, each
    // of the others is done, or not, or done later.
    bool reorders = false;
    // A fault of the store that no writer can stand: of so many writes of tablets one is done
    // though its condition does not hold.
    std::uint64_t breaks_one_in = 0;
    // Called before each operation.
    std::function<void()> meanwhile;
    // To be shared by processes whose writes arrive when others are at work.
    Late* late = &late_;

    void deliver_all() {
        while (!late->empty())
            deliver();
    }

    void read(std::span<ObjectRead> reads) override {
        for (ObjectRead& each : reads)
            step([&] { read_one(each); });
    }

    void write(std::span<ObjectWrite> writes) override {
        std::vector<std::size_t> order(writes.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        if (reorders) std::ranges::shuffle(order, random_);
        std::size_t next = 0;
        try {
            while (next < order.size()) {
                ObjectWrite& each = writes[order[next++]];
                step([&] { write_or_forget(each); });
            }
        } catch (const Ended&) {
            while (reorders && next < order.size())
                lose_reply(writes[order[next++]]);
            throw;
        }
    }

    void remove(std::span<const std::string> names) override {
        for (const std::string& name : names)
            step([&] { objects_.erase(name); });
    }

    std::vector<std::string> list() override {
        std::vector<std::string> names;
        for (const auto& [name, object] : objects_)
            names.push_back(name);
        return names;
    }

    // Of all who use the objects, by name: their holders. They do not end by themselves.
    using Locks = std::map<std::string, std::string>;
    Locks* locks = nullptr;

    bool try_lock(const std::string& name, const std::string& holder, std::uint32_t) override {
        bool is_free = true;
        step([&] {
            is_free = locks == nullptr || locks->emplace(name, holder).second;
            if (is_free) held_.insert(name);
        });
        return is_free || locks->at(name) == holder;
    }
    // As when the process has ended, and the time of its locks is over.
    void end_locks() {
        for (const std::string& name : held_)
            locks->erase(name);
        held_.clear();
    }
    // A process that has ended unlocks nothing.
    void unlock(const std::string& name, const std::string& holder) override {
        step([&] {
            if (locks != nullptr && locks->contains(name) && locks->at(name) == holder)
                locks->erase(name);
            held_.erase(name);
        });
    }
    void break_lock(const std::string& name) override {
        step([&] {
            if (locks != nullptr) locks->erase(name);
        });
    }

  private:
    template <class Act>
    void step(Act&& act) {
        if (meanwhile) meanwhile();
        while (!late->empty() && random_() % 4 == 0)
            deliver();
        const bool ends = ends_at && steps >= *ends_at;
        ++steps;
        if (ends && !(ends_after && steps == *ends_at + 1)) throw Ended();
        if (fails_one_in != 0 && random_() % fails_one_in == 0)
            throw ObjectError(ObjectError::Kind::unreachable, "the store fails");
        act();
        if (ends) throw Ended();
    }

    void read_one(ObjectRead& read) const {
        const auto found = objects_.find(read.object);
        read.exists = found != objects_.end();
        read.entries.clear();
        if (!read.exists) return;
        read.head = found->second.head;
        read.data = found->second.data;
        std::map<std::string, std::string> entries;
        for (const ObjectRead::Range& range : read.ranges) {
            auto next = found->second.entries.upper_bound(range.after);
            for (std::uint32_t i = 0; i < range.most && next != found->second.entries.end(); ++i)
                entries.insert(*next++);
        }
        for (const auto& [key, value] : entries)
            read.entries.push_back({key, value});
    }

    void write_or_forget(ObjectWrite& write) {
        const bool forgets = forgets_one_in != 0 && random_() % forgets_one_in == 0;
        if (!forgets) return write_one(write);
        lose_reply(write);
        write.outcome = ObjectWrite::Outcome::unknown;
    }

    // It is done, or not, or done later.
    void lose_reply(const ObjectWrite& write) {
        if (random_() % 3 == 0) {
            late->push_back(write);
        } else if (random_() % 2 == 0) {
            ObjectWrite done = write;
            write_one(done);
        }
    }

    void deliver() {
        const auto next =
            late->begin() + static_cast<std::ptrdiff_t>(reorders ? random_() % late->size() : 0);
        write_one(*next);
        late->erase(next);
    }

    void write_one(ObjectWrite& write) {
        using Condition = ObjectWrite::Condition;
        const auto found = objects_.find(write.object);
        const bool exists = found != objects_.end();
        write.outcome = ObjectWrite::Outcome::conflict;
        if (write.condition == Condition::object_is_absent && exists) return;
        const bool breaks =
            breaks_one_in != 0 && write.object.starts_with('t') && random_() % breaks_one_in == 0;
        if (write.condition == Condition::head_is_expected && !breaks &&
            (!exists || found->second.head != write.expected)) {
            return;
        }
        Object& object = objects_[write.object];
        if (write.condition != Condition::none) object.head = write.head;
        if (!write.data.empty()) object.data = write.data;
        for (const std::string& key : write.remove)
            object.entries.erase(key);
        for (const ObjectEntry& entry : write.set)
            object.entries[entry.key] = entry.value;
        write.outcome = ObjectWrite::Outcome::done;
    }

    Objects& objects_;
    Late late_;
    std::set<std::string> held_;  // locks
    std::mt19937_64 random_;
};

}  // namespace dnshist::test
