// Objects in memory, which fail, are late and forget replies where a test wants it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
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

    explicit MemoryObjects(Objects& objects) : objects_(objects) {}

    // Operations done so far.
    std::uint64_t steps = 0;
    // The process ends at this step: before the operation, or after it.
    std::optional<std::uint64_t> ends_at;
    bool ends_after = false;
    // Of so many writes, the reply of one is forgotten: it is done, or not, or done later.
    std::uint64_t forgets_one_in = 0;
    // Called before each operation.
    std::function<void()> meanwhile;

    void read(std::span<ObjectRead> reads) override {
        for (ObjectRead& each : reads)
            step([&] { read_one(each); });
    }

    void write(std::span<ObjectWrite> writes) override {
        for (ObjectWrite& each : writes)
            step([&] { write_or_forget(each); });
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
        step([&] { is_free = locks == nullptr || locks->emplace(name, holder).second; });
        return is_free || locks->at(name) == holder;
    }
    // A process that has ended unlocks nothing.
    void unlock(const std::string& name, const std::string& holder) override {
        step([&] {
            if (locks != nullptr && locks->contains(name) && locks->at(name) == holder)
                locks->erase(name);
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
        const bool ends = ends_at && steps >= *ends_at;
        ++steps;
        if (ends && !(ends_after && steps == *ends_at + 1)) throw Ended();
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
        while (!late_.empty() && random_() % 2 == 0) {
            write_one(late_.front());
            late_.erase(late_.begin());
        }
        const bool forgets = forgets_one_in != 0 && random_() % forgets_one_in == 0;
        if (!forgets) return write_one(write);
        if (random_() % 3 == 0) {
            late_.push_back(write);
        } else if (random_() % 2 == 0) {
            ObjectWrite done = write;
            write_one(done);
        }
        write.outcome = ObjectWrite::Outcome::unknown;
    }

    void write_one(ObjectWrite& write) const {
        using Condition = ObjectWrite::Condition;
        const auto found = objects_.find(write.object);
        const bool exists = found != objects_.end();
        write.outcome = ObjectWrite::Outcome::conflict;
        if (write.condition == Condition::object_is_absent && exists) return;
        if (write.condition == Condition::head_is_expected &&
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
    std::vector<ObjectWrite> late_;
    std::mt19937_64 random_{7};
};

}  // namespace dnshist::test
