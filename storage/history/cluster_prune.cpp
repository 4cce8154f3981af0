// A prune of a store of objects, beside other writers.
//
// A step reads a stretch of names and gathers the records to remove. They are a batch like one of
// observations: begun in the journal, so that whoever ends it removes the same. Each record is
// looked at again when its tablet is written: one that was seen since then stays.
//
// A pivot goes once no record needs it. Another writer puts pivots before records, so a batch of
// his that is under way may be about to need one: after a tablet of pivots was read, this waits
// until the batches that were under way then have ended, and looks whether the records are there.
// One that begins later puts its pivots into the tablet again, so that the write meets another
// head, and all of it is done anew.
#include <algorithm>
#include <thread>
#include <utility>

#include "storage/base/text_codec.hpp"
#include "storage/block/block_cursor.hpp"
#include "storage/format/pivot_key.hpp"
#include "storage/history/cluster_changes.hpp"
#include "storage/history/cluster_writer.hpp"
#include "storage/tablet/tablet_source.hpp"

namespace dnshist {

namespace {

// A step ends when it has so many records to remove, or has read so many blocks.
constexpr std::size_t most_removals = 50'000;
constexpr std::uint64_t most_blocks = 4096;

// Calls take(PivotValue) for the pivots of a record.
template <class Take>
void for_each_pivot(const RecordKeyParts& parts, Octets rdata_rest, Take&& take) {
    std::vector<std::uint8_t> whole(parts.rdata.begin(), parts.rdata.end());
    if (!rdata_rest.empty()) {
        whole.resize(std::min(whole.size(), cut_rdata));
        whole.insert(whole.end(), rdata_rest.begin(), rdata_rest.end());
    }
    for_each_pivot_value(parts.type, whole, [&](const PivotValue& value) {
        take(make_pivot_key(value, parts.type, parts.owner).octets());
    });
}

// What is newest of the names.
class NewestNames {
  public:
    NewestNames(ClusterStore& store, BlockSymbols& symbols, const BlockDamage& damage)
        : reader_(store.objects(), store.map(), store.counters()),
          cursor_(std::make_unique<TabletSource>(reader_, symbols, TabletSpace::names), symbols,
                  damage) {}

    // Reads where these keys belong, in one round trip.
    void load(std::span<const Octets> keys) { reader_.load(TabletSpace::names, keys); }
    BlockCursor& at(Octets prefix) {
        cursor_.seek(prefix);
        return cursor_;
    }

