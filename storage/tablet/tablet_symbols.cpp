#include "storage/tablet/tablet_symbols.hpp"

#include <utility>

#include "storage/object/counted_write.hpp"

namespace dnshist {

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
    if (!known_.contains(number)) load();
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
