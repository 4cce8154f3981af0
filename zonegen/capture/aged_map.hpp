// A map that forgets: bounded in the number of its entries and in their age, the oldest leaving
// first.
//
// What a capture leaves open - a datagram of which fragments are missing, a question without a
// response - is kept in one of these, so that no sender of packets decides how much there is of it.
// A tree and not a hash table: who chooses the keys could make them collide.
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <map>
#include <utility>

namespace dnshist::zonegen {

// The time of a packet, since 1970. Only packets make it pass: the same capture always gives the
// same.
using PacketTime = std::chrono::microseconds;

template <class Key, class Value>
class AgedMap {
  public:
    // At most `most` entries, of which none was touched longer ago than `longest`.
    AgedMap(std::size_t most, PacketTime longest) : most_(most), longest_(longest) {}
    AgedMap(const AgedMap&) = delete;
    AgedMap& operator=(const AgedMap&) = delete;

    std::size_t size() const noexcept { return entries_.size(); }

    Value* find(const Key& key) {
        const auto found = entries_.find(key);
        return found == entries_.end() ? nullptr : &found->second.value;
    }

    // The key must not be there. `leave(key, value)` is told of what makes room.
    template <class Leave>
    Value& add(const Key& key, PacketTime now, Leave&& leave) {
        while (entries_.size() >= most_ && drop_oldest(leave)) {
        }
        const auto added = entries_.try_emplace(key).first;
        added->second.touched = now;
        added->second.place = by_age_.insert(by_age_.end(), added);
        return added->second.value;
    }

    // Makes an entry that is there the youngest.
    void touch(const Key& key, PacketTime now) {
        const auto found = entries_.find(key);
        if (found == entries_.end()) return;
        found->second.touched = now;
        by_age_.splice(by_age_.end(), by_age_, found->second.place);
    }

    void erase(const Key& key) {
        const auto found = entries_.find(key);
        if (found == entries_.end()) return;
        by_age_.erase(found->second.place);
        entries_.erase(found);
    }

    // All of them, the oldest first. `see(key, value)` may change the value.
    template <class See>
    void each(See&& see) {
        for (const auto& entry : by_age_)
            see(entry->first, entry->second.value);
    }

    // Lets go of what has become too old; `leave` as for add().
    template <class Leave>
    void expire(PacketTime now, Leave&& leave) {
        while (!by_age_.empty() && now - by_age_.front()->second.touched > longest_) {
            drop_oldest(leave);
        }
    }

    // False where there is none.
    template <class Leave>
    bool drop_oldest(Leave&& leave) {
        if (by_age_.empty()) return false;
        const auto oldest = by_age_.front();
        leave(oldest->first, oldest->second.value);
        by_age_.pop_front();
        entries_.erase(oldest);
        return true;
    }

  private:
    struct Entry;
    using Entries = std::map<Key, Entry>;
    using Ages = std::list<typename Entries::iterator>;
    struct Entry {
        Value value{};
        PacketTime touched{};
        typename Ages::iterator place{};
    };

    std::size_t most_;
    PacketTime longest_;
    Entries entries_;
    Ages by_age_;
};

}  // namespace dnshist::zonegen
