// Blocks of some tablets of a map, chosen at random: what a symbol table is trained on. A walk of
// the whole map would take hours where it is large.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "storage/block/block_source.hpp"
#include "storage/object/object_store.hpp"
#include "storage/tablet/tablet_map.hpp"

namespace dnshist {

class TabletSample final : public BlockSource {
  public:
    // Of so many tablets at most the first block. Both outlive this.
    TabletSample(ObjectStore& objects, const TabletMap& map, TabletSpace space, std::size_t most)
        : objects_(objects), map_(map), space_(space), most_(most) {}

    std::size_t size() const { return std::min(most_, map_.size(space_)); }
    // Reads them, in one round trip, and goes to the first. Throws ObjectError.
    bool find(Octets key) override;
    bool next() override;
    void renew() override { next_ = blocks_.size(); }

  private:
    ObjectStore& objects_;
    const TabletMap& map_;
    TabletSpace space_;
    std::size_t most_;
    std::vector<ObjectEntry> blocks_;  // in no order of keys
    std::size_t next_ = 0;
};

}  // namespace dnshist
