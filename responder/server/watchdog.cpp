#include "responder/server/watchdog.hpp"

#include <systemd/sd-daemon.h>

#include <boost/asio/io_context.hpp>

#include "responder/observe/log.hpp"

namespace dnshist::responder {

namespace {

// Looks per WatchdogSec=. Two would do if the workers answered at once.
constexpr int looks = 4;

OncePerMinute unwell;

}  // namespace

Watchdog::Watchdog(boost::asio::io_context& io, std::deque<Worker>& workers,
                   const SharedHistory& store, ServiceManager& service_manager)
    : workers_(workers), store_(store), service_manager_(service_manager), timer_(io) {}

void Watchdog::start() {
    std::uint64_t microseconds = 0;
    if (::sd_watchdog_enabled(0, &microseconds) <= 0) return;
    interval_ = std::chrono::microseconds(microseconds) / looks;
    look();
}

void Watchdog::stop() {
    timer_.cancel();
    interval_ = {};
}

void Watchdog::look() {
    if (*awaited_ == 0) {
        if (store_.is_open()) {
            service_manager_.tell_alive();
        } else {
            log_warning(unwell, "the store cannot be read; systemd is not told that all is well");
        }
        *awaited_ = workers_.size();
        for (Worker& worker : workers_)
            worker.call([awaited = awaited_](BatchResponder&) { --*awaited; });
    } else {
        log_warning(unwell,
                    "a worker has not answered for a while; systemd is not told that all "
                    "is well");
    }
    timer_.expires_after(interval_);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error && interval_.count() > 0) look();
    });
}

}  // namespace dnshist::responder
