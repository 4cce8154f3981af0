#include "storage/history/cluster_writer.hpp"

#include <algorithm>
#include <utility>

#include "storage/base/text_codec.hpp"
#include "storage/block/fsst_renewal.hpp"
#include "storage/history/cluster_changes.hpp"
#include "storage/tablet/tablet_heads.hpp"
#include "storage/tablet/tablet_sample.hpp"

namespace dnshist {

namespace {

// So many batches may wait for tablets that are missing; then nothing more is written. Each takes
// a lane.
constexpr std::size_t most_waiting_batches = most_lanes / 2;
// Tablets whose first block is read to train a symbol table.
constexpr std::size_t sampled_tablets = 100;

std::string octets_of(Batch& batch, Seconds now) {
    std::string octets(1, kind_of_observations);
    append_varint(octets, now.since_epoch);
    batch.append_to(octets);
    return octets;
}

bool same(const FeedPosition& a, const FeedPosition& b) {
    return store_meta::encode_position(a) == store_meta::encode_position(b);
}

std::unique_ptr<ClusterStore> made(const std::string& location, std::uint32_t gap) {
    try {
        return ClusterStore::make(location, gap);
    } catch (const ObjectError& error) {
        throw_cluster_error(location, error, "write");
    }
}

Period seen_in(Batch& batch) {
    Period seen{end_of_time, Seconds{0}};
    for (const Batch::Entry* const entry : batch.entries()) {
        seen = {std::min(seen.begin, entry->seen.begin), std::max(seen.end, entry->seen.end)};
    }
    return seen;
}

}  // namespace

ClusterWriter::ClusterWriter(const std::string& location, const Options& options)
    : location_(location),
      options_(options),
      store_(made(location, options.gap)),
      names_symbols_(store_->objects(), TabletSpace::names),
      pivots_symbols_(store_->objects(), TabletSpace::pivots),
      texts_(store_->objects(), store_->sources()),
      sources_(store_->objects()),
      names_(store_->objects(), store_->map(), names_symbols_, TabletSpace::names, options.tablets),
      pivots_(store_->objects(), store_->map(), pivots_symbols_, TabletSpace::pivots,
              options.tablets),
      seat_(store_->objects(), this_process()) {
    guard([&] { finish_left_behind(); });
}

// Has a lane afterwards, in which no batch is open.
void ClusterWriter::finish_left_behind() {
    while (const auto begun = seat_.take())
        finish(*begun);
    if (seat_.waiting().batches < most_waiting_batches) return;
    throw ObjectError(ObjectError::Kind::other,
                      std::to_string(seat_.waiting().batches) + " batches wait for its tablet " +
                          seat_.waiting().object +
                          ", which is missing, or whose head is damaged; make the store again from "
                          "a copy");
}

void ClusterWriter::leave_waiting(const BegunBatch& begun, const MissingTablet& missing) {
    seat_.leave_waiting(begun, missing.object());
    ++left_waiting_;
    if (!options_.damage) return;
    options_.damage(
        "tablet " + missing.object(),
        "it is missing, or its head is damaged; a batch needs it: all else of the batch "
        "is written, and its octets are kept until the tablet is there (lane " +
            std::to_string(begun.lane) + " of 'dnshist-zonegen stats')");
}

// Makes a batch again from its octets.
void ClusterWriter::finish(const BegunBatch& begun) {
    if (!seat_.is_open(begun)) return;
    const std::string octets = seat_.read(begun);
    OctetReader in(as_octets(octets));
    const auto kind = in.u8();
    const auto time = in.varint();
    if (!time || *time > end_of_time.since_epoch) throw_unknown_batch();
    const Seconds now{static_cast<std::uint32_t>(*time)};
    try {
        if (kind == kind_of_removals) {
            remove(begun, in, now, Attempt::again);
            return;
        }
        Batch batch(gap());
        if (kind != kind_of_observations || !batch.read(in)) throw_unknown_batch();
        write(begun, batch, now, Attempt::again);
    } catch (const MissingTablet& missing) {
        leave_waiting(begun, missing);
    }
}

void ClusterWriter::throw_unknown_batch() {
    throw ObjectError(ObjectError::Kind::other,
                      "a batch that was begun there is of another version of dnshist; end it with "
                      "that version");
}

RefusedChanges ClusterWriter::refused_changes() {
    return
        [this](const char* database, Octets key, const DamagedBlock& damage, std::size_t changes) {
            left_out_ += changes;
            if (!options_.damage) return;
            options_.damage(store_meta::block_text(database, key),
                            damage.what() + std::string("; ") + std::to_string(changes) +
                                " of a batch that belong there are left out");
        };
}

std::vector<HistoryWriter::KnownFeed> ClusterWriter::feeds() {
    return guard([&] {
        std::vector<HistoryWriter::KnownFeed> all;
        known_feeds_ = read_journal(store_->objects()).feeds;
        for (const auto& [number, position] : known_feeds_)
            all.push_back({number, position});
        return all;
    });
}

// Its place is taken at once: no other writer takes the number.
std::uint32_t ClusterWriter::new_feed() {
    return guard([&] {
        std::uint32_t number = 0;
        const auto take_next = [&](const Journal& journal, JournalWrite& write, Lane&) {
            number = journal.feeds.empty() ? 0 : journal.feeds.rbegin()->first + 1;
            write.set_feed(number, {});
        };
        do {
            finish_left_behind();
        } while (!seat_.note(take_next));
        known_feeds_[number] = {};
        return number;
    });
}

void ClusterWriter::keep_reading(const std::array<std::uint8_t, 16>& digest,
                                 std::string_view text) {
    if (reading(digest)) return;
    guard([&] {
        ObjectWrite write;
        write.object = root_object;
        write.set.push_back({std::string(as_text(digest)), std::string(text)});
        store_->objects().write({&write, 1});
        if (write.outcome == ObjectWrite::Outcome::done) return;
        throw ObjectError(ObjectError::Kind::unreachable, "the cluster did not answer in time");
    });
}

std::optional<std::string> ClusterWriter::reading(const std::array<std::uint8_t, 16>& digest) {
    return guard([&]() -> std::optional<std::string> {
        const ObjectRead root = read_object(store_->objects(), {root_object, {{}}});
        for (const ObjectEntry& entry : root.entries) {
            if (entry.key == as_text(digest)) return entry.value;
        }
        return std::nullopt;
    });
}

// Throws where another writer has imported of the same feed since this one has looked. Two may read
// it side by side, batch for batch: one who finds his own next position there is second.
void ClusterWriter::move_feed(const Journal& journal, JournalWrite& write, std::uint32_t feed,
                              const FeedPosition& position, MovedWith with) const {
    const auto refuse = [&] {
        throw StoreError("cannot write the store " + location_ + ": another writer imports " +
                         position.name + " too; run the same command again when it has ended");
    };
    const auto known = known_feeds_.find(feed);
    const auto stored = journal.feeds.find(feed);
    if (known != known_feeds_.end() && stored != journal.feeds.end()) {
        const bool is_as_known = same(stored->second, known->second) ||
                                 (with == MovedWith::nothing && same(stored->second, position));
        if (!is_as_known) refuse();
    }
    for (const auto& [number, other] : journal.feeds) {
        if (number == feed) continue;
        // Its number may have been taken, and nothing begun, when this one looked.
        const auto before = known_feeds_.find(number);
        const bool is_new = before == known_feeds_.end() || before->second.head != other.head;
        if (is_new && other.head == position.head && other.head_octets == position.head_octets) {
            refuse();
        }
    }
    write.set_feed(feed, position);
}

bool ClusterWriter::begin(std::optional<std::uint32_t> feed, const FeedPosition& position) {
    const BegunBatch& begun = unfinished_->begun;
    try {
        return seat_.begin(begun, [&](const Journal& journal, JournalWrite& write, Lane&) {
            if (feed) move_feed(journal, write, *feed, position, MovedWith::batch);
        });
    } catch (const StoreError&) {
        seat_.remove(begun);
        unfinished_.reset();
        throw;
    }
}

ApplyResult ClusterWriter::apply(Batch& batch, std::optional<std::uint32_t> feed,
                                 const FeedPosition& position, Seconds now) {
    return guard([&]() -> ApplyResult {
        if (unfinished_ && !unfinished_->is(batch)) settle_unfinished();
        if (!unfinished_) batch.sort();
        if (batch.size() == 0) {
            move_feed(feed, position, now);
            return {};
        }
        const Attempt attempt = unfinished_ ? Attempt::again : Attempt::first;
        const auto write_octets = [&] {
            finish_left_behind();
            unfinished_ = {seat_.write(octets_of(batch, now)), &batch, batch.observations()};
        };
        if (!unfinished_) write_octets();
        while (!begin(feed, position)) {
            unfinished_.reset();
            write_octets();
        }
        if (feed) known_feeds_[*feed] = position;
        ApplyResult result;
        try {
            result = write(unfinished_->begun, batch, now, attempt);
        } catch (const MissingTablet& missing) {
            leave_waiting(unfinished_->begun, missing);
        }
        unfinished_.reset();
        return result;
    });
}

// The caller has given it up. If it has begun, it will be in the store all the same.
void ClusterWriter::settle_unfinished() {
    if (!unfinished_) return;
    const BegunBatch begun = unfinished_->begun;
    if (seat_.was_begun(begun)) finish(begun);
    unfinished_.reset();
}

void ClusterWriter::move_feed(std::optional<std::uint32_t> feed, const FeedPosition& position,
                              Seconds now) {
    const auto move = [&](const Journal& journal, JournalWrite& write, Lane& lane) {
        if (feed) move_feed(journal, write, *feed, position, MovedWith::nothing);
        lane.totals.written = now;
    };
    do {
        finish_left_behind();
    } while (!seat_.note(move));
    if (feed) known_feeds_[*feed] = position;
}

ApplyResult ClusterWriter::write(const BegunBatch& begun, Batch& batch, Seconds now,
                                 Attempt attempt) {
    const MapCounts counts = merge(begun, batch, attempt);
    const Period seen = seen_in(batch);
    observations_ += batch.observations();
    seat_.end(begun, [&](const Journal&, JournalWrite&, Lane& lane) {
        StoreStatistics& totals = lane.totals;
        totals.names += counts.names.names;
        totals.records += counts.names.records;
        totals.pivots += counts.pivots.records;
        totals.octets += static_cast<std::uint64_t>(counts.octets());
        totals.earliest = std::min(totals.earliest.value_or(end_of_time), seen.begin);
        totals.latest = std::max(totals.latest.value_or(Seconds{0}), seen.end);
        totals.written = now;
        note_writing(lane);
    });
    noted_ = writing();
    ApplyResult result;
    result.new_records = counts.names.records;
    result.merged_records = counts.names.merged;
    result.new_names = counts.names.names;
    result.new_pivots = counts.pivots.records;
    return result;
}

// Merges a batch into the tablets.
ClusterWriter::MapCounts ClusterWriter::merge(const BegunBatch& begun, Batch& batch,
                                              Attempt attempt) {
    const StoreStatistics before = read_journal(store_->objects()).statistics();
    const auto numbers = sources_.add(batch.sources());
    const Marks marks(begun);
    const std::uint64_t retries_before = writing().unanswered;
    BatchCounts pivots;
    const RefusedChanges refuse = refused_changes();
    const RecordBatch::Context context{numbers, texts_, gap(),
                                       [&](const std::vector<Octets>& keys) {
                                           seat_.renew();
                                           renew_symbols(TabletSpace::pivots, before.pivots,
                                                         keys.size(),
                                                         [&](std::size_t i) { return keys[i]; });
                                           PivotBatch changes(keys, refuse);
                                           pivots_.apply(changes, marks.pivots);
                                           pivots += changes.counts();
                                       },
                                       refuse};
    RecordBatch records(batch, context);
    renew_symbols(TabletSpace::names, before.records, records.size(),
                  [&](std::size_t i) { return records.key(i); });
    names_.apply(records, marks.names);
    return settled({records.counts(), pivots}, marks, attempt, retries_before);
}

// The changes of a batch: as they were counted here, or, where a reply was lost or somebody else
// has done a part of it, as the marks of all tablets say. These do not know octets.
ClusterWriter::MapCounts ClusterWriter::settled(MapCounts counted, const Marks& marks,
                                                Attempt attempt, std::uint64_t retries_before) {
    if (attempt == Attempt::first && writing().unanswered == retries_before) return counted;
    const auto sum = [&](BatchCounts& counts, TabletSpace space, const TabletWriter::Mark& mark) {
        const std::int64_t octets = counts.octets;
        counts = sum_of_marks(store_->objects(), store_->map(), space, mark.lane, mark.seq);
        counts.octets = octets;
    };
    sum(counted.names, TabletSpace::names, marks.names);
    sum(counted.pivots, TabletSpace::pivots, marks.pivots);
    return counted;
}

void ClusterWriter::renew_symbols(TabletSpace space, std::uint64_t known, std::size_t incoming,
                                  const std::function<Octets(std::size_t)>& key) {
    TabletSymbols& symbols = space == TabletSpace::names ? names_symbols_ : pivots_symbols_;
    TabletSample sample(store_->objects(), store_->map(), space, sampled_tablets);
    renew_table_if_due(symbols, {known, sample, sample.size()}, {incoming, key});
}

ClusterWriting ClusterWriter::writing() const noexcept {
    ClusterWriting sum;
    sum.observations = observations_;
    sum.octets = seat_.octets_written();
    for (const TabletWriter* const tablets : {&names_, &pivots_}) {
        const WriterCounters& counters = tablets->counters();
        sum += {0, counters.octets, counters.conflicts, counters.retries, counters.splits};
    }
    return sum;
}

// The objects that were written since the lane's last batch ended.
void ClusterWriter::note_writing(Lane& lane) {
    lane.writing += writing() - noted_;
}

}  // namespace dnshist
