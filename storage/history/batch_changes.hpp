// The changes that a batch makes to the blocks of names and of pivots, for those who write a store.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
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
#include "storage/history/old_entries.hpp"

namespace dnshist {

// Changes are merged a piece at a time: the memory of a merge stays small however many there are,
// and is still in the processor's cache when it is written.
inline constexpr std::size_t keys_of_a_piece = 16384;

class PiecewiseChanges : public BlockChanges {
  public:
    // The octets of the pages that were written, and about those of the grams of blocks.
    std::uint64_t merge(const BlockDatabase& database, std::size_t page_size) {
        BlockMerge merging(database, page_size);
        while (!at_end()) {
            left_ = keys_of_a_piece;
            begin_piece();
            merging.run(*this);
        }
        constexpr std::uint64_t share_of_grams = 8;
        const std::uint64_t octets = merging.blocks_written() * page_size;
        return database.index == nullptr ? octets : octets + octets / share_of_grams;
    }

    // All that are left are one piece: for an engine that calls next_key() itself.
    void begin_last_piece() {
        left_ = std::numeric_limits<std::size_t>::max();
        begin_piece();
    }

    std::optional<Octets> next_key() final {
        if (left_ == 0 || at_end()) return std::nullopt;
        --left_;
        return take_key();
    }

    // Where the young map has no entries: gives each key that is to be there, with its payload.
    template <class Put>
    void insert_all(const Put& put) {
        struct NoEntries final : PrefixLookup {
            bool has_prefix(Octets) const override { return false; }
        };
        const NoEntries no_entries;
        const Neighbours none{no_entries, {}, {}, {}, {}};
        while (!at_end()) {
            left_ = keys_of_a_piece;
            begin_piece();
            while (const auto key = next_key()) {
                if (const auto payload = insert(none)) put(*key, *payload);
            }
        }
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
    // `old` is what the levels have of pivots.
    PivotChanges(OldEntries& old, std::size_t slab_octets) : old_(old), arena_(slab_octets) {}

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

    // Pivots are written for new records alone; those of other records may be the same.
    std::optional<Octets> insert(const Neighbours&) override {
        if (old_.has(current_)) return std::nullopt;
        ++inserted_;
        return Octets{};
    }
    std::optional<Octets> update(Octets old_payload) override {
        if (voids_older(old_payload)) ++inserted_;
        return Octets{};
    }

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
        current_ = key;
        return key;
    }

    OldEntries& old_;
    Arena arena_;
    HugePageVector<Octets> keys_;
    Octets current_;
    std::size_t next_ = 0;
    std::uint64_t inserted_ = 0;
};

// Observations of a sorted batch, those of one record merged together.
class RecordChanges : public PiecewiseChanges {
  public:
    // What the store has beside its young blocks.
    struct Store {
        OldEntries& old_names;
        OldEntries& old_pivots;
        SourceTexts& texts;
        std::uint32_t gap;
        // Memory is taken so much at a time: little where there are few changes.
        std::size_t slab_octets = huge_page_octets;
    };
    using Entries = std::span<const Batch::Entry* const>;
    // `children` may be nullptr: no limit.
    // `sources` are the numbers of the batch's in the store, `unnamed` that of the empty source.
    RecordChanges(Entries entries, Counts counts, std::span<const std::uint32_t> sources,
                  std::uint32_t unnamed, const Store& store, ChildCounter* children)
        : pivots(store.old_pivots, store.slab_octets),
          entries_(entries),
          sources_(sources),
          unnamed_(unnamed),
          counts_(counts),
          old_(store.old_names),
          texts_(store.texts),
          gap_(store.gap),
          children_(children),
          arena_(store.slab_octets) {}

    std::optional<Octets> insert(const Neighbours& neighbours) override {
        const Octets key = entries_[first_]->key();
        RecordPayload payload;
        if (const auto old = old_.find(key)) return add_to_old(*old, payload);
        return add_new(
            [&](Octets prefix) {
                // Where the young blocks have the prefix, it may be of records that were removed.
                return old_.any() ? old_.has_prefix(prefix) : neighbours.had_prefix(prefix);
            },
            payload);
    }

