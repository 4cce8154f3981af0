// Tells systemd that the responder is well, as long as every worker is and the store is open
// (WatchdogSec= in the unit).
//
// The main thread may run while a worker, and with it a share of the clients, is stuck. So each
// worker is sent a message through its event loop, and systemd is sent WATCHDOG=1 only once all
// have answered. If that does not come in time, systemd restarts the responder.
#pragma once

#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>
#include <memory>

#include "responder/dispatch/shared_history.hpp"
#include "responder/observe/service_manager.hpp"
#include "responder/server/worker.hpp"

namespace dnshist::responder {

class Watchdog {
  public:
    // Watches from the thread that runs `io`.
    Watchdog(boost::asio::io_context& io, std::deque<Worker>& workers, const SharedHistory& store,
             ServiceManager& service_manager);

    // Does nothing where systemd does not ask for it ($WATCHDOG_USEC).
    void start();
    void stop();

  private:
    void look();

    std::deque<Worker>& workers_;
    const SharedHistory& store_;
    ServiceManager& service_manager_;
    boost::asio::steady_timer timer_;
    std::chrono::microseconds interval_{};
    // Workers that have not answered yet; shared with the messages to them.
    std::shared_ptr<std::atomic<std::size_t>> awaited_ =
        std::make_shared<std::atomic<std::size_t>>(0);
};

}  // namespace dnshist::responder
