#include "storage/engine/lmdb/free_pages.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <sstream>
#include <string>
#include <vector>

namespace dnshist::lmdb {

namespace {

// The handle of the database of free pages.
constexpr MDB_dbi free_pages = 0;
// Shorter holes are not worth a piece more in the file system's list of pieces.
constexpr std::size_t least_pages = 8;

// The oldest state that is read. A line of the list is "pid thread state", or "-" for none; the
// first one is the heading.
std::size_t oldest_read(const Environment& environment, std::size_t newest) {
    std::size_t oldest = newest;
    const auto look = [](const char* line, void* found) {
        std::istringstream in(line);
        std::string process;
        std::string thread;
        std::size_t state = 0;
        auto& least = *static_cast<std::size_t*>(found);
        if (in >> process >> thread >> state) least = std::min(least, state);
        return 0;
    };
    if (mdb_reader_list(environment.get(), look, &oldest) < 0) return 0;
    return oldest;
}

// In ascending order. The key of an entry is the number of the transaction that freed the pages
// (size_t), its value their number and the pages.
std::vector<std::size_t> pages_freed_before(const Transaction& reader, std::size_t state) {
    std::vector<std::size_t> pages;
    Cursor cursor(reader, free_pages);
    for (bool any = cursor.first(); any; any = cursor.next()) {
        std::size_t freed = 0;
        std::size_t count = 0;
        if (cursor.key().size() != sizeof freed || cursor.value().size() < sizeof count) break;
        std::memcpy(&freed, cursor.key().data(), sizeof freed);
        std::memcpy(&count, cursor.value().data(), sizeof count);
        if (freed >= state || count > cursor.value().size() / sizeof count - 1) break;
        const std::size_t known = pages.size();
        pages.resize(known + count);
        if (count == 0) continue;
        std::memcpy(&pages[known], cursor.value().data() + sizeof count, count * sizeof count);
    }
    std::ranges::sort(pages);
    return pages;
}

}  // namespace

void give_back_free_pages(const Environment& environment) {
    const Transaction writer(environment, 0);
    const Transaction reader(environment, MDB_RDONLY);
    const std::size_t newest = mdb_txn_id(reader.get());
    const auto pages = pages_freed_before(reader, oldest_read(environment, newest));
    const std::size_t page_size = environment.page_size();
    mdb_filehandle_t file = -1;
    check("mdb_env_get_fd", mdb_env_get_fd(environment.get(), &file));
    for (std::size_t i = 0; i < pages.size();) {
        std::size_t end = i + 1;
        while (end < pages.size() && pages[end] == pages[end - 1] + 1)
            ++end;
        const std::size_t count = end - i;
        const bool done =
            count < least_pages || ::fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                                               static_cast<off_t>(pages[i] * page_size),
                                               static_cast<off_t>(count * page_size)) == 0;
        if (!done) return;
        i = end;
    }
}

}  // namespace dnshist::lmdb
