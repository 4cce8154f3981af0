#include "storage/upkeep/copy.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "storage/base/blocked_signals.hpp"
#include "storage/base/file_descriptor.hpp"
#include "storage/cluster/cluster_store.hpp"
#include "storage/engine/lmdb/lmdb.hpp"
#include "storage/engine/lmdb/page_use.hpp"
#include "storage/format/store_meta.hpp"
#include "storage/history/history.hpp"
#include "storage/level/level_list.hpp"
#include "storage/level/search_file.hpp"
#include "storage/upkeep/cluster_copy.hpp"
#include "storage/upkeep/copy_from_cluster.hpp"
#include "storage/upkeep/copy_target.hpp"

namespace dnshist {

namespace {

// LMDB writes the copy into a pipe, in a thread of its own. So the reader of the pipe can count it
// and end it, and meets a full disk itself.
class PageSource {
  public:
    PageSource(const lmdb::Environment& environment, unsigned flags) {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
            throw StoreError(std::string("cannot make a pipe: ") + std::strerror(errno));
        }
        read_end_ = FileDescriptor(ends[0]);
        ::fcntl(ends[0], F_SETPIPE_SZ, 1 << 20);
        thread_ = std::thread([this, &environment, flags, write_end = FileDescriptor(ends[1])] {
            // If the reader has gone, write() fails instead of a signal.
            const BlockedSignals blocked;
            code_ = mdb_env_copyfd2(environment.get(), write_end.get(), flags);
        });
    }
    ~PageSource() { end(); }
    PageSource(const PageSource&) = delete;
    PageSource& operator=(const PageSource&) = delete;

    // Empty at the end.
    Octets read(std::vector<std::uint8_t>& room) const {
        for (;;) {
            const ssize_t size = ::read(read_end_.get(), room.data(), room.size());
            if (size >= 0) return {room.data(), static_cast<std::size_t>(size)};
            if (errno != EINTR) return {};
        }
    }

    // LMDB's code. Ends the copy where it is not at its end.
    int end() {
        if (thread_.joinable()) {
            read_end_ = FileDescriptor();
            thread_.join();
        }
        return code_;
    }

  private:
    FileDescriptor read_end_;
    int code_ = MDB_SUCCESS;
    std::thread thread_;
};

// Copies the pages of the store as it is now. Returns LMDB's code; nothing where the observer ended
// it.
std::optional<int> copy_pages(const lmdb::Environment& environment, unsigned flags,
                              CopyTarget& target, const CopyObserver& observer,
                              std::uint64_t expected) {
    target.start();
    target.reserve(expected);
    PageSource source(environment, flags);
    std::vector<std::uint8_t> room(std::size_t{1} << 20);
    for (;;) {
        const Octets octets = source.read(room);
        if (octets.empty()) return source.end();
        target.write(octets);
        if (observer && !observer(target.written(), expected)) return std::nullopt;
    }
}

// Opens the copy of data.mdb and reads its statistics, and which files of levels belong to it.
StoreStatistics verify(const std::filesystem::path& file, std::vector<ListedFile>& levels) {
    const lmdb::Environment environment(file, MDB_RDONLY | MDB_NOSUBDIR | MDB_NOLOCK, usual_reserve,
                                        store_meta::databases, 1);
    lmdb::Transaction transaction(environment, MDB_RDONLY);
    const auto list = transaction.open_database(store_meta::levels_database, false);
    if (list) levels = level_list::read(transaction, *list).files;
    const auto database = transaction.open_database(store_meta::meta_database, false);
    const auto octets =
        database ? transaction.get(*database, as_octets(store_meta::statistics_key)) : std::nullopt;
    auto statistics = octets ? store_meta::decode_statistics(*octets) : std::nullopt;
    if (!statistics) throw StoreError("the copy " + file.string() + " cannot be read");
    statistics->octets = environment.used_octets();
    return *statistics;
}

// The files of levels that belong to a copy of data.mdb, with their search indexes, opened at once:
// a writer may unlink them.
class LevelsToCopy {
  public:
    // False where one is gone: a newer data.mdb lists what has replaced it.
    bool open(const std::filesystem::path& store, const std::vector<ListedFile>& list) {
        files_.clear();
        octets_ = 0;
        for (const ListedFile& listed : list) {
            const std::string name = level_list::file_name(listed.number);
            FileDescriptor file(::open((store / name).c_str(), O_RDONLY | O_CLOEXEC));
            if (file.get() < 0 && errno == ENOENT) return false;
            if (file.get() < 0) throw lmdb::Error("open", errno);
            add(name, std::move(file));
            const std::string index = search_file::file_name(listed.number);
            FileDescriptor search(::open((store / index).c_str(), O_RDONLY | O_CLOEXEC));
            if (search.get() >= 0) add(index, std::move(search));
        }
        return true;
    }
    // Of all of them.
    std::uint64_t octets() const noexcept { return octets_; }

