#include "zonegen/console/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <string>

namespace dnshist::zonegen {

namespace {

std::size_t columns() noexcept {
    winsize size{};
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
    return size.ws_col;
}

// Where standard error is closed there is nobody to tell.
void write_out(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stderr);
}

}  // namespace

Terminal::Terminal() : interactive_(isatty(STDERR_FILENO) == 1) {}

void Terminal::say(std::string_view line) {
    clear();
    write_out(std::string(line) + "\n");
}

void Terminal::complain(std::string_view line) {
    say("dnshist-zonegen: " + std::string(line));
}

void Terminal::show(std::string_view line) {
    if (!interactive_) return;
    // A line that wraps could not be taken back.
    write_out("\r\x1b[K" + std::string(line.substr(0, columns() - 1)));
    shown_ = true;
}

void Terminal::clear() {
    if (!shown_) return;
    write_out("\r\x1b[K");
    shown_ = false;
}

}  // namespace dnshist::zonegen
