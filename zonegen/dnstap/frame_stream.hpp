// Frame Streams: how dnstap is cut into frames, in a file and over a socket (farsightsec/fstrm).
//
//     frame    := length:u32 octet{length}             data, length > 0
//               | 0:u32 length:u32 control{length}     length <= 512
//     control  := type:u32 field*                      what fstrm reads and writes
//
// A file is START, data, STOP. Over a socket the sender says READY and is told ACCEPT before START,
// and after STOP it is told FINISH; or it begins with START and is told nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "storage/base/octets.hpp"

struct fstrm_control;

namespace dnshist::zonegen {

// dnstap's frames have two DNS messages of 64 KB at most, and little else.
inline constexpr std::size_t max_frame_octets = std::size_t{256} << 10;

struct Frame {
    enum class Kind : std::uint8_t {
        data,
        control,
        incomplete,  // more octets are needed
        malformed,   // longer than a frame may be: nothing says where the next one begins
    };
    Kind kind = Kind::incomplete;
    Octets payload;          // of data and control
    std::size_t octets = 0;  // of the whole frame
};

// The frame that the octets begin with.
Frame next_frame(Octets ahead) noexcept;

struct ControlFrame {
    enum class Type : std::uint8_t { accept = 1, start, stop, ready, finish };
    Type type{};
    bool dnstap = false;  // of dnstap's content type, or of any
};

class ControlFrames {
  public:
    ControlFrames();

    // Nothing where it is malformed.
    std::optional<ControlFrame> read(Octets payload);
    // A whole frame; ACCEPT says dnstap's content type.
    std::vector<std::uint8_t> write(ControlFrame::Type type);

  private:
    struct Free {
        void operator()(fstrm_control* control) const noexcept;
    };
    std::unique_ptr<fstrm_control, Free> control_;
};

}  // namespace dnshist::zonegen
