// The open file of a feed, or standard input: its octets, and how much of its content is sound.
//
// A damaged member of a compressed file shows at its end only, where its checksum is. What a
// decompressor gives before that may be made up. So a compressed file is decompressed twice: once
// to find out up to where the checksums vouch for its content, and once to read that. A compressed
// pipe is copied to a temporary file for this.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "storage/base/file_descriptor.hpp"
#include "zonegen/feed/decompress.hpp"

namespace dnshist::zonegen {

// The feed cannot be opened. what() is a sentence for the operator, with the path.
class FeedError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

class FeedFile {
  public:
    // Opens `path` ("-": standard input), and checks its content if that has checksums. Reading
    // stops once `stop_descriptor` is readable; -1: there is none. Throws FeedError.
    FeedFile(const std::string& path, int stop_descriptor);
    ~FeedFile();
    FeedFile(const FeedFile&) = delete;
    FeedFile& operator=(const FeedFile&) = delete;

    // Whether it is a regular file, so that a position is valid when the file is opened again.
    bool rereadable() const noexcept { return rereadable_; }
    // Whether content may be appended to what is there now.
    bool may_grow() const noexcept { return rereadable_ && compression_ == Compression::none; }
    // Its size before decompression; 0 if it has none.
    std::uint64_t octets() const noexcept { return octets_; }

    // Octets of content that may be read. If there is a problem, what comes after them is damaged.
    std::uint64_t sound_octets() const noexcept { return sound_octets_; }
    const std::string& problem() const noexcept { return problem_; }
    bool stopped() const noexcept { return stopped_; }  // while the content was checked

    struct Piece {
        std::size_t octets = 0;  // none: at the end, or one of the others
        bool stopped = false;    // by the stop descriptor
        int error = 0;           // errno
    };
    // Reads from `at` on. Of a pipe these must be the octets after those that were read before.
    Piece read(std::uint64_t at, std::span<std::uint8_t> room);

  private:
    void look_at_beginning();
    void copy_pipe();
    void check();
    Piece read_descriptor(std::uint64_t at, std::span<std::uint8_t> room);

    int stop_descriptor_;
    FileDescriptor descriptor_;
    FileDescriptor copy_;      // of a compressed pipe
    bool positioned_ = false;  // it is a regular file or a copy
    std::uint64_t start_ = 0;  // of standard input, where it is a file
    bool rereadable_ = false;
    std::uint64_t octets_ = 0;
    std::vector<std::uint8_t> beginning_;  // of a pipe
    Compression compression_ = Compression::none;
    std::uint64_t sound_octets_ = std::numeric_limits<std::uint64_t>::max();
    std::string problem_;
    bool stopped_ = false;
};

}  // namespace dnshist::zonegen
