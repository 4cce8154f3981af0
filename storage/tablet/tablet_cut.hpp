// Where a tablet that has grown too large is cut, and the objects that come of it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "storage/object/object_store.hpp"

namespace dnshist {

// A tablet that nobody knows before the left part is written, which names the first of them.
struct RightPart {
    std::string lower;
    std::uint64_t id;
    ObjectWrite write;
};

// Cuts a tablet of these blocks, under their upper bounds, into parts of about even size, between
// blocks with a short bound if there is one nearby: that is most often a bound between owners.
// `write` is that of the whole tablet, and becomes that of its left part; `before` are the entries
// that the object has. No parts where it cannot be cut: then `write` is as it was.
std::vector<RightPart> cut_tablet(ObjectWrite& write, const std::vector<ObjectEntry>& before,
                                  const std::map<std::string, std::string>& blocks,
                                  std::size_t most_octets);

inline std::size_t octets_of(const ObjectEntry& entry) noexcept {
    return entry.key.size() + entry.value.size();
}

}  // namespace dnshist
