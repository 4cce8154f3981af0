#include "storage/engine/lmdb/mapped_files.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <fstream>
#include <mutex>
#include <sstream>
#include <utility>

namespace dnshist::lmdb {

namespace {

// A map whose pages may go away. The handler of the signal reads these, so they are of a fixed
// number and atomic; a map for which there is no room is not watched.
struct WatchedMap {
    std::atomic<std::uintptr_t> begin = 0;  // 0: free
    std::atomic<std::uintptr_t> end = 0;
    std::atomic<int> protection = 0;
    std::atomic<std::atomic<bool>*> page_lost = nullptr;
};
std::array<WatchedMap, 4096> watched;
std::mutex watched_mutex;              // of those who write them
std::atomic<bool> lost_pages = false;  // of any map
const auto page_octets = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));

static_assert(std::atomic<std::uintptr_t>::is_always_lock_free);
static_assert(std::atomic<std::atomic<bool>*>::is_always_lock_free);

// Whether the address is in a watched map, and a page of zeros is there now.
bool replace_page(void* at) noexcept {
    const auto address = reinterpret_cast<std::uintptr_t>(at);
    for (WatchedMap& map : watched) {
        const std::uintptr_t begin = map.begin.load();
        if (begin == 0 || address < begin || address >= map.end.load()) continue;
        // Before the zeros are there: no thread sees those without this.
        lost_pages.store(true);
        map.page_lost.load()->store(true);
        void* const page = static_cast<std::uint8_t*>(at) - address % page_octets;
        return ::mmap(page, page_octets, map.protection.load(),
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED;
    }
    return false;
}

extern "C" void on_bus_error(int signal, siginfo_t* info, void*) {
    const int saved = errno;
    // Without a handler the same access ends the process.
    if (!replace_page(info->si_addr)) ::signal(signal, SIG_DFL);
    errno = saved;
}

void catch_bus_errors() {
    struct sigaction action {};
    action.sa_sigaction = on_bus_error;
    action.sa_flags = SA_SIGINFO;
    ::sigemptyset(&action.sa_mask);
    ::sigaction(SIGBUS, &action, nullptr);
}

void watch(std::uintptr_t begin, std::uintptr_t end, int protection, std::atomic<bool>& lost) {
    for (WatchedMap& map : watched) {
        if (map.begin != 0) continue;
        map.end = end;
        map.protection = protection;
        map.page_lost = &lost;
        map.begin = begin;
        return;
    }
}

void unwatch(const std::atomic<bool>& lost) {
    for (WatchedMap& map : watched) {
        if (map.begin != 0 && map.page_lost == &lost) map.begin = 0;
    }
}

// Watches the map of a line of /proc/self/maps (proc(5)): "7f00-7f10 rw-s 00000000 08:01 1234
// /path".
void watch_line(const std::string& line, std::atomic<bool>& lost) {
    std::istringstream in(line);
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
    std::string access;
    char dash = 0;
    in >> std::hex >> begin >> dash >> end >> access;
    const bool writable = access.starts_with("rw");
    watch(begin, end, writable ? PROT_READ | PROT_WRITE : PROT_READ, lost);
}

}  // namespace

void MappedFiles::File::identify(const struct stat& status) noexcept {
    device = status.st_dev;
    number = status.st_ino;
    known = true;
}

bool MappedFiles::File::is(const struct stat& status) const noexcept {
    return device == status.st_dev && number == status.st_ino;
}

MappedFiles::MappedFiles(int data_descriptor, std::filesystem::path data,
                         std::filesystem::path lock)
    : data_descriptor_(data_descriptor), files_{File{std::move(data)}, File{std::move(lock)}} {
    catch_bus_errors();  // again: another may have taken the signal since
    struct stat status {};
    if (::fstat(data_descriptor_, &status) == 0) files_[0].identify(status);
    if (!files_[1].path.empty() && ::stat(files_[1].path.c_str(), &status) == 0) {
        files_[1].identify(status);
    }
    find_maps();
}

MappedFiles::~MappedFiles() {
    const std::lock_guard lock(watched_mutex);
    unwatch(page_lost_);
}

bool MappedFiles::any_page_lost() noexcept {
    return lost_pages.load(std::memory_order_relaxed);
}

void MappedFiles::find_maps() {
    const std::lock_guard lock(watched_mutex);
    unwatch(page_lost_);
    for (const File& file : files_) {
        std::error_code none;
        const auto path = std::filesystem::canonical(file.path, none).string();
        if (!file.known || none) continue;
        std::ifstream maps("/proc/self/maps");
        for (std::string line; std::getline(maps, line);) {
            if (line.ends_with(' ' + path)) watch_line(line, page_lost_);
        }
    }
}

std::optional<std::string> MappedFiles::change_of_paths() const {
    for (const File& file : files_) {
        if (!file.known) continue;
        const std::string name = file.path.filename().string();
        struct stat status {};
        if (::stat(file.path.c_str(), &status) == 0) {
            if (!file.is(status)) return name + " was replaced by another file";
        } else if (errno == ENOENT || errno == ENOTDIR || errno == ESTALE) {
            return name + " was removed";
        }
    }
    return std::nullopt;
}

std::size_t MappedFiles::data_octets() const noexcept {
    struct stat status {};
    if (::fstat(data_descriptor_, &status) != 0) return 0;
    return static_cast<std::size_t>(status.st_size);
}

}  // namespace dnshist::lmdb
