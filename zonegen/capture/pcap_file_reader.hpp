// Reads a capture file, pcap or pcapng, packet by packet, and observes its DNS responses.
//
// A response whose query had RD set, from a server that sets RA, is taken to come from a recursive
// resolver; any other from an authoritative server (bailiwick.hpp). RD comes from the client and
// can be relied on for that; RA alone could not, since the server sets it.
#pragma once

#include <string>
#include <vector>

#include "zonegen/capture/capture_file.hpp"
#include "zonegen/capture/response_extractor.hpp"
#include "zonegen/feed/reader.hpp"
#include "zonegen/response/response_observer.hpp"

namespace dnshist::zonegen {

class PcapFileReader final : public Reader {
  public:
    // The feed is at its start. `sensor` is the sensor_id of all records.
    PcapFileReader(Feed& feed, const Sink& sink, const ReadingStart& start, Trust trust,
                   const std::string& sensor);

    bool next() override;
    std::vector<FeedRemark> remarks() const override;

  private:
    void observe(const CapturedResponse& response);
    void finish();

    Feed& feed_;
    Source source_;
    ResponseObserver observer_;
    ResponseExtractor responses_;
    CaptureFile file_;
    bool finished_ = false;
};

}  // namespace dnshist::zonegen
