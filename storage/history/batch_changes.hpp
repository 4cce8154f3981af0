// The changes that a batch makes to the blocks of names and of pivots, for HistoryWriter.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "storage/base/arena.hpp"
#include "storage/base/huge_pages.hpp"
#include "storage/base/key_sort.hpp"
#include "storage/block/block_merge.hpp"
#include "storage/format/pivot_key.hpp"
#include "storage/format/record_key.hpp"
#include "storage/history/batch.hpp"
#include "storage/history/child_limit.hpp"
#include "storage/history/history_writer.hpp"

namespace dnshist {

// Changes are merged a piece at a time: the memory of a merge stays small however many there are,
// and is still in the processor's cache when it is written.
inline constexpr std::size_t keys_of_a_piece = 16384;

class PiecewiseChanges : public BlockChanges {
  public:
    void merge(const BlockDatabase& database, std::size_t page_size) {
        BlockMerge merging(database, page_size);
        while (!at_end()) {
            left_ = keys_of_a_piece;
            begin_piece();
            merging.run(*this);
        }
    }

    std::optional<Octets> next_key() final {
        if (left_ == 0 || at_end()) return std::nullopt;
        --left_;
        return take_key();
    }

  private:
    virtual bool at_end() const noexcept = 0;
    virtual Octets take_key() = 0;
    // Nothing that earlier pieces returned is read any more.
    virtual void begin_piece() {}

    std::size_t left_ = 0;
};

// The pivot keys of new records: gathered, then sorted and merged without repeats.
class PivotChanges : public PiecewiseChanges {
  public:
    void add(Octets owner_key, Rrtype type, Octets rdata) {
        for_each_pivot_value(type, rdata, [&](const PivotValue& value) {
            const std::size_t size = pivot_key_octets(value, owner_key);
            std::uint8_t* const key = arena_.take(size);
            put_pivot_key(key, value, type, owner_key);
            keys_.emplace_back(key, size);
        });
    }

    void sort() {
        sort_by_key(keys_, [](Octets key) { return key; });
    }

    // Sorted; there may be duplicates.
    std::span<const Octets> keys() const noexcept { return keys_; }

    std::optional<Octets> insert(const Neighbours&) override {
        ++inserted_;
        return Octets{};
    }
    std::optional<Octets> update(Octets old_payload) override { return old_payload; }

    std::uint64_t inserted() const noexcept { return inserted_; }

  private:
    bool at_end() const noexcept override { return next_ == keys_.size(); }

    Octets take_key() override {
        const Octets key = keys_[next_];
        while (++next_ < keys_.size() && equal(keys_[next_], key)) {
        }
        if (next_ + keys_ahead < keys_.size()) {
            __builtin_prefetch(keys_[next_ + keys_ahead].data());
        }
        return key;
    }

    Arena arena_;
    HugePageVector<Octets> keys_;
    std::size_t next_ = 0;
    std::uint64_t inserted_ = 0;
};

// The observations of a sorted batch, those of one record merged together.
class RecordChanges : public PiecewiseChanges {
  public:
    // `children` may be nullptr: no limit.
    // `sources` are the numbers of the batch's in the store, `unnamed` that of the empty source.
    RecordChanges(Batch& batch, std::span<const std::uint32_t> sources, std::uint32_t unnamed,
                  std::uint32_t gap, ChildCounter* children)
        : entries_(batch.entries()),
          sources_(sources),
          unnamed_(unnamed),
          counts_(batch.counts()),
          gap_(gap),
          children_(children) {}

    std::optional<Octets> insert(const Neighbours& neighbours) override {
        const Octets key = entries_[first_]->key();
        // Batch made this key, so it has its parts.
        const auto parts = *split_record_key(key);
        if (!equal(parts.owner, last_owner_)) {
            last_owner_ = parts.owner;
            owner_admitted_ = admit_owner(parts.owner, neighbours);
        }
        if (!owner_admitted_) {
            result.refused_children += end_ - first_;
            return std::nullopt;
        }
        ++result.new_records;
        pivots.add(parts.owner, parts.type, whole_rdata(parts.rdata));
        RecordPayload payload;
        return merged(payload);
    }

