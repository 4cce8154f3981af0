// Where questions wait for parts of a cluster, while the worker serves everybody else.
//
// A question that waits has read nothing of the store that counts. Once the parts that it needs
// have come it is answered from the beginning, and may find that it needs more. What has not come
// within two seconds will not come for it: it is answered all the same, by SERVFAIL if it needs it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <functional>
#include <map>

#include "responder/dispatch/batch_responder.hpp"
#include "responder/dispatch/waited.hpp"

namespace dnshist::responder {

class StoreWait {
  public:
    // Answers one question again; between two batches.
    using Turn = std::function<void(Waited)>;
    // Questions that wait at most.
    static constexpr std::size_t capacity = 8192;

    StoreWait(boost::asio::io_context& io, BatchResponder& responder);

    bool full() const noexcept { return closed_ || waiting_.size() >= capacity; }
    // Only where it is not full, which it is for ever once it is closed.
    void join(StoreTicket ticket, Waited waited, Turn turn);
    // The same for a coroutine.
    boost::asio::awaitable<Waited> wait(StoreTicket ticket, Waited waited);
    // Every question that waits has its turn now.
    void close();

  private:
    struct Entry {
        Waited waited;
        Turn turn;
    };

    void take_arrivals();
    void call(StoreTicket ticket, const std::string& failure);
    void watch();
    void give_up_late();

    boost::asio::io_context& io_;
    BatchResponder& responder_;
    boost::asio::steady_timer timer_;
    std::multimap<StoreTicket, Entry> waiting_;
    bool watches_ = false;
    bool closed_ = false;
};

}  // namespace dnshist::responder
