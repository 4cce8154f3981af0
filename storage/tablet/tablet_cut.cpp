#include "storage/tablet/tablet_cut.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "storage/tablet/tablet_head.hpp"
#include "storage/tablet/tablet_map.hpp"

namespace dnshist {

namespace {

// A cut may be so many blocks before the even one.
constexpr std::size_t window = 4;

using Blocks = std::vector<std::pair<std::string_view, std::string_view>>;

// The index behind the last block of each part but the last.
std::vector<std::size_t> ends_of_parts(const Blocks& all, std::size_t most_octets) {
    std::size_t total = 0;
    for (const auto& [key, block] : all)
        total += key.size() + block.size();
    const std::size_t parts = std::max<std::size_t>(2, total * 4 / 3 / most_octets + 1);
    std::vector<std::size_t> ends;
    std::size_t size = 0;
    for (std::size_t i = 0; i + 1 < all.size() && ends.size() + 1 < parts; ++i) {
        size += all[i].first.size() + all[i].second.size();
        if (size < total / parts) continue;
        const std::size_t least = ends.empty() ? 0 : ends.back();
        std::size_t best = i;
        for (std::size_t k = i > window + least ? i - window : least; k <= i; ++k) {
            if (all[k].first.size() < all[best].first.size()) best = k;
        }
        ends.push_back(best + 1);
        i = best;
        size = 0;
    }
    return ends;
}

}  // namespace

std::vector<RightPart> cut_tablet(ObjectWrite& write, const std::vector<ObjectEntry>& before,
                                  const std::map<std::string, std::string>& blocks,
                                  std::size_t most_octets) {
    const Blocks all(blocks.begin(), blocks.end());
    const std::vector<std::size_t> ends = ends_of_parts(all, most_octets);
    if (ends.empty()) return {};
    TabletHead left = *decode_head(write.head);
    const std::string upper = left.upper;
    std::vector<RightPart> right(ends.size());
    for (RightPart& part : right)
        part.id = new_tablet_id();
    for (std::size_t i = 0; i < right.size(); ++i) {
        const bool is_last = i + 1 == right.size();
        TabletHead head;
        head.space = left.space;
        head.lower = all[ends[i] - 1].first;
        head.upper = is_last ? upper : std::string(all[ends[i + 1] - 1].first);
        head.right = is_last ? left.right : right[i + 1].id;
        head.marks = left.marks;
        for (TabletMark& mark : head.marks)
            mark.counts = {};  // they stay on the left
        ObjectWrite& made = right[i].write;
        made.object = tablet_object(right[i].id);
        made.condition = ObjectWrite::Condition::object_is_absent;
        for (std::size_t k = ends[i]; k < (is_last ? all.size() : ends[i + 1]); ++k) {
            made.set.push_back({std::string(all[k].first), std::string(all[k].second)});
            head.octets += octets_of(made.set.back());
        }
        made.head = encode_head(head);
        right[i].lower = head.lower;
        left.octets -= head.octets;
    }
    left.upper = all[ends.front() - 1].first;
    left.right = right.front().id;
    write.head = encode_head(left);
    std::erase_if(write.set, [&](const ObjectEntry& e) { return e.key > left.upper; });
    write.remove.clear();
    for (const ObjectEntry& block : before) {
        if (block.key > left.upper || !blocks.contains(block.key))
            write.remove.push_back(block.key);
    }
    return right;
}

}  // namespace dnshist