    std::optional<Octets> update(Octets old_payload) override {
        auto payload = read_payload(old_payload);
        if (!payload) throw DamagedBlock(entries_[first_]->key(), "a record in it is malformed");
        last_owner_ = split_record_key(entries_[first_]->key())->owner;
        owner_admitted_ = true;
        ++result.merged_records;
        return merged(*payload);
    }

    ApplyResult result;
    PivotChanges pivots;
    Period seen{end_of_time, Seconds{0}};

  private:
    bool at_end() const noexcept override { return end_ == entries_.size(); }

    Octets take_key() override {
        first_ = end_;
        const Octets key = entries_[first_]->key();
        for (++end_; end_ < entries_.size() && equal(entries_[end_]->key(), key);)
            ++end_;
        if (end_ + keys_ahead < entries_.size()) {
            __builtin_prefetch(entries_[end_ + keys_ahead]);
        }
        return key;
    }

    void begin_piece() override { arena_.clear(); }

    // Whether records of the next owner in the batch are admitted.
    bool admit_owner(Octets owner, const Neighbours& neighbours) {
        const auto had_prefix = [&](Octets prefix) { return neighbours.had_prefix(prefix); };
        if (had_prefix(owner)) return true;
        if (children_ != nullptr && !children_->admits(owner, had_prefix)) return false;
        ++result.new_names;
        return true;
    }

    Octets whole_rdata(Octets in_key) {
        const Octets rest = entries_[first_]->rdata_rest();
        if (rest.empty()) return in_key;
        const Octets head = in_key.first(cut_rdata);
        long_rdata_.assign(head.begin(), head.end());
        long_rdata_.insert(long_rdata_.end(), rest.begin(), rest.end());
        return long_rdata_;
    }

    // The payload of the current key: its observations, merged into what was known.
    Octets merged(RecordPayload& known) {
        bool seen_unnamed = !known.sightings.empty() && known.sources.empty();
        for (const Batch::Entry* const each : entries_.subspan(first_, end_ - first_)) {
            const Batch::Entry& entry = *each;
            Visibility& visibility =
                entry.witness == Witness::sensor ? known.sightings.sensor : known.sightings.zone;
            const Visibility observed(entry.seen, entry.count);
            if (counts_ == Counts::add) {
                visibility.merge(observed, gap_);
            } else {
                visibility.merge_max(observed, gap_);
            }
            const std::uint32_t source =
                entry.source == Batch::no_source ? Batch::no_source : sources_[entry.source];
            if (source == Batch::no_source) {
                seen_unnamed = true;
            } else {
                add_source(known, source);
            }
        }
        // A record whose sources all go is pruned; so one that was seen without a source too says
        // so. Alone, no source says it.
        if (seen_unnamed && !known.sources.empty()) add_source(known, unnamed_);
        seen = {std::min(seen.begin, known.sightings.first()),
                std::max(seen.end, known.sightings.last())};
        scratch_.clear();
        append_payload(scratch_, known.sightings, known.sources, entries_[first_]->rdata_rest());
        return arena_.keep(scratch_);
    }

    static void add_source(RecordPayload& known, std::uint32_t source) {
        const auto place = std::lower_bound(known.sources.begin(), known.sources.end(), source);
        if (place != known.sources.end() && *place == source) return;
        if (known.sources.size() == max_sources) return;
        known.sources.insert(place, source);
    }

    std::span<const Batch::Entry* const> entries_;
    std::span<const std::uint32_t> sources_;
    std::uint32_t unnamed_;
    Counts counts_;
    std::uint32_t gap_;
    std::size_t first_ = 0;
    std::size_t end_ = 0;
    ChildCounter* children_;
    Octets last_owner_;
    bool owner_admitted_ = false;
    Arena arena_;
    std::vector<std::uint8_t> scratch_;
    std::vector<std::uint8_t> long_rdata_;
};

}  // namespace dnshist
