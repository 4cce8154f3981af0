#include "storage/history/history_writer.hpp"

#include <algorithm>

#include "storage/block/fsst_renewal.hpp"
#include "storage/engine/lmdb/lmdb.hpp"
#include "storage/format/source_codec.hpp"
#include "storage/format/store_meta.hpp"
#include "storage/history/batch_changes.hpp"
#include "storage/history/child_limit.hpp"
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
                  store_meta::max_readers) {
    environment.clear_stale_readers();
    growing([&] { open(options); });
}

void HistoryWriter::State::open(const Options& options) {
    lmdb::Transaction transaction(environment, 0);
    databases.meta = *transaction.open_database(store_meta::meta_database, true);
    const auto version = transaction.get(databases.meta, as_octets(store_meta::version_key));
    if (version) {
        const auto number = store_meta::decode_u32(*version);
        if (number != store_meta::format_version) {
            throw StoreError(store_meta::unknown_version(directory, number.value_or(0)));
        }
        const auto stored = transaction.get(databases.meta, as_octets(store_meta::gap_key));
        gap = stored ? store_meta::decode_u32(*stored).value_or(default_gap) : default_gap;
    } else {
        refuse_foreign(transaction);
        gap = options.gap;
        transaction.put(databases.meta, as_octets(store_meta::version_key),
                        store_meta::encode_u32(store_meta::format_version));
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
    RecordChanges records(batch, numbers.of_batch, numbers.unnamed, gap,
                          child_counter ? &*child_counter : nullptr);
    StoreBlocks blocks(transaction, databases);
    const auto entries = batch.entries();
    renew_table_if_due(blocks.names, statistics.records,
                       {entries.size(), [&](std::size_t i) { return entries[i]->key(); }});
    records.merge(blocks.names, environment.page_size());
    if (child_counter) child_counter->write();
    records.pivots.sort();
    const auto pivot_keys = records.pivots.keys();
    renew_table_if_due(blocks.pivots, statistics.pivots,
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
        transaction.put(databases.feeds, store_meta::encode_u32(*feed),
                        store_meta::encode_position(position));
    }
    transaction.commit();
    for (std::string& text : fresh)
        known_sources.emplace(std::move(text), next_source++);
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
    if (reading(digest)) return;
    state_->change("feed", [&] {
        lmdb::Transaction transaction(state_->environment, 0);
        transaction.put(state_->databases.meta, key_of_reading(digest), as_octets(text));
        transaction.commit();
    });
}

std::optional<std::string> HistoryWriter::reading(const std::array<std::uint8_t, 16>& digest) {
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
