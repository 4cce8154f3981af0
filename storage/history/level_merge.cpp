// Merges young blocks into old levels, a range of keys at a time.
//
// A step writes new files for one range, waits until they are on the disk, and then commits one
// transaction that lists them, unlists those that they replace, and erases the range from the young
// blocks. A process that is killed before leaves files that nobody lists, which the next writer
// removes; one that is killed after leaves replaced ones, which are not listed either.
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

#include "storage/block/block_cursor.hpp"
#include "storage/engine/lmdb/free_pages.hpp"
#include "storage/engine/lmdb/page_use.hpp"
#include "storage/history/writer_state.hpp"
#include "storage/level/key_range.hpp"
#include "storage/level/level_list.hpp"
#include "storage/level/merged_cursor.hpp"
#include "storage/level/new_files.hpp"
#include "storage/level/range_erase.hpp"

namespace dnshist {

namespace {

// A level has at most one part in so many of what the next one has.
constexpr std::uint64_t most_share = 8;

// Of the name that a file gets which could not be read whole.
constexpr const char* damaged_suffix = ".damaged";

std::string in_megabytes(std::uint64_t octets) {
    return std::to_string((octets + 999'999) / 1'000'000) + " MB";
}

// Throws where the disk has no room for a range of so many octets a second time, and for the pages
// of data.mdb that change with it: merging must not take the room that intake needs.
void expect_room(const std::filesystem::path& directory, std::uint64_t octets) {
    constexpr std::uint64_t for_others = std::uint64_t{4} << 20;
    std::error_code none;
    const auto space = std::filesystem::space(directory, none);
    const std::uint64_t needed = octets + octets / 4 + for_others;
    if (none || space.available >= needed) return;
    throw StoreError("the levels of the store " + directory.string() +
                     " cannot be merged: that needs " + in_megabytes(needed) +
                     " of disk space for a moment, and there are " + in_megabytes(space.available) +
                     "; the store takes in all the same, and grows by more than it must");
}

// The young blocks that have keys of the range.
struct YoungPart {
    std::uint64_t octets = 0;
    bool is_damaged = false;
    bool has_entries = false;
    bool is_cut = false;

    // Cuts the range where its files have no keys and these blocks more than `most` octets: one
    // step stays short.
    YoungPart(const BlockDatabase& young, KeyRange& range, std::uint64_t most) {
        lmdb::Cursor cursor(young.transaction, young.blocks);
        bool any = cursor.at_or_before(range.lower) || cursor.first();
        for (; any && (!range.upper || compare(cursor.key(), *range.upper) < 0);
             any = cursor.next()) {
            is_cut =
                octets > most && !range.has_old_keys() && cursor.key().size() <= max_lower_octets;
            if (is_cut) {
                range.upper.emplace(cursor.key().begin(), cursor.key().end());
                break;
            }
            octets += cursor.value().size();
            is_damaged = is_damaged || young.symbols.fault(cursor.value()) != nullptr;
        }
        const BlockDamage none;
        BlockCursor entries(young, none);
        entries.seek(range.lower);
        has_entries = entries.next() && range.has(entries.key());
    }
};

// One step on one range, within a transaction.
class RangeMerge {
  public:
    RangeMerge(HistoryWriter::State& store, const lmdb::Transaction& transaction,
               const StoreBlocks& blocks, KeyRange range)
        : store_(store),
          transaction_(transaction),
          young_(blocks.of(range.space)),
          texts_(transaction, store.databases.sources),
          range_(std::move(range)),
          most_file_(store.octets_of_a_file(store.young_octets(transaction))),
          part_(young_, range_, most_file_) {}

    const KeyRange& range() const noexcept { return range_; }

    // Chooses the level into which the range is merged; nothing where there is nothing to do.
    std::optional<std::uint8_t> target(bool whole) const;
    // Writes the files of that level, and lists them.
    void run(std::uint8_t level, MergeProgress& progress);

    // To be called after the commit.
    void remove_replaced() const noexcept;
    void keep() noexcept { made_->keep(); }

  private:
    std::vector<MapSource> sources(std::uint8_t level) const;
    void copy_entries(std::uint8_t level, bool is_oldest);
    std::string left_behind(const char* fault) const;
    void keep_damaged() const noexcept;

    HistoryWriter::State& store_;
    const lmdb::Transaction& transaction_;
    const BlockDatabase& young_;
    DatabaseSourceTexts texts_;
    KeyRange range_;
    std::uint64_t most_file_;  // octets
    YoungPart part_;
    std::optional<NewFiles> made_;
    std::vector<ListedFile> replaced_;
    std::uint64_t damaged_ = 0;  // segments
};

// A level is merged into the next one once more was written to keep it than the next one has: a
// merge of the two then costs as much as they have cost so far, which is the least in the long run.
// Or earlier, where it would take much disk space: most of its records lie in the next one too.
std::optional<std::uint8_t> RangeMerge::target(bool whole) const {
    // What is damaged stays where it is.
    if (part_.is_damaged) return std::nullopt;
    if (!part_.has_entries && (!whole || range_.is_whole())) return std::nullopt;
    if (whole) return levels_of_a_store;
    std::uint64_t octets = part_.octets;
    for (std::uint8_t level = 1; level < levels_of_a_store; ++level) {
        const auto& file = range_.files[level - 1U];
        const auto& next = range_.files[level];
        const std::uint64_t written = file ? file->written : 0;
        const std::uint64_t below = next ? next->octets : 0;
        octets += file ? file->octets : 0;
        if (level < store_.first_level()) continue;
        if (written < below && octets <= below / most_share) return level;
    }
    return levels_of_a_store;
}

std::vector<MapSource> RangeMerge::sources(std::uint8_t level) const {
    std::vector<MapSource> sources;
    sources.push_back({young_.source(), nullptr});
    Levels levels;
    for (std::uint8_t i = 0; i < level; ++i) {
        const auto& file = range_.files[i];
        if (!file) continue;
        levels.push_back(std::make_shared<const LevelParts>(
            std::vector<LevelPart>{{file->lower, store_.level_files.open(file->number)}}));
    }
    add_levels(sources, levels);
    return sources;
}

std::string RangeMerge::left_behind(const char* fault) const {
    std::string text = std::string(fault) + "; a merge left it behind in";
    for (const ListedFile& file : replaced_)
        text += ' ' + level_list::file_name(file.number) + damaged_suffix;
    return text;
}

void RangeMerge::copy_entries(std::uint8_t level, bool is_oldest) {
    const Voids voids = is_oldest ? Voids::end : Voids::stay;
    RecordMerge records(texts_, store_.gap, voids);
    PivotMerge pivots(voids);
    PayloadMerge& merge =
        range_.space == Space::names ? static_cast<PayloadMerge&>(records) : pivots;
    // What is damaged in a level is left behind with its file.
    const BlockDamage note = [this](Octets key, const char* fault) {
        ++damaged_;
        if (store_.report_damage) {
            store_.report_damage(store_meta::block_text(name_of(range_.space), key),
                                 left_behind(fault));
        }
    };
    MergedCursor cursor(sources(level), young_.symbols, note, merge, beginnings_of(range_.space));
    for (cursor.seek({}, range_.lower); cursor.next() && range_.has(cursor.key());)
        made_->add(cursor.key(), cursor.payload(), cursor.packed_key());
    if (part_.is_cut) made_->add_empty(*range_.upper);
    made_->finish();
}

void RangeMerge::run(std::uint8_t level, MergeProgress& progress) {
    const bool is_oldest = std::all_of(range_.files.begin() + level, range_.files.end(),
                                       [](const auto& file) { return !file.has_value(); });
    std::uint64_t octets = part_.octets;
    std::uint64_t written = 0;
    for (std::uint8_t i = 0; i < level; ++i) {
        if (!range_.files[i]) continue;
        replaced_.push_back(*range_.files[i]);
        octets += range_.files[i]->octets;
        if (i + 1U == level) written = range_.files[i]->written;
    }
    // Only the oldest level is cut: a range has one file in each of the others.
    const std::uint64_t files = level == levels_of_a_store ? octets / most_file_ + 1 : 1;
    const std::uint64_t each = files == 1 ? ~std::uint64_t{0} : octets / files;
    expect_room(store_.directory, octets);
    made_.emplace(store_.directory, progress.next_file, young_.symbols, range_,
                  beginnings_of(range_.space),
                  store_.search ? search_parts_of(range_.space) : nullptr, level, each);
    copy_entries(level, is_oldest);
    if (damaged_ != 0) keep_damaged();

    for (const ListedFile& file : replaced_)
        level_list::remove(transaction_, *store_.databases.levels, file);
    for (ListedFile& file : made_->files()) {
        file.written = level == levels_of_a_store ? 0 : written + file.octets;
        level_list::put(transaction_, *store_.databases.levels, file);
        progress.level_octets += file.octets;
    }
    progress.next_file = made_->next_number();
    progress.damaged += damaged_;
    erase_range(young_, store_.environment.page_size(), range_.lower,
                range_.upper ? std::optional<Octets>(*range_.upper) : std::nullopt);
}

// Before they are unlisted: the next writer removes unlisted files. Where the step fails, the other
// names are of no harm.
void RangeMerge::keep_damaged() const noexcept {
    for (const ListedFile& file : replaced_) {
        const auto path = store_.path_of(file);
        std::error_code none;
        std::filesystem::create_hard_link(path, path.string() + damaged_suffix, none);
    }
}

void RangeMerge::remove_replaced() const noexcept {
    for (const ListedFile& file : replaced_) {
        ::unlink(store_.path_of(file).c_str());
        ::unlink(store_.search_path_of(file).c_str());
    }
}

std::vector<std::uint8_t> position_of(Space space, Octets key) {
    std::vector<std::uint8_t> position(1 + key.size(), static_cast<std::uint8_t>(space));
    std::ranges::copy(key, position.begin() + 1);
    return position;
}

// Where a round goes on behind the range; empty at its end.
std::vector<std::uint8_t> position_behind(const KeyRange& range) {
    if (range.upper) return position_of(range.space, *range.upper);
    return range.space == Space::names ? position_of(Space::pivots, lowest_key)
                                       : std::vector<std::uint8_t>();
}

}  // namespace

std::uint64_t HistoryWriter::State::young_octets(const lmdb::Transaction& transaction) const {
    return (transaction.entries(databases.names) + transaction.entries(databases.pivots)) *
           environment.page_size();
}

std::uint64_t HistoryWriter::State::old_octets() const noexcept {
    std::uint64_t octets = 0;
    for (const ListedFile& file : level_list)
        octets += file.octets;
    return octets;
}

// A merge needs room for a file of the oldest level a second time: in a small store they are small.
std::uint64_t HistoryWriter::State::octets_of_a_file(std::uint64_t young) const {
    constexpr std::uint64_t usual_files = 16;
    constexpr std::uint64_t least_octets = std::uint64_t{8} << 20;
    return std::min(limits.most_file, std::max(least_octets, (young + old_octets()) / usual_files));
}

// What a large batch is written into without the young blocks, where these have no entries: the
// level above the youngest that has files.
std::optional<NewLevel> HistoryWriter::State::level_for(Batch& batch,
                                                        const lmdb::Transaction& transaction,
                                                        const StoreBlocks& blocks) const {
    constexpr std::size_t octets_of_a_record = 42;  // in both maps, about
    if (!databases.levels || batch.size() < limits.large_batch) return std::nullopt;
    std::uint8_t level = levels_of_a_store;
    for (const ListedFile& file : level_list)
        level = std::min(level, static_cast<std::uint8_t>(file.level - 1U));
    if (level < first_level()) return std::nullopt;
    for (const BlockDatabase* const young : {&blocks.names, &blocks.pivots}) {
        const BlockDamage none;
        BlockCursor entries(*young, none);
        entries.seek(lowest_key);
        if (entries.next()) return std::nullopt;
    }
    return NewLevel(directory, level_list, level, read_progress(transaction).next_file,
                    octets_of_a_file(batch.size() * octets_of_a_record));
}

// A round of merges is due once more was written into the young blocks again than the round writes;
// or where these are large beside the levels, as a feed of many batches leaves them: each batch
// that falls into all of them takes their disk space once more.
bool HistoryWriter::State::merge_is_due(const lmdb::Transaction& transaction,
                                        const MergeProgress& progress) const {
    constexpr std::uint64_t large_octets = std::uint64_t{32} << 20;
    constexpr std::uint64_t large_share = 4;
    const std::uint64_t young = young_octets(transaction);
    if (young < limits.least_young) return false;
    return progress.written > octets_of_a_round(level_list, first_level(), young) ||
           young > std::max(large_octets, old_octets() / large_share);
}

// Does one step of a round, and begins a round where one is due, or `whole` asks for one that
// leaves nothing but the oldest level. Whether the round goes on.
bool HistoryWriter::State::merge_step(bool whole, bool restart) {
    if (!databases.levels) return false;
    lmdb::Transaction transaction(environment, 0);
    if (levels_are_stale) load_levels(transaction);
    MergeProgress progress = read_progress(transaction);
    if (restart || progress.position.empty()) {
        if (!whole && !merge_is_due(transaction, progress)) return false;
        progress.position = position_of(Space::names, lowest_key);
        progress.written = 0;
    }
    std::optional<RangeMerge> merge;
    {
        StoreBlocks blocks(transaction, databases, search);
        while (!merge && !progress.position.empty()) {
            const Octets position = progress.position;
            merge.emplace(
                *this, transaction, blocks,
                range_of(level_list, static_cast<Space>(position[0]), position.subspan(1)));
            auto behind = position_behind(merge->range());
            const auto level = merge->target(whole);
            if (level) {
                merge->run(*level, progress);
            } else {
                merge.reset();
            }
            progress.position = std::move(behind);
        }
        write_progress(transaction, progress);
    }
    // Where the commit fails, the files are left to the next writer: it knows whether they are
    // listed. Where the newest list cannot be opened after it, it is before the next change.
    if (merge) merge->keep();
    levels_are_stale = true;
    transaction.commit();
    load_levels(lmdb::Transaction(environment, MDB_RDONLY));
    if (merge) merge->remove_replaced();
    // What lay in the young blocks is in files now.
    if (merge) give_back_free_pages();
    return !progress.position.empty();
}

// Where there are levels and it is worth it. LMDB may not use again what the newest transaction has
// freed, so there is one more, which has nothing to say. What fails here is tried again after the
// next step.
void HistoryWriter::State::give_back_free_pages() noexcept {
    constexpr std::size_t least_octets = std::size_t{1} << 20;
    if (level_list.empty()) return;
    try {
        const auto use = lmdb::page_use(environment);
        const std::size_t used = use.used * environment.page_size();
        if (environment.disk_octets() < used + std::max(used / 4, least_octets)) return;
        {
            lmdb::Transaction transaction(environment, 0);
            write_progress(transaction, read_progress(transaction));
            transaction.commit();
        }
        lmdb::give_back_free_pages(environment);
    } catch (const std::runtime_error&) {
    }
}

bool HistoryWriter::merge_step() {
    if (!has_levels()) return false;
    bool goes_on = false;
    state_->change("merge", [&] { goes_on = state_->merge_step(false, false); });
    return goes_on;
}

bool HistoryWriter::merge_is_overdue() {
    if (!has_levels()) return false;
    try {
        State& store = *state_;
        const lmdb::Transaction transaction(store.environment, MDB_RDONLY);
        if (store.levels_are_stale) store.load_levels(transaction);
        const std::uint64_t young = store.young_octets(transaction);
        return young >= store.limits.least_young &&
               store.read_progress(transaction).written >
                   overdue_rounds * octets_of_a_round(store.level_list, store.first_level(), young);
    } catch (const lmdb::Error& error) {
        store_meta::throw_store_error(state_->directory, error, "read");
    }
}

bool HistoryWriter::merge_all(const std::function<bool()>& goes_on) {
    bool is_behind = has_levels();
    for (bool restart = true; is_behind; restart = false) {
        if (goes_on && !goes_on()) return false;
        state_->change("merge", [&] { is_behind = state_->merge_step(true, restart); });
    }
    return has_levels();
}

}  // namespace dnshist
