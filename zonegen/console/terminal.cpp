#include "zonegen/console/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <system_error>

#include "storage/text/printable.hpp"

namespace dnshist::zonegen {

namespace {

std::size_t columns() noexcept {
    winsize size{};
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
    return size.ws_col;
}

// Errors are ignored: where standard error is closed there is no way to report them.
void write_error(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stderr);
}

}  // namespace

Terminal::Terminal() : interactive_(isatty(STDERR_FILENO) == 1) {}

void Terminal::say(std::string_view line) {
    const std::lock_guard lock(mutex_);
    clear_shown();
    write_error(printable(line, Escape::decimal, "\n") + '\n');
}

void Terminal::complain(std::string_view line) {
    say("dnshist-zonegen: " + std::string(line));
}

void Terminal::show(std::string_view line) {
    if (!interactive_) return;
    const std::lock_guard lock(mutex_);
    // A line that wraps could not be cleared.
    write_error("\r\x1b[K" + printable(line).substr(0, columns() - 1));
    shown_ = true;
}

void Terminal::clear() {
    const std::lock_guard lock(mutex_);
    clear_shown();
}

void Terminal::clear_shown() {
    if (!shown_) return;
    write_error("\r\x1b[K");
    shown_ = false;
}

void write_output(std::string_view text) {
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() ||
        std::fflush(stdout) != 0) {
        throw std::system_error(errno, std::generic_category(), "cannot write to standard output");
    }
}

}  // namespace dnshist::zonegen
