// Damaged blocks: a reader reports and skips it, a writer refuses to change it.
#pragma once

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <vector>

#include "storage/base/octets.hpp"

namespace dnshist {

// Is told of each damaged block that is skipped: its key, and what is wrong.
using BlockDamage = std::function<void(Octets block_key, const char* fault)>;

// A block to be changed is damaged: nothing was written.
struct DamagedBlock : std::runtime_error {
    DamagedBlock(Octets key, const char* why)
        : std::runtime_error(why), block_key(key.begin(), key.end()) {}
    std::vector<std::uint8_t> block_key;
};

}  // namespace dnshist
