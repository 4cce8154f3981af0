// Finds octets in octets, many at a time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

#include "storage/base/octets.hpp"

namespace dnshist {

inline constexpr std::size_t not_found = ~std::size_t{0};

// How often an octet is in names, as a rank; those that are in few have low ones.
constexpr std::size_t commonness(std::uint8_t octet) noexcept {
    constexpr std::string_view common = "zqjx9876543kwvyfbgph210-ucldmsrntioae";
    const std::size_t at = common.find(static_cast<char>(octet));
    return at == std::string_view::npos ? 0 : at + 1;
}

// The places of the two rarest octets, in their order.
inline std::pair<std::size_t, std::size_t> rare_places(Octets wanted) noexcept {
    std::size_t first = 0;
    std::size_t second = wanted.size() - 1;
    for (std::size_t at = 0; at < wanted.size(); ++at) {
        if (at == first || at == second) continue;
        const bool second_is_worse = commonness(wanted[second]) >= commonness(wanted[first]);
        std::size_t& worse = second_is_worse ? second : first;
        if (commonness(wanted[at]) < commonness(wanted[worse])) worse = at;
    }
    return {std::min(first, second), std::max(first, second)};
}

// Where `wanted`, of one octet or more, first begins; not_found where it is not. Blocks that cannot
// have it are passed by, since at none of their places are its two rarest octets as far from each
// other: a loop without branches, of which the compiler makes vector instructions.
inline std::size_t find_octets(Octets in, Octets wanted) noexcept {
    constexpr std::size_t block = 128;
    if (in.size() < wanted.size()) return not_found;
    const auto [first_place, second_place] = rare_places(wanted);
    const std::uint8_t first = wanted[first_place];
    const std::uint8_t second = wanted[second_place];
    const std::size_t behind = wanted.size() - 1;
    const auto find_within = [&](std::size_t begin, std::size_t end) {
        const void* const found =
            ::memmem(in.data() + begin, end - begin, wanted.data(), wanted.size());
        return found == nullptr
                   ? not_found
                   : static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - in.data());
    };
    std::size_t at = 0;
    for (; at + block + behind <= in.size(); at += block) {
        const std::uint8_t* const firsts = in.data() + at + first_place;
        const std::uint8_t* const seconds = in.data() + at + second_place;
        unsigned char any = 0;
        for (std::size_t i = 0; i < block; ++i)
            any |= static_cast<unsigned char>((firsts[i] == first) & (seconds[i] == second));
        if (any == 0) continue;
        const std::size_t found = find_within(at, at + block + behind);
        if (found != not_found) return found;
    }
    return find_within(at, in.size());
}

}  // namespace dnshist
