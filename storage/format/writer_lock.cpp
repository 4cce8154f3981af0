#include "storage/format/writer_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "storage/format/store_types.hpp"

namespace dnshist {

namespace {

struct flock whole_file() noexcept {
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    return lock;
}

[[noreturn]] void throw_locked(const std::filesystem::path& directory, const std::string& holder) {
    throw StoreError("the store " + directory.string() + " is being written by " + holder +
                     "; wait for it to end, a store has one writer at a time");
}

// A symbolic link, or a file with a second name, would let whoever owns the directory choose which
// file this opens.
FileDescriptor opened(const std::filesystem::path& path) {
    FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640));
    if (file.get() < 0) {
        throw StoreError("cannot open " + path.string() + ": " +
                         (errno == ELOOP ? "it is a symbolic link" : std::strerror(errno)));
    }
    struct stat status {};
    if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode) || status.st_nlink > 1) {
        throw StoreError("cannot use " + path.string() +
                         ": it is not a regular file with one name");
    }
    return file;
}

}  // namespace

WriterLock::WriterLock(const std::filesystem::path& directory) {
    const auto path = directory / "writer.lock";
    file_ = opened(path);
    constexpr int attempts = 100;
    struct flock lock = whole_file();
    for (int i = 0; ::fcntl(file_.get(), F_SETLK, &lock) != 0; ++i) {
        if (errno != EACCES && errno != EAGAIN) {
            throw StoreError("cannot lock " + path.string() + ": " + std::strerror(errno));
        }
        struct flock holder = whole_file();
        const bool known = ::fcntl(file_.get(), F_GETLK, &holder) == 0 && holder.l_type != F_UNLCK;
        if (known) throw_locked(directory, "process " + std::to_string(holder.l_pid));
        // It has just ended.
        if (i == attempts) throw_locked(directory, "other processes");
    }
    if (::flock(file_.get(), LOCK_EX | LOCK_NB) == 0) return;
    if (errno != EWOULDBLOCK) {
        throw StoreError("cannot lock " + path.string() + ": " + std::strerror(errno));
    }
    throw_locked(directory,
                 "process " + std::to_string(::getpid()) + " itself, or by one of version 0.1.0");
}

}  // namespace dnshist
