// A seek of one owner's records whose place in the store was found ahead; see RecordCursor.
#pragma once

#include <cstdint>

#include "storage/base/octet_buffer.hpp"
#include "storage/block/prefetch.hpp"
#include "storage/format/record_key.hpp"
#include "storage/record/name.hpp"

namespace dnshist {

struct Prefetch {
    OctetBuffer<max_name_octets + type_octets> target;
    BlockPlace found;
    std::uint64_t generation = 0;  // of the store's state; 0: nothing was found

    bool empty() const noexcept { return generation == 0; }
};

}  // namespace dnshist
