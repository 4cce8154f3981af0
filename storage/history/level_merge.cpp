// Merges young blocks into old levels, a range of keys at a time.
//
// A step writes new files for one range, waits until they are on the disk, and then commits one
// transaction that lists them, unlists those that they replace, and erases the range from the young
// blocks. A process that is killed before leaves files that nobody lists, which the next writer
// removes; one that is killed after leaves replaced ones, which are not listed either.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "storage/base/file_descriptor.hpp"
#include "storage/history/writer_state.hpp"
#include "storage/level/level_list.hpp"
#include "storage/level/level_writer.hpp"
#include "storage/level/merged_cursor.hpp"
#include "storage/level/range_erase.hpp"

namespace dnshist {

namespace {

// Space and level are before it in a key of the list.
constexpr std::size_t max_lower_octets = lmdb::max_key_octets - 2;

// A range of one map's keys, and its file in each level, the youngest first.
struct Range {
    Space space;
    std::vector<std::uint8_t> lower;
    std::optional<std::vector<std::uint8_t>> upper;
    std::array<std::optional<ListedFile>, levels_of_a_store> files;

    bool has(Octets key) const {
        return compare(key, lower) >= 0 && (!upper || compare(key, *upper) < 0);
    }
    bool is_whole() const {
        return std::ranges::all_of(files.begin(), files.end() - 1,
                                   [](const auto& file) { return !file.has_value(); });
    }
};

// The range that has the keys at `key`.
Range range_of(const std::vector<ListedFile>& list, Space space, Octets key) {
    Range range{space, {lowest_key[0]}, std::nullopt, {}};
    for (const ListedFile& file : list) {
        if (file.space != space) continue;
        if (compare(file.lower, key) <= 0) {
            if (compare(file.lower, range.lower) > 0) range.lower = file.lower;
        } else if (!range.upper || compare(file.lower, *range.upper) < 0) {
            range.upper = file.lower;
        }
    }
    for (const ListedFile& file : list) {
        if (file.space == space && equal(file.lower, range.lower)) {
            range.files[file.level - 1U] = file;
        }
    }
    return range;
}

void sync_directory(const std::filesystem::path& directory) {
    const FileDescriptor opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (opened.get() < 0 || ::fsync(opened.get()) != 0) throw lmdb::Error("fsync", errno);
}

// The new files of a range. Removes them again unless they are listed.
class NewFiles {
  public:
    NewFiles(const std::filesystem::path& directory, std::uint64_t next_number,
             SymbolTables& symbols, const Range& range, std::uint8_t level,
             std::uint64_t octets_of_a_file)
        : directory_(directory),
          next_number_(next_number),
          symbols_(symbols),
          range_(range),
          level_(level),
          octets_of_a_file_(octets_of_a_file) {}
    ~NewFiles() {
        writer_.reset();
        if (listed_) return;
        for (const ListedFile& file : files_)
            ::unlink(path_of(file.number).c_str());
    }
    NewFiles(const NewFiles&) = delete;
    NewFiles& operator=(const NewFiles&) = delete;

    void add(Octets key, Octets payload, const PackedKey& packed) {
        if (!writer_) {
            begin(range_.lower);
        } else if (writer_->octets() >= octets_of_a_file_) {
            const std::size_t shared = common_prefix(last_, key);
            if (shared < max_lower_octets) {
                finish_file();
                begin(key.first(std::min(key.size(), shared + 1)));
            }
        }
        writer_->add(key, payload, packed);
        last_.assign(key.begin(), key.end());
    }
    void finish() {
        finish_file();
        if (!files_.empty()) sync_directory(directory_);
    }

    std::vector<ListedFile>& files() noexcept { return files_; }
    std::uint64_t next_number() const noexcept { return next_number_; }
    void keep() noexcept { listed_ = true; }

  private:
    std::filesystem::path path_of(std::uint64_t number) const {
        return directory_ / level_list::file_name(number);
    }
    void begin(Octets lower) {
        files_.push_back(
            {range_.space, level_, {lower.begin(), lower.end()}, next_number_++, 0, 0});
        const auto path = path_of(files_.back().number);
        ::unlink(path.c_str());  // a step that was broken off may have left one
        writer_.emplace(path, symbols_, beginnings_of(range_.space), lower);
    }
    void finish_file() {
        if (!writer_) return;
        files_.back().octets = writer_->finish();
        writer_.reset();
    }

    const std::filesystem::path& directory_;
    std::uint64_t next_number_;
    SymbolTables& symbols_;
    const Range& range_;
    std::uint8_t level_;
    std::uint64_t octets_of_a_file_;
    std::vector<ListedFile> files_;
    std::optional<LevelWriter> writer_;
    std::vector<std::uint8_t> last_;
    bool listed_ = false;
};

// The young blocks that have keys of the range.
struct YoungPart {
    std::uint64_t octets = 0;
    bool is_damaged = false;
    bool has_entries = false;

