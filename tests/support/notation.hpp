// Messages to the octet, as a person writes them (tests/README.md, "A packet case").
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/octets.hpp"

namespace dnshist::test {

struct Part {
    enum class Kind : std::uint8_t { octet, any, rest, block };
    Kind kind = Kind::octet;
    std::uint8_t octet = 0;
    std::vector<Part> inside;  // of a block
};
using Parts = std::vector<Part>;
using Definitions = std::map<std::string, std::string, std::less<>>;

// Throws std::runtime_error if the text is not in that notation.
Parts parts_from_text(std::string_view text, const Definitions& definitions);

// Throws if a part can be more than one thing.
std::vector<std::uint8_t> octets_of(const Parts& parts);

bool matches(const Parts& parts, Octets octets);

// For people, in lines of sixteen octets.
std::string show(const Parts& parts);
std::string show(Octets octets);

}  // namespace dnshist::test
