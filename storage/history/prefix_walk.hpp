// PrefixWalk: beneath both cursors, the entries of a map that begin with some octets.
#pragma once

#include <cstdint>
#include <vector>

#include "storage/base/octet_buffer.hpp"
#include "storage/base/octets.hpp"
#include "storage/history/reader_state.hpp"
#include "storage/level/merged_cursor.hpp"

namespace dnshist {

// The seek is made when the first entry is read, so that a seek and a skip after it are one read.
struct PrefixWalk final : LevelReader {
    Snapshot::State& snapshot;
    Space space;
    MergedCursor cursor;
    std::uint64_t generation;
    OctetBuffer<max_entry_key> prefix_octets;
    OctetBuffer<max_entry_key> target_octets;  // of the last seek or skip
    std::uint64_t met = 0;                     // entries since then
    std::uint64_t earlier_reads = 0;           // before then
    bool arrived = false;
    bool ended = true;
    bool is_of_one = false;  // the prefix is the key of an entry that is there
    Prefetch expected;       // the next seek, perhaps

    // `merge` is this cursor's alone, since it holds the entry that the cursor is at.
    PrefixWalk(Snapshot::State& state, Space which, const BlockDamage& damage, PayloadMerge& merge)
        : snapshot(state),
          space(which),
          cursor(state.sources(which), state.symbols(which), damage, merge, beginnings_of(which)),
          generation(state.generation) {
        snapshot.level_readers.push_back(this);
    }
    ~PrefixWalk() override { std::erase(snapshot.level_readers, this); }
    PrefixWalk(const PrefixWalk&) = delete;
    PrefixWalk& operator=(const PrefixWalk&) = delete;

    Octets prefix() const noexcept { return prefix_octets.octets(); }
    Octets target() const noexcept { return target_octets.octets(); }
    std::uint64_t reads() const noexcept { return earlier_reads + (arrived ? cursor.reads() : 0); }

    void renew() {
        if (generation == snapshot.generation) return;
        snapshot.renew(cursor, space, generation);
        generation = snapshot.generation;
    }

    // Ends the walk.
    void end() override {
        ended = true;
        arrived = false;
        renew();
    }

    // Seeks the entries whose keys begin with `head` and then `tail`.
    void seek(Octets head, Octets tail = {}) {
        renew();
        prefix_octets.assign(head);
        prefix_octets.append(tail);
        arrived = false;
        earlier_reads = 0;
        ended = false;
        is_of_one = false;
        go_to(prefix());
    }

    // Seeks one entry, which is most likely there.
    void seek_one(Octets key) {
        seek(key);
        is_of_one = true;
    }

    void skip_to(Octets key) {
        if (ended) return;
        is_of_one = false;
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
        if (is_of_one && expected.sources() == 0) {
            cursor.seek_known(prefix());
        } else {
            cursor.seek(prefix(), target(), expected);
        }
        expected.clear();
    }

    // Moves to the next key, void ones too: see MergedCursor.
    bool step() {
        if (ended) return false;
        if (is_of_one && met != 0) return end_of_one();
        if (!arrived) arrive();
        ended = !cursor.step();
        if (!ended && (met == 0 || cursor.shared() < prefix_octets.size())) {
            ended =
                is_of_one ? !equal(cursor.key(), prefix()) : !starts_with(cursor.key(), prefix());
        }
        ++met;
        return !ended;
    }

    // The next entry is not looked at. Where it lies in another block, this is read as the walk of
    // a prefix does, so that both cost the same number of reads.
    bool end_of_one() {
        if (cursor.ends_block()) cursor.step();
        ++met;
        ended = true;
        return false;
    }

    // Whether no key has the prefix `beginning`, which the target has: in no source has the last
    // key before the target it, nor the first one behind.
    bool excludes(Octets beginning) const noexcept {
        if (generation != snapshot.generation || !arrived || met != 1) return false;
        return starts_with(target(), beginning) && cursor.excludes(beginning);
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
