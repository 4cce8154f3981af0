#include "storage/block/symbol_tables.hpp"

#include <xxhash.h>

namespace dnshist {

namespace {

constexpr std::size_t checksum_octets = 4;

std::uint32_t checksum(Octets octets) noexcept {
    return static_cast<std::uint32_t>(XXH3_64bits(octets.data(), octets.size()));
}

}  // namespace

std::vector<std::uint8_t> encode_symbols(const StoredSymbols& symbols) {
    std::vector<std::uint8_t> out(checksum_octets + max_varint_octets);
    std::uint8_t* const text = out.data() + checksum_octets;
    out.resize(static_cast<std::size_t>(put_varint(text, symbols.keys) - out.data()));
    for (std::size_t i = 0; i < symbols.table.size(); ++i) {
        const Symbol symbol = symbols.table[i];
        out.push_back(symbol.size);
        for (unsigned k = 0; k < symbol.size; ++k)
            out.push_back(static_cast<std::uint8_t>(symbol.octets >> (8 * k)));
    }
    const std::uint32_t sum = checksum(Octets(out).subspan(checksum_octets));
    for (unsigned i = 0; i < checksum_octets; ++i)
        out[i] = static_cast<std::uint8_t>(sum >> (24 - 8 * i));
    return out;
}

std::optional<StoredSymbols> decode_symbols(Octets octets) noexcept {
    OctetReader in(octets);
    const auto sum = in.u32();
    if (!sum || *sum != checksum(in.rest())) return std::nullopt;
    const auto keys = in.varint();
    if (!keys) return std::nullopt;
    std::array<Symbol, max_symbols> symbols;
    std::size_t count = 0;
    while (!in.at_end()) {
        const auto size = in.u8();
        if (count == max_symbols || !size || *size == 0 || *size > max_symbol_octets) {
            return std::nullopt;
        }
        const auto text = in.octets(*size);
        if (!text) return std::nullopt;
        Symbol& symbol = symbols[count++];
        symbol.size = *size;
        for (unsigned k = 0; k < *size; ++k)
            symbol.octets |= std::uint64_t{(*text)[k]} << (8 * k);
    }
    return StoredSymbols{*keys, SymbolTable(std::span(symbols).first(count))};
}

const SymbolTable* BlockSymbols::find_stored(std::uint8_t number) {
    static constexpr SymbolTable none;
    if (number == 0) return &none;
    const auto octets = stored(number);
    const auto decoded = octets ? decode_symbols(*octets) : std::nullopt;
    if (!decoded) return nullptr;
    known_[number] = std::make_unique<const SymbolTable>(decoded->table);
    return known_[number].get();
}

const char* BlockSymbols::open(BlockReader& reader, Octets block) {
    const SymbolTable* const table = find(BlockReader::symbols_of(block));
    if (table != nullptr && reader.open(block, *table)) return nullptr;
    reader.close();
    return table == nullptr ? unknown_symbols : unknown_block;
}

const char* BlockSymbols::fault(Octets block) {
    const SymbolTable* const table = find(BlockReader::symbols_of(block));
    return table == nullptr ? unknown_symbols : BlockReader::fault(block, *table);
}

std::optional<Octets> SymbolTables::stored(std::uint8_t number) const {
    return transaction_.get(database_, key_of(number));
}

std::optional<SymbolTables::Newest> SymbolTables::newest() const {
    lmdb::Cursor cursor(transaction_, database_);
    if (!cursor.at_or_before(key_of(last_number)) || cursor.key()[0] != prefix_)
        return Newest{0, 0};
    const auto stored = decode_symbols(cursor.value());
    if (!stored) return std::nullopt;
    return Newest{cursor.key().back(), stored->keys};
}

void SymbolTables::add(const StoredSymbols& symbols) {
    const auto number = static_cast<std::uint8_t>(newest().value().number + 1);
    transaction_.put(database_, key_of(number), encode_symbols(symbols));
}

}  // namespace dnshist
