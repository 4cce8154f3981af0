// Any octets as a file: decompressed and cut into items within bounds; and from wherever an
// import of it may have ended, the same items follow.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "zonegen/feed/text_items.hpp"

using namespace dnshist;
using namespace dnshist::zonegen;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

struct Cut {
    std::vector<std::string> items;
    std::vector<std::uint64_t> positions;  // behind each
};

Cut cut(Feed& feed, std::uint64_t lines, bool within_array) {
    Cut result;
    TextItems items(feed, layout_of(feed.head()), lines, within_array);
    TextItem item;
    std::uint64_t line = lines;
    while (result.items.size() < 1000 && items.next(item)) {
        require(item.text.size() <= Feed::max_item_octets && item.line > line);
        line = item.line - 1;
        // Text between objects is only ever rejected, and skipped behind a broken
        // one.
        const bool kept = item.text.starts_with('{');
        if (kept) result.items.emplace_back(item.text);
        items.take();
        if (kept) result.positions.push_back(feed.position());
    }
    return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const int file = memfd_create("feed", MFD_CLOEXEC);
    require(file >= 0 && write(file, data, size) == static_cast<ssize_t>(size));
    const std::string path = "/proc/self/fd/" + std::to_string(file);

    Feed feed(path);
    const Cut all = cut(feed, 0, false);
    if (!all.items.empty()) {
        const std::size_t middle = all.items.size() / 2;
        Feed rest(path);
        std::uint64_t lines = 0;
        require(rest.skip_to(all.positions[middle], lines));
        const bool array = layout_of(rest.head()) == TextLayout::values;
        const Cut after = cut(rest, lines, array);
        const auto expected =
            std::vector(all.items.begin() + static_cast<long>(middle) + 1, all.items.end());
        require(after.items.size() >= expected.size());
        require(std::equal(expected.begin(), expected.end(), after.items.begin()));
    }
    close(file);
    return 0;
}
