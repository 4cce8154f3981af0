#include "zonegen/capture/tcp_reassembly.hpp"

#include <algorithm>
#include <tuple>

namespace dnshist::zonegen {

namespace {

// Sequence numbers wrap (RFC 9293, section 3.4): how far a is ahead of b, or negative.
std::int32_t ahead_of(std::uint32_t a, std::uint32_t b) noexcept {
    return static_cast<std::int32_t>(a - b);
}

bool sent_by_lower(const Endpoints& between) noexcept {
    return std::tie(between.source, between.source_port) <=
           std::tie(between.destination, between.destination_port);
}

}  // namespace

TcpReassembly::TcpReassembly(Expect expect, Deliver deliver)
    : expect_(std::move(expect)),
      deliver_(std::move(deliver)),
      connections_(max_connections, longest_idle) {}

Endpoints TcpReassembly::key_of(const Endpoints& between) noexcept {
    return sent_by_lower(between) ? between : between.reversed();
}

void TcpReassembly::add(const Segment& segment, PacketTime now) {
    const auto leave = [this](const Endpoints& key, Connection& connection) {
        let_go(key, connection);
    };
    connections_.expire(now, leave);
    // Nothing is begun for a bare acknowledgement.
    if (segment.payload.empty() && !segment.synchronize) return;
    while (octets_ + segment.payload.size() > max_octets && connections_.drop_oldest(leave)) {
    }

    const Endpoints& between = segment.between;
    const Endpoints key = key_of(between);
    Connection* connection = connections_.find(key);
    if (connection == nullptr) connection = &connections_.add(key, now, leave);
    Direction& direction = sent_by_lower(between) ? connection->from_lower : connection->from_upper;
    if (segment.synchronize) synchronize(*connection, direction, segment);
    if (!direction.known) {
        direction.known = true;
        direction.next = segment.sequence;
    }

    const std::int32_t ahead = ahead_of(segment.sequence, direction.next);
    if (ahead > static_cast<std::int32_t>(window) || ahead < -static_cast<std::int32_t>(window)) {
        ++counts_.out_of_window;
        return;
    }
    connections_.touch(key, now);
    if (ahead > 0) {
        hold(direction, segment, now);
    } else {
        const auto repeated = static_cast<std::size_t>(-ahead);
        if (repeated < segment.payload.size()) {
            take(direction, between, segment.payload.subspan(repeated), now);
        }
    }
    read_held(direction, between);
    while (!direction.held.empty() &&
           (direction.held.size() > max_held_segments || direction.held_octets > max_held_octets ||
            now - direction.held.front().time > longest_held)) {
        skip_gap(direction, between);
    }
}

void TcpReassembly::finish() {
    connections_.each(
        [this](const Endpoints& key, Connection& connection) { skip_gaps(key, connection); });
}

// The first segment of a direction. The connection before it, between the same ends, is over.
void TcpReassembly::synchronize(Connection& connection, Direction& direction,
                                const Segment& segment) {
    if (direction.known && direction.next == segment.sequence) return;
    const bool sent_again =
        direction.known && ahead_of(direction.next, segment.sequence) > 0 &&
        ahead_of(direction.next, segment.sequence) <= static_cast<std::int32_t>(window);
    if (sent_again) return;
    if (segment.acknowledge) {
        reset(direction);
    } else {
        reset(connection.from_lower);
        reset(connection.from_upper);
    }
    direction.known = true;
    direction.next = segment.sequence;
    direction.messages.begin();
}

void TcpReassembly::take(Direction& direction, const Endpoints& between, Octets octets,
                         PacketTime time) {
    octets_ -= direction.messages.octets();
    const bool readable = direction.messages.add(
        octets, time, expect_(between),
        [&](Octets message, PacketTime when) { deliver_(between, message, when); });
    octets_ += direction.messages.octets();
    if (!readable) ++counts_.unreadable;
    direction.next += static_cast<std::uint32_t>(octets.size());
}

// Of two that begin at the same place the longer is kept.
void TcpReassembly::hold(Direction& direction, const Segment& segment, PacketTime now) {
    if (segment.payload.empty()) return;
    auto& held = direction.held;
    const auto place = std::find_if(held.begin(), held.end(), [&](const Held& one) {
        return ahead_of(one.sequence, segment.sequence) >= 0;
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

// Reads what nothing is missing before any more.
void TcpReassembly::read_held(Direction& direction, const Endpoints& between) {
    auto& held = direction.held;
    std::size_t count = 0;
    for (; count < held.size(); ++count) {
        const Held& first = held[count];
        const std::int32_t ahead = ahead_of(first.sequence, direction.next);
        if (ahead > 0) break;
        direction.held_octets -= first.octets.size();
        octets_ -= first.octets.size();
        const auto repeated = static_cast<std::size_t>(-ahead);
        if (repeated < first.octets.size()) {
            take(direction, between, Octets(first.octets).subspan(repeated), first.time);
        }
    }
    held.erase(held.begin(), held.begin() + static_cast<std::ptrdiff_t>(count));
}

void TcpReassembly::skip_gap(Direction& direction, const Endpoints& between) {
    ++counts_.gaps;
    octets_ -= direction.messages.octets();
    direction.messages.lose();
    direction.next = direction.held.front().sequence;
    read_held(direction, between);
}

void TcpReassembly::skip_gaps(const Endpoints& key, Connection& connection) {
    while (!connection.from_lower.held.empty())
        skip_gap(connection.from_lower, key);
    while (!connection.from_upper.held.empty())
        skip_gap(connection.from_upper, key.reversed());
}

void TcpReassembly::reset(Direction& direction) {
    octets_ -= direction.held_octets + direction.messages.octets();
    direction = Direction{};
}

void TcpReassembly::let_go(const Endpoints& key, Connection& connection) {
    skip_gaps(key, connection);
    reset(connection.from_lower);
    reset(connection.from_upper);
}

}  // namespace dnshist::zonegen
