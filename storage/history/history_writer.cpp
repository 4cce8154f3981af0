#include "storage/history/history_writer.hpp"

#include <algorithm>

#include "storage/base/arena.hpp"
#include "storage/base/huge_pages.hpp"
#include "storage/base/key_sort.hpp"
#include "storage/block/block_merge.hpp"
#include "storage/block/fsst_renewal.hpp"
#include "storage/engine/lmdb/lmdb.hpp"
#include "storage/format/pivot_key.hpp"
#include "storage/format/record_key.hpp"
#include "storage/format/store_meta.hpp"
#include "storage/history/child_limit.hpp"
#include "storage/history/writer_state.hpp"

namespace dnshist {

namespace {

// Sources that a store interns: a feed that names a new one in every line does not fill it.
constexpr std::uint32_t max_store_sources = 65536;

const std::filesystem::path& made(const std::filesystem::path& directory) {
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    if (error) {
        throw StoreError("cannot make the store " + directory.string() + ": " + error.message());
    }
    return directory;
}

// Changes are merged a piece at a time: what a merge gathers stays small however many there are,
// and is still in the processor's cache when it is written.
constexpr std::size_t keys_of_a_piece = 16384;

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
    // Nothing that the merges before were given is looked at any more.
    virtual void begin_piece() {}

    std::size_t left_ = 0;
};

// Keys of pivots, gathered from new records, then sorted and without repeats merged.
class PivotChanges : public PiecewiseChanges {
  public:
    void add(Octets owner_key, Rrtype type, Octets rdata) {
        for_each_pivot_value(type, rdata, [&](const PivotValue& value) {
            const std::size_t size = pivot_key_octets(value, owner_key);
            std::uint8_t* const key = arena_.room(size);
            put_pivot_key(key, value, type, owner_key);
            keys_.emplace_back(key, size);
        });
    }

    void sort() {
        sort_by_key(keys_, [](Octets key) { return key; });
    }

    // Sorted; some may be there twice.
    std::span<const Octets> keys() const noexcept { return keys_; }