  private:
    TabletReader reader_;
    BlockCursor cursor_;
};

std::vector<RemovedPivot> pivots_of(const std::vector<RemovedRecord>& records) {
    std::vector<RemovedPivot> pivots;
    for (const RemovedRecord& record : records) {
        const auto parts = *split_record_key(as_octets(record.key));
        const std::string group = record.key.substr(0, parts.owner.size() + type_octets);
        for_each_pivot(parts, as_octets(record.rdata_rest), [&](Octets key) {
            pivots.push_back({std::string(as_text(key)), group});
        });
    }
    std::ranges::sort(pivots);
    pivots.erase(std::unique(pivots.begin(), pivots.end()), pivots.end());
    return pivots;
}

// Which of these pivots the records of their owners need.
std::vector<bool> needed_of(NewestNames& names, std::span<const RemovedPivot> pivots) {
    std::map<std::string_view, std::vector<std::size_t>> groups;
    for (std::size_t i = 0; i < pivots.size(); ++i)
        groups[pivots[i].group].push_back(i);
    std::vector<Octets> keys;
    keys.reserve(groups.size());
    for (const auto& [group, members] : groups)
        keys.push_back(as_octets(group));
    names.load(keys);
    std::vector<bool> needed(pivots.size());
    for (const auto& group : groups) {
        const Octets prefix = as_octets(group.first);
        BlockCursor& cursor = names.at(prefix);
        while (cursor.next() && starts_with(cursor.key(), prefix)) {
            const auto parts = split_record_key(cursor.key());
            if (!parts) continue;
            const auto rest = read_rdata_rest(cursor.payload());
            for_each_pivot(*parts, rest.value_or(Octets{}), [&](Octets key) {
                for (const std::size_t i : group.second)
                    if (pivots[i].key == as_text(key)) needed[i] = true;
            });
        }
    }
    return needed;
}

// Owners of the records that have none any more.
std::uint64_t count_gone(NewestNames& names, const std::vector<RemovedRecord>& records) {
    std::vector<Octets> owners;
    for (const RemovedRecord& record : records) {
        const Octets owner = split_record_key(as_octets(record.key))->owner;
        if (owners.empty() || !equal(owners.back(), owner)) owners.push_back(owner);
    }
    names.load(owners);
    return static_cast<std::uint64_t>(std::ranges::count_if(owners, [&](Octets owner) {
        BlockCursor& cursor = names.at(owner);
        return !cursor.next() || !starts_with(cursor.key(), owner);
    }));
}

}  // namespace

std::optional<char> for_each_pivot_of_batch(std::string_view octets,
                                            FunctionRef<void(Octets key)> take) {
    OctetReader in(as_octets(octets));
    const auto kind = in.u8();
    if (!kind || !in.varint()) return std::nullopt;
    const auto take_all = [&](Octets key, Octets rdata_rest) {
        if (const auto parts = split_record_key(key)) for_each_pivot(*parts, rdata_rest, take);
    };
    if (*kind == kind_of_removals) {
        const auto removals = read_removals(in);
        if (!removals) return std::nullopt;
        for (const RemovedRecord& record : removals->records)
            take_all(as_octets(record.key), as_octets(record.rdata_rest));
    } else {
        Batch batch(default_gap);
        if (*kind != kind_of_observations || !batch.read(in)) return std::nullopt;
        for (const Batch::Entry* const entry : batch.entries())
            take_all(entry->key(), entry->rdata_rest());
    }
    return static_cast<char>(*kind);
}

// Waits until the batches of other writers that are under way now have ended. False where one takes
// too long, as that of a writer that was killed.
bool ClusterWriter::wait_for_others(std::uint8_t own_lane) {
    constexpr std::chrono::milliseconds pause{50};
    constexpr int most_pauses = 1200;
    const auto under_way = read_journal(store_->objects()).lanes;
    for (int i = 0; i < most_pauses; ++i) {
        const auto lanes = read_journal(store_->objects()).lanes;
        const bool has_ended = std::ranges::all_of(under_way, [&](const auto& entry) {
            const auto& [number, lane] = entry;
            // Who makes a batch again that waits for a tablet puts its pivots again.
            return number == own_lane || !lane.is_unfinished() || lanes.at(number).waits() ||
                   lanes.at(number).ended >= lane.begun;
        });
        if (has_ended) return true;
        seat_.renew();
        std::this_thread::sleep_for(pause);
    }
    return false;
}

// Moves `progress` over what it reads. The octets of a batch; empty where no record goes.
std::string ClusterWriter::gather(const PruneRule& rule, PruneProgress& progress, Seconds now) {
    std::string octets(1, kind_of_removals);
    append_varint(octets, now.since_epoch);
    append_rule(octets, rule);
    std::size_t count = 0;
    const BlockDamage refuse = [](Octets key, const char* fault) {
        throw DamagedBlock(key, fault);
    };
    TabletReader reader(store_->objects(), store_->map(), store_->counters());
    BlockCursor cursor(std::make_unique<TabletSource>(reader, names_symbols_, TabletSpace::names,
                                                      TabletReader::Purpose::walk),
                       names_symbols_, refuse);
    cursor.seek(progress.next);

    while (cursor.next()) {
        const Octets key = cursor.key();
        if (count >= most_removals || cursor.reads() > most_blocks) {
            progress.next.assign(key.begin(), key.end());
            return count == 0 ? std::string() : octets;
        }
        const auto seen = glance(cursor.payload());
        const auto fate =
            seen ? rule.fate_of(seen->seen, seen->count, cursor.payload()) : std::nullopt;
        if (!fate || !split_record_key(key)) {
            throw DamagedBlock(cursor.block_key(), "a record in it is malformed");
        }
        ++progress.visited;

        if (*fate == PruneRule::Fate::shared) ++progress.shared;
        if (*fate == PruneRule::Fate::goes) {
            append_removed(octets, key, read_rdata_rest(cursor.payload()).value_or(Octets{}));
            ++count;
        } else {
            progress.kept = {std::min(progress.kept.begin, seen->seen.begin),
                             std::max(progress.kept.end, seen->seen.end)};
        }
    }
    progress.next.clear();
    progress.stage = PruneProgress::Stage::done;
    return count == 0 ? std::string() : octets;
}

// Removes what a batch says, as in its octets behind the time.
ClusterWriter::Removed ClusterWriter::remove(const BegunBatch& begun, OctetReader& in, Seconds now,
                                             Attempt attempt) {
    const auto removals = read_removals(in);
    if (!removals) throw_unknown_batch();
    const Marks marks(begun);
    const std::uint64_t retries_before = writing().unanswered;
    const RefusedChanges refuse = refused_changes();
    RecordRemoval removal(*removals, refuse);
    names_.apply(removal, marks.names);
    const BlockDamage unreported;
    const std::vector<RemovedPivot> pivots = pivots_of(removals->records);
    PivotRemoval pivot_removal(
        pivots,
        [&](std::span<const RemovedPivot> some) {
            if (!wait_for_others(begun.lane)) return std::vector<bool>(some.size(), true);
            NewestNames names(*store_, names_symbols_, unreported);
            return needed_of(names, some);
        },
        refuse);
    pivots_.apply(pivot_removal, marks.pivots);
    const MapCounts counts =
        settled({removal.counts(), pivot_removal.counts()}, marks, attempt, retries_before);
    NewestNames names(*store_, names_symbols_, unreported);
    const Removed removed{counts.names.records, count_gone(names, removals->records),
                          counts.pivots.records};
    seat_.end(begun, [&](const Journal&, JournalWrite&, Lane& lane) {
        lane.totals.records -= removed.records;
        lane.totals.names -= removed.names;
        lane.totals.pivots -= removed.pivots;
        lane.totals.octets += static_cast<std::uint64_t>(counts.octets());
        lane.totals.written = now;
        note_writing(lane);
    });
    noted_ = writing();
    return removed;
}

void ClusterWriter::prune(const PruneRule& rule, PruneProgress& progress, Seconds now) {
    if (progress.done()) return;
    guard([&] {
        settle_unfinished();
        finish_left_behind();
        if (progress.visited == 0) begun_before_prune_ = begun_batches();
        PruneProgress after = progress;
        const std::string octets = gather(rule, after, now);
        if (!octets.empty()) {
            BegunBatch begun = seat_.write(octets);
            while (!seat_.begin(begun, [](const Journal&, JournalWrite&, Lane&) {})) {
                finish_left_behind();
                begun = seat_.write(octets);
            }
            OctetReader in(as_octets(octets));
            in.u8();
            in.varint();
            try {
                const Removed removed = remove(begun, in, now, Attempt::first);
                after.records += removed.records;
                after.names += removed.names;
                after.pivots += removed.pivots;
            } catch (const MissingTablet& missing) {
                leave_waiting(begun, missing);
            }
        }
        if (after.done() && after.records != 0) narrow_times(after.kept);
        progress = std::move(after);
    });
}

std::map<std::uint8_t, std::uint64_t> ClusterWriter::begun_batches() {
    std::map<std::uint8_t, std::uint64_t> begun;
    for (const auto& [number, lane] : read_journal(store_->objects()).lanes)
        begun[number] = lane.begun;
    return begun;
}

// The times of all lanes become those of the records that were kept, unless other writers have
// added some meanwhile.
void ClusterWriter::narrow_times(Period kept) {
    seat_.note([&](const Journal& journal, JournalWrite& write, Lane& own) {
        for (const auto& [number, lane] : journal.lanes) {
            const auto before = begun_before_prune_.find(number);
            const bool is_own = lane.epoch == own.epoch && lane.holder == own.holder;
            if (!is_own && (before == begun_before_prune_.end() || before->second != lane.begun))
                return;
        }
        const bool any = kept.begin <= kept.end;
        const auto narrow = [&](Lane lane) {
            lane.totals.earliest = any ? std::optional(kept.begin) : std::nullopt;
            lane.totals.latest = any ? std::optional(kept.end) : std::nullopt;
            return lane;
        };
        for (const auto& [number, lane] : journal.lanes)
            write.set_lane(number, narrow(lane));
        own = narrow(own);
    });
}

}  // namespace dnshist
