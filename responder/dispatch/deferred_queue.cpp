#include "responder/dispatch/deferred_queue.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <utility>

namespace dnshist::responder {

namespace asio = boost::asio;

void DeferredQueue::join(Turn turn) {
    waiting_.push_back(std::move(turn));
    if (waiting_.size() == 1) asio::post(io_, [this] { call_next(); });
}

asio::awaitable<Budget> DeferredQueue::wait() {
    return asio::async_initiate<const asio::use_awaitable_t<>&, void(Budget)>(
        [this](auto handler) {
            const auto resume = std::make_shared<decltype(handler)>(std::move(handler));
            join([resume](Budget budget) { std::move (*resume)(budget); });
        },
        asio::use_awaitable);
}

void DeferredQueue::call_next() {
    if (waiting_.empty()) return;
    const Turn turn = std::move(waiting_.front());
    waiting_.pop_front();
    // Behind all that has become ready meanwhile.
    if (!waiting_.empty()) asio::post(io_, [this] { call_next(); });
    turn(Budget::whole);
}

void DeferredQueue::close() {
    closed_ = true;
    for (const Turn& turn : std::exchange(waiting_, {}))
        turn(Budget::cut);
}

}  // namespace dnshist::responder
