// The DNS responses in captured packets, each with its time and with whether its question was seen.
//
// A response is what comes from a port where DNS is served and says that it is one (QR); what says
// so and goes to such a port from another has no honest sender, and is left out. A response that
// goes with a question which was seen, but is another, is left out too. Without any question it is
// taken where that is allowed: captures are often made of responses alone.
//
// Packets go in by the order of the capture, and all that is decided depends on them alone, so that
// the same capture always gives the same messages.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "storage/base/octets.hpp"
#include "storage/text/time.hpp"
#include "zonegen/capture/packet.hpp"
#include "zonegen/capture/query_matcher.hpp"
#include "zonegen/capture/tcp_streams.hpp"

namespace dnshist::zonegen {

struct CapturedResponse {
    enum class Question : std::uint8_t {
        seen,
        not_seen,
        none,  // multicast DNS (RFC 6762), where nobody need have asked
    };

    Octets message;  // with a whole header; good for the call
    Seconds time;
    Transport transport;
    Question question;
    // The question was seen and wanted recursion (RD): it went to a resolver, not to the servers of
    // a zone.
    bool recursion_desired;
};

struct CaptureOptions {
    std::vector<std::uint16_t> ports = {53};              // where DNS is served
    std::vector<std::uint16_t> multicast_ports = {5353};  // over UDP only
    bool without_question = true;  // whether responses are taken whose question was not seen
};

class CaptureMessages {
  public:
    using Receive = std::function<void(const CapturedResponse&)>;

    CaptureMessages(CaptureOptions options, Receive receive);
    CaptureMessages(const CaptureMessages&) = delete;
    CaptureMessages& operator=(const CaptureMessages&) = delete;

    // A frame as captured; `link_type` is libpcap's DLT value.
    void add(int link_type, Octets frame, PacketTime time);
    // No packet follows for now: what waits for others is given as far as it goes.
    void finish() { streams_.finish(); }

    struct Counts {
        std::uint64_t packets = 0;
        std::array<std::uint64_t, passed_over_count> passed_over{};
        std::uint64_t other_ports = 0;
        std::uint64_t questions = 0;
        std::uint64_t asked = 0;        // responses whose question was seen
        std::uint64_t not_asked = 0;    // others, taken or not
        std::uint64_t mismatched = 0;   // not taken
        std::uint64_t multicast = 0;    // responses in multicast DNS
        std::uint64_t misdirected = 0;  // say that they are responses, but go to a server
        std::uint64_t too_short = 0;    // for a header
    };
    const Counts& counts() const noexcept { return counts_; }
    const TcpStreams::Counts& tcp_counts() const noexcept { return streams_.counts(); }

  private:
    void datagram(const Datagram& datagram, PacketTime time);
    void segment(const Segment& segment, PacketTime time);
    void message(const Endpoints& between, Transport transport, Octets message, PacketTime time);
    void response(const Endpoints& between, Transport transport, Octets message, PacketTime time);
    void give(Transport transport, Octets message, PacketTime time,
              CapturedResponse::Question question, bool recursion_desired = false);

    CaptureOptions options_;
    Receive receive_;
    Counts counts_;
    PacketReader packets_;
    Questions questions_;
    TcpStreams streams_;
};

}  // namespace dnshist::zonegen