    std::optional<Octets> insert(const Surroundings&) override {
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

// The observations of a sorted batch, those of one record taken together.
class RecordChanges : public PiecewiseChanges {
  public:
    // `children` may be nullptr: no limit.
    RecordChanges(Batch& batch, std::span<const std::uint32_t> sources, std::uint32_t gap,
                  ChildCounter* children)
        : entries_(batch.entries()),
          sources_(sources),
          counts_(batch.counts()),
          gap_(gap),
          children_(children) {}

    std::optional<Octets> insert(const Surroundings& surroundings) override {
        const Octets key = entries_[first_]->key();
        // A record key of ours, made by Batch: it has its parts.
        const auto parts = *split_record_key(key);
        if (!equal(parts.owner, last_owner_)) {
            last_owner_ = parts.owner;
            owner_admitted_ = take_owner(parts.owner, surroundings);
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

    // Whether records of an owner that was not met before in the batch may come in.
    bool take_owner(Octets owner, const Surroundings& surroundings) {
        const auto had_prefix = [&](Octets prefix) { return surroundings.had_prefix(prefix); };
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

    // The observations of the current key, merged into what was known.
    Octets merged(RecordPayload& known) {
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
            if (entry.source != Batch::no_source) add_source(known, sources_[entry.source]);
        }
        seen = {std::min(seen.begin, known.sightings.first()),
                std::max(seen.end, known.sightings.last())};
        scratch_.clear();
        append_payload(scratch_, known.sightings, known.sources, entries_[first_]->rdata_rest());
        return arena_.keep(scratch_);
    }

    static void add_source(RecordPayload& known, std::uint32_t source) {
        const auto place = std::lower_bound(known.sources.begin(), known.sources.end(), source);
        if (place != known.sources.end() && *place == source) return;
        if (source == Batch::no_source || known.sources.size() == max_sources) return;
        known.sources.insert(place, source);
    }

    std::span<const Batch::Entry* const> entries_;
    std::span<const std::uint32_t> sources_;
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

// Takes away what LMDB would not open: a file that it has begun to make, on a disk that was full.
const std::filesystem::path& cleared(const std::filesystem::path& directory) {
    const auto file = directory / "data.mdb";
    std::error_code none;
    if (lmdb::is_half_made(file)) std::filesystem::resize_file(file, 0, none);
    return directory;
}

}  // namespace

HistoryWriter::State::State(const std::filesystem::path& where, const Options& options)
    : directory(made(where)),
      lock(directory),
      child_limit(options.child_limit),
      environment(cleared(directory), MDB_NOTLS, options.reserve, store_meta::databases,
                  store_meta::max_readers) {
    environment.clear_stale_readers();
    growing([&] { open(options); });
}

void HistoryWriter::State::open(const Options& options) {
    lmdb::Transaction transaction(environment, 0);
    meta = *transaction.open_database(store_meta::meta_database, true);
    const auto version = transaction.get(meta, as_octets(store_meta::version_key));
    if (version) {
        const auto number = store_meta::decode_u32(*version);
        if (number != store_meta::format_version) {
            throw StoreError(store_meta::unknown_version(directory, number.value_or(0)));
        }
        const auto stored = transaction.get(meta, as_octets(store_meta::gap_key));
        gap = stored ? store_meta::decode_u32(*stored).value_or(default_gap) : default_gap;
    } else {
        refuse_foreign(transaction);
        gap = options.gap;
        transaction.put(meta, as_octets(store_meta::version_key),
                        store_meta::encode_u32(store_meta::format_version));
        transaction.put(meta, as_octets(store_meta::gap_key), store_meta::encode_u32(gap));
        transaction.put(meta, as_octets(store_meta::statistics_key),
                        store_meta::encode_statistics({}));
    }
    names = *transaction.open_database(store_meta::names_database, true);
    pivots = *transaction.open_database(store_meta::pivots_database, true);
    symbols = *transaction.open_database(store_meta::symbols_database, true);
    sources = *transaction.open_database(store_meta::sources_database, true);
    feeds = *transaction.open_database(store_meta::feeds_database, true);
    load_numbers(transaction);
    transaction.commit();
}

void HistoryWriter::State::refuse_foreign(lmdb::Transaction& transaction) {
    MDB_dbi main = 0;
    lmdb::check("mdb_dbi_open", mdb_dbi_open(transaction.get(), nullptr, 0, &main));
    lmdb::Cursor cursor(transaction, main);
    for (bool any = cursor.first(); any; any = cursor.next()) {
        if (as_text(cursor.key()) != store_meta::meta_database) {
            throw StoreError(directory.string() +
                             " holds an LMDB file that is no dnshist store; name another "
                             "directory with --store");
        }
    }
}

void HistoryWriter::State::load_numbers(lmdb::Transaction& transaction) {
    known_sources.clear();
    lmdb::Cursor cursor(transaction, sources);
    for (bool any = cursor.first(); any; any = cursor.next()) {
        const auto number = store_meta::decode_u32(cursor.key());
        if (number) known_sources.emplace(as_text(cursor.value()), *number);
    }
    lmdb::Cursor last(transaction, feeds);
    next_feed = last.last() ? store_meta::decode_u32(last.key()).value_or(0) + 1 : 0;
}

std::vector<std::uint32_t> HistoryWriter::State::intern(lmdb::Transaction& transaction,
                                                        const Batch& batch,
                                                        std::vector<std::string>& fresh) {
    std::vector<std::uint32_t> numbers;
    for (const std::string& text : batch.sources()) {
        const auto known = known_sources.find(text);
        if (known != known_sources.end()) {
            numbers.push_back(known->second);
            continue;
        }
        const auto number = static_cast<std::uint32_t>(known_sources.size() + fresh.size());
        if (number >= max_store_sources) {
            numbers.push_back(Batch::no_source);
            continue;
        }
        transaction.put(sources, store_meta::encode_u32(number), as_octets(text));
        fresh.push_back(text);
        numbers.push_back(number);
    }
    return numbers;
}

StoreStatistics HistoryWriter::State::read_statistics(lmdb::Transaction& transaction) const {
    const auto octets = transaction.get(meta, as_octets(store_meta::statistics_key));
    const auto statistics = octets ? store_meta::decode_statistics(*octets) : std::nullopt;
    if (!statistics) {
        throw StoreError("the store " + directory.string() +
                         " has no readable statistics: nothing was written");
    }
    return *statistics;
}

void HistoryWriter::State::write_statistics(lmdb::Transaction& transaction,
                                            const StoreStatistics& statistics) {
    transaction.put(meta, as_octets(store_meta::statistics_key),
                    store_meta::encode_statistics(statistics));
}

ApplyResult HistoryWriter::State::apply(Batch& batch, std::optional<std::uint32_t> feed,
                                        const FeedPosition& position, Seconds now) {
    lmdb::Transaction transaction(environment, 0);
    std::vector<std::string> fresh;
    const auto numbers = intern(transaction, batch, fresh);
    StoreStatistics statistics = read_statistics(transaction);

    std::optional<ChildCounter> child_counter;
    if (child_limit.children != 0) {
        const MDB_dbi children = *transaction.open_database(store_meta::children_database, true);
        child_counter.emplace(child_limit, transaction, children);
    }
    RecordChanges records(batch, numbers, gap, child_counter ? &*child_counter : nullptr);
    StoreBlocks blocks(transaction, *this);
    const auto entries = batch.entries();
    renew_symbols(blocks.names, statistics.records,
                  {entries.size(), [&](std::size_t i) { return entries[i]->key(); }});
    records.merge(blocks.names, environment.page_size());
    if (child_counter) child_counter->write();
    records.pivots.sort();
    const auto pivot_keys = records.pivots.keys();
    renew_symbols(blocks.pivots, statistics.pivots,
                  {pivot_keys.size(), [&](std::size_t i) { return pivot_keys[i]; }});
    records.pivots.merge(blocks.pivots, environment.page_size());
    records.result.new_pivots = records.pivots.inserted();

    statistics.names += records.result.new_names;
    statistics.records += records.result.new_records;
    statistics.pivots += records.result.new_pivots;
    if (records.seen.begin <= records.seen.end) {
        statistics.earliest =
            std::min(statistics.earliest.value_or(end_of_time), records.seen.begin);
        statistics.latest = std::max(statistics.latest.value_or(Seconds{0}), records.seen.end);
    }
    statistics.written = now;
    write_statistics(transaction, statistics);
    if (feed) {
        transaction.put(feeds, store_meta::encode_u32(*feed),
                        store_meta::encode_position(position));
    }
    transaction.commit();
    for (std::string& text : fresh) {
        const auto number = static_cast<std::uint32_t>(known_sources.size());
        known_sources.emplace(std::move(text), number);
    }
    return records.result;
}

HistoryWriter::HistoryWriter(const std::filesystem::path& directory, const Options& options) {
    try {
        state_ = std::make_unique<State>(directory, options);
    } catch (const lmdb::Error& error) {
        store_meta::throw_store_error(directory, error, "write");
    }
}

HistoryWriter::~HistoryWriter() = default;

std::vector<HistoryWriter::KnownFeed> HistoryWriter::feeds() {
    try {
        std::vector<KnownFeed> all;
        lmdb::Transaction transaction(state_->environment, MDB_RDONLY);
        lmdb::Cursor cursor(transaction, state_->feeds);
        for (bool any = cursor.first(); any; any = cursor.next()) {
            const auto number = store_meta::decode_u32(cursor.key());
            auto position = store_meta::decode_position(cursor.value());
            if (number && position) all.push_back({*number, std::move(*position)});
        }
        return all;
    } catch (const lmdb::Error& error) {
        store_meta::throw_store_error(state_->directory, error, "read");
    }
}

std::uint32_t HistoryWriter::new_feed() {
    return state_->next_feed++;
}

ApplyResult HistoryWriter::apply(Batch& batch, std::optional<std::uint32_t> feed,
                                 const FeedPosition& position, Seconds now) {
    batch.sort();
    ApplyResult result;
    state_->change("batch", [&] { result = state_->apply(batch, feed, position, now); });
    return result;
}

std::uint32_t HistoryWriter::gap() const noexcept {
    return state_->gap;
}

}  // namespace dnshist
