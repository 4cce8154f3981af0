// Writes the tablets of a map that nobody reads yet, block by block in order.
#pragma once

#include <cstdint>
#include <future>
#include <string>
#include <vector>

#include "storage/base/octets.hpp"
#include "storage/object/object_store.hpp"
#include "storage/tablet/tablet_head.hpp"
#include "storage/tablet/tablet_map.hpp"

namespace dnshist {

struct TabletLimits {
    std::size_t octets = std::size_t{256} << 10;  // a larger one is cut
    std::size_t block_page = 4096;                // blocks are a little less
    std::size_t in_flight = 64;                   // tablets that are merged side by side
};

class TabletBuilder {
  public:
    TabletBuilder(ObjectStore& objects, TabletSpace space, const TabletLimits& limits = {})
        : objects_(objects), space_(space), limits_(limits), id_(first_tablet(space)) {}

    // `key` is at or after the keys of the blocks before, and at or before those in `block`.
    void add(Octets key, Octets block);
    // Writes what is left, and the directory. There is one tablet at least.
    void finish();
    std::uint64_t octets() const noexcept { return octets_; }

  private:
    void close_block(std::string upper);
    void close_tablet(std::uint64_t right);
    void write_waiting();
    void expect_written();

    ObjectStore& objects_;
    TabletSpace space_;
    TabletLimits limits_;
    std::uint64_t id_;
    std::string lower_{lower_of_all};
    std::vector<ObjectEntry> blocks_;
    std::string open_block_;
    std::size_t size_ = 0;
    std::uint64_t octets_ = 0;
    std::vector<ObjectWrite> waiting_;
    std::future<void> under_way_;  // whose end the destructor waits for
    std::vector<ObjectWrite> entries_;
};

}  // namespace dnshist
