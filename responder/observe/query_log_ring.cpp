#include "responder/observe/query_log_ring.hpp"

namespace dnshist {

LoggedQuestion* QueryTray::room() noexcept {
    const std::uint32_t put = put_.load(std::memory_order_relaxed);
    if (put - taken_.load(std::memory_order_acquire) == places) return nullptr;
    return &(*questions_)[put % places];
}

void QueryTray::put() noexcept {
    put_.store(put_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
}

const LoggedQuestion* QueryTray::first() const noexcept {
    const std::uint32_t taken = taken_.load(std::memory_order_relaxed);
    if (put_.load(std::memory_order_acquire) == taken) return nullptr;
    return &(*questions_)[taken % places];
}

void QueryTray::take() noexcept {
    taken_.store(taken_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
}

std::shared_ptr<QueryTray> QueryTrays::add() {
    auto tray = std::make_shared<QueryTray>();
    const std::lock_guard lock(mutex_);
    trays_.push_back(tray);
    return tray;
}

std::vector<std::shared_ptr<QueryTray>> QueryTrays::all() {
    const std::lock_guard lock(mutex_);
    return trays_;
}

void QueryTrays::ring() noexcept {
    rung_.fetch_add(1, std::memory_order_release);
    rung_.notify_one();
}

}  // namespace dnshist
