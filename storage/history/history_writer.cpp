#include "storage/history/history_writer.hpp"

#include <algorithm>

#include "storage/block/fsst_renewal.hpp"
#include "storage/cluster/cluster_store.hpp"
#include "storage/engine/lmdb/lmdb.hpp"
#include "storage/format/source_codec.hpp"
#include "storage/format/store_meta.hpp"
#include "storage/history/batch_changes.hpp"
#include "storage/history/child_limit.hpp"
#include "storage/history/cluster_writer.hpp"
#include "storage/history/writer_state.hpp"

namespace dnshist {

namespace {

const std::filesystem::path& made(const std::filesystem::path& directory) {
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    if (error) {
        throw StoreError("cannot make the store " + directory.string() + ": " + error.message());
    }
    return directory;
}

// Empties a data.mdb that LMDB began to make on a full disk and would not open again.
const std::filesystem::path& cleared(const std::filesystem::path& directory) {
    const auto file = directory / "data.mdb";
    std::error_code none;
    if (!std::filesystem::is_symlink(file, none) && lmdb::is_half_made(file)) {
        std::filesystem::resize_file(file, 0, none);
    }
    return directory;
}

}  // namespace

HistoryWriter::State::State(const std::filesystem::path& where, const Options& options)
    : directory(made(where)),
      lock(directory),
      child_limit(options.child_limit),
      environment(cleared(directory), MDB_NOTLS, options.reserve, store_meta::databases,
                  store_meta::max_readers),
      level_files(directory),
      limits(options.merge),
      search(options.search),
      report_damage(options.damage) {
    environment.clear_stale_readers();
    growing([&] { open(options); });
    remove_unlisted_files(directory, level_list);
}

void HistoryWriter::State::open(const Options& options) {
    lmdb::Transaction transaction(environment, 0);
    databases.meta = *transaction.open_database(store_meta::meta_database, true);
    bool has_levels = true;
    if (transaction.get(databases.meta, as_octets(store_meta::version_key))) {
        const auto version = store_meta::known_version(directory, transaction, databases.meta);
        // Programs of the version before would go on reading the young blocks alone: as long as
        // anybody reads such a store, it stays one.
        has_levels = version == store_meta::format_version || environment.used_reader_slots() == 0;
        if (has_levels && version != store_meta::format_version) {
            store_meta::put_version(transaction, databases.meta);
        }
        const auto stored = transaction.get(databases.meta, as_octets(store_meta::gap_key));
        gap = stored ? store_meta::decode_u32(*stored).value_or(default_gap) : default_gap;
    } else {
        refuse_foreign(transaction);
        gap = options.gap;
        store_meta::put_version(transaction, databases.meta);
        transaction.put(databases.meta, as_octets(store_meta::gap_key),
                        store_meta::encode_u32(gap));
        transaction.put(databases.meta, as_octets(store_meta::statistics_key),
                        store_meta::encode_statistics({}));
    }
    databases.names = *transaction.open_database(store_meta::names_database, true);
    databases.pivots = *transaction.open_database(store_meta::pivots_database, true);
    databases.symbols = *transaction.open_database(store_meta::symbols_database, true);
    databases.sources = *transaction.open_database(store_meta::sources_database, true);
    databases.feeds = *transaction.open_database(store_meta::feeds_database, true);
    if (has_levels) {
        databases.levels = transaction.open_database(store_meta::levels_database, true);
        open_grams(transaction);
    }
    load_numbers(transaction);
    load_levels(transaction);
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

namespace {

// One more than the highest key.
std::uint32_t next_number(const lmdb::Transaction& transaction, MDB_dbi database) {
    lmdb::Cursor last(transaction, database);
    return last.last() ? store_meta::decode_u32(last.key()).value_or(0) + 1 : 0;
}

}  // namespace

void HistoryWriter::State::load_numbers(lmdb::Transaction& transaction) {
    known_sources.clear();
    lmdb::Cursor cursor(transaction, databases.sources);
    for (bool any = cursor.first(); any; any = cursor.next()) {
        const auto number = store_meta::decode_u32(cursor.key());
        if (number) known_sources.emplace(as_text(cursor.value()), *number);
    }
    next_source = next_number(transaction, databases.sources);
    next_feed = next_number(transaction, databases.feeds);
}

HistoryWriter::State::SourceNumbers HistoryWriter::State::intern(lmdb::Transaction& transaction,
                                                                 const Batch& batch,
                                                                 std::vector<std::string>& fresh) {
    const auto number_of = [&](const std::string& text, std::uint32_t limit) {
        const auto known = known_sources.find(text);
        if (known != known_sources.end()) return known->second;
        const auto number = next_source + static_cast<std::uint32_t>(fresh.size());
        if (number >= limit) return Batch::no_source;
        transaction.put(databases.sources, store_meta::encode_u32(number), as_octets(text));
        fresh.push_back(text);
        return number;
    };
    SourceNumbers numbers{{}, Batch::no_source};
    for (const std::string& text : batch.sources())
        numbers.of_batch.push_back(number_of(text, max_store_sources));
    // No record has a source to stand beside as long as the store knows none.
    if (next_source + fresh.size() == 0) return numbers;
    std::string unnamed;
    encode_source(unnamed, {}, {});
    numbers.unnamed = number_of(unnamed, max_store_sources + 1);
    return numbers;
}

void HistoryWriter::State::load_levels(const lmdb::Transaction& transaction) {
    if (!databases.levels) return;
    auto list = level_list::read(transaction, *databases.levels);
    if (list.malformed != 0) throw lmdb::Error("its list of levels is malformed");
    levels = open_levels(level_files, list.files);
    level_list = std::move(list.files);
    levels_are_stale = false;
}

MergeProgress HistoryWriter::State::read_progress(const lmdb::Transaction& transaction) const {
    const auto octets = transaction.get(databases.meta, as_octets(store_meta::merging_key));
    if (!octets) return {};
    const auto progress = decode_merge_progress(*octets);
    if (!progress) {
        throw StoreError("the store " + directory.string() +
                         ": it does not say how far merging is; restore it from a copy");
    }
    return *progress;
}

void HistoryWriter::State::write_progress(const lmdb::Transaction& transaction,
                                          const MergeProgress& progress) const {
    transaction.put(databases.meta, as_octets(store_meta::merging_key),
                    encode_merge_progress(progress));
}

void HistoryWriter::State::note_written(lmdb::Transaction& transaction, std::uint64_t octets,
                                        std::uint64_t observations, NewLevel* straight) const {
    if (!databases.levels) return;
    MergeProgress progress = read_progress(transaction);
    progress.written += octets;
    progress.young_octets += octets;
    progress.observations += observations;
    if (straight != nullptr) straight->list(transaction, *databases.levels, progress);
    write_progress(transaction, progress);
}

StoreStatistics HistoryWriter::State::read_statistics(lmdb::Transaction& transaction) const {
    const auto octets = transaction.get(databases.meta, as_octets(store_meta::statistics_key));
    const auto statistics = octets ? store_meta::decode_statistics(*octets) : std::nullopt;
    if (!statistics) {
        throw StoreError("the store " + directory.string() +
                         " has no readable statistics: nothing was written");
    }
    return *statistics;
}

void HistoryWriter::State::write_statistics(lmdb::Transaction& transaction,
                                            const StoreStatistics& statistics) {
    transaction.put(databases.meta, as_octets(store_meta::statistics_key),
                    store_meta::encode_statistics(statistics));
}

namespace {

// Known keys are sampled from the oldest level, which has most of them, where there is one.
void renew_symbols(const BlockDatabase& young, const Levels& levels, std::uint64_t known,
                   const IncomingKeys& incoming) {
    if (levels.empty()) {
        const auto blocks = young.source();
        return renew_table_if_due(young.symbols, {known, *blocks, young.count()}, incoming);
    }
    LevelSource blocks(levels.back());
    renew_table_if_due(young.symbols, {known, blocks, levels.back()->block_count()}, incoming);
}

// Merges changes into the young blocks of a map, or writes them into `straight`, if there is one,
// with an index for `search`.
// The octets written into the young blocks.
std::uint64_t write_changes(PiecewiseChanges& changes, const StoreBlocks& blocks, Space space,
                            std::size_t page_size, NewLevel* straight, bool search) {
    const BlockDatabase& young = blocks.of(space);
    if (straight == nullptr) return changes.merge(young, page_size);
    straight->begin(space, young.symbols, beginnings_of(space),
                    search ? search_parts_of(space) : nullptr);
    changes.insert_all([&](Octets key, Octets payload) { straight->add(key, payload); });
    straight->finish();
    return 0;
}

}  // namespace

ApplyResult HistoryWriter::State::apply(Batch& batch, std::optional<std::uint32_t> feed,
                                        const FeedPosition& position, Seconds now) {
    lmdb::Transaction transaction(environment, 0);
    if (levels_are_stale) load_levels(transaction);
    std::vector<std::string> fresh;
    const auto numbers = intern(transaction, batch, fresh);
    StoreStatistics statistics = read_statistics(transaction);

    std::optional<ChildCounter> child_counter;
    if (child_limit.children != 0) {
        const MDB_dbi children = *transaction.open_database(store_meta::children_database, true);
        child_counter.emplace(child_limit, transaction, children);
    }
    DatabaseSourceTexts texts(transaction, databases.sources);
    StoreBlocks blocks(transaction, databases, search);
    OldMaps old(blocks, levels, texts, gap);
    const auto entries = batch.entries();
    RecordChanges records(entries, batch.counts(), numbers.of_batch, numbers.unnamed,
                          {old.names, old.pivots, texts, gap},
                          child_counter ? &*child_counter : nullptr);
    renew_symbols(blocks.names, levels.names, statistics.records,
                  {entries.size(), [&](std::size_t i) { return entries[i]->key(); }});
    std::optional<NewLevel> new_level = level_for(batch, transaction, blocks);
    NewLevel* const straight = new_level ? &*new_level : nullptr;
    const std::size_t page_size = environment.page_size();
    std::uint64_t written =
        write_changes(records, blocks, Space::names, page_size, straight, search);
    if (child_counter) child_counter->write();
    records.pivots.sort();
    const auto pivot_keys = records.pivots.keys();
    renew_symbols(blocks.pivots, levels.pivots, statistics.pivots,
                  {pivot_keys.size(), [&](std::size_t i) { return pivot_keys[i]; }});
    written += write_changes(records.pivots, blocks, Space::pivots, page_size, straight, search);
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
    note_written(transaction, written, batch.observations(), straight);
    if (feed) {
        transaction.put(databases.feeds, store_meta::encode_u32(*feed),
                        store_meta::encode_position(position));
    }
    old.close();
    if (straight != nullptr) {
        straight->keep();
        levels_are_stale = true;
    }
    transaction.commit();
    for (std::string& text : fresh)
        known_sources.emplace(std::move(text), next_source++);
    return records.result;
}

HistoryWriter::HistoryWriter(const std::filesystem::path& directory, const Options& options) {
    if (is_cluster(directory.string())) {
        if (options.child_limit.children != 0) {
            throw StoreError("cannot write the store " + directory.string() +
                             ": a limit of new children (import.new_children) is counted in a "
                             "directory only; set it to 0 for a store in a cluster");
        }
        cluster_ = std::make_unique<ClusterWriter>(
            directory.string(), ClusterWriter::Options{options.gap, options.damage});
        return;
    }
    try {
        state_ = std::make_unique<State>(directory, options);
    } catch (const lmdb::Error& error) {
        store_meta::throw_store_error(directory, error, "write");
    }
}

HistoryWriter::~HistoryWriter() {
    if (state_) state_->give_back_free_pages();
}

std::vector<HistoryWriter::KnownFeed> HistoryWriter::feeds() {
    if (cluster_) return cluster_->feeds();
    try {
        std::vector<KnownFeed> all;
        lmdb::Transaction transaction(state_->environment, MDB_RDONLY);
        lmdb::Cursor cursor(transaction, state_->databases.feeds);
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

namespace {

std::vector<std::uint8_t> key_of_reading(const std::array<std::uint8_t, 16>& digest) {
    const Octets word = as_octets(store_meta::reading_key);
    std::vector<std::uint8_t> key(word.size() + digest.size());
    std::copy(digest.begin(), digest.end(), std::copy(word.begin(), word.end(), key.begin()));
    return key;
}

}  // namespace

void HistoryWriter::keep_reading(const std::array<std::uint8_t, 16>& digest,
                                 std::string_view text) {
    if (cluster_) return cluster_->keep_reading(digest, text);
    if (reading(digest)) return;
    state_->change("feed", [&] {
        lmdb::Transaction transaction(state_->environment, 0);
        transaction.put(state_->databases.meta, key_of_reading(digest), as_octets(text));
        transaction.commit();
    });
}

std::optional<std::string> HistoryWriter::reading(const std::array<std::uint8_t, 16>& digest) {
    if (cluster_) return cluster_->reading(digest);
    try {
        const lmdb::Transaction transaction(state_->environment, MDB_RDONLY);
        const auto text = transaction.get(state_->databases.meta, key_of_reading(digest));
        if (!text) return std::nullopt;
        return std::string(as_text(*text));
    } catch (const lmdb::Error& error) {
        store_meta::throw_store_error(state_->directory, error, "read");
    }
}

std::uint32_t HistoryWriter::new_feed() {
    return cluster_ ? cluster_->new_feed() : state_->next_feed++;
}

ApplyResult HistoryWriter::apply(Batch& batch, std::optional<std::uint32_t> feed,
                                 const FeedPosition& position, Seconds now) {
    if (cluster_) return cluster_->apply(batch, feed, position, now);
    batch.sort();
    ApplyResult result;
    state_->change("batch", [&] { result = state_->apply(batch, feed, position, now); });
    return result;
}

bool HistoryWriter::has_levels() const noexcept {
    return state_ && state_->databases.levels.has_value();
}

std::optional<ClusterWriting> HistoryWriter::cluster_writing() const noexcept {
    if (!cluster_) return std::nullopt;
    return cluster_->writing();
}

std::uint64_t HistoryWriter::left_out() const noexcept {
    return cluster_ ? cluster_->left_out() : 0;
}

std::uint64_t HistoryWriter::left_waiting() const noexcept {
    return cluster_ ? cluster_->left_waiting() : 0;
}

std::uint32_t HistoryWriter::gap() const noexcept {
    return cluster_ ? cluster_->gap() : state_->gap;
}

}  // namespace dnshist
