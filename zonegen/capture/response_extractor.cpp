#include "zonegen/capture/response_extractor.hpp"

#include <algorithm>

#include "storage/record/compressed_name.hpp"
#include "zonegen/response/response_reader.hpp"

namespace dnshist::zonegen {

namespace {

bool contains(const std::vector<std::uint16_t>& ports, std::uint16_t port) noexcept {
    return std::find(ports.begin(), ports.end(), port) != ports.end();
}

std::vector<std::uint16_t> all_ports(const CaptureOptions& options) {
    std::vector<std::uint16_t> ports = options.ports;
    ports.insert(ports.end(), options.multicast_ports.begin(), options.multicast_ports.end());
    return ports;
}

bool is_response(Octets message) noexcept {
    return (message[2] & 0x80U) != 0;
}

bool is_from_link(const Endpoints& between) noexcept {
    const bool of_others = between.tunnels != between.tunnels_back;
    return !of_others &&
           (is_link_local(between.source) || is_link_local_multicast(between.destination));
}

}  // namespace

ResponseExtractor::ResponseExtractor(CaptureOptions options, Receive receive)
    : options_(std::move(options)),
      receive_(std::move(receive)),
      decoder_(all_ports(options_), options_.mirrors),
      streams_(
          [this](const Endpoints& between) {
              return TcpMessages::Expected{contains(options_.ports, between.destination_port),
                                           contains(options_.ports, between.source_port)};
          },
          [this](const Endpoints& between, Octets octets, PacketTime time) {
              add_message(between, Transport::tcp, octets, time);
          }) {}

void ResponseExtractor::add(int link_type, Octets frame, PacketTime time) {
    ++counts_.packets;
    const Packet packet = decoder_.decode(link_type, frame, time);
    if (const auto* const skipped = std::get_if<SkipReason>(&packet)) {
        ++counts_.skipped[static_cast<std::size_t>(*skipped)];
    } else if (const auto* const udp = std::get_if<Datagram>(&packet)) {
        add_datagram(*udp, time);
    } else {
        add_segment(std::get<Segment>(packet), time);
    }
}

void ResponseExtractor::add_datagram(const Datagram& datagram, PacketTime time) {
    const Endpoints& between = datagram.between;
    const bool dns = contains(options_.ports, between.source_port) ||
                     contains(options_.ports, between.destination_port);
    const bool multicast = contains(options_.multicast_ports, between.source_port);
    if (dns) {
        add_message(between, Transport::udp, datagram.payload, time);
    } else if (!multicast) {
        ++counts_.other_ports;
    } else if (datagram.payload.size() < message_header_octets) {
        ++counts_.too_short;
    } else if (!is_response(datagram.payload)) {
        return;
    } else if (!is_from_link(between)) {
        ++counts_.not_from_link;
    } else {
        ++counts_.multicast;
        give(between, Transport::udp, datagram.payload, time, CapturedResponse::Query::multicast);
    }
}

void ResponseExtractor::add_segment(const Segment& segment, PacketTime time) {
    const Endpoints& between = segment.between;
    if (contains(options_.ports, between.source_port) ||
        contains(options_.ports, between.destination_port)) {
        streams_.add(segment, time);
    } else {
        ++counts_.other_ports;
    }
}

void ResponseExtractor::add_message(const Endpoints& between, Transport transport, Octets message,
                                    PacketTime time) {
    if (message.size() < message_header_octets) {
        ++counts_.too_short;
    } else if (is_response(message)) {
        add_response(between, transport, message, time);
    } else if (contains(options_.ports, between.destination_port)) {
        ++counts_.queries;
        queries_.add_query(between, transport, message, time);
    }
}

void ResponseExtractor::add_response(const Endpoints& between, Transport transport, Octets message,
                                     PacketTime time) {
    if (!contains(options_.ports, between.source_port)) {
        ++counts_.misdirected;
        return;
    }
    const auto match = queries_.match_response(between, transport, message, time);
    switch (match.outcome) {
        case QueryMatcher::Outcome::matched:
            ++counts_.matched;
            return give(between, transport, message, time, CapturedResponse::Query::seen,
                        match.question);
        case QueryMatcher::Outcome::no_query:
            ++counts_.no_query;
            return give(between, transport, message, time, CapturedResponse::Query::not_seen);
        case QueryMatcher::Outcome::wrong_question:
            ++counts_.wrong_question;
            return;
    }
}

void ResponseExtractor::give(const Endpoints& between, Transport transport, Octets message,
                             PacketTime time, CapturedResponse::Query query, Octets question) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time).count();
    receive_({message, Seconds{static_cast<std::uint32_t>(seconds)}, transport, query,
              between.source, question});
}

}  // namespace dnshist::zonegen
