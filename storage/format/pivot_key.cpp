#include "storage/format/pivot_key.hpp"

#include <algorithm>

namespace dnshist {

namespace {

std::optional<std::size_t> value_length(Octets key) noexcept {
    if (key.empty()) return std::nullopt;
    switch (key[0]) {
        case '4':
            return 1 + 4;
        case '6':
            return 1 + 16;
        case 'n': {
            const auto name = owner_length(key.subspan(1));
            if (!name) return std::nullopt;
            return 1 + *name;
        }
        case 't': {
            const auto end = std::find(key.begin(), key.end(), 0);
            if (end == key.end()) return std::nullopt;
            return static_cast<std::size_t>(end - key.begin()) + 1;
        }
        default:
            return std::nullopt;
    }
}

}  // namespace

PivotKey make_pivot_key(const PivotValue& value, Rrtype type, Octets owner_key) noexcept {
    PivotKey key;
    key.resize(pivot_key_octets(value, owner_key));
    put_pivot_key(key.data(), value, type, owner_key);
    return key;
}

void put_pivot_key(std::uint8_t* out, const PivotValue& value, Rrtype type,
                   Octets owner_key) noexcept {
    out = std::ranges::copy(value.octets(), out).out;
    std::ranges::copy(owner_key, put_type(out, type));
}

std::optional<std::size_t> pivot_key_length(Octets octets) noexcept {
    const auto value = value_length(octets);
    if (!value || octets.size() < *value + type_octets) return std::nullopt;
    const auto owner = owner_length(octets.subspan(*value + type_octets));
    if (!owner) return std::nullopt;
    return *value + type_octets + *owner;
}

std::optional<PivotKeyParts> split_pivot_key(Octets key) noexcept {
    const auto value = value_length(key);
    if (!value || key.size() < *value + type_octets) return std::nullopt;
    const auto type = Rrtype{get_u16(&key[*value])};
    const Octets owner = key.subspan(*value + type_octets);
    if (owner_length(owner) != owner.size()) return std::nullopt;
    return PivotKeyParts{key.first(*value), type, owner};
}

}  // namespace dnshist
