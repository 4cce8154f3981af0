// The levels of a store, as one process has them open.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "storage/level/level_list.hpp"
#include "storage/level/level_source.hpp"

namespace dnshist {

// The files that a process has open, each once, for as long as somebody reads it. For any thread.
class LevelFiles {
  public:
    explicit LevelFiles(std::filesystem::path directory) : directory_(std::move(directory)) {}

    // Throws lmdb::Error, with ENOENT where the file is gone.
    std::shared_ptr<const LevelFile> open(std::uint64_t number);

  private:
    std::filesystem::path directory_;
    std::mutex mutex_;
    std::map<std::uint64_t, std::weak_ptr<const LevelFile>> open_;
};

// The levels of one map, the youngest first; levels without files are left out.
using Levels = std::vector<std::shared_ptr<const LevelParts>>;

struct StoreLevels {
    Levels names;
    Levels pivots;

    const Levels& of(Space space) const noexcept { return space == Space::names ? names : pivots; }
    bool empty() const noexcept { return names.empty() && pivots.empty(); }
};

// Opens the files of a list. Throws as LevelFiles::open().
StoreLevels open_levels(LevelFiles& files, const std::vector<ListedFile>& list);

// A list with its files open.
struct OpenLevels {
    std::vector<ListedFile> list;
    StoreLevels levels;
};
// The list that a read-only transaction sees. Renews the transaction where a file is gone: a writer
// unlinks one after it has committed a list without it. Nothing where the list is `known`. Throws
// an Error of unsound_files where a file that is listed is missing, or the list is malformed.
std::optional<OpenLevels> open_newest_levels(lmdb::Transaction& transaction, MDB_dbi database,
                                             LevelFiles& files,
                                             const std::vector<ListedFile>& known);

// Removes the files of levels, and their indexes, that are not listed: of steps that were broken
// off.
void remove_unlisted_files(const std::filesystem::path& directory,
                           const std::vector<ListedFile>& list);

}  // namespace dnshist
