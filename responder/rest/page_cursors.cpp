#include "responder/rest/page_cursors.hpp"

#include <functional>
#include <random>

namespace dnshist::responder {

namespace {

// Two requests with the same hash could take each other's cursors, which does no harm: the rights
// are those of the request that comes.
std::size_t hash_of(std::string_view request) noexcept {
    return std::hash<std::string_view>{}(request);
}

}  // namespace

// Begins at a random number, so that a cursor from before a restart is not taken for another.
PageCursors::PageCursors() {
    std::random_device device;
    next_ = 1 + (std::uint64_t{device()} << 24U);
}

std::uint64_t PageCursors::add(std::string_view request, const SelectionPlace& place) {
    const std::lock_guard lock(mutex_);
    if (entries_.empty()) entries_.resize(most);
    Entry& entry = entries_[next_ % most];
    entry.number = next_;
    entry.request = hash_of(request);
    entry.place = place;
    return next_++;
}

std::optional<SelectionPlace> PageCursors::find(std::uint64_t number, std::string_view request) {
    const std::lock_guard lock(mutex_);
    if (entries_.empty()) return std::nullopt;
    const Entry& entry = entries_[number % most];
    if (number == 0 || entry.number != number || entry.request != hash_of(request))
        return std::nullopt;
    return entry.place;
}

}  // namespace dnshist::responder
