#include "zonegen/capture/tcp_reassembly.hpp"

#include <algorithm>
#include <tuple>

namespace dnshist::zonegen {

namespace {

// How far a is ahead of b, or negative; sequence numbers wrap (RFC 9293, section 3.4).
std::int32_t ahead_of(std::uint32_t a, std::uint32_t b) noexcept {
    return static_cast<std::int32_t>(a - b);
}

bool within_window(std::uint32_t a, std::uint32_t b) noexcept {
    const std::int32_t ahead = ahead_of(a, b);
    return ahead <= static_cast<std::int32_t>(TcpReassembly::window) &&
           ahead >= -static_cast<std::int32_t>(TcpReassembly::window);
}

bool sent_by_lower(const Endpoints& between) noexcept {
    return std::tie(between.source, between.source_port) <=
           std::tie(between.destination, between.destination_port);
}

}  // namespace

TcpReassembly::TcpReassembly(Expect expect, Deliver deliver)
    : expect_(std::move(expect)),
      deliver_(std::move(deliver)),
      connections_(max_connections, idle_timeout) {}

Endpoints TcpReassembly::key_of(const Endpoints& between) noexcept {
    return sent_by_lower(between) ? between : between.reversed();
}

void TcpReassembly::add(const Segment& segment, PacketTime now) {
    const auto drop = [this](const Endpoints& key, Connection& connection) {
        release(key, connection);
    };
    connections_.expire(now, drop);
    // A bare acknowledgement is no reason to track a connection.
    if (segment.payload.empty() && !segment.synchronize) return;
    while (octets_ + segment.payload.size() > max_octets && connections_.drop_oldest(drop)) {
    }

    const Endpoints& between = segment.between;
    const Endpoints key = key_of(between);
    Connection* connection = connections_.find(key);
    if (connection == nullptr) connection = &connections_.add(key, now, drop);
    const bool from_lower = sent_by_lower(between);
    Direction& direction = from_lower ? connection->from_lower : connection->from_upper;
    const Direction& other = from_lower ? connection->from_upper : connection->from_lower;
    if (segment.acknowledge && other.seen && !within_window(segment.acknowledgement, other.next)) {
        ++counts_.out_of_window;
        return;
    }
    if (segment.synchronize) start(*connection, direction, segment);
    if (!direction.seen) {
        direction.seen = true;
        direction.next = segment.sequence;
    }

    if (!within_window(segment.sequence, direction.next)) {
        ++counts_.out_of_window;
        return;
    }
    const std::int32_t ahead = ahead_of(segment.sequence, direction.next);
    connections_.touch(key, now);
    if (ahead > 0) {
        hold(direction, segment, now);
    } else {
        const auto repeated = static_cast<std::size_t>(-ahead);
        if (repeated < segment.payload.size()) {
            read(direction, between, segment.payload.subspan(repeated), now);
        }
    }
    read_held(direction, between);
    while (!direction.held.empty() &&
           (direction.held.size() > max_held_segments || direction.held_octets > max_held_octets ||
            now - direction.held.front().time > gap_timeout)) {
        skip_gap(direction, between);
    }
}

void TcpReassembly::finish() {
    connections_.each(
        [this](const Endpoints& key, Connection& connection) { skip_all_gaps(key, connection); });
}

// The first segment of a direction. An earlier connection between the same endpoints is over.
void TcpReassembly::start(Connection& connection, Direction& direction, const Segment& segment) {
    if (direction.seen && direction.next == segment.sequence) return;
    const bool retransmitted =
        direction.seen && ahead_of(direction.next, segment.sequence) > 0 &&
        ahead_of(direction.next, segment.sequence) <= static_cast<std::int32_t>(window);
    if (retransmitted) return;
    if (segment.acknowledge) {
        reset(direction);
    } else {
        reset(connection.from_lower);
        reset(connection.from_upper);
    }
    direction.seen = true;
    direction.next = segment.sequence;
    direction.messages.start();
}

void TcpReassembly::read(Direction& direction, const Endpoints& between, Octets octets,
                         PacketTime time) {
    octets_ -= direction.messages.octets();
    const bool readable = direction.messages.add(
        octets, time, expect_(between),
        [&](Octets message, PacketTime when) { deliver_(between, message, when); });
    octets_ += direction.messages.octets();
    if (!readable) ++counts_.unreadable;
    direction.next += static_cast<std::uint32_t>(octets.size());
}

// The longer of two segments with the same sequence number is kept.
void TcpReassembly::hold(Direction& direction, const Segment& segment, PacketTime now) {
    if (segment.payload.empty()) return;
    auto& held = direction.held;
    const auto place = std::find_if(held.begin(), held.end(), [&](const HeldSegment& other) {
        return ahead_of(other.sequence, segment.sequence) >= 0;
    });
    const bool there = place != held.end() && place->sequence == segment.sequence;
    if (there && place->octets.size() >= segment.payload.size()) return;
    const std::size_t before = there ? place->octets.size() : 0;
    std::vector<std::uint8_t> octets(segment.payload.begin(), segment.payload.end());
    if (there) {
        place->octets = std::move(octets);
    } else {
        held.insert(place, {segment.sequence, now, std::move(octets)});
    }
    direction.held_octets += segment.payload.size() - before;
    octets_ += segment.payload.size() - before;
}

// Reads the held segments that have no gap before them any more.
void TcpReassembly::read_held(Direction& direction, const Endpoints& between) {
    auto& held = direction.held;
    std::size_t count = 0;
    for (; count < held.size(); ++count) {
        const HeldSegment& first = held[count];
        const std::int32_t ahead = ahead_of(first.sequence, direction.next);
        if (ahead > 0) break;
        direction.held_octets -= first.octets.size();
        octets_ -= first.octets.size();
        const auto repeated = static_cast<std::size_t>(-ahead);
        if (repeated < first.octets.size()) {
            read(direction, between, Octets(first.octets).subspan(repeated), first.time);
        }
    }
    held.erase(held.begin(), held.begin() + static_cast<std::ptrdiff_t>(count));
}

void TcpReassembly::skip_gap(Direction& direction, const Endpoints& between) {
    ++counts_.gaps;
    octets_ -= direction.messages.octets();
    direction.messages.gap();
    direction.next = direction.held.front().sequence;
    read_held(direction, between);
}

void TcpReassembly::skip_all_gaps(const Endpoints& key, Connection& connection) {
    while (!connection.from_lower.held.empty())
        skip_gap(connection.from_lower, key);
    while (!connection.from_upper.held.empty())
        skip_gap(connection.from_upper, key.reversed());
}

void TcpReassembly::reset(Direction& direction) {
    octets_ -= direction.held_octets + direction.messages.octets();
    direction = Direction{};
}

void TcpReassembly::release(const Endpoints& key, Connection& connection) {
    skip_all_gaps(key, connection);
    reset(connection.from_lower);
    reset(connection.from_upper);
}

}  // namespace dnshist::zonegen
