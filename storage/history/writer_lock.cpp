#include "storage/history/writer_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "storage/format/store_types.hpp"

namespace dnshist {

WriterLock::WriterLock(const std::filesystem::path& directory) {
    const auto path = directory / "writer.lock";
    descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor_ < 0) {
        throw StoreError("cannot open " + path.string() + ": " + std::strerror(errno));
    }
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
        const int cause = errno;
        const std::string holder = read_holder();
        ::close(descriptor_);
        if (cause != EWOULDBLOCK) {
            throw StoreError("cannot lock " + path.string() + ": " + std::strerror(cause));
        }
        throw StoreError("the store " + directory.string() + " is being written by process " +
                         holder + "; wait for it to end, a store has one writer at a time");
    }
    const std::string pid = std::to_string(::getpid()) + "\n";
    if (::ftruncate(descriptor_, 0) != 0 || ::pwrite(descriptor_, pid.data(), pid.size(), 0) < 0) {
        // The number is for people; the lock holds without it.
        errno = 0;
    }
}

WriterLock::~WriterLock() {
    ::close(descriptor_);
}

std::string WriterLock::read_holder() const {
    std::array<char, 16> room;
    const ssize_t size = ::pread(descriptor_, room.data(), room.size(), 0);
    std::string text(room.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    text.erase(
        std::find_if_not(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }),
        text.end());
    return text.empty() ? "unknown" : text;
}

}  // namespace dnshist
