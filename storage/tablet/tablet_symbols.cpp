#include "storage/tablet/tablet_symbols.hpp"

#include <algorithm>
#include <utility>

#include "storage/block/block_reader.hpp"
#include "storage/object/counted_write.hpp"

namespace dnshist {

void StoredTables::read(ObjectStore& objects) {
    ObjectRead read = read_object(objects, {TabletSymbols::object, {{}}});
    const std::lock_guard lock(mutex_);
    for (ObjectEntry& entry : read.entries)
        tables_.try_emplace(std::move(entry.key), std::move(entry.value));
}

std::optional<Octets> StoredTables::find(TabletSpace space, std::uint8_t number) const {
    const std::lock_guard lock(mutex_);
    const auto found = tables_.find(TabletSymbols::key_of(space, number));
    return found == tables_.end() ? std::nullopt : std::optional(as_octets(found->second));
}

bool StoredTables::lack(std::span<const std::shared_ptr<TabletPiece>> pieces) const {
    return std::ranges::any_of(pieces, [this](const auto& piece) {
        return std::ranges::any_of(piece->blocks, [&](const ObjectEntry& block) {
            const std::uint8_t number = BlockReader::symbols_of(as_octets(block.value));
            return number != 0 && !find(piece->space, number);
        });
    });
}

std::string TabletSymbols::load() const {
    const ObjectRead read = read_object(objects_, {object, {{}}});
    for (const ObjectEntry& entry : read.entries) {
        if (entry.key.size() != 2 || entry.key[0] != static_cast<char>(space_)) continue;
        // What is known is referred to, and never changes.
        known_.try_emplace(static_cast<std::uint8_t>(entry.key[1]), entry.value);
    }
    return read.head;
}

std::optional<Octets> TabletSymbols::stored(std::uint8_t number) const {
    if (!known_.contains(number)) {
        if (tables_ != nullptr) return tables_->find(space_, number);
        load();
    }
    const auto found = known_.find(number);
    if (found == known_.end()) return std::nullopt;
    return as_octets(found->second);
}

std::optional<BlockSymbols::Newest> TabletSymbols::newest() const {
    if (known_.empty()) return Newest{0, 0};
    const auto& [number, octets] = *known_.rbegin();
    const auto stored = decode_symbols(as_octets(octets));
    if (!stored) return std::nullopt;
    return Newest{number, stored->keys};
}

void TabletSymbols::add(const StoredSymbols& symbols) {
    const auto count = known_.size();
    const auto table = encode_symbols(symbols);
    for (;;) {
        ObjectWrite write = counted_write(object, load());
        if (known_.size() != count) return;
        const auto number = static_cast<std::uint8_t>(newest().value().number + 1);
        write.set.push_back({key_of(space_, number), std::string(as_text(table))});
        write_object(objects_, std::move(write));
    }
}

}  // namespace dnshist
