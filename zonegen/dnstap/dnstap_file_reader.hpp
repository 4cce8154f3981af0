// Reads a file of dnstap (Frame Streams), as written by fstrm_capture or by the servers themselves.
#pragma once

#include "zonegen/dnstap/dnstap_observer.hpp"
#include "zonegen/dnstap/frame_stream.hpp"
#include "zonegen/feed/feed.hpp"
#include "zonegen/feed/reader.hpp"

namespace dnshist::zonegen {

// Whether the first octets are those of a dnstap file.
bool looks_like_dnstap(std::string_view head) noexcept;

class DnstapFileReader final : public Reader {
  public:
    // The feed is at its start; it and the sink outlive the reader.
    DnstapFileReader(Feed& feed, const Sink& sink, const DnstapOptions& options);

    bool next() override;
    std::vector<FeedRemark> remarks() const override;

  private:
    Frame read_frame();
    bool handle_control(Octets payload);
    // Refuses the rest of the feed; returns false.
    bool fail(std::string detail);

    Feed& feed_;
    const Sink& sink_;
    ControlFrames control_;
    DnstapObserver observer_;
    std::uint64_t frames_ = 0;  // data frames seen
    bool started_ = false;
    bool broken_ = false;  // the rest cannot be read
};

}  // namespace dnshist::zonegen
