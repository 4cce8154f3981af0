// Any octets as a file: decompressed and cut into elements within bounds; and from wherever an
// import of it may have ended, the same elements follow.
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
    std::vector<std::string> elements;
    std::vector<std::uint64_t> positions;  // behind each
};

Cut cut(Feed& feed, std::uint64_t lines, bool within_array) {
    Cut result;
    ElementReader reader(feed, layout_of(feed.head()), lines, within_array);
    TextItem element;
    std::uint64_t line = lines;
    while (result.elements.size() < 1000 && reader.next(element)) {
        require(element.text.size() <= Feed::max_element_octets && element.line > line);
        line = element.line - 1;
        // Octets between objects are only ever rejected, and passed over behind a broken
        // one.
        const bool kept = element.text.starts_with('{');
        if (kept) result.elements.emplace_back(element.text);
        reader.take();
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
    if (!all.elements.empty()) {
        const std::size_t middle = all.elements.size() / 2;
        Feed rest(path);
        std::uint64_t lines = 0;
        require(rest.skip_to(all.positions[middle], lines));
        const bool array = layout_of(rest.head()) == Layout::values;
        const Cut after = cut(rest, lines, array);
        const auto expected =
            std::vector(all.elements.begin() + static_cast<long>(middle) + 1, all.elements.end());
        require(after.elements.size() >= expected.size());
        require(std::equal(expected.begin(), expected.end(), after.elements.begin()));
    }
    close(file);
    return 0;
}
