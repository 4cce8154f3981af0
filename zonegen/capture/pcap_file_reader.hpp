// A capture file, pcap or pcapng, read packet by packet: what its DNS responses say.
//
// A response to a question that wanted recursion, from a server that offers it, comes from a
// resolver; any other from servers of a zone (bailiwick.hpp). RD is the client's word and can be
// taken for that, RA alone could not.
#pragma once

#include <string>
#include <vector>

#include "zonegen/capture/capture_file.hpp"
#include "zonegen/capture/response_extractor.hpp"
#include "zonegen/feed/reader.hpp"
#include "zonegen/response/response_observer.hpp"

namespace dnshist::zonegen {

class PcapReader final : public Reader {
  public:
    // The feed stands at its beginning. `sensor` is the sensor_id of all records.
    PcapReader(Feed& feed, const Sink& sink, const ReadingStart& start, Trust trust,
               const std::string& sensor);

    bool next() override;
    std::vector<FeedRemark> remarks() const override;

  private:
    void observe(const CapturedResponse& response);
    void finish();

    Feed& feed_;
    Source source_;
    ResponseObserver observer_;
    ResponseExtractor messages_;
    CaptureFile file_;
    bool finished_ = false;
};

}  // namespace dnshist::zonegen
