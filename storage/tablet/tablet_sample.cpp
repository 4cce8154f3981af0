#include "storage/tablet/tablet_sample.hpp"

#include <algorithm>
#include <iterator>
#include <random>
#include <utility>

namespace dnshist {

bool TabletSample::find(Octets) {
    const std::vector<std::uint64_t> all = map_.ids(space_);
    std::vector<std::uint64_t> chosen;
    std::ranges::sample(all, std::back_inserter(chosen), static_cast<std::ptrdiff_t>(most_),
                        std::minstd_rand(std::random_device{}()));
    std::vector<ObjectRead> reads;
    reads.reserve(chosen.size());
    for (const std::uint64_t id : chosen)
        reads.push_back({tablet_object(id), {{{}, 1}}});
    objects_.read(reads);
    blocks_.clear();
    for (ObjectRead& read : reads)
        std::ranges::move(read.entries, std::back_inserter(blocks_));
    next_ = 0;
    return next();
}

bool TabletSample::next() {
    if (next_ == blocks_.size()) return false;
    const ObjectEntry& block = blocks_[next_++];
    at(as_octets(block.key), as_octets(block.value));
    return true;
}

}  // namespace dnshist
