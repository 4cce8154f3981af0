// A map bounded in the number of its entries and in their age; the oldest entry leaves first.
//
// It holds whatever a capture leaves open (incomplete datagrams, pending queries, connections), so
// that the sender of the packets cannot make memory grow. The index is a tree and not a hash table,
// since the sender chooses the keys and could make them collide.
#pragma once

#include <boost/multi_index/indexed_by.hpp>
#include <boost/multi_index/member.hpp>
#include <boost/multi_index/ordered_index.hpp>
#include <boost/multi_index/sequenced_index.hpp>
#include <boost/multi_index_container.hpp>
#include <cstddef>

#include "zonegen/pcap/packet_time.hpp"

namespace dnshist::zonegen {

template <class Key, class Value>
class AgedMap {
  public:
    // Holds at most `max_entries`, none of which was touched longer than `max_age` ago.
    AgedMap(std::size_t max_entries, PacketTime max_age)
        : max_entries_(max_entries), max_age_(max_age) {}
    AgedMap(const AgedMap&) = delete;
    AgedMap& operator=(const AgedMap&) = delete;

    std::size_t size() const noexcept { return entries_.size(); }

    Value* find(const Key& key) {
        const auto found = by_key().find(key);
        return found == by_key().end() ? nullptr : &found->value;
    }

    // The key must not be there. Calls `release(key, value)` for each entry that is dropped to make
    // room.
    template <class Release>
    Value& add(const Key& key, PacketTime now, Release&& release) {
        while (entries_.size() >= max_entries_ && drop_oldest(release)) {
        }
        return entries_.push_back({key, now, {}}).first->value;
    }

    // Makes an existing entry the youngest.
    void touch(const Key& key, PacketTime now) {
        const auto found = by_key().find(key);
        if (found == by_key().end()) return;
        found->touched = now;
        entries_.relocate(entries_.end(), entries_.template project<0>(found));
    }

    void erase(const Key& key) { by_key().erase(key); }

    // Calls `visit(key, value)` for every entry, the oldest first; it may change the value.
    template <class Visit>
    void each(Visit&& visit) {
        for (const Entry& entry : entries_)
            visit(entry.key, entry.value);
    }

    // Drops the entries that are too old; `release` as in add().
    template <class Release>
    void expire(PacketTime now, Release&& release) {
        while (!entries_.empty() && now - entries_.front().touched > max_age_)
            drop_oldest(release);
    }

    // False if the map is empty; `release` as in add().
    template <class Release>
    bool drop_oldest(Release&& release) {
        if (entries_.empty()) return false;
        release(entries_.front().key, entries_.front().value);
        entries_.pop_front();
        return true;
    }

  private:
    // Only the key is indexed; the rest may change in place.
    struct Entry {
        Key key;
        mutable PacketTime touched;
        mutable Value value;
    };
    using Entries = boost::multi_index_container<
        Entry,
        boost::multi_index::indexed_by<boost::multi_index::sequenced<>,  // by age
                                       boost::multi_index::ordered_unique<
                                           boost::multi_index::member<Entry, Key, &Entry::key>>>>;

    auto& by_key() noexcept { return entries_.template get<1>(); }

    std::size_t max_entries_;
    PacketTime max_age_;
    Entries entries_;
};

}  // namespace dnshist::zonegen
