// A seek of the records of one owner whose place in the store was found ahead; see RecordCursor.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "storage/base/octets.hpp"
#include "storage/block/prefetch.hpp"
#include "storage/format/record_key.hpp"
#include "storage/record/name.hpp"

namespace dnshist {

struct Prefetch {
    Prefetch() noexcept {}  // NOLINT: room that need not be set to zero first

    std::array<std::uint8_t, max_name_octets + type_octets> target_octets;
    std::size_t target_size = 0;
    BlockPlace found;
    std::uint64_t generation = 0;  // of the store's state; 0: nothing was found

    Octets target() const noexcept { return {target_octets.data(), target_size}; }
    bool empty() const noexcept { return generation == 0; }
};

}  // namespace dnshist
