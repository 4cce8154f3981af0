#include "responder/observe/query_log_ring.hpp"

namespace dnshist::responder {

LoggedQuestion* QueryLogRing::room() noexcept {
    const std::uint32_t put = put_.load(std::memory_order_relaxed);
    if (put - taken_.load(std::memory_order_acquire) == capacity) return nullptr;
    return &(*questions_)[put % capacity];
}

void QueryLogRing::put() noexcept {
    put_.store(put_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
}

const LoggedQuestion* QueryLogRing::first() const noexcept {
    const std::uint32_t taken = taken_.load(std::memory_order_relaxed);
    if (put_.load(std::memory_order_acquire) == taken) return nullptr;
    return &(*questions_)[taken % capacity];
}

void QueryLogRing::take() noexcept {
    taken_.store(taken_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
}

std::shared_ptr<QueryLogRing> QueryLogRings::add() {
    auto ring = std::make_shared<QueryLogRing>();
    const std::lock_guard lock(mutex_);
    rings_.push_back(ring);
    return ring;
}

std::vector<std::shared_ptr<QueryLogRing>> QueryLogRings::all() {
    const std::lock_guard lock(mutex_);
    return rings_;
}

void QueryLogRings::notify() noexcept {
    notified_.fetch_add(1, std::memory_order_release);
    notified_.notify_one();
}

}  // namespace dnshist::responder
