// A library for LD_PRELOAD that logs how a program writes the files of a store (data.mdb,
// data.mdb.partial where it makes a copy, level.*.mdb), and when it waits for the disk. With the
// log a test makes the files that a power cut would have left (tests/support/power_cut.py): the
// kernel may have written, or not, whatever was not waited for.
//
// $WRITE_LOG names the log, to which this is appended; without it nothing is logged. Numbers are in
// the machine's order, `name` is the file's, filled up with zeros:
//
//     event := kind:octet name:32 offset:8 length:8 octet{length}
//     kind  := 'w' a write | 'd' a write that waited for the disk (O_DSYNC)
//            | 's' the program waited for all writes into the file so far
//            | 't' the file was cut to `offset` | 'h' a hole from `offset` to a number:8, the
//            octets | 'c' the file was made | 'u' its name was removed | 'D' the program waited for
//            all that changed in a directory
//
// $WRITE_FAILS is "NAME NUMBER": from that write on, counted from 1, all into files whose names
// begin with NAME fail as on a full disk.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

using FileName = std::array<char, 32>;
enum class Kind : std::uint8_t { other, directory, data, synchronous };
struct OpenFile {
    Kind kind = Kind::other;
    FileName name{};
};
std::array<OpenFile, 1024> opened;

template <class Function>
Function* next(const char* name) {
    return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

const OpenFile& file_of(int file) {
    static const OpenFile other;
    const auto index = static_cast<std::size_t>(file);
    return file >= 0 && index < opened.size() ? opened[index] : other;
}

bool is_logged(int file) {
    return file_of(file).kind >= Kind::data;
}

// The name of a file of a store; empty for any other.
FileName name_of(const char* path) {
    FileName name{};
    const char* const slash = std::strrchr(path, '/');
    if (slash == nullptr) return name;
    const char* const last = slash + 1;
    const bool is_level = std::strncmp(last, "level.", 6) == 0 && std::strlen(last) < name.size();
    if (is_level || std::strcmp(last, "data.mdb") == 0 ||
        std::strcmp(last, "data.mdb.partial") == 0) {
        std::strncpy(name.data(), last, name.size() - 1);
    }
    return name;
}

// A test that could lose events would prove nothing.
void require(bool done) {
    if (!done) std::abort();
}

void log(char kind, const FileName& name, std::uint64_t offset, const iovec* parts, int count) {
    static const bool is_wanted = std::getenv("WRITE_LOG") != nullptr;
    if (!is_wanted) return;
    static const int file = next<int(const char*, int, ...)>("open")(
        std::getenv("WRITE_LOG"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    require(file >= 0);
    std::uint64_t length = 0;
    for (int i = 0; i < count; ++i)
        length += parts[i].iov_len;
    constexpr std::size_t numbers = 1 + sizeof name;
    std::array<char, numbers + 16> head{kind};
    std::memcpy(&head[1], name.data(), sizeof name);
    std::memcpy(&head[numbers], &offset, sizeof offset);
    std::memcpy(&head[numbers + 8], &length, sizeof length);
    static auto* const write = next<ssize_t(int, const void*, std::size_t)>("write");
    require(write(file, head.data(), head.size()) == static_cast<ssize_t>(head.size()));
    for (int i = 0; i < count; ++i) {
        const auto size = parts[i].iov_len;
        require(write(file, parts[i].iov_base, size) == static_cast<ssize_t>(size));
    }
}

int note_opened(const char* path, int flags, bool is_new, int file) {
    const auto index = static_cast<std::size_t>(file);
    if (file < 0 || index >= opened.size()) return file;
    const FileName name = name_of(path);
    Kind kind = Kind::other;
    if ((flags & O_DIRECTORY) != 0) kind = Kind::directory;
    if (name[0] != 0) kind = (flags & O_DSYNC) != 0 ? Kind::synchronous : Kind::data;
    opened[index] = {kind, name};
    if (name[0] != 0 && is_new) log('c', name, 0, nullptr, 0);
    return file;
}

int note_removed(const char* path, int result) {
    const FileName name = name_of(path);
    if (name[0] != 0 && result == 0) log('u', name, 0, nullptr, 0);
    return result;
}

// Whether a write is to fail: it counts those into files that $WRITE_FAILS names.
bool fails(int file) {
    static FileName begin{};
    static const unsigned first = [] {
        const char* const text = std::getenv("WRITE_FAILS");
        unsigned number = 0;
        require(text == nullptr || std::sscanf(text, "%31s %u", begin.data(), &number) == 2);
        return number;
    }();
    static unsigned writes = 0;
    if (first == 0 || !is_logged(file)) return false;
    if (std::strncmp(file_of(file).name.data(), begin.data(), std::strlen(begin.data())) != 0) {
        return false;
    }
    if (++writes < first) return false;
    errno = ENOSPC;
    return true;
}

// The parts that were written.
ssize_t note_written(int file, const iovec* parts, int count, off_t offset, ssize_t written) {
    if (!is_logged(file) || written < 0) return written;
    std::uint64_t length = 0;
    for (int i = 0; i < count; ++i)
        length += parts[i].iov_len;
    require(static_cast<std::uint64_t>(written) == length);
    const OpenFile& to = file_of(file);
    log(to.kind == Kind::synchronous ? 'd' : 'w', to.name, static_cast<std::uint64_t>(offset),
        parts, count);
    return written;
}

int note_synced(int file, int result) {
    const OpenFile& of = file_of(file);
    if (of.kind == Kind::other || result != 0) return result;
    log(of.kind == Kind::directory ? 'D' : 's', of.name, 0, nullptr, 0);
    return result;
}

int note_cut(int file, off_t length, int result) {
    if (is_logged(file) && result == 0) {
        log('t', file_of(file).name, static_cast<std::uint64_t>(length), nullptr, 0);
    }
    return result;
}

int note_allocated(int file, int mode, off_t offset, off_t length, int result) {
    if (is_logged(file) && result == 0 && (mode & FALLOC_FL_PUNCH_HOLE) != 0) {
        auto end = static_cast<std::uint64_t>(offset + length);
        const iovec part{&end, sizeof end};
        log('h', file_of(file).name, static_cast<std::uint64_t>(offset), &part, 1);
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
        const bool is_new = (flags & O_CREAT) != 0 && access(path, F_OK);  \
        return note_opened(path, flags, is_new, real(path, flags, mode));  \
    }
OPEN(open)
OPEN(open64)

int close(int file) {
    static auto* const real = next<int(int)>("close");
    const auto index = static_cast<std::size_t>(file);
    if (file >= 0 && index < opened.size()) opened[index] = {};
    return real(file);
}

ssize_t write(int file, const void* octets, size_t size) {
    static auto* const real = next<ssize_t(int, const void*, size_t)>("write");
    if (fails(file)) return -1;
    const off_t offset = is_logged(file) ? lseek(file, 0, SEEK_CUR) : 0;
    const iovec part{const_cast<void*>(octets), size};
    return note_written(file, &part, 1, offset, real(file, octets, size));
}

ssize_t writev(int file, const iovec* parts, int count) {
    static auto* const real = next<ssize_t(int, const iovec*, int)>("writev");
    if (fails(file)) return -1;
    const off_t offset = is_logged(file) ? lseek(file, 0, SEEK_CUR) : 0;
    return note_written(file, parts, count, offset, real(file, parts, count));
}

#define PWRITE(name)                                                                     \
    ssize_t name(int file, const void* octets, size_t size, off_t offset) {              \
        static auto* const real = next<ssize_t(int, const void*, size_t, off_t)>(#name); \
        if (fails(file)) return -1;                                                      \
        const iovec part{const_cast<void*>(octets), size};                               \
        return note_written(file, &part, 1, offset, real(file, octets, size, offset));   \
    }
PWRITE(pwrite)
PWRITE(pwrite64)

#define PWRITEV(name)                                                                      \
    ssize_t name(int file, const iovec* parts, int count, off_t offset) {                  \
        static auto* const real = next<ssize_t(int, const iovec*, int, off_t)>(#name);     \
        if (fails(file)) return -1;                                                        \
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

#define ALLOCATE(name)                                                                       \
    int name(int file, int mode, off_t offset, off_t length) {                               \
        static auto* const real = next<int(int, int, off_t, off_t)>(#name);                  \
        return note_allocated(file, mode, offset, length, real(file, mode, offset, length)); \
    }
ALLOCATE(fallocate)
ALLOCATE(fallocate64)

#define REMOVE(name)                                             \
    int name(const char* path) noexcept {                        \
        static auto* const real = next<int(const char*)>(#name); \
        return note_removed(path, real(path));                   \
    }
REMOVE(unlink)
REMOVE(remove)

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
