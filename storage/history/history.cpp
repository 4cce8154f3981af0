#include "storage/history/history.hpp"

#include <algorithm>
#include <array>

#include "storage/base/octet_buffer.hpp"
#include "storage/engine/lmdb/lmdb.hpp"
#include "storage/engine/lmdb/sound_pages.hpp"
#include "storage/format/pivot_key.hpp"
#include "storage/format/source_codec.hpp"
#include "storage/format/store_meta.hpp"
#include "storage/history/history_writer.hpp"
#include "storage/history/prefix_walk.hpp"
#include "storage/history/reader_state.hpp"

namespace dnshist {

namespace {

// How many of LMDB's pages are looked at, the roots first: the smallest stores whole, of others as
// many as are read in a moment.
constexpr std::size_t pages_at_opening = 256;
constexpr std::size_t pages_at_a_look = 64;

bool more_refused(const OverflowingParents::Parent& a,
                  const OverflowingParents::Parent& b) noexcept {
    return a.children.refused > b.children.refused;
}

}  // namespace

History::State::State(const std::filesystem::path& where, DamageReport damage_report,
                      std::size_t reserve, PageCheck pages)
    : directory(where),
      report(std::move(damage_report)),
      names_damage(damage_of(store_meta::names_database)),
      pivots_damage(damage_of(store_meta::pivots_database)) {
    if (is_cluster(where.string())) {
        open_cluster();
    } else {
        files.emplace(directory, reserve, pages, gap);
    }
}

OpenDirectory::OpenDirectory(const std::filesystem::path& where, std::size_t reserve,
                             History::PageCheck pages, std::uint32_t& gap)
    : directory(where),
      environment(where, MDB_RDONLY | MDB_NOTLS, reserve, store_meta::databases,
                  store_meta::max_readers),
      page_check(pages),
      level_files(where) {
    expect_sound_pages(pages_at_opening);
    lmdb::Transaction transaction(environment, MDB_RDONLY);
    refuse_empty(transaction);
    const auto open = [&](const char* name) {
        const auto database = transaction.open_database(name, false);
        if (!database) {
            throw StoreError(directory.string() + " holds an LMDB file that is no dnshist store" +
                             " (it has no database '" + name + "'); name another with --store");
        }
        return *database;
    };
    databases.meta = open(store_meta::meta_database);
    const auto version = store_meta::known_version(directory, transaction, databases.meta);
    const auto stored_gap = transaction.get(databases.meta, as_octets(store_meta::gap_key));
    if (stored_gap) gap = store_meta::decode_u32(*stored_gap).value_or(default_gap);
    databases.names = open(store_meta::names_database);
    databases.pivots = open(store_meta::pivots_database);
    databases.symbols = open(store_meta::symbols_database);
    databases.sources = open(store_meta::sources_database);
    if (version == store_meta::format_version) databases.levels = open(store_meta::levels_database);
    databases.names_grams = transaction.open_database(store_meta::names_grams_database, false);
    databases.pivots_grams = transaction.open_database(store_meta::pivots_grams_database, false);
    transaction.commit();  // keeps the handles of the databases
    seen = newest();
}

// A writer makes the file first and then the databases in it; a full disk may end it in between.
void OpenDirectory::refuse_empty(const lmdb::Transaction& transaction) const {
    MDB_dbi main = 0;
    lmdb::check("mdb_dbi_open", mdb_dbi_open(transaction.get(), nullptr, 0, &main));
    if (!lmdb::Cursor(transaction, main).first()) throw StoreError(store_meta::no_store(directory));
}

// Those that a reader reads.
void OpenDirectory::expect_sound_pages(std::size_t most) const {
    constexpr std::array names{store_meta::meta_database,    store_meta::names_database,
                               store_meta::pivots_database,  store_meta::symbols_database,
                               store_meta::sources_database, store_meta::children_database};
    if (page_check == History::PageCheck::some) lmdb::expect_sound_pages(environment, names, most);
}

History::History(const std::filesystem::path& directory, DamageReport report, std::size_t reserve,
                 PageCheck pages) {
    if (!is_cluster(directory.string()) && lmdb::is_half_made(directory / "data.mdb"))
        throw StoreError(store_meta::no_store(directory));
    try {
        state_ = std::make_unique<State>(directory, std::move(report), reserve, pages);
    } catch (const lmdb::Error& error) {
        store_meta::throw_store_error(directory, error, "read");
    }
}

History::~History() = default;

const std::filesystem::path& History::directory() const noexcept {
    return state_->directory;
}

std::uint32_t History::gap() const noexcept {
    return state_->gap;
}

ReaderSlots History::reader_slots() const {
    if (!state_->files) return {};
    const lmdb::Environment& environment = state_->files->environment;
    return {environment.used_reader_slots(), environment.reader_slots()};
}

std::pair<std::size_t, std::vector<std::uint8_t>> OpenDirectory::newest() const {
    const lmdb::Transaction transaction(environment, MDB_RDONLY);
    const auto statistics = transaction.get(databases.meta, as_octets(store_meta::statistics_key));
    return {mdb_txn_id(transaction.get()), statistics
                                               ? std::vector(statistics->begin(), statistics->end())
                                               : std::vector<std::uint8_t>()};
}

// One transaction has one content: where it has another, the file was copied over by one that has
// seen as many transactions.
bool History::expect_sound_files() {
    // What is read of a cluster is checked when it is read.
    if (!state_->files) return true;
    OpenDirectory& files = *state_->files;
    try {
        files.environment.expect_sound_files();
        files.expect_sound_pages(pages_at_a_look);
        auto now = files.newest();
        if (now.first < files.seen.first ||
            (now.first == files.seen.first && now.second != files.seen.second)) {
            throw lmdb::Error("data.mdb was copied over");
        }
        const bool is_newer = now.first != files.seen.first;
        files.seen = std::move(now);
        return is_newer;
    } catch (const lmdb::Error& error) {
        if (error.code() == lmdb::unsound_files) throw_read_error(directory(), error);
        // Any other is for those who read: it may be of their making.
        return false;
    }
}

Snapshot::Snapshot(History& history) {
    try {
        state_ = std::make_unique<State>(*history.state_);
    } catch (const lmdb::Error& error) {
        throw_read_error(history.directory(), error);
    } catch (const ObjectError& error) {
        throw_cluster_error(history.directory().string(), error, "read");
    }
}

Snapshot::~Snapshot() = default;

void Snapshot::renew() {
    state_->guard([&] { state_->renew(); });
}

std::optional<StoreLevels> DirectorySnapshot::newest_levels(OpenDirectory& store) {
    if (!store.databases.levels) return std::nullopt;
    auto newest =
        open_newest_levels(transaction, *store.databases.levels, store.level_files, level_list);
    if (!newest) return std::nullopt;
    level_list = std::move(newest->list);
    return std::move(newest->levels);
}

void Snapshot::State::load(Space space, std::span<Prefetch* const> seeks) const {
    if (!cluster) return;
    std::vector<Octets> targets;
    for (const Prefetch* seek : seeks)
        targets.push_back(seek->target());
    cluster->reader.load(ClusterSnapshot::of(space), targets);
}

void Snapshot::State::renew() {
    ++generation;
    if (files) {
        lmdb::Transaction& transaction = files->transaction;
        const std::size_t before = mdb_txn_id(transaction.get());
        transaction.reset();
        transaction.renew();
        auto newer = mdb_txn_id(transaction.get()) == before ? std::nullopt
                                                             : files->newest_levels(*history.files);
        if (newer) {
            files->levels = std::move(*newer);
            levels_generation = generation;
        }
    } else {
        cluster->reader.renew();
    }
    renew(names, Space::names, generation - 1);
    renew(pivots, Space::pivots, generation - 1);
    if (levels_generation != generation) return;
    for (LevelReader* const reader : level_readers)
        reader->end();
}

void Snapshot::reset() noexcept {
    if (state_->files) {
        state_->files->transaction.reset();
    } else {
        try {
            state_->cluster->reader.begin_reads();
        } catch (const std::exception&) {
            // No memory: who waits for it gives up after a while.
        }
    }
}

bool Snapshot::is_whole() const {
    if (!state_->files) return !state_->cluster->reader.is_awaited();
    if (!lmdb::MappedFiles::any_page_lost()) return true;
    state_->guard([&] {
        const DirectorySnapshot& files = *state_->files;
        files.transaction.expect_no_lost_page();
        for (const Levels* levels : {&files.levels.names, &files.levels.pivots}) {
            for (const auto& parts : *levels)
                parts->expect_no_lost_page();
        }
    });
    return true;
}

static bool has_any(MergedCursor& cursor, Octets prefix) {
    cursor.seek(prefix, prefix);
    for (unsigned removed = 0; cursor.step() && starts_with(cursor.key(), prefix); ++removed) {
        if (!cursor.is_void() || removed == many_removed) return true;
    }
    return false;
}

bool Snapshot::has_records(const NameKey& name) {
    return state_->guard([&] { return has_any(state_->names, name.subtree()); });
}

bool Snapshot::has_pivots(const NameKey& name) {
    return state_->guard([&] {
        OctetBuffer<max_pivot_octets> value;
        value.append('n');
        value.append(name.subtree());
        return has_any(state_->pivots, value.octets());
    });
}

StoreStatistics Snapshot::statistics() {
    return state_->guard([&] {
        if (state_->cluster) return state_->cluster->statistics();
        const OpenDirectory& store = *state_->history.files;
        const DirectorySnapshot& files = *state_->files;
        const auto octets =
            files.transaction.get(store.databases.meta, as_octets(store_meta::statistics_key));
        auto statistics = octets ? store_meta::decode_statistics(*octets) : std::nullopt;
        if (!statistics) {
            throw StoreError("the store " + store.directory.string() +
                             " has no readable statistics; run 'dnshist-zonegen check'");
        }
        statistics->octets = store.environment.used_octets();
        // data.mdb may have holes (storage/engine/lmdb/free_pages.hpp).
        if (!files.level_list.empty()) {
            statistics->octets =
                std::min<std::uint64_t>(statistics->octets, store.environment.disk_octets());
        }
        for (const ListedFile& file : files.level_list)
            statistics->octets += file.octets;
        return *statistics;
    });
}

LevelStatistics Snapshot::levels() {
    return state_->guard([&] {
        LevelStatistics levels;
        if (state_->cluster) return levels;
        const OpenDirectory& store = *state_->history.files;
        const DirectorySnapshot& files = *state_->files;
        const lmdb::Transaction& transaction = files.transaction;
        levels.young = (transaction.entries(store.databases.names) +
                        transaction.entries(store.databases.pivots)) *
                       store.environment.page_size();
        if (!store.databases.levels) return levels;
        levels.old.resize(levels_of_a_store);
        for (const ListedFile& file : files.level_list) {
            LevelStatistics::Level& level = levels.old[file.level - 1U];
            ++level.files;
            level.octets += file.octets;
        }
        state_->count_search(levels);
        const auto octets =
            transaction.get(store.databases.meta, as_octets(store_meta::merging_key));
        const auto progress = octets ? decode_merge_progress(*octets) : std::nullopt;
        if (!progress) return levels;
        levels.merging = !progress->position.empty();
        levels.observations = progress->observations;
        levels.written = progress->young_octets + progress->level_octets;
        levels.damaged = progress->damaged;
        levels.debt = progress->written;
        levels.most_debt =
            overdue_rounds * octets_of_a_round(files.level_list,
                                               first_level(files.level_list, octets_for_all_levels),
                                               std::max(levels.young, MergeLimits{}.least_young));
        if (levels.merging) {
            const auto left = ranges_behind(files.level_list, progress->position);
            levels.behind = levels.young * left.first / left.second;
        }
        return levels;
    });
}

void Snapshot::State::count_search(LevelStatistics& statistics) const {
    for (const Space space : {Space::names, Space::pivots}) {
        const auto grams = history.files->databases.grams_of(space);
        if (grams && files->transaction.entries(*grams) != 0)
            statistics.young_search_octets += files->transaction.octets(*grams);
    }
    for (const Levels* const map : {&files->levels.names, &files->levels.pivots}) {
        for (const auto& parts : *map) {
            for (std::size_t part = 0; part < parts->size(); ++part) {
                const LevelFile& file = *(*parts)[part].file;
                if (file.block_count() == 0) continue;
                ++statistics.files;
                if (!file.search()) continue;
                ++statistics.search_files;
                statistics.search_octets += file.search()->octets();
            }
        }
    }
}

OverflowingParents Snapshot::overflowing_parents(std::size_t most) {
    return state_->guard([&] {
        OverflowingParents all;
        if (state_->cluster) return all;
        lmdb::Transaction& transaction = state_->files->transaction;
        const auto database = transaction.open_database(store_meta::children_database, false);
        if (!database) return all;
        lmdb::Cursor cursor(transaction, *database);
        for (bool any = cursor.first(); any; any = cursor.next()) {
            const auto children = store_meta::decode_child_count(cursor.value());
            if (!children || children->refused == 0) continue;
            ++all.overflowing;
            all.refused = saturating_sum(all.refused, children->refused);
            std::vector<std::uint8_t> key(cursor.key().begin(), cursor.key().end());
            key.push_back(0);
            const auto name = Name::from_key(key);
            if (!name) continue;
            all.parents.push_back({*name, *children});
            std::ranges::push_heap(all.parents, more_refused);
            if (all.parents.size() <= most) continue;
            std::ranges::pop_heap(all.parents, more_refused);
            all.parents.pop_back();
        }
        std::ranges::sort(all.parents, more_refused);
        return all;
    });
}

std::optional<Source> Snapshot::source(std::uint32_t number, Octets owner_key) {
    return state_->guard([&]() -> std::optional<Source> {
        const Octets text = state_->texts.of(number);
        return text.empty() ? std::nullopt : decode_source(text, owner_key);
    });
}

std::vector<bool> Snapshot::sources_where(const std::function<bool(const Source&)>& wanted) {
    return state_->guard([&] {
        std::vector<bool> are;
        const auto judge = [&](std::optional<std::uint32_t> number, Octets text) {
            const auto source = decode_source(text);
            if (!number || *number > max_store_sources || !source || !wanted(*source)) return;
            if (are.size() <= *number) are.resize(*number + std::size_t{1});
            are[*number] = true;
        };
        if (state_->cluster) {
            for (const auto& [number, text] : state_->cluster->texts.load())
                judge(number, text);
            return are;
        }
        lmdb::Cursor cursor(state_->files->transaction, state_->history.files->databases.sources);
        for (bool any = cursor.first(); any; any = cursor.next())
            judge(store_meta::decode_u32(cursor.key()), cursor.value());
        return are;
    });
}

}  // namespace dnshist
