// Where costly questions wait (the slow lane, as operators know it): one at a time has its turn,
// and between two of them the worker serves everybody else. So a cheap question waits for one
// costly question at most, however many there are.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <deque>
#include <functional>

#include "responder/answer/verdict.hpp"

namespace dnshist::responder {

class DeferredQueue {
  public:
    // Answers one question: with Budget::whole in its turn, with Budget::cut where the queue is
    // closed before that.
    using Turn = std::function<void(Budget)>;
    // Questions that wait at most.
    static constexpr std::size_t capacity = 1024;

    explicit DeferredQueue(boost::asio::io_context& io) noexcept : io_(io) {}

    bool full() const noexcept { return closed_ || waiting_.size() == capacity; }
    // Only where the queue is not full, which it is for ever once it is closed.
    void join(Turn turn);
    // The same for a coroutine: resumes it with the budget.
    boost::asio::awaitable<Budget> wait();
    // Every question that waits has its turn now.
    void close();

  private:
    void call_next();

    boost::asio::io_context& io_;
    std::deque<Turn> waiting_;
    bool closed_ = false;
};

}  // namespace dnshist::responder
