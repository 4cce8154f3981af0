#include "storage/level/open_levels.hpp"

#include <cerrno>
#include <utility>

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

}  // namespace dnshist
