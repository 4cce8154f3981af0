// Frame Streams (farsightsec/fstrm), which cuts dnstap into frames in a file or over a socket:
//
//     frame    := length:u32 octet{length}             data, length > 0
//               | 0:u32 length:u32 control{length}     length <= 512
//     control  := type:u32 field*                      fields are left to libfstrm
//
// A file is START, data, STOP. Over a socket the sender says READY, is answered ACCEPT, and sends
// START; its STOP is answered FINISH. A unidirectional sender begins with START and is not
// answered.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "storage/base/octets.hpp"

struct fstrm_control;

namespace dnshist::zonegen {

// A frame of dnstap has at most two DNS messages of 64 KB and little else.
inline constexpr std::size_t max_frame_octets = std::size_t{256} << 10;

struct Frame {
    enum class Kind : std::uint8_t {
        data,
        control,
        incomplete,  // more octets are needed
        malformed,   // too long, so that the start of the next one is unknown
    };
    Kind kind = Kind::incomplete;
    Octets payload;          // of a data or control frame
    std::size_t octets = 0;  // of the whole frame
};

// The frame that the octets begin with.
Frame next_frame(Octets ahead) noexcept;

// Octets received and not yet consumed, with room for any frame.
class FrameBuffer {
  public:
    FrameBuffer() : octets_(initial_octets) {}

    Octets ahead() const noexcept { return Octets(octets_).subspan(begin_, end_ - begin_); }
    // Space to receive into behind ahead(), which must be less than a whole frame; never empty.
    std::span<std::uint8_t> space();
    // `count` octets of space() were received.
    void filled(std::size_t count) noexcept { end_ += count; }
    void consume(std::size_t count) noexcept { begin_ += count; }

  private:
    static constexpr std::size_t initial_octets = std::size_t{64} << 10;
    static constexpr std::size_t max_octets = 2 * max_frame_octets;

    std::vector<std::uint8_t> octets_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

struct ControlFrame {
    enum class Type : std::uint8_t { accept = 1, start, stop, ready, finish };
    Type type{};
    bool dnstap = false;  // its content type is dnstap's, or it names none
};

class ControlFrames {
  public:
    ControlFrames();

    // Nothing if it is malformed.
    std::optional<ControlFrame> read(Octets payload);
    // A whole frame; ACCEPT names dnstap's content type.
    std::vector<std::uint8_t> write(ControlFrame::Type type);

  private:
    struct Free {
        void operator()(fstrm_control* control) const noexcept;
    };
    std::unique_ptr<fstrm_control, Free> control_;
};

}  // namespace dnshist::zonegen