    YoungPart(const BlockDatabase& young, const Range& range) {
        lmdb::Cursor cursor(young.transaction, young.blocks);
        bool any = cursor.at_or_before(range.lower) || cursor.first();
        for (; any && (!range.upper || compare(cursor.key(), *range.upper) < 0);
             any = cursor.next()) {
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
               const StoreBlocks& blocks, Range range)
        : store_(store),
          transaction_(transaction),
          young_(blocks.of(range.space)),
          texts_(transaction, store.databases.sources),
          range_(std::move(range)),
          part_(young_, range_) {}

    // Chooses the level into which the range is merged; nothing where there is nothing to do.
    std::optional<std::uint8_t> target(bool whole) const;
    // Writes the files of that level, and lists them.
    void run(std::uint8_t level, MergeProgress& progress);

    // To be called after the commit.
    void remove_replaced() noexcept;
    void keep() noexcept { made_->keep(); }

  private:
    std::vector<MapSource> sources(std::uint8_t level) const;
    void copy_entries(std::uint8_t level, bool is_oldest);

    HistoryWriter::State& store_;
    const lmdb::Transaction& transaction_;
    const BlockDatabase& young_;
    SourceTexts texts_;
    Range range_;
    YoungPart part_;
    std::optional<NewFiles> made_;
    std::vector<ListedFile> replaced_;
    bool damaged_ = false;
};

// A level is merged into the next one once more was written to keep it than the next one has: a
// merge of the two then costs as much as they have cost so far, which is the least in the long run.
std::optional<std::uint8_t> RangeMerge::target(bool whole) const {
    // What is damaged stays where it is.
    if (part_.is_damaged) return std::nullopt;
    if (!part_.has_entries && (!whole || range_.is_whole())) return std::nullopt;
    if (whole) return levels_of_a_store;
    for (std::uint8_t level = 1; level < levels_of_a_store; ++level) {
        const auto& file = range_.files[level - 1U];
        const auto& next = range_.files[level];
        const std::uint64_t written = file ? file->written : 0;
        if (written < (next ? next->octets : 0)) return level;
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

void RangeMerge::copy_entries(std::uint8_t level, bool is_oldest) {
    const Voids voids = is_oldest ? Voids::end : Voids::stay;
    RecordMerge records(texts_, store_.gap, voids);
    PivotMerge pivots(voids);
    PayloadMerge& merge =
        range_.space == Space::names ? static_cast<PayloadMerge&>(records) : pivots;
    // What is damaged in a level is left behind with its file.
    const BlockDamage note = [this](Octets, const char*) { damaged_ = true; };
    MergedCursor cursor(sources(level), young_.symbols, note, merge, beginnings_of(range_.space));
    for (cursor.seek({}, range_.lower); cursor.next() && range_.has(cursor.key());)
        made_->add(cursor.key(), cursor.payload(), cursor.packed_key());
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
    const std::uint64_t files =
        level == levels_of_a_store ? octets / store_.limits.most_file + 1 : 1;
    const std::uint64_t each = files == 1 ? ~std::uint64_t{0} : octets / files;
    made_.emplace(store_.directory, progress.next_file, young_.symbols, range_, level, each);
    copy_entries(level, is_oldest);

    for (const ListedFile& file : replaced_)
        level_list::remove(transaction_, *store_.databases.levels, file);
    for (ListedFile& file : made_->files()) {
        file.written = level == levels_of_a_store ? 0 : written + file.octets;
        level_list::put(transaction_, *store_.databases.levels, file);
        progress.level_octets += file.octets;
    }
    progress.next_file = made_->next_number();
    erase_range(young_, store_.environment.page_size(), range_.lower,
                range_.upper ? std::optional<Octets>(*range_.upper) : std::nullopt);
}

void RangeMerge::remove_replaced() noexcept {
    for (const ListedFile& file : replaced_) {
        const auto path = store_.directory / level_list::file_name(file.number);
        if (damaged_) {
            ::rename(path.c_str(), (path.string() + ".damaged").c_str());
        } else {
            ::unlink(path.c_str());
        }
    }
}

std::vector<std::uint8_t> position_of(Space space, Octets key) {
    std::vector<std::uint8_t> position = {static_cast<std::uint8_t>(space)};
    position.insert(position.end(), key.begin(), key.end());
    return position;
}

// Where a round goes on behind the range; empty at its end.
std::vector<std::uint8_t> position_behind(const Range& range) {
    if (range.upper) return position_of(range.space, *range.upper);
    return range.space == Space::names ? position_of(Space::pivots, lowest_key)
                                       : std::vector<std::uint8_t>();
}

}  // namespace

// A round of merges is due once more was written into the young blocks again than the round writes.
bool HistoryWriter::State::merge_is_due(const lmdb::Transaction& transaction,
                                        const MergeProgress& progress) const {
    const std::uint64_t young =
        (transaction.entries(databases.names) + transaction.entries(databases.pivots)) *
        environment.page_size();
    std::uint64_t rewritten = 2 * young;
    for (const ListedFile& file : level_list) {
        if (file.level == 1) rewritten += file.octets;
    }
    return young >= limits.least_young && progress.written > rewritten;
}

// Does one step of a round, and begins a round where one is due, or `whole` asks for one that
// leaves nothing but the oldest level. Whether the round goes on.
bool HistoryWriter::State::merge_step(bool whole, bool restart) {
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
        StoreBlocks blocks(transaction, databases);
        while (!merge && !progress.position.empty()) {
            const Octets position = progress.position;
            Range range =
                range_of(level_list, static_cast<Space>(position[0]), position.subspan(1));
            auto behind = position_behind(range);
            merge.emplace(*this, transaction, blocks, std::move(range));
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
    return !progress.position.empty();
}

// Those of steps that were broken off.
void HistoryWriter::State::remove_unlisted_files() const {
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(directory, none)) {
        const auto number = level_list::file_number(entry.path().filename().string());
        if (!number) continue;
        const bool is_listed = std::ranges::any_of(
            level_list, [&](const ListedFile& file) { return file.number == *number; });
        if (!is_listed) std::filesystem::remove(entry.path(), none);
    }
}

bool HistoryWriter::merge_step() {
    bool goes_on = false;
    state_->change("merge", [&] { goes_on = state_->merge_step(false, false); });
    return goes_on;
}

void HistoryWriter::merge_all() {
    bool restart = true;
    for (bool goes_on = true; goes_on; restart = false)
        state_->change("merge", [&] { goes_on = state_->merge_step(true, restart); });
}

}  // namespace dnshist
