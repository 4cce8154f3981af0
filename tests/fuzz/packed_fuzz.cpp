// A block of a damaged or hostile store: read whole and sought in, with its checksum put right, so
// that what is behind the checksum is tried too.
#include <algorithm>
#include <vector>

#include "storage/packed.hpp"
#include "storage/pivot_key.hpp"
#include "storage/record_key.hpp"

using namespace dnshist;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Octets input(data, size);
    if (BlockReader::fault(input) == nullptr) {
        BlockReader as_it_is;
        as_it_is.open(input);
        while (as_it_is.next())
            continue;
    }
    // The first octet says how much of the rest is sought.
    if (input.empty()) return 0;
    const std::size_t sought = std::min<std::size_t>(input[0], input.size() - 1);
    const Octets target = input.subspan(1, sought);
    std::vector<std::uint8_t> block;
    BlockWriter writer(block);
    const Octets entries = input.subspan(1 + sought);
    block.insert(block.end(), entries.begin(), entries.end());
    writer.finish();

    BlockReader reader;
    reader.open(block);
    while (reader.next()) {
        static_cast<void>(split_record_key(reader.key()));
        static_cast<void>(split_pivot_key(reader.key()));
        static_cast<void>(glance(reader.payload()));
        static_cast<void>(read_payload(reader.payload()));
        static_cast<void>(read_rdata_rest(reader.payload()));
    }
    reader.open(block);
    if (reader.seek(target)) {
        while (reader.next())
            continue;
    }
    return 0;
}
