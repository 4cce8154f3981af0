#include "zonegen/capture/ip_reassembly.hpp"

#include <algorithm>

namespace dnshist::zonegen {

IpReassembly::Fit IpReassembly::fit(const Partial& partial, const FragmentHeader& header,
                                    Octets octets) noexcept {
    const std::size_t end = header.offset + octets.size();
    if (octets.empty() || end > max_datagram_octets) return Fit::conflict;
    if (header.more && octets.size() % 8 != 0) return Fit::conflict;
    if (partial.total && (header.more ? end > *partial.total : end != *partial.total)) {
        return Fit::conflict;
    }
    if (!header.more && !partial.fragments.empty()) {
        const Fragment& last = partial.fragments.back();
        if (last.offset + last.octets.size() > end) return Fit::conflict;
    }
    for (const Fragment& other : partial.fragments) {
        if (end <= other.offset || other.offset + other.octets.size() <= header.offset) continue;
        // Some captures have every packet twice.
        const bool same = other.offset == header.offset && equal(other.octets, octets);
        return same ? Fit::duplicate : Fit::conflict;
    }
    return partial.fragments.size() < max_fragments ? Fit::fits : Fit::conflict;
}

IpReassembly::Added IpReassembly::join(const Partial& partial) {
    Added whole{State::complete, partial.protocol, {}};
    whole.payload.reserve(partial.octets);
    for (const Fragment& part : partial.fragments)
        whole.payload.insert(whole.payload.end(), part.octets.begin(), part.octets.end());
    return whole;
}

IpReassembly::Added IpReassembly::add(const FragmentKey& key, const FragmentHeader& header,
                                      std::uint8_t protocol, Octets octets, PacketTime now) {
    const auto release = [this](const FragmentKey&, const Partial& partial) {
        octets_ -= held_by(partial);
    };
    datagrams_.expire(now, release);
    while (octets_ + octets.size() + overhead > max_octets && datagrams_.drop_oldest(release)) {
    }
    Partial* partial = datagrams_.find(key);
    if (partial == nullptr) partial = &datagrams_.add(key, now, release);

    switch (fit(*partial, header, octets)) {
        case Fit::duplicate:
            return {State::incomplete, 0, {}};
        case Fit::conflict:
            release(key, *partial);
            datagrams_.erase(key);
            return {State::refused, 0, {}};
        case Fit::fits:
            break;
    }
    const auto next =
        std::find_if(partial->fragments.begin(), partial->fragments.end(),
                     [&](const Fragment& fragment) { return fragment.offset > header.offset; });
    partial->fragments.insert(next, {header.offset, {octets.begin(), octets.end()}});
    partial->octets += octets.size();
    octets_ += octets.size() + overhead;
    if (!header.more) partial->total = header.offset + octets.size();
    if (header.offset == 0) partial->protocol = protocol;
    if (partial->octets != partial->total) return {State::incomplete, 0, {}};

    Added whole = join(*partial);
    release(key, *partial);
    datagrams_.erase(key);
    return whole;
}

}  // namespace dnshist::zonegen
