#include "storage/tablet/mark_sum.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

namespace dnshist {

BatchCounts sum_of_marks(ObjectStore& objects, TabletMap& map, TabletSpace space,
                         const TabletWriter::Mark& mark) {
    constexpr std::size_t at_once = 1024;
    BatchCounts sum;
    std::vector<std::uint64_t> done;  // sorted
    for (;;) {
        // Those that the directory does not have are found to the right of others.
        std::vector<std::uint64_t> all = map.ids(space);
        std::ranges::sort(all);
        std::vector<std::uint64_t> next;
        std::ranges::set_difference(all, done, std::back_inserter(next));
        if (next.empty()) return sum;
        next.resize(std::min(next.size(), at_once));
        std::vector<ObjectRead> reads(next.size());
        for (std::size_t i = 0; i < next.size(); ++i)
            reads[i].object = tablet_object(next[i]);
        objects.read(reads);
        for (const ObjectRead& read : reads) {
            const auto head = read.exists ? decode_head(read.head) : std::nullopt;
            if (!head) throw_damaged_object(read.object);
            if (head->right != 0) map.learn(space, head->upper, head->right);
            const TabletMark* const found = head->mark_of(mark.lane);
            if (found != nullptr && found->seq == mark.seq) sum += found->counts;
        }
        std::vector<std::uint64_t> both;
        std::ranges::merge(done, next, std::back_inserter(both));
        done = std::move(both);
    }
}

}  // namespace dnshist
