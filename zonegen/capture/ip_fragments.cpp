#include "zonegen/capture/ip_fragments.hpp"

#include <algorithm>

namespace dnshist::zonegen {

Fragments::Fit Fragments::fit(const Partial& partial, const FragmentHeader& header,
                              Octets octets) noexcept {
    const std::size_t end = header.offset + octets.size();
    if (octets.empty() || end > max_datagram_octets) return Fit::wrong;
    if (header.more && octets.size() % 8 != 0) return Fit::wrong;
    if (partial.total && (header.more ? end > *partial.total : end != *partial.total)) {
        return Fit::wrong;
    }
    if (!header.more && !partial.pieces.empty()) {
        const Piece& last = partial.pieces.back();
        if (last.offset + last.octets.size() > end) return Fit::wrong;
    }
    for (const Piece& piece : partial.pieces) {
        if (end <= piece.offset || piece.offset + piece.octets.size() <= header.offset) continue;
        // A capture may have every packet twice.
        const bool same = piece.offset == header.offset && equal(piece.octets, octets);
        return same ? Fit::repeated : Fit::wrong;
    }
    return partial.pieces.size() < max_fragments ? Fit::fits : Fit::wrong;
}

Fragments::Whole Fragments::join(const Partial& partial) {
    Whole whole;
    whole.protocol = partial.protocol;
    whole.octets.reserve(partial.octets);
    for (const Piece& piece : partial.pieces)
        whole.octets.insert(whole.octets.end(), piece.octets.begin(), piece.octets.end());
    return whole;
}

Fragments::Added Fragments::add(const FragmentKey& key, const FragmentHeader& header,
                                std::uint8_t protocol, Octets octets, PacketTime now) {
    const auto leave = [this](const FragmentKey&, const Partial& partial) {
        octets_ -= partial.octets;
    };
    datagrams_.expire(now, leave);
    while (octets_ + octets.size() > max_octets && datagrams_.drop_oldest(leave)) {
    }
    Partial* partial = datagrams_.find(key);
    if (partial == nullptr) partial = &datagrams_.add(key, now, leave);

    switch (fit(*partial, header, octets)) {
        case Fit::repeated:
            return {State::incomplete, {}};
        case Fit::wrong:
            leave(key, *partial);
            datagrams_.erase(key);
            return {State::refused, {}};
        case Fit::fits:
            break;
    }
    const auto after =
        std::find_if(partial->pieces.begin(), partial->pieces.end(),
                     [&](const Piece& piece) { return piece.offset > header.offset; });
    partial->pieces.insert(after, {header.offset, {octets.begin(), octets.end()}});
    partial->octets += octets.size();
    octets_ += octets.size();
    if (!header.more) partial->total = header.offset + octets.size();
    if (header.offset == 0) partial->protocol = protocol;
    if (partial->octets != partial->total) return {State::incomplete, {}};

    Added added{State::complete, join(*partial)};
    leave(key, *partial);
    datagrams_.erase(key);
    return added;
}

}  // namespace dnshist::zonegen
