#include "responder/observe/query_log_ring.hpp"

namespace dnshist::responder {

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
