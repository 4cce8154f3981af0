// Finds octets in octets, many at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "storage/base/octets.hpp"

namespace dnshist {

inline constexpr std::size_t not_found = ~std::size_t{0};

// Where `wanted`, of one octet or more, first begins; not_found where it is not. Blocks that cannot
// have its beginning are passed by, since none of their places has its first octet and, as far
// behind as it stands there, its last one: a loop without branches, of which the compiler makes
// vector instructions.
inline std::size_t find_octets(Octets in, Octets wanted) noexcept {
    constexpr std::size_t block = 128;
    const std::size_t behind = wanted.size() - 1;
    const std::uint8_t first = wanted.front();
    const std::uint8_t last = wanted.back();
    const auto find_within = [&](std::size_t begin, std::size_t end) {
        const void* const found =
            ::memmem(in.data() + begin, end - begin, wanted.data(), wanted.size());
        return found == nullptr
                   ? not_found
                   : static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - in.data());
    };
    std::size_t at = 0;
    for (; at + block + behind <= in.size(); at += block) {
        const std::uint8_t* const begins = in.data() + at;
        const std::uint8_t* const ends = begins + behind;
        unsigned char any = 0;
        for (std::size_t i = 0; i < block; ++i)
            any |= static_cast<unsigned char>((begins[i] == first) & (ends[i] == last));
        if (any == 0) continue;
        const std::size_t found = find_within(at, at + block + behind);
        if (found != not_found) return found;
    }
    return find_within(at, in.size());
}

}  // namespace dnshist
