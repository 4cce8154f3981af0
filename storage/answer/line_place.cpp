#include "storage/answer/line_place.hpp"

#include <algorithm>
#include <array>

namespace dnshist {

// Lines that add up have no place: each stands for many records.
LinePlace::LinePlace(const Query& query) noexcept {
    if (adds_up(query) || query.line.empty()) return;
    OctetReader in(query.line.octets());
    page_ = std::max<std::uint64_t>(in.varint().value_or(0), 1);
    rank_ = in.varint().value_or(0);
    tie_ = in.varint().value_or(0);
    part_ = in.varint().value_or(0);
    record_ = in.rest();
}

ResumePoint line_place(std::uint64_t page, const SortKey& key, Octets place) noexcept {
    std::array<std::uint8_t, 4 * max_varint_octets> room;
    std::uint8_t* end = put_varint(room.data(), page);
    end = put_varint(end, key.rank);
    end = put_varint(end, key.tie);
    end = put_varint(end, key.part);
    ResumePoint out;
    const bool fits = out.append(Octets(room.data(), end)) && out.append(place);
    return fits ? out : ResumePoint();
}

}  // namespace dnshist
