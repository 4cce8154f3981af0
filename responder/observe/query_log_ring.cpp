#include "responder/observe/query_log_ring.hpp"

namespace dnshist::responder {

LoggedQuestion* QueryLogRing::room() noexcept {
    const std::uint32_t put = put_.load(std::memory_order_relaxed);
    if (put - taken_.load(std::memory_order_acquire) == places) return nullptr;
    return &(*questions_)[put % places];
}

void QueryLogRing::put() noexcept {
    put_.store(put_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
}

const LoggedQuestion* QueryLogRing::first() const noexcept {
    const std::uint32_t taken = taken_.load(std::memory_order_relaxed);
    if (put_.load(std::memory_order_acquire) == taken) return nullptr;
    return &(*questions_)[taken % places];
}

void QueryLogRing::take() noexcept {
    taken_.store(taken_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
}

std::shared_ptr<QueryLogRing> QueryLogRings::add() {
    auto tray = std::make_shared<QueryLogRing>();
    const std::lock_guard lock(mutex_);
    trays_.push_back(tray);
    return tray;
}

std::vector<std::shared_ptr<QueryLogRing>> QueryLogRings::all() {
    const std::lock_guard lock(mutex_);
    return trays_;
}

void QueryLogRings::ring() noexcept {
    rung_.fetch_add(1, std::memory_order_release);
    rung_.notify_one();
}

}  // namespace dnshist::responder
