// A block of a damaged or hostile store: read whole and sought in, with its checksum put right, so
// that what is behind the checksum is tried too.
#include <algorithm>
#include <vector>

#include "storage/packed.hpp"
#include "storage/pivot_key.hpp"
#include "storage/record_key.hpp"

using namespace dnshist;

namespace {

void read_all(BlockReader& reader) {
    for (auto step = reader.next(); step != BlockReader::Step::end; step = reader.next()) {
        if (step == BlockReader::Step::damaged) continue;
        static_cast<void>(split_record_key(reader.key()));
        static_cast<void>(split_pivot_key(reader.key()));
        static_cast<void>(glance(reader.payload()));
        static_cast<void>(read_payload(reader.payload()));
        static_cast<void>(read_rdata_rest(reader.payload()));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Octets input(data, size);
    BlockReader reader;
    if (reader.open(input)) read_all(reader);
    // The first octet says how much of the rest is sought.
    if (input.empty()) return 0;
    const std::size_t sought = std::min<std::size_t>(input[0], input.size() - 1);
    const Octets target = input.subspan(1, sought);
    const Octets entries = input.subspan(1 + sought);
    std::vector<std::uint8_t> block;
    // Entries with payloads, or keys alone.
    BlockWriter writer(block, input[0] % 2 == 0 ? BlockForm::entries : BlockForm::keys);
    writer.append({as_octets("\1a"), {}, 0, {}});
    block.insert(block.end(), entries.begin(), entries.end());
    writer.finish();

    if (reader.open(block)) {
        read_all(reader);
        reader.open(block);
        reader.seek(target);
        read_all(reader);
    }
    return 0;
}
