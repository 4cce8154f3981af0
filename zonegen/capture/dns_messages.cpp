#include "zonegen/capture/dns_messages.hpp"

#include <algorithm>

namespace dnshist::zonegen {

namespace {

constexpr std::size_t header_octets = 12;

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

}  // namespace

CaptureMessages::CaptureMessages(CaptureOptions options, Receive receive)
    : options_(std::move(options)),
      receive_(std::move(receive)),
      packets_(all_ports(options_)),
      streams_(
          [this](const Endpoints& between) {
              return TcpMessages::Expected{contains(options_.ports, between.destination_port),
                                           contains(options_.ports, between.source_port)};
          },
          [this](const Endpoints& between, Octets octets, PacketTime time) {
              message(between, Transport::tcp, octets, time);
          }) {}

void CaptureMessages::add(int link_type, Octets frame, PacketTime time) {
    ++counts_.packets;
    const Packet packet = packets_.read(link_type, frame, time);
    if (const auto* const passed = std::get_if<PassedOver>(&packet)) {
        ++counts_.passed_over[static_cast<std::size_t>(*passed)];
    } else if (const auto* const udp = std::get_if<Datagram>(&packet)) {
        datagram(*udp, time);
    } else {
        segment(std::get<Segment>(packet), time);
    }
}

void CaptureMessages::datagram(const Datagram& datagram, PacketTime time) {
    const Endpoints& between = datagram.between;
    const bool dns = contains(options_.ports, between.source_port) ||
                     contains(options_.ports, between.destination_port);
    const bool multicast = contains(options_.multicast_ports, between.source_port);
    if (dns) {
        message(between, Transport::udp, datagram.payload, time);
    } else if (!multicast) {
        ++counts_.other_ports;
    } else if (datagram.payload.size() < header_octets) {
        ++counts_.too_short;
    } else if (is_response(datagram.payload)) {
        ++counts_.multicast;
        give(Transport::udp, datagram.payload, time, CapturedResponse::Question::none);
    }
}

void CaptureMessages::segment(const Segment& segment, PacketTime time) {
    const Endpoints& between = segment.between;
    if (contains(options_.ports, between.source_port) ||
        contains(options_.ports, between.destination_port)) {
        streams_.add(segment, time);
    } else {
        ++counts_.other_ports;
    }
}

void CaptureMessages::message(const Endpoints& between, Transport transport, Octets message,
                              PacketTime time) {
    if (message.size() < header_octets) {
        ++counts_.too_short;
    } else if (is_response(message)) {
        response(between, transport, message, time);
    } else if (contains(options_.ports, between.destination_port)) {
        ++counts_.questions;
        questions_.ask(between, transport, message, time);
    }
}

void CaptureMessages::response(const Endpoints& between, Transport transport, Octets message,
                               PacketTime time) {
    if (!contains(options_.ports, between.source_port)) {
        ++counts_.misdirected;
        return;
    }
    const auto answer = questions_.answer(between, transport, message, time);
    switch (answer.match) {
        case Questions::Match::asked:
            ++counts_.asked;
            return give(transport, message, time, CapturedResponse::Question::seen,
                        answer.recursion_desired);
        case Questions::Match::not_asked:
            ++counts_.not_asked;
            if (!options_.without_question) return;
            return give(transport, message, time, CapturedResponse::Question::not_seen);
        case Questions::Match::mismatched:
            ++counts_.mismatched;
            return;
    }
}

void CaptureMessages::give(Transport transport, Octets message, PacketTime time,
                           CapturedResponse::Question question, bool recursion_desired) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time).count();
    receive_({message, Seconds{static_cast<std::uint32_t>(seconds)}, transport, question,
              recursion_desired});
}

}  // namespace dnshist::zonegen
