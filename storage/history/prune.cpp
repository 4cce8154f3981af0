// One step of a prune: reads a stretch of the names database and gathers the records to remove,
// removes them from names, then removes the pivots that no other record needs.
#include "storage/history/prune.hpp"

#include <algorithm>
#include <array>

#include "storage/base/arena.hpp"
#include "storage/block/block_cursor.hpp"
#include "storage/block/block_repack.hpp"
#include "storage/format/pivot_key.hpp"
#include "storage/format/record_key.hpp"
#include "storage/history/cluster_writer.hpp"
#include "storage/history/old_entries.hpp"
#include "storage/history/writer_state.hpp"

namespace dnshist {

namespace {

// A step ends when it is about to change an eighth of the file's pages, within these bounds: LMDB
// keeps the old pages beside the new ones until two more transactions have passed.
constexpr std::size_t least_changed_pages = 1000;
constexpr std::size_t most_changed_pages = 50'000;
// A step also ends when it holds this many records in memory,
constexpr std::size_t most_records = 500'000;
// or has read this many blocks, so that the command looks at its operator often enough.
constexpr std::uint64_t read_blocks = 4096;

std::size_t changed_pages(const lmdb::Environment& environment) {
    const std::size_t pages = environment.used_octets() / environment.page_size();
    return std::clamp(pages / 8, least_changed_pages, most_changed_pages);
}

// Keys to remove from a map. Where its levels have a key, the young blocks void it.
class Removal : public BlockChanges {
  public:
    // Ascending, without repeats.
    Removal(const std::vector<Octets>& keys, OldEntries& old) : keys_(keys), old_(old) {}

    std::optional<Octets> next_key() override {
        if (next_ == keys_.size()) return std::nullopt;
        return keys_[next_++];
    }
    std::optional<Octets> insert(const Neighbours&) override {
        if (!old_.has(keys_[next_ - 1])) return std::nullopt;
        ++removed_;
        return Octets(void_pivot);
    }
    std::optional<Octets> update(Octets payload) override {
        const bool is_old = old_.has(keys_[next_ - 1]);
        // What is void already was removed before.
        if (!voids_older(payload) || payload.size() > sizeof void_pivot) ++removed_;
        return is_old ? std::optional(Octets(void_pivot)) : std::nullopt;
    }

    std::uint64_t removed() const noexcept { return removed_; }

  private:
    const std::vector<Octets>& keys_;
    OldEntries& old_;
    std::size_t next_ = 0;
    std::uint64_t removed_ = 0;
};

bool before(Octets a, Octets b) noexcept {
    return compare(a, b) < 0;
}

// The RDATA of a record; joined in `room` where its end is in the payload.
Octets whole_rdata(Octets in_key, Octets payload, std::vector<std::uint8_t>& room) {
    const auto rest = read_rdata_rest(payload);
    if (!rest) return in_key;
    const Octets head = in_key.first(std::min(in_key.size(), cut_rdata));
    room.assign(head.begin(), head.end());
    room.insert(room.end(), rest->begin(), rest->end());
    return room;
}

// The records of one owner and type to remove, and the pivots that may have to go with them.
struct Group {
    Octets key;  // owner and type
    Octets owner;
    Rrtype type;
    std::vector<Octets> pivots;
};

class Step {
  public:
    Step(const lmdb::Transaction& transaction, const HistoryWriter::State& store)
        : store_(store),
          blocks_(transaction, store.databases, store.search),
          texts_(transaction, store.databases.sources),
          old_(blocks_, store.levels, texts_, store.gap),
          merge_(texts_, store.gap) {}

    // Moves `progress` over what it reads.
    void gather(const PruneRule& rule, PruneProgress& progress);
    // Removes the gathered records and their pivots, and counts both.
    void remove(PruneProgress& progress);

    bool any() const noexcept { return !records_.empty(); }
    // Octets of the pages that were written.
    std::uint64_t written() const noexcept { return written_; }

  private:
    void gather(const RecordKeyParts& parts, Octets key, Octets payload);
    void exclude_needed_pivots(Group& group);

    const HistoryWriter::State& store_;
    MergedCursor records_of_store() {
        return {sources_of(blocks_.names, store_.levels.names), blocks_.names_symbols, refuse_,
                merge_, next_record_beginning};
    }