    std::optional<Octets> update(Octets old_payload) override {
        const Octets key = entries_[first_]->key();
        auto payload = read_payload(old_payload);
        if (!payload) throw DamagedBlock(key, "a record in it is malformed");
        // It only voids what the levels have: the record was removed.
        if (payload->sightings.empty()) {
            return add_new([&](Octets prefix) { return old_.has_prefix(prefix); }, *payload);
        }
        const auto old =
            payload->voids_older || counts_ == Counts::add ? std::nullopt : old_.find(key);
        return add_to_old(old.value_or(Octets{}), *payload);
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

    // Adds to a record of which the young blocks have `young`, and the levels `old` if anything.
    std::optional<Octets> add_to_old(Octets old, RecordPayload& young) {
        last_owner_ = split_record_key(entries_[first_]->key())->owner;
        owner_admitted_ = true;
        ++result.merged_records;
        old_sightings_ = counts_ == Counts::add || old.empty()
                             ? Sightings{}
                             : read_sightings(old).value_or(Sightings{});
        return merged(young);
    }

    template <class HadPrefix>
    std::optional<Octets> add_new(const HadPrefix& had_prefix, RecordPayload& young) {
        // Batch made this key, so it has its parts.
        const auto parts = *split_record_key(entries_[first_]->key());
        if (!equal(parts.owner, last_owner_)) {
            last_owner_ = parts.owner;
            owner_admitted_ = admit_owner(parts.owner, had_prefix);
        }
        if (!owner_admitted_) {
            result.refused_children += end_ - first_;
            if (!young.voids_older) return std::nullopt;
            return Octets(void_pivot);
        }
        ++result.new_records;
        pivots.add(parts.owner, parts.type, whole_rdata(parts.rdata));
        old_sightings_ = {};
        return merged(young);
    }

    // Whether records of the next owner in the batch are admitted.
    template <class HadPrefix>
    bool admit_owner(Octets owner, const HadPrefix& had_prefix) {
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

    // The payload of the current key: its observations, merged into what the young blocks know.
    Octets merged(RecordPayload& known) {
        bool seen_unnamed = !known.sightings.empty() && known.sources.empty();
        for (const Batch::Entry* const each : entries_.subspan(first_, end_ - first_)) {
            const Batch::Entry& entry = *each;
            const bool by_sensor = entry.witness == Witness::sensor;
            Visibility& visibility = by_sensor ? known.sightings.sensor : known.sightings.zone;
            const Visibility& old = by_sensor ? old_sightings_.sensor : old_sightings_.zone;
            visibility.merge({entry.seen, more(entry.count, visibility, old)}, gap_);
            const std::uint32_t source =
                entry.source == Batch::no_source ? Batch::no_source : sources_[entry.source];
            if (source == Batch::no_source) {
                seen_unnamed = true;
            } else {
                add_source(known.sources, source, texts_);
            }
        }
        // A record whose sources all go is pruned; so one that was seen without a source too says
        // so. Alone, no source says it.
        if (seen_unnamed && !known.sources.empty()) add_source(known.sources, unnamed_, texts_);
        seen = {std::min(seen.begin, known.sightings.first()),
                std::max(seen.end, known.sightings.last())};
        known.rdata_rest = entries_[first_]->rdata_rest();
        scratch_.clear();
        append_payload(scratch_, known);
        return arena_.keep(scratch_);
    }

    // How many times more a record was seen than is known.
    std::uint64_t more(std::uint64_t count, const Visibility& young,
                       const Visibility& old) const noexcept {
        if (counts_ == Counts::add) return count;
        const std::uint64_t known = saturating_sum(young.count(), old.count());
        return count - std::min(count, known);
    }

    Entries entries_;
    std::span<const std::uint32_t> sources_;
    std::uint32_t unnamed_;
    Counts counts_;
    OldEntries& old_;
    SourceTexts& texts_;
    std::uint32_t gap_;
    Sightings old_sightings_;  // of the current record; read where its counts are totals
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
