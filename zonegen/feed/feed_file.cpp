#include "zonegen/feed/feed_file.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "storage/text/printable.hpp"

namespace dnshist::zonegen {

namespace {

constexpr std::size_t piece_octets = std::size_t{128} << 10;

std::string error_text(int code) {
    return std::generic_category().message(code);
}

// A file without a name, which is gone when it is closed.
FileDescriptor temporary_file() {
    std::error_code none;
    std::string name = std::filesystem::temp_directory_path(none) / "dnshist-XXXXXX";
    FileDescriptor file(::mkostemp(name.data(), O_CLOEXEC));
    if (file.get() < 0) {
        throw FeedError("cannot make a temporary file " + printable(name) + ": " +
                        error_text(errno) + "; TMPDIR names another directory");
    }
    ::unlink(name.c_str());
    return file;
}

void write_all(int file, std::span<const std::uint8_t> octets) {
    while (!octets.empty()) {
        const ssize_t count = ::write(file, octets.data(), octets.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            throw FeedError(
                "cannot keep the compressed input in a temporary file: " + error_text(errno) +
                "; TMPDIR names another directory, or decompress the input before");
        }
        octets = octets.subspan(static_cast<std::size_t>(count));
    }
}

}  // namespace

FeedFile::~FeedFile() = default;

FeedFile::FeedFile(const std::string& path, int stop_descriptor)
    : stop_descriptor_(stop_descriptor) {
    const std::string name = printable(path);
    const bool is_input = path == "-";
    descriptor_ = FileDescriptor(is_input ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                                          : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    const int descriptor = descriptor_.get();
    if (descriptor < 0) throw FeedError("cannot open " + name + ": " + error_text(errno));
    struct stat status {};
    if (::fstat(descriptor, &status) != 0) {
        throw FeedError("cannot look at " + name + ": " + error_text(errno));
    }
    if (S_ISDIR(status.st_mode)) throw FeedError(name + " is a directory; name the files in it");
    positioned_ = S_ISREG(status.st_mode);
    rereadable_ = positioned_ && !is_input;
    if (positioned_) {
        const off_t start = ::lseek(descriptor, 0, SEEK_CUR);
        start_ = start > 0 ? static_cast<std::uint64_t>(start) : 0;
        octets_ = static_cast<std::uint64_t>(status.st_size);
    }
    look_at_beginning();
    if (compression_ == Compression::none) return;
    if (!positioned_) copy_pipe();
    if (!stopped_) check();
}

// Detects the compression. What was read of a pipe is kept for read().
void FeedFile::look_at_beginning() {
    // A pipe is read as far as there is something: the format is detected by it.
    std::vector<std::uint8_t> start(positioned_ ? Decompressor::wanted_octets : piece_octets);
    std::size_t size = 0;
    while (size < Decompressor::wanted_octets) {
        const Piece piece = read_descriptor(size, std::span(start).subspan(size));
        stopped_ = piece.stopped;
        size += piece.octets;
        if (piece.octets == 0) break;
    }
    start.resize(size);
    compression_ = Decompressor::compression_of(start);
    if (!positioned_) beginning_ = std::move(start);
}

void FeedFile::copy_pipe() {
    copy_ = temporary_file();
    std::vector<std::uint8_t> room(piece_octets);
    for (std::uint64_t at = 0;;) {
        const Piece piece = read(at, room);
        stopped_ = piece.stopped;
        if (piece.error != 0) {
            throw FeedError("cannot read the compressed input: " + error_text(piece.error));
        }
        if (piece.octets == 0) break;
        write_all(copy_.get(), std::span(room).first(piece.octets));
        at += piece.octets;
    }
    positioned_ = true;
}

void FeedFile::check() {
    Decompressor decompressor;
    std::vector<std::uint8_t> input(piece_octets);
    std::vector<std::uint8_t> content(2 * piece_octets);
    std::size_t begin = 0;
    std::size_t end = 0;
    bool ended = false;
    std::uint64_t written = 0;
    sound_octets_ = 0;
    for (std::uint64_t at = 0;;) {
        const auto step =
            decompressor.step(Octets(input).subspan(begin, end - begin), ended, content);
        begin += step.taken;
        written += step.written;
        if (step.checked) sound_octets_ = written;
        problem_ = step.damage;
        if (step.ended || !problem_.empty()) return;
        if (step.taken != 0 || step.written != 0) continue;
        std::copy_n(input.data() + begin, end - begin, input.data());
        end -= begin;
        begin = 0;
        const Piece piece = read(at, std::span(input).subspan(end));
        if (piece.error != 0) problem_ = error_text(piece.error);
        stopped_ = piece.stopped;
        if (stopped_ || piece.error != 0) return;
        ended = piece.octets == 0;
        end += piece.octets;
        at += piece.octets;
    }
}

FeedFile::Piece FeedFile::read(std::uint64_t at, std::span<std::uint8_t> room) {
    if (!positioned_ && at < beginning_.size()) {
        const std::size_t count =
            std::min(room.size(), beginning_.size() - static_cast<std::size_t>(at));
        std::copy_n(beginning_.data() + at, count, room.data());
        return {.octets = count};
    }
    return read_descriptor(at, room);
}

FeedFile::Piece FeedFile::read_descriptor(std::uint64_t at, std::span<std::uint8_t> room) {
    const int descriptor = copy_.get() >= 0 && positioned_ ? copy_.get() : descriptor_.get();
    for (;;) {
        if (stop_descriptor_ >= 0) {
            pollfd waiting[] = {{descriptor, POLLIN, 0}, {stop_descriptor_, POLLIN, 0}};
            const int count = ::poll(waiting, 2, -1);
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) return {.error = errno};
            if (waiting[1].revents != 0) return {.stopped = true};
        }
        const ssize_t count = positioned_ ? ::pread(descriptor, room.data(), room.size(),
                                                    static_cast<off_t>(start_ + at))
                                          : ::read(descriptor, room.data(), room.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return {.error = errno};
        return {.octets = static_cast<std::size_t>(count)};
    }
}

}  // namespace dnshist::zonegen
