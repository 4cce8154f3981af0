// Reads a capture file, pcap or pcapng, packet by packet, and observes its DNS responses.
//
// A response is believed if a query for it was captured (query_matcher.hpp): in all zones if the
// operator says that its address is that of a recursive resolver, else in the domain that was asked
// for (bailiwick.hpp). An address counts for that much only with a query, since the sender of a
// response alone chooses its source address as he likes.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "storage/text/address_prefix.hpp"
#include "zonegen/capture/response_extractor.hpp"
#include "zonegen/feed/reader.hpp"
#include "zonegen/pcap/capture_file.hpp"
#include "zonegen/response/response_observer.hpp"

namespace dnshist::zonegen {

struct PcapOptions {
    Trust trust = Trust::bailiwick;
    std::vector<AddressPrefix> resolvers;
    std::vector<AddressPrefix> mirrors;
    std::string sensor;  // the sensor_id of all records
};

class PcapFileReader final : public Reader {
  public:
    // The feed is at its start; it and the sink outlive this object.
    PcapFileReader(Feed& feed, const Sink& sink, const ReadingStart& start,
                   const PcapOptions& options);

    bool next() override;
    std::vector<FeedRemark> remarks() const override;

  private:
    void add(const CaptureFile::CapturedPacket& packet);
    void observe(const CapturedResponse& response);
    bool is_resolver(const Address& server) const noexcept;
    void finish();

    Feed& feed_;
    const Sink& sink_;
    std::vector<AddressPrefix> resolvers_;
    Source source_;
    ResponseObserver observer_;
    ResponseExtractor responses_;
    std::unique_ptr<CaptureFile> file_;
    std::uint64_t packets_ = 0;
    std::map<int, std::uint64_t> unknown_links_;  // packets, by link type
    bool finished_ = false;
};

}  // namespace dnshist::zonegen
