#include "storage/upkeep/copy.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <thread>
#include <vector>

#include "storage/engine/lmdb/lmdb.hpp"
#include "storage/format/store_meta.hpp"
#include "storage/history/history.hpp"

namespace dnshist {

namespace {

constexpr const char* store_file = "data.mdb";
constexpr const char* partial_file = "data.mdb.partial";

class Descriptor {
  public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() { close(); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    int number() const noexcept { return number_; }
    void close() noexcept {
        if (number_ >= 0) ::close(number_);
        number_ = -1;
    }

  private:
    int number_;
};

[[noreturn]] void fail(const std::filesystem::path& path, int cause, const std::string& more = {}) {
    throw StoreError("cannot write the copy " + path.string() + ": " + std::strerror(cause) + more);
}

std::string megabytes(std::uint64_t octets) {
    return std::to_string((octets + 999'999) / 1'000'000) + " MB";
}

void sync_directory(const std::filesystem::path& directory) {
    const Descriptor opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (opened.number() < 0 || ::fsync(opened.number()) != 0) fail(directory, errno);
}

// The directory that the copy comes into, and the file in it while it is no store yet. Both are
// removed again, the directory where this made it, unless the copy is completed.
class Target {
  public:
    explicit Target(const std::filesystem::path& directory)
        : directory_(directory.has_filename() ? directory : directory.parent_path()),
          made_(make()),
          file_(::open(partial().c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644)) {
        if (file_.number() < 0) {
            const int cause = errno;
            if (made_) ::rmdir(directory_.c_str());
            fail(partial(), cause);
        }
        lock();
        ours_ = true;
    }
    ~Target() {
        if (!ours_) return;
        ::unlink(partial().c_str());
        if (made_) ::rmdir(directory_.c_str());
    }
    Target(const Target&) = delete;
    Target& operator=(const Target&) = delete;

    std::filesystem::path partial() const { return directory_ / partial_file; }

    // Begins again, with nothing written.
    void start() {
        written_ = 0;
        if (::ftruncate(file_.number(), 0) != 0 || ::lseek(file_.number(), 0, SEEK_SET) != 0) {
            fail(partial(), errno);
        }
    }

    // Takes the room now where the file system can, so that one that is too small says so at once.
    void reserve(std::uint64_t octets) {
        const auto size = static_cast<off_t>(octets);
        if (::fallocate(file_.number(), 0, 0, size) == 0 || errno != ENOSPC) return;
        fail(partial(), ENOSPC, "; it needs " + megabytes(octets));
    }

    void write(Octets octets) {
        while (!octets.empty()) {
            const ssize_t size = ::write(file_.number(), octets.data(), octets.size());
            if (size < 0 && errno == EINTR) continue;
            if (size <= 0) {
                fail(partial(), size == 0 ? EIO : errno,
                     " after " + megabytes(written_) + ", which were removed again");
            }
            octets = octets.subspan(static_cast<std::size_t>(size));
            written_ += static_cast<std::uint64_t>(size);
        }
    }
    std::uint64_t written() const noexcept { return written_; }

    // All of it is on the disk.
    void sync() {
        if (::ftruncate(file_.number(), static_cast<off_t>(written_)) != 0 ||
            ::fsync(file_.number()) != 0) {
            fail(partial(), errno);
        }
    }

    void complete() {
        if (::rename(partial().c_str(), (directory_ / store_file).c_str()) != 0) {
            fail(directory_ / store_file, errno);
        }
        ours_ = false;
        sync_directory(directory_);
        if (made_) sync_directory(std::filesystem::absolute(directory_).parent_path());
    }

  private:
    // Whether the directory was not there before.
    bool make() const {
        refuse_others();
        std::error_code error;
        const bool made = std::filesystem::create_directories(directory_, error);
        if (error) fail(directory_, error.value());
        return made;
    }

    // Two copies into one directory at a time: the second is told.
    void lock() const {
        if (::flock(file_.number(), LOCK_EX | LOCK_NB) != 0) {
            throw StoreError("another process is copying a store into " + directory_.string());
        }
        // The file may have been completed by its process before the lock was ours.
        struct stat opened {};
        struct stat named {};
        if (::fstat(file_.number(), &opened) != 0 || ::stat(partial().c_str(), &named) != 0 ||
            opened.st_ino != named.st_ino) {
            throw StoreError("another process has copied a store into " + directory_.string());
        }
    }

    void refuse_others() const {
        std::error_code error;
        if (std::filesystem::exists(directory_ / store_file, error)) {
            throw StoreError(directory_.string() +
                             " holds a store already: name another directory for the copy");
        }
        error.clear();
        for (std::filesystem::directory_iterator entry(directory_, error), end; entry != end;
             entry.increment(error)) {
            if (entry->path().filename() == partial_file) continue;
            throw StoreError(directory_.string() +
                             " is not empty: name a new or an empty directory for the copy");
        }
        if (error && error != std::errc::no_such_file_or_directory) {
            fail(directory_, error.value());
        }
    }

    std::filesystem::path directory_;
    bool made_;
    Descriptor file_;
    bool ours_ = false;
    std::uint64_t written_ = 0;
};

// Writes a copy into one end of a pipe, in a thread of its own. So what comes out of the other end
// is counted and can be ended, and a full disk is seen where it happens.
class PageSource {
  public:
    PageSource(const lmdb::Environment& environment, unsigned flags) {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
            throw StoreError(std::string("cannot make a pipe: ") + std::strerror(errno));
        }
        read_end_ = ends[0];
        ::fcntl(read_end_, F_SETPIPE_SZ, 1 << 20);
        thread_ = std::thread([this, &environment, flags, write_end = ends[1]] {
            // Where nobody reads on, that is an error of write() and no signal.
            sigset_t pipe_signal;
            sigemptyset(&pipe_signal);
            sigaddset(&pipe_signal, SIGPIPE);
            ::pthread_sigmask(SIG_BLOCK, &pipe_signal, nullptr);
            code_ = mdb_env_copyfd2(environment.get(), write_end, flags);
            ::close(write_end);
        });
    }
    ~PageSource() { end(); }
    PageSource(const PageSource&) = delete;
    PageSource& operator=(const PageSource&) = delete;

    // Nothing at the end.
    Octets read(std::vector<std::uint8_t>& room) const {
        for (;;) {
            const ssize_t size = ::read(read_end_, room.data(), room.size());
            if (size >= 0) return {room.data(), static_cast<std::size_t>(size)};
            if (errno != EINTR) return {};
        }
    }

    // LMDB's code, once all was read or nothing more is wanted.
    int end() {
        if (thread_.joinable()) {
            ::close(read_end_);
            thread_.join();
        }
        return code_;
    }

  private:
    int read_end_ = -1;
    int code_ = MDB_SUCCESS;
    std::thread thread_;
};

// Copies the pages of the store as it is now. LMDB's code; nothing where the observer ended it.
std::optional<int> copy_pages(const lmdb::Environment& environment, unsigned flags, Target& target,
                              const CopyObserver& observer, std::uint64_t expected) {
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

// The copy, read as the store that it will be.
StoreStatistics verify(const std::filesystem::path& file) {
    const lmdb::Environment environment(file, MDB_RDONLY | MDB_NOSUBDIR | MDB_NOLOCK, usual_reserve,
                                        store_meta::databases, 1);
    lmdb::Transaction transaction(environment, MDB_RDONLY);
    const auto database = transaction.open_database(store_meta::meta_database, false);
    const auto octets =
        database ? transaction.get(*database, as_octets(store_meta::statistics_key)) : std::nullopt;
    auto statistics = octets ? store_meta::decode_statistics(*octets) : std::nullopt;
    if (!statistics) throw StoreError("the copy " + file.string() + " cannot be read");
    statistics->octets = environment.used_octets();
    return *statistics;
}

// False where the observer ended it.
bool copy_whole(const std::filesystem::path& store, Target& target, const CopyObserver& observer,
                CopyResult& result) {
    const lmdb::Environment environment(store, MDB_RDONLY | MDB_NOTLS, usual_reserve,
                                        store_meta::databases, store_meta::max_readers);
    const lmdb::PageUse pages = lmdb::page_use(environment);
    const std::size_t page_size = environment.page_size();
    result.octets_before = pages.all * page_size;
    result.compacted = true;
    auto code = copy_pages(environment, MDB_CP_COMPACT, target, observer,
                           (pages.all - pages.free) * page_size);
    // What LMDB says of a store that has lost pages, at the end of a compacting copy.
    if (code == MDB_INCOMPATIBLE) {
        result.compacted = false;
        code = copy_pages(environment, 0, target, observer, pages.all * page_size);
    }
    if (code) lmdb::check("mdb_env_copyfd2", *code);
    return code.has_value();
}

}  // namespace

std::optional<CopyResult> copy_store(const std::filesystem::path& store,
                                     const std::filesystem::path& target_directory,
                                     const CopyObserver& observer) {
    // Whether there is one, of a version that is known.
    { const History known(store); }
    Target target(target_directory);
    CopyResult result;
    try {
        if (!copy_whole(store, target, observer, result)) return std::nullopt;
    } catch (const lmdb::Error& error) {
        store_meta::throw_store_error(store, error, "copy");
    }
    target.sync();
    try {
        result.statistics = verify(target.partial());
    } catch (const lmdb::Error& error) {
        store_meta::throw_store_error(target.partial(), error, "read");
    }
    result.octets_after = target.written();
    target.complete();
    return result;
}

}  // namespace dnshist
