// The responder's log: lines on standard error.
//
//     2026-01-31T12:00:00Z info: listening on 127.0.0.1@5300 (udp, tcp)
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

namespace dnshist::responder {

void log_info(const std::string& text);
void log_warning(const std::string& text);
void log_error(const std::string& text);

// Lets one through a minute, and counts the others. For any thread.
class OncePerMinute {
  public:
    using Clock = std::chrono::steady_clock;

    // How many were held back since the last that passed; nothing where this one is held back.
    std::optional<std::uint64_t> pass(Clock::time_point now);

  private:
    std::mutex mutex_;
    std::optional<Clock::time_point> last_;
    std::uint64_t held_ = 0;
};

// For a warning that traffic or a damaged store can cause at any rate.
void log_warning(OncePerMinute& often, const std::string& text);

}  // namespace dnshist::responder
