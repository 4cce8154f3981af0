// The content of a file that may be compressed: gzip, zstd, bzip2 or xz, told by its first octets
// and never by its name.
//
// The four libraries are used as they are: libarchive, which reads them all, neither checks gzip's
// CRC nor hands out what it had decompressed before it met damage.
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
        std::size_t taken = 0;    // octets of the input that are done with
        std::size_t written = 0;  // octets of content put into the room
        bool ended = false;       // the input ends here, as it should
        std::string_view damage;  // what is wrong with the input; empty where nothing is
    };

    // Turns some of `input` into content. `last`: there is no input after this. A step that takes
    // nothing, writes nothing and neither ends nor finds damage wants more input (at least
    // wanted_octets at once). What came before damage has been written.
    Step step(Octets input, bool last, std::span<std::uint8_t> room);

    static constexpr std::size_t wanted_octets = 6;

    // Of the first member, once it has been begun.
    Compression compression() const noexcept { return compression_; }

  private:
    struct State;
    Compression compression_ = Compression::none;
    std::unique_ptr<State> state_;
};

}  // namespace dnshist::zonegen
