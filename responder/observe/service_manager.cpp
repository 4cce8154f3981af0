#include "responder/observe/service_manager.hpp"

#include <chrono>
#include <cstdlib>

namespace dnshist::responder {

namespace asio = boost::asio;
using boost::system::error_code;
using Protocol = asio::local::datagram_protocol;

ServiceManager::ServiceManager(asio::io_context& io) : socket_(io) {
    const char* const path = std::getenv("NOTIFY_SOCKET");
    if (path != nullptr) path_ = path;
    if (path_.starts_with('@')) path_[0] = '\0';  // the abstract namespace (unix(7))
}

void ServiceManager::tell_reloading() {
    const auto now = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now().time_since_epoch());  // CLOCK_MONOTONIC
    tell("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(now.count()));
}

void ServiceManager::tell_alive() {
    if (waiting_.empty()) tell("WATCHDOG=1");
}

void ServiceManager::tell_stopping() {
    waiting_.clear();
    if (!connect()) return;
    error_code ignored;
    socket_.non_blocking(true, ignored);
    socket_.send(asio::buffer(std::string("STOPPING=1")), 0, ignored);
    socket_.close(ignored);
}

void ServiceManager::tell(std::string state) {
    if (path_.empty()) return;
    waiting_.push_back(std::move(state));
    if (waiting_.size() == 1) send_next();
}

// Anew for each message, as sd_notify() does it: the socket at the path may be another by now.
bool ServiceManager::connect() {
    if (path_.empty()) return false;
    error_code error;
    socket_.close(error);
    socket_.open(Protocol(), error);
    if (!error) socket_.connect(Protocol::endpoint(path_), error);
    return !error;
}

// A message that cannot be sent at all is left out.
void ServiceManager::send_next() {
    while (!waiting_.empty() && !connect())
        waiting_.pop_front();
    if (waiting_.empty()) return;
    socket_.async_send(asio::buffer(waiting_.front()),
                       [this](const error_code& error, std::size_t) {
                           if (error == asio::error::operation_aborted) return;
                           waiting_.pop_front();
                           send_next();
                       });
}

}  // namespace dnshist::responder