    // False where the observer ended it.
    bool copy(CopyTarget& target, const CopyObserver& observer, std::uint64_t expected) const {
        std::vector<std::uint8_t> room(std::size_t{1} << 20);
        for (const auto& [name, file] : files_) {
            target.begin_level(name);
            for (;;) {
                const ssize_t size = ::read(file.get(), room.data(), room.size());
                if (size < 0 && errno == EINTR) continue;
                if (size < 0) throw lmdb::Error("read", errno);
                if (size == 0) break;
                target.write_level(Octets(room).first(static_cast<std::size_t>(size)));
                if (observer && !observer(target.written(), expected)) return false;
            }
            target.finish_level();
        }
        return true;
    }

  private:
    void add(const std::string& name, FileDescriptor&& file) {
        struct stat status {};
        if (::fstat(file.get(), &status) != 0) throw lmdb::Error("fstat", errno);
        octets_ += static_cast<std::uint64_t>(status.st_size);
        files_.push_back({name, std::move(file)});
    }

    std::vector<std::pair<std::string, FileDescriptor>> files_;
    std::uint64_t octets_ = 0;
};

// False where the observer ended it.
bool copy_young(const std::filesystem::path& store, CopyTarget& target,
                const CopyObserver& observer, CopyResult& result) {
    const lmdb::Environment environment(store, MDB_RDONLY | MDB_NOTLS, usual_reserve,
                                        store_meta::databases, store_meta::max_readers);
    const lmdb::PageUse pages = lmdb::page_use(environment);
    const std::size_t page_size = environment.page_size();
    result.octets_before = pages.all * page_size;
    result.compacted = true;
    auto code = copy_pages(environment, MDB_CP_COMPACT, target, observer,
                           (pages.all - pages.free) * page_size);
    // LMDB returns this at the end of a compacting copy where the store has lost pages.
    if (code == MDB_INCOMPATIBLE) {
        result.compacted = false;
        code = copy_pages(environment, 0, target, observer, pages.all * page_size);
    }
    environment.expect_sound_files();  // LMDB copies zeros of a page that was lost
    if (code) lmdb::check("mdb_env_copyfd2", *code);
    return code.has_value();
}

}  // namespace

std::optional<CopyResult> copy_store(const std::filesystem::path& store,
                                     const std::filesystem::path& target_directory,
                                     const CopyObserver& observer) {
    const bool from_cluster = is_cluster(store.string());
    const bool to_cluster = is_cluster(target_directory.string());
    if (from_cluster && to_cluster)
        return copy_between_clusters(store.string(), target_directory.string(), observer);
    if (from_cluster) return copy_from_cluster(store.string(), target_directory, observer);
    if (to_cluster) return copy_to_cluster(store, target_directory.string(), observer);
    // Throws where there is no store, or one of another version.
    { const History known(store); }
    CopyTarget target(target_directory);
    CopyResult result;
    LevelsToCopy levels;
    // A writer that merges all the time is given up on.
    constexpr int most_attempts = 100;
    for (int attempt = 0;; ++attempt) {
        try {
            if (!copy_young(store, target, observer, result)) return std::nullopt;
        } catch (const lmdb::Error& error) {
            store_meta::throw_store_error(store, error, "copy");
        }
        target.sync();
        std::vector<ListedFile> list;
        try {
            result.statistics = verify(target.partial(), list);
        } catch (const lmdb::Error& error) {
            store_meta::throw_store_error(target.partial(), error, "read");
        }
        if (!levels.open(store, list)) {
            if (attempt < most_attempts) continue;
            throw StoreError("cannot copy the store " + store.string() +
                             ": a file of its levels is missing; restore it from another copy");
        }
        result.octets_before += levels.octets();
        result.statistics.octets += levels.octets();
        break;
    }
    try {
        if (!levels.copy(target, observer, result.statistics.octets)) return std::nullopt;
    } catch (const lmdb::Error& error) {
        store_meta::throw_store_error(store, error, "copy");
    }
    result.octets_after = target.written();
    target.complete();
    return result;
}

}  // namespace dnshist
