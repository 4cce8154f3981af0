// Where questions wait that cost much, so that they hold nobody up: one at a time has its turn, and
// between two of them the worker serves everybody else. A cheap question thus waits for one costly
// question at most, however many there are.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>

#include "responder/answer/respond.hpp"

namespace boost::asio {
class io_context;
}

namespace dnshist::responder {

class DeferredQueue {
  public:
    // Answers one question, with so much budget: Budget::whole in its turn, Budget::cut where the
    // lane is closed before that.
    using Turn = std::function<void(Budget)>;

    explicit DeferredQueue(boost::asio::io_context& io) noexcept : io_(io) {}

    // Whether nobody may join now.
    bool full() const noexcept { return closed_ || waiting_.size() == places; }
    // Behind the others; only where the lane is not full.
    void join(Turn turn);
    // Everybody who waits has a turn now, and nobody may join any more.
    void close();

  private:
    void call_next();

    static constexpr std::size_t places = 1024;

    boost::asio::io_context& io_;
    std::deque<Turn> waiting_;
    bool closed_ = false;
};

}  // namespace dnshist::responder
