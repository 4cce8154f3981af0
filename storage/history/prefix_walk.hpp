// PrefixWalk: beneath both cursors, the entries of a database that begin with some octets.
#pragma once

#include <cstdint>

#include "storage/base/octet_buffer.hpp"
#include "storage/base/octets.hpp"
#include "storage/block/block_cursor.hpp"
#include "storage/history/reader_state.hpp"

namespace dnshist {

// The seek is made when the first entry is read, so that a seek and a skip after it are one read.
struct PrefixWalk {
    Snapshot::State& snapshot;
    BlockCursor cursor;
    std::uint64_t generation;
    OctetBuffer<max_entry_key> prefix_octets;
    OctetBuffer<max_entry_key> target_octets;  // of the last seek or skip
    std::uint64_t met = 0;                     // entries since then
    std::uint64_t earlier_reads = 0;           // before then
    bool arrived = false;
    bool ended = true;
    Prefetch expected;  // the next seek, perhaps

    PrefixWalk(Snapshot::State& state, const BlockDatabase& database, const BlockDamage& damage)
        : snapshot(state), cursor(database, damage), generation(state.generation) {}

    Octets prefix() const noexcept { return prefix_octets.octets(); }
    Octets target() const noexcept { return target_octets.octets(); }
    std::uint64_t reads() const noexcept { return earlier_reads + (arrived ? cursor.reads() : 0); }

    void renew() {
        if (generation == snapshot.generation) return;
        cursor.renew();
        generation = snapshot.generation;
    }

    // Seeks the entries whose keys begin with `head` and then `tail`.
    void seek(Octets head, Octets tail = {}) {
        renew();
        prefix_octets.assign(head);
        prefix_octets.append(tail);
        arrived = false;
        earlier_reads = 0;
        ended = false;
        go_to(prefix());
    }

    void skip_to(Octets key) {
        if (ended) return;
        go_to(compare(key, prefix()) < 0 ? prefix() : key);
    }

    void go_to(Octets key) {
        earlier_reads = reads();
        arrived = false;
        met = 0;
        target_octets.assign(key);
    }

    void arrive() {
        arrived = true;
        cursor.seek(target(), expected);
        expected.clear();
    }

    bool next() {
        if (ended) return false;
        if (!arrived) arrive();
        ended = !cursor.next();
        if (!ended && (met == 0 || cursor.shared() < prefix_octets.size())) {
            ended = !starts_with(cursor.key(), prefix());
        }
        ++met;
        return !ended;
    }

    // Whether no key has the prefix `beginning`, which the target has: neither the last key before
    // the target nor the first one behind it has it.
    bool excludes(Octets beginning) const noexcept {
        if (generation != snapshot.generation || !arrived || met != 1) return false;
        const auto before = cursor.shared_before();
        return before && *before < beginning.size() && starts_with(target(), beginning) &&
               !starts_with(cursor.key(), beginning);
    }

    // A key sorts after the one before it from the first octet that the two do not share. For the
    // first key of a segment the number of shared octets is unknown.
    Octets place() const noexcept {
        if (met == 1) return target();
        const std::size_t shared = cursor.shared();
        return shared == 0 ? cursor.key() : cursor.key().first(shared + 1);
    }
};

}  // namespace dnshist
