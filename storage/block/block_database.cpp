#include "storage/block/block_database.hpp"

namespace dnshist {

const char* BlockDatabase::open(BlockReader& reader, Octets block) const {
    const SymbolTable* const table = symbols.find(BlockReader::symbols_of(block));
    if (table != nullptr && reader.open(block, *table)) return nullptr;
    reader.close();
    return table == nullptr ? unknown_symbols : unknown_block;
}

const char* BlockDatabase::fault(Octets block) const {
    const SymbolTable* const table = symbols.find(BlockReader::symbols_of(block));
    return table == nullptr ? unknown_symbols : BlockReader::fault(block, *table);
}

}  // namespace dnshist
