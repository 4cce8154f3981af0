#include "storage/answer/line_place.hpp"

#include <array>
#include <bit>
#include <limits>

namespace dnshist {

namespace {

constexpr std::size_t octets_of(std::uint64_t number) noexcept {
    return (static_cast<std::size_t>(std::bit_width(number)) + 7) / 8;
}

// Octets that are missing are 0; of more than eight the last count.
std::uint64_t take_number(Octets& octets, std::size_t size) noexcept {
    std::uint64_t number = 0;
    for (; size > 0; --size) {
        number = number << 8 | (octets.empty() ? 0U : octets.front());
        if (!octets.empty()) octets = octets.subspan(1);
    }
    return number;
}

bool put_number(ResumePoint& out, std::uint64_t number) noexcept {
    std::array<std::uint8_t, sizeof number> octets;
    const std::size_t size = octets_of(number);
    for (std::size_t i = size; i-- > 0; number >>= 8)
        octets[i] = static_cast<std::uint8_t>(number);
    return out.append(Octets(octets).first(size));
}

}  // namespace

// The lines of a summary have no place: each stands for many records.
LinePlace::LinePlace(const Query& query) noexcept {
    if (query.view == View::summary || query.line.empty()) return;
    record_ = query.line.octets();
    const std::uint64_t sizes = take_number(record_, 1);
    rank_ = take_number(record_, sizes >> 4);
    tie_ = static_cast<std::uint32_t>(take_number(record_, sizes & 15));
    part_ = static_cast<std::uint8_t>(take_number(record_, 1));
}

ResumePoint line_place(const SortKey& key, Octets place) noexcept {
    ResumePoint out;
    if (key.part > std::numeric_limits<std::uint8_t>::max()) return out;
    out.append(static_cast<std::uint8_t>(octets_of(key.rank) << 4 | octets_of(key.tie)));
    const bool fits = put_number(out, key.rank) && put_number(out, key.tie) &&
                      out.append(static_cast<std::uint8_t>(key.part)) && out.append(place);
    return fits ? out : ResumePoint();
}

}  // namespace dnshist
