// The content of a file that may be compressed with gzip, zstd, bzip2 or xz. The format is detected
// by the first octets, never by the file's name.
//
// The four libraries are used directly. libarchive reads all four formats, but it does not check
// gzip's CRC and does not return the content in front of damage.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "storage/base/octets.hpp"

namespace dnshist::zonegen {

enum class Compression : std::uint8_t { none, gzip, zstd, bzip2, xz };

// A file is a sequence of compressed members, as `cat a.gz b.gz` makes one, or plain throughout.
class Decompressor {
  public:
    Decompressor();
    ~Decompressor();
    Decompressor(const Decompressor&) = delete;
    Decompressor& operator=(const Decompressor&) = delete;

    struct Step {
        std::size_t taken = 0;    // octets of the input that were consumed
        std::size_t written = 0;  // octets of content put into the room
        bool ended = false;       // the input ends here, as it should
        // All content so far has passed the checksums of its members. A member is checked at its
        // end, or not at all where it has no checksum, which zstd and xz allow.
        bool checked = false;
        std::string_view damage{};  // why the input cannot be decompressed; empty if it can
    };

    // Turns some of `input` into content. `last`: there is no input after this. A step that takes
    // nothing, writes nothing and neither ends nor finds damage needs more input (at least
    // wanted_octets at once). The content in front of damage has been written.
    Step step(Octets input, bool last, std::span<std::uint8_t> room);

    static constexpr std::size_t wanted_octets = 6;

    // That of a file which begins with `start`: at least wanted_octets, or all of a shorter file.
    static Compression compression_of(Octets start) noexcept;
    // The first member's; none before it has been started.
    Compression compression() const noexcept { return compression_; }

  private:
    struct State;
    Compression compression_ = Compression::none;
    std::unique_ptr<State> state_;
};

}  // namespace dnshist::zonegen
