#include "responder/server/deferred_queue.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <utility>

namespace dnshist::responder {

void DeferredQueue::join(Turn turn) {
    waiting_.push_back(std::move(turn));
    if (waiting_.size() == 1) boost::asio::post(io_, [this] { call_next(); });
}

void DeferredQueue::call_next() {
    if (waiting_.empty()) return;
    const Turn turn = std::move(waiting_.front());
    waiting_.pop_front();
    // Behind all that has become ready meanwhile.
    if (!waiting_.empty()) boost::asio::post(io_, [this] { call_next(); });
    turn(Budget::whole);
}

void DeferredQueue::close() {
    closed_ = true;
    for (const Turn& turn : std::exchange(waiting_, {}))
        turn(Budget::cut);
}

}  // namespace dnshist::responder