    StoreBlocks blocks_;
    DatabaseSourceTexts texts_;
    OldMaps old_;
    RecordMerge merge_;
    std::uint64_t written_ = 0;
    Arena arena_;
    std::vector<Octets> records_;
    std::vector<Group> groups_;
    std::size_t pivots_ = 0;
    std::vector<std::uint8_t> long_rdata_;
    // A damaged block ends the prune: a record in it may need one of the pivots.
    const BlockDamage refuse_ = [](Octets key, const char* fault) {
        throw DamagedBlock(key, fault);
    };
};

void Step::gather(const PruneRule& rule, PruneProgress& progress) {
    const std::size_t limit = changed_pages(store_.environment);
    MergedCursor cursor = records_of_store();
    std::size_t changed_blocks = 0;
    std::uint64_t changed_at = 0;  // the read that gave the last of them
    for (cursor.seek({}, progress.next); cursor.step();) {
        const Octets key = cursor.key();
        if (changed_blocks + pivots_ >= limit || records_.size() >= most_records ||
            cursor.reads() > read_blocks) {
            progress.next.assign(key.begin(), key.end());
            return;
        }
        if (cursor.is_void()) continue;
        const auto parts = split_record_key(key);
        const auto seen = glance(cursor.payload());
        if (!parts || !seen) throw DamagedBlock(cursor.block_key(), "a record in it is malformed");
        ++progress.visited;
        const auto fate = rule.fate_of(seen->seen, seen->count, cursor.payload());
        if (!fate) throw DamagedBlock(cursor.block_key(), "a record in it is malformed");
        if (*fate == PruneRule::Fate::shared) ++progress.shared;
        if (*fate == PruneRule::Fate::goes) {
            gather(*parts, key, cursor.payload());
            if (changed_at != cursor.reads()) ++changed_blocks;
            changed_at = cursor.reads();
        } else {
            progress.kept = {std::min(progress.kept.begin, seen->seen.begin),
                             std::max(progress.kept.end, seen->seen.end)};
        }
    }
    progress.next.clear();
    progress.stage = progress.records + records_.size() == 0
                         ? PruneProgress::Stage::done
                         : PruneProgress::Stage::repacking_names;
}

void Step::gather(const RecordKeyParts& parts, Octets key, Octets payload) {
    const Octets kept = arena_.keep(key);
    records_.push_back(kept);
    const Octets group_key = kept.first(parts.owner.size() + type_octets);
    if (groups_.empty() || !equal(groups_.back().key, group_key)) {
        groups_.push_back({group_key, kept.first(parts.owner.size()), parts.type, {}});
    }
    for_each_pivot_value(parts.type, whole_rdata(parts.rdata, payload, long_rdata_),
                         [&](const PivotValue& value) {
                             const PivotKey pivot = make_pivot_key(value, parts.type, parts.owner);
                             groups_.back().pivots.push_back(arena_.keep(pivot.octets()));
                             ++pivots_;
                         });
}

// Drops from the group the pivots that one of its remaining records needs.
void Step::exclude_needed_pivots(Group& group) {
    std::vector<Octets>& pivots = group.pivots;
    std::ranges::sort(pivots, before);
    pivots.erase(std::unique(pivots.begin(), pivots.end(), equal), pivots.end());
    // An address is the whole RDATA: no other record of the owner has it.
    if (group.type == Rrtype::A || group.type == Rrtype::AAAA) return;
    MergedCursor cursor = records_of_store();
    cursor.seek(group.key, group.key);
    while (!pivots.empty() && cursor.step() && starts_with(cursor.key(), group.key)) {
        if (cursor.is_void()) continue;
        const Octets rdata =
            whole_rdata(cursor.key().subspan(group.key.size()), cursor.payload(), long_rdata_);
        for_each_pivot_value(group.type, rdata, [&](const PivotValue& value) {
            const PivotKey needed = make_pivot_key(value, group.type, group.owner);
            const auto [first, last] =
                std::equal_range(pivots.begin(), pivots.end(), needed.octets(), before);
            pivots.erase(first, last);
        });
    }
}

void Step::remove(PruneProgress& progress) {
    const std::size_t page_size = store_.environment.page_size();
    Removal records(records_, old_.names);
    written_ += merge_blocks(blocks_.names, page_size, records) * page_size;
    progress.records += records.removed();

    std::vector<Octets> pivot_keys;
    Octets last_owner;
    for (Group& group : groups_) {
        exclude_needed_pivots(group);
        pivot_keys.insert(pivot_keys.end(), group.pivots.begin(), group.pivots.end());
        if (equal(group.owner, last_owner)) continue;
        last_owner = group.owner;
        const bool is_left = old_.names.any() ? old_.names.has_prefix(group.owner)
                                              : has_prefix(blocks_.names, group.owner);
        if (!is_left) ++progress.names;
    }
    std::ranges::sort(pivot_keys, before);
    Removal pivots(pivot_keys, old_.pivots);
    written_ += merge_blocks(blocks_.pivots, page_size, pivots) * page_size;
    progress.pivots += pivots.removed();
}

std::uint64_t less(std::uint64_t counted, std::uint64_t removed) noexcept {
    return counted - std::min(counted, removed);
}

}  // namespace

std::optional<PruneRule::Fate> PruneRule::fate_of(Period seen, std::uint64_t count,
                                                  Octets payload) const {
    if (!last_before && !fewer_than && !sources) return Fate::stays;
    if (last_before && seen.end >= *last_before) return Fate::stays;
    if (fewer_than && count >= *fewer_than) return Fate::stays;
    if (!sources) return Fate::goes;
    const auto record = read_payload(payload);
    if (!record) return std::nullopt;
    const auto is_ours = [this](std::uint32_t number) {
        return number < sources->size() && (*sources)[number];
    };
    if (std::ranges::none_of(record->sources, is_ours)) return Fate::stays;
    // A record may have had more sources than are kept.
    const bool all_known = record->sources.size() < max_sources;
    return all_known && std::ranges::all_of(record->sources, is_ours) ? Fate::goes : Fate::shared;
}

PruneProgress HistoryWriter::State::prune_step(const PruneRule& rule, PruneProgress progress,
                                               Seconds now) {
    const PruneProgress begun = progress;
    lmdb::Transaction transaction(environment, 0);
    if (levels_are_stale) load_levels(transaction);
    const StoreStatistics before = read_statistics(transaction);
    StoreStatistics statistics = before;
    std::uint64_t written = 0;
    {
        Step step(transaction, *this);
        step.gather(rule, progress);
        if (step.any()) {
            step.remove(progress);
            written = step.written();
            statistics.written = now;
        }
    }
    statistics.names = less(statistics.names, progress.names - begun.names);
    statistics.records = less(statistics.records, progress.records - begun.records);
    statistics.pivots = less(statistics.pivots, progress.pivots - begun.pivots);
    // Until every record was visited, the times in the statistics may be those of removed records.
    if (progress.stage != PruneProgress::Stage::removing) {
        const bool any = progress.kept.begin <= progress.kept.end;
        statistics.earliest = any ? std::optional(progress.kept.begin) : std::nullopt;
        statistics.latest = any ? std::optional(progress.kept.end) : std::nullopt;
    }
    if (store_meta::encode_statistics(statistics) != store_meta::encode_statistics(before)) {
        write_statistics(transaction, statistics);
        note_written(transaction, written, 0);
        transaction.commit();
    }
    return progress;
}

PruneProgress HistoryWriter::State::repack_step(PruneProgress progress) {
    using Stage = PruneProgress::Stage;
    const bool in_names = progress.stage == Stage::repacking_names;
    lmdb::Transaction transaction(environment, 0);
    StoreBlocks blocks(transaction, databases, search);
    const std::size_t freed =
        repack_blocks(in_names ? blocks.names : blocks.pivots, environment.page_size(),
                      changed_pages(environment), progress.next);
    if (progress.next.empty()) progress.stage = in_names ? Stage::repacking_pivots : Stage::done;
    if (freed != 0) transaction.commit();
    return progress;
}

void HistoryWriter::prune(const PruneRule& rule, PruneProgress& progress, Seconds now) {
    if (cluster_) return cluster_->prune(rule, progress, now);
    if (progress.done()) return;
    PruneProgress after;
    state_->change("step", [&] {
        after = progress.stage == PruneProgress::Stage::removing
                    ? state_->prune_step(rule, progress, now)
                    : state_->repack_step(progress);
    });
    progress = std::move(after);
}

}  // namespace dnshist
