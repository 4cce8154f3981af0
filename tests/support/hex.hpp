// Octets as a test writes them: two hexadecimal digits each.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/octets.hpp"

namespace dnshist::test {

inline std::string hex(Octets octets) {
    std::string text;
    for (const std::uint8_t octet : octets) {
        text += "0123456789abcdef"[octet >> 4];
        text += "0123456789abcdef"[octet & 15];
    }
    return text;
}

inline std::vector<std::uint8_t> from_hex(std::string_view text) {
    std::vector<std::uint8_t> octets;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
        octets.push_back(
            static_cast<std::uint8_t>(std::stoul(std::string(text.substr(i, 2)), nullptr, 16)));
    }
    return octets;
}

}  // namespace dnshist::test
