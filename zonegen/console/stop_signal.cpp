#include "zonegen/console/stop_signal.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <system_error>

namespace dnshist::zonegen {

namespace {

std::atomic<int> write_end{-1};
static_assert(std::atomic<int>::is_always_lock_free);

extern "C" void on_stop_signal(int) {
    const int saved = errno;
    const char octet = 0;
    // The write may fail because the pipe is full: then it is readable already.
    [[maybe_unused]] const ssize_t written = write(write_end.load(), &octet, 1);
    errno = saved;
}

void handle(int signal, void (*handler)(int)) {
    struct sigaction action {};
    action.sa_handler = handler;
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, nullptr);
}

}  // namespace

StopSignal::StopSignal() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
        throw std::system_error(errno, std::generic_category(), "pipe");
    }
    read_end_ = ends[0];
    write_end.store(ends[1]);
    handle(SIGINT, on_stop_signal);
    handle(SIGTERM, on_stop_signal);
    handle(SIGHUP, on_stop_signal);
}

StopSignal::~StopSignal() {
    handle(SIGINT, SIG_DFL);
    handle(SIGTERM, SIG_DFL);
    handle(SIGHUP, SIG_DFL);
    close(write_end.exchange(-1));
    close(read_end_);
}

bool StopSignal::requested() const noexcept {
    return stop_requested(read_end_);
}

bool stop_requested(int descriptor) noexcept {
    pollfd readable{descriptor, POLLIN, 0};
    return descriptor >= 0 && poll(&readable, 1, 0) > 0;
}

}  // namespace dnshist::zonegen
