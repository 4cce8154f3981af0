#include "responder/observe/log.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "storage/text/printable.hpp"

namespace dnshist::responder {

namespace {

spdlog::logger& logger() {
    static const auto instance = [] {
        auto made = spdlog::stderr_logger_mt("dnshist");
        made->set_formatter(std::make_unique<spdlog::pattern_formatter>(
            "%Y-%m-%dT%H:%M:%SZ %l: %v", spdlog::pattern_time_type::utc));
        made->flush_on(spdlog::level::info);
        return made;
    }();
    return *instance;
}

}  // namespace

void log_info(const std::string& text) {
    logger().info("{}", printable(text));
}

void log_warning(const std::string& text) {
    logger().warn("{}", printable(text));
}

void log_error(const std::string& text) {
    logger().error("{}", printable(text));
}

std::optional<std::uint64_t> OncePerMinute::pass(Clock::time_point now) {
    const std::lock_guard lock(mutex_);
    if (last_ && now - *last_ < std::chrono::minutes(1)) {
        ++held_;
        return std::nullopt;
    }
    last_ = now;
    return std::exchange(held_, 0);
}

void log_warning(OncePerMinute& often, const std::string& text) {
    const auto held = often.pass(OncePerMinute::Clock::now());
    if (!held) return;
    log_warning(*held == 0 ? text
                           : text + " (and " + std::to_string(*held) + " more like it before)");
}

}  // namespace dnshist::responder
