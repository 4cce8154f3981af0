// Extracts the DNS responses from captured packets, each with its time and with whether its query
// was seen.
//
// A response has the QR bit and comes from a port at which DNS is served. A message with the QR bit
// that goes to such a port from another one is dropped, since no honest client sends it. A response
// whose ID matches a query but whose question does not is dropped too. A response without any query
// is given as such: anybody may have sent it, though some captures hold responses alone.
//
// A response in multicast DNS needs no query, but must be from the link (RFC 6762, section 11):
// from a link-local address or to a link-local group, which no router forwards, and not in a
// tunnel.
//
// The result depends only on the packets and their order, so the same capture always gives the same
// responses.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "storage/base/octets.hpp"
#include "storage/text/time.hpp"
#include "zonegen/capture/packet_decoder.hpp"
#include "zonegen/capture/query_matcher.hpp"
#include "zonegen/capture/tcp_reassembly.hpp"

namespace dnshist::zonegen {

struct CapturedResponse {
    enum class Query : std::uint8_t {
        seen,
        not_seen,
        multicast,  // multicast DNS (RFC 6762): responses need no query
    };

    Octets message;  // has a whole header; valid during the call
    Seconds time;
    Transport transport;
    Query query;
    Address server;
    // QNAME, type and class of the query if it was seen and the response has no question.
    Octets question;
};

struct CaptureOptions {
    std::vector<std::uint16_t> ports = {53};              // where DNS is served
    std::vector<std::uint16_t> multicast_ports = {5353};  // over UDP only
    std::vector<AddressPrefix> mirrors;                   // see PacketDecoder
};

class ResponseExtractor {
  public:
    using Receive = std::function<void(const CapturedResponse&)>;

    ResponseExtractor(CaptureOptions options, Receive receive);
    ResponseExtractor(const ResponseExtractor&) = delete;
    ResponseExtractor& operator=(const ResponseExtractor&) = delete;

    // A frame as captured; `link_type` is libpcap's DLT value.
    void add(int link_type, Octets frame, PacketTime time);
    // No packet follows for now: gives the messages that wait behind a gap in a TCP stream.
    void finish() { streams_.finish(); }

    struct Counts {
        std::uint64_t packets = 0;
        std::array<std::uint64_t, skip_reason_count> skipped{};
        std::uint64_t other_ports = 0;
        std::uint64_t queries = 0;
        std::uint64_t matched = 0;         // responses whose query was seen
        std::uint64_t no_query = 0;        // responses whose query was not seen
        std::uint64_t wrong_question = 0;  // dropped
        std::uint64_t multicast = 0;       // responses in multicast DNS
        std::uint64_t not_from_link = 0;   // in multicast DNS; dropped
        std::uint64_t misdirected = 0;     // QR is set, but they go to a server; dropped
        std::uint64_t too_short = 0;       // for a header
    };
    const Counts& counts() const noexcept { return counts_; }

  private:
    void add_datagram(const Datagram& datagram, PacketTime time);
    void add_segment(const Segment& segment, PacketTime time);
    void add_message(const Endpoints& between, Transport transport, Octets message,
                     PacketTime time);
    void add_response(const Endpoints& between, Transport transport, Octets message,
                      PacketTime time);
    void give(const Endpoints& between, Transport transport, Octets message, PacketTime time,
              CapturedResponse::Query query, Octets question = {});

    CaptureOptions options_;
    Receive receive_;
    Counts counts_;
    PacketDecoder decoder_;
    QueryMatcher queries_;
    TcpReassembly streams_;
};

}  // namespace dnshist::zonegen
