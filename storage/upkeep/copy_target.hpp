// The files that copy_store() writes: those of levels, and data.mdb.partial, which becomes data.mdb
// at the end.
#pragma once

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "storage/base/file_descriptor.hpp"
#include "storage/base/octets.hpp"
#include "storage/format/store_types.hpp"
#include "storage/level/level_list.hpp"
#include "storage/level/search_file.hpp"

namespace dnshist {

inline constexpr const char* store_file = "data.mdb";
inline constexpr const char* partial_file = "data.mdb.partial";

[[noreturn]] inline void throw_copy_error(const std::filesystem::path& path, int cause,
                                          const std::string& more = {}) {
    throw StoreError("cannot write the copy " + path.string() + ": " + std::strerror(cause) + more);
}

inline std::string in_megabytes(std::uint64_t octets) {
    return std::to_string((octets + 999'999) / 1'000'000) + " MB";
}

inline void sync_directory(const std::filesystem::path& directory) {
    const FileDescriptor opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (opened.get() < 0 || ::fsync(opened.get()) != 0) throw_copy_error(directory, errno);
}

// The directory of the copy, and the files in it that are not a store yet. Unless the copy is
// completed, the files are removed again, and the directory where this made it.
class CopyTarget {
  public:
    explicit CopyTarget(const std::filesystem::path& directory)
        : directory_(directory.has_filename() ? directory : directory.parent_path()),
          made_(make()),
          file_(::open(partial().c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640)) {
        if (file_.get() < 0) {
            const int cause = errno;
            if (made_) ::rmdir(directory_.c_str());
            throw_copy_error(partial(), cause);
        }
        lock();
        ours_ = true;
    }
    ~CopyTarget() {
        if (!ours_) return;
        ::unlink(partial().c_str());
        for (const auto& level : levels_)
            ::unlink(level.c_str());
        if (made_) ::rmdir(directory_.c_str());
    }
    CopyTarget(const CopyTarget&) = delete;
    CopyTarget& operator=(const CopyTarget&) = delete;

    std::filesystem::path partial() const { return directory_ / partial_file; }

    // Begins, or begins again, with an empty file.
    void start() {
        written_ = 0;
        if (::ftruncate(file_.get(), 0) != 0 || ::lseek(file_.get(), 0, SEEK_SET) != 0) {
            throw_copy_error(partial(), errno);
        }
    }

    // Allocates the disk space now where the file system can, so that a full disk shows at once.
    void reserve(std::uint64_t octets) {
        const auto size = static_cast<off_t>(octets);
        if (::fallocate(file_.get(), 0, 0, size) == 0 || errno != ENOSPC) return;
        throw_copy_error(partial(), ENOSPC, "; it needs " + in_megabytes(octets));
    }

    void write(Octets octets) { written_ += write_to(file_, partial(), octets); }
    // Begins the next file of a level. Octets go there then.
    void begin_level(const std::string& name) {
        levels_.push_back(directory_ / name);
        ::unlink(levels_.back().c_str());  // a copy that was broken off may have left one
        level_ = FileDescriptor(::open(levels_.back().c_str(),
                                       O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640));
        if (level_.get() < 0) throw_copy_error(levels_.back(), errno);
    }
    void write_level(Octets octets) { levels_written_ += write_to(level_, levels_.back(), octets); }
    void finish_level() {
        if (::fsync(level_.get()) != 0) throw_copy_error(levels_.back(), errno);
        level_ = FileDescriptor();
    }
    // In all files.
    std::uint64_t written() const noexcept { return written_ + levels_written_; }

    // What somebody else has written into data.mdb counts as written by this.
    void adopt(std::uint64_t octets) noexcept { written_ = octets; }

    // Flushes data.mdb to the disk.
    void sync() {
        if (::ftruncate(file_.get(), static_cast<off_t>(written_)) != 0 ||
            ::fsync(file_.get()) != 0) {
            throw_copy_error(partial(), errno);
        }
    }

    void complete() {
        // Before there is a store that lists them.
        if (!levels_.empty()) sync_directory(directory_);
        if (::rename(partial().c_str(), (directory_ / store_file).c_str()) != 0) {
            throw_copy_error(directory_ / store_file, errno);
        }
        ours_ = false;
        sync_directory(directory_);
        if (made_) sync_directory(std::filesystem::absolute(directory_).parent_path());
    }

  private:
    // How many octets there were.
    std::uint64_t write_to(const FileDescriptor& file, const std::filesystem::path& path,
                           Octets octets) const {
        const std::size_t all = octets.size();
        while (!octets.empty()) {
            const ssize_t size = ::write(file.get(), octets.data(), octets.size());
            if (size < 0 && errno == EINTR) continue;
            if (size <= 0) {
                throw_copy_error(
                    path, size == 0 ? EIO : errno,
                    " after " + in_megabytes(written()) + ", which were removed again");
            }
            octets = octets.subspan(static_cast<std::size_t>(size));
        }
        return all;
    }

    // Makes the directory; false where it exists already.
    bool make() const {
        refuse_others();
        std::error_code error;
        const bool made = std::filesystem::create_directories(directory_, error);
        if (error) throw_copy_error(directory_, error.value());
        return made;
    }

    // Throws where another process copies into the directory.
    void lock() const {
        if (::flock(file_.get(), LOCK_EX | LOCK_NB) != 0) {
            throw StoreError("another process is copying a store into " + directory_.string());
        }
        // Another process may have completed the file before this one got the lock.
        struct stat opened {};
        struct stat named {};
        if (::fstat(file_.get(), &opened) != 0 || ::stat(partial().c_str(), &named) != 0 ||
            opened.st_ino != named.st_ino || opened.st_nlink != 1 || !S_ISREG(opened.st_mode)) {
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
            const auto name = entry->path().filename();
            if (name == partial_file || level_list::file_number(name.string()) ||
                search_file::file_number(name.string())) {
                continue;
            }
            throw StoreError(directory_.string() +
                             " is not empty: name a new or an empty directory for the copy");
        }
        if (error && error != std::errc::no_such_file_or_directory) {
            throw_copy_error(directory_, error.value());
        }
    }

    std::filesystem::path directory_;
    bool made_;
    FileDescriptor file_;
    bool ours_ = false;
    std::uint64_t written_ = 0;  // to data.mdb
    std::vector<std::filesystem::path> levels_;
    FileDescriptor level_;
    std::uint64_t levels_written_ = 0;
};

}  // namespace dnshist
