// A file of dnstap: Frame Streams, as fstrm_capture and the servers themselves write it.
#pragma once

#include "zonegen/dnstap/dnstap_observer.hpp"
#include "zonegen/dnstap/frame_stream.hpp"
#include "zonegen/feed/feed.hpp"
#include "zonegen/feed/reader.hpp"

namespace dnshist::zonegen {

// The first octets are those of a dnstap file.
bool looks_like_dnstap(std::string_view head) noexcept;

class DnstapFeed final : public Reader {
  public:
    // The feed stands at its start; it and the sink outlive the reader.
    DnstapFeed(Feed& feed, const Sink& sink, const DnstapOptions& options);

    bool next() override;
    std::vector<FeedRemark> remarks() const override;

  private:
    Frame read_frame();
    bool take_control(Octets payload);
    // Refuses what follows; false.
    bool fail(std::string detail);

    Feed& feed_;
    const Sink& sink_;
    ControlFrames control_;
    DnstapObserver observer_;
    std::uint64_t frames_ = 0;  // data frames begun
    bool started_ = false;
    bool broken_ = false;  // what follows cannot be read
};

}  // namespace dnshist::zonegen
