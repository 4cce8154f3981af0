#include "storage/level/open_levels.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "storage/level/search_file.hpp"

namespace dnshist {

std::shared_ptr<const LevelFile> LevelFiles::open(std::uint64_t number) {
    const std::lock_guard lock(mutex_);
    auto& known = open_[number];
    auto file = known.lock();
    if (!file) {
        std::erase_if(
            open_, [&](const auto& each) { return each.first != number && each.second.expired(); });
        file = std::make_shared<const LevelFile>(directory_ / level_list::file_name(number),
                                                 directory_ / search_file::file_name(number));
        known = file;
    }
    return file;
}

StoreLevels open_levels(LevelFiles& files, const std::vector<ListedFile>& list) {
    StoreLevels levels;
    // The list is in order of space, level and key.
    for (std::size_t i = 0; i < list.size();) {
        std::vector<LevelPart> parts;
        const ListedFile& first = list[i];
        for (; i < list.size() && list[i].space == first.space && list[i].level == first.level; ++i)
            parts.push_back({list[i].lower, files.open(list[i].number)});
        Levels& all = first.space == Space::names ? levels.names : levels.pivots;
        all.push_back(std::make_shared<const LevelParts>(std::move(parts)));
    }
    return levels;
}

std::optional<OpenLevels> open_newest_levels(lmdb::Transaction& transaction, MDB_dbi database,
                                             LevelFiles& files,
                                             const std::vector<ListedFile>& known) {
    // A writer that merges all the time is given up on.
    constexpr int most_attempts = 1000;
    for (int attempt = 0;; ++attempt) {
        auto list = level_list::read(transaction, database);
        if (list.malformed != 0) {
            throw lmdb::Error("its list of levels is malformed");
        }
        if (list.files == known) return std::nullopt;
        const std::size_t state = mdb_txn_id(transaction.get());
        try {
            auto levels = open_levels(files, list.files);
            return OpenLevels{std::move(list.files), std::move(levels)};
        } catch (const lmdb::Error& error) {
            if (error.code() != ENOENT || attempt == most_attempts) throw;
        }
        transaction.reset();
        transaction.renew();
        if (mdb_txn_id(transaction.get()) != state) continue;
        throw lmdb::Error("a file of its levels is missing");
    }
}

void remove_unlisted_files(const std::filesystem::path& directory,
                           const std::vector<ListedFile>& list) {
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(directory, none)) {
        std::string name = entry.path().filename().string();
        // Of an index that was not written to its end.
        if (name.ends_with(search_file::partial_suffix)) {
            name.resize(name.size() - search_file::partial_suffix.size());
            if (search_file::file_number(name)) std::filesystem::remove(entry.path(), none);
            continue;
        }
        auto number = level_list::file_number(name);
        if (!number) number = search_file::file_number(name);
        if (!number) continue;
        const bool is_listed = std::ranges::any_of(
            list, [&](const ListedFile& file) { return file.number == *number; });
        if (!is_listed) std::filesystem::remove(entry.path(), none);
    }
}

}  // namespace dnshist
