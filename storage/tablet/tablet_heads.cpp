#include "storage/tablet/tablet_heads.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

namespace dnshist {

void for_each_tablet(
    ObjectStore& objects, TabletMap& map, TabletSpace space,
    const std::function<void(std::uint64_t id, const std::optional<TabletHead>&)>& take) {
    constexpr std::size_t at_once = 1024;
    std::vector<std::uint64_t> done;  // sorted
    for (;;) {
        // Those that the directory does not have are found to the right of others.
        std::vector<std::uint64_t> all = map.ids(space);
        std::ranges::sort(all);
        std::vector<std::uint64_t> next;
        std::ranges::set_difference(all, done, std::back_inserter(next));
        if (next.empty()) return;
        next.resize(std::min(next.size(), at_once));
        std::vector<ObjectRead> reads(next.size());
        for (std::size_t i = 0; i < next.size(); ++i)
            reads[i].object = tablet_object(next[i]);
        objects.read(reads);
        for (std::size_t i = 0; i < next.size(); ++i) {
            auto head = reads[i].exists ? decode_head(reads[i].head) : std::nullopt;
            if (head && head->space != space) head.reset();
            if (head && head->right != 0) map.learn(space, head->upper, head->right);
            take(next[i], head);
        }
        std::vector<std::uint64_t> both;
        std::ranges::merge(done, next, std::back_inserter(both));
        done = std::move(both);
    }
}

BatchCounts sum_of_marks(ObjectStore& objects, TabletMap& map, TabletSpace space, std::uint8_t lane,
                         std::uint64_t seq) {
    BatchCounts sum;
    for_each_tablet(objects, map, space, [&](std::uint64_t, const std::optional<TabletHead>& head) {
        // What it had is lost, and so is what the batch had changed there.
        const TabletMark* const found = head ? head->mark_of(lane) : nullptr;
        if (found != nullptr && found->seq == seq) sum += found->counts;
    });
    return sum;
}

}  // namespace dnshist
