// A library for LD_PRELOAD that logs how a program writes the file data.mdb (data.mdb.partial,
// where it makes a copy), and when it waits for the disk. With the log a test makes the file that a
// power cut would have left (tests/support/power_cut.py): the kernel may have written, or not,
// whatever was not waited for.
//
// $WRITE_LOG names the log, to which this is appended; numbers are in the machine's order:
//
//     event := kind:octet offset:8 length:8 octet{length}
//     kind  := 'w' a write | 'd' a write that waited for the disk (O_DSYNC)
//            | 's' the program waited for all writes so far | 't' the file was cut to `offset`
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cstdarg>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace {

enum class Kind : std::uint8_t { other, data, synchronous };
std::array<Kind, 1024> kinds;

template <class Function>
Function* next(const char* name) {
    return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

Kind kind_of(int file) {
    const auto index = static_cast<std::size_t>(file);
    return file >= 0 && index < kinds.size() ? kinds[index] : Kind::other;
}

int note_opened(const char* path, int flags, int file) {
    const char* const slash = std::strrchr(path, '/');
    const bool data = slash != nullptr && (std::strcmp(slash, "/data.mdb") == 0 ||
                                           std::strcmp(slash, "/data.mdb.partial") == 0);
    const auto index = static_cast<std::size_t>(file);
    if (file >= 0 && index < kinds.size()) {
        kinds[index] = !data                    ? Kind::other
                       : (flags & O_DSYNC) != 0 ? Kind::synchronous
                                                : Kind::data;
    }
    return file;
}

// A test that could lose events would prove nothing.
void require(bool done) {
    if (!done) std::abort();
}

void log(char kind, std::uint64_t offset, const iovec* parts, int count) {
    static const int file = next<int(const char*, int, ...)>("open")(
        std::getenv("WRITE_LOG"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    require(file >= 0);
    std::uint64_t length = 0;
    for (int i = 0; i < count; ++i)
        length += parts[i].iov_len;
    std::array<char, 17> head{kind};
    std::memcpy(&head[1], &offset, sizeof offset);
    std::memcpy(&head[9], &length, sizeof length);
    static auto* const write = next<ssize_t(int, const void*, std::size_t)>("write");
    require(write(file, head.data(), head.size()) == static_cast<ssize_t>(head.size()));
    for (int i = 0; i < count; ++i) {
        const auto size = parts[i].iov_len;
        require(write(file, parts[i].iov_base, size) == static_cast<ssize_t>(size));
    }
}

// The parts that were written.
ssize_t note_written(int file, const iovec* parts, int count, off_t offset, ssize_t written) {
    const Kind kind = kind_of(file);
    if (kind == Kind::other || written < 0) return written;
    std::uint64_t length = 0;
    for (int i = 0; i < count; ++i)
        length += parts[i].iov_len;
    require(static_cast<std::uint64_t>(written) == length);
    log(kind == Kind::synchronous ? 'd' : 'w', static_cast<std::uint64_t>(offset), parts, count);
    return written;
}

int note_synced(int file, int result) {
    if (kind_of(file) != Kind::other && result == 0) log('s', 0, nullptr, 0);
    return result;
}

int note_cut(int file, off_t length, int result) {
    if (kind_of(file) != Kind::other && result == 0) {
        log('t', static_cast<std::uint64_t>(length), nullptr, 0);
    }
    return result;
}

mode_t mode_of(int flags, va_list arguments) {
    return (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
}

}  // namespace

// NOLINTBEGIN: the C library's names.
extern "C" {

#define OPEN(name)                                                         \
    int name(const char* path, int flags, ...) {                           \
        va_list arguments;                                                 \
        va_start(arguments, flags);                                        \
        const mode_t mode = mode_of(flags, arguments);                     \
        va_end(arguments);                                                 \
        static auto* const real = next<int(const char*, int, ...)>(#name); \
        return note_opened(path, flags, real(path, flags, mode));          \
    }
OPEN(open)
OPEN(open64)

int close(int file) {
    static auto* const real = next<int(int)>("close");
    const auto index = static_cast<std::size_t>(file);
    if (file >= 0 && index < kinds.size()) kinds[index] = Kind::other;
    return real(file);
}

ssize_t write(int file, const void* octets, size_t size) {
    static auto* const real = next<ssize_t(int, const void*, size_t)>("write");
    const off_t offset = kind_of(file) == Kind::other ? 0 : lseek(file, 0, SEEK_CUR);
    const iovec part{const_cast<void*>(octets), size};
    return note_written(file, &part, 1, offset, real(file, octets, size));
}

ssize_t writev(int file, const iovec* parts, int count) {
    static auto* const real = next<ssize_t(int, const iovec*, int)>("writev");
    const off_t offset = kind_of(file) == Kind::other ? 0 : lseek(file, 0, SEEK_CUR);
    return note_written(file, parts, count, offset, real(file, parts, count));
}

#define PWRITE(name)                                                                     \
    ssize_t name(int file, const void* octets, size_t size, off_t offset) {              \
        static auto* const real = next<ssize_t(int, const void*, size_t, off_t)>(#name); \
        const iovec part{const_cast<void*>(octets), size};                               \
        return note_written(file, &part, 1, offset, real(file, octets, size, offset));   \
    }
PWRITE(pwrite)
PWRITE(pwrite64)

#define PWRITEV(name)                                                                      \
    ssize_t name(int file, const iovec* parts, int count, off_t offset) {                  \
        static auto* const real = next<ssize_t(int, const iovec*, int, off_t)>(#name);     \
        return note_written(file, parts, count, offset, real(file, parts, count, offset)); \
    }
PWRITEV(pwritev)
PWRITEV(pwritev64)

#define CUT(name)                                               \
    int name(int file, off_t length) noexcept {                 \
        static auto* const real = next<int(int, off_t)>(#name); \
        return note_cut(file, length, real(file, length));      \
    }
CUT(ftruncate)
CUT(ftruncate64)

#define SYNC(name)                                       \
    int name(int file) {                                 \
        static auto* const real = next<int(int)>(#name); \
        return note_synced(file, real(file));            \
    }
SYNC(fsync)
SYNC(fdatasync)

// A map that is written through would pass the log by.
int msync(void* address, size_t length, int flags) {
    require(false);
    static auto* const real = next<int(void*, size_t, int)>("msync");
    return real(address, length, flags);
}

}  // extern "C"
// NOLINTEND
