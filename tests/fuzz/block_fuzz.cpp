// A block of a damaged or hostile store: read whole and sought in, with its checksum put right, so
// that what is behind the checksum is tried too.
#include <algorithm>
#include <vector>

#include "storage/block/block_builder.hpp"
#include "storage/block/block_reader.hpp"
#include "storage/block/symbol_tables.hpp"
#include "storage/format/pivot_key.hpp"
#include "storage/format/record_key.hpp"

using namespace dnshist;

namespace {

// Symbols of all lengths, so that a few octets of a block stand for many of a key.
SymbolTable make_symbols() {
    std::vector<Symbol> symbols;
    for (std::uint8_t i = 0; i < 200; ++i) {
        const auto size = static_cast<std::uint8_t>(1 + i % max_symbol_octets);
        symbols.push_back({0x0102030405060708U * i & ~std::uint64_t{0} >> (64 - 8 * size), size});
    }
    return SymbolTable(symbols);
}

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
    static const SymbolTable symbols = make_symbols();
    static const SymbolPacker packer(symbols);
    const Octets input(data, size);
    if (const auto stored = decode_symbols(input)) SymbolPacker packer_of(stored->table);
    BlockReader reader;
    if (reader.open(input, symbols)) read_all(reader);
    // The first octet says how much of the rest is sought.
    if (input.empty()) return 0;
    const std::size_t sought = std::min<std::size_t>(input[0], input.size() - 1);
    const Octets target = input.subspan(1, sought);
    const Octets entries = input.subspan(1 + sought);
    std::vector<std::uint8_t> block;
    // Entries with payloads, or keys alone.
    const BlockForm form = input[0] % 2 == 0 ? BlockForm::entries : BlockForm::keys;
    BlockBuilder writer(block, form, 1, packer);
    writer.append({as_octets("\1a"), {}, 0, {}, 0, entries, form});
    writer.finish();

    if (reader.open(block, symbols)) {
        read_all(reader);
        reader.open(block, symbols);
        reader.seek(target);
        read_all(reader);
    }
    return 0;
}
