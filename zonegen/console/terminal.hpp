// Messages to the operator, on standard error; on a terminal also a status line below them, which
// is rewritten as work goes on. Standard output is for data alone.
//
// Characters that a terminal would obey are written as escapes (storage/text/printable.hpp).
#pragma once

#include <mutex>
#include <string_view>

namespace dnshist::zonegen {

// For any thread.
class Terminal {
  public:
    Terminal();
    // Clears the status line.
    ~Terminal() { clear(); }
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    bool interactive() const noexcept { return interactive_; }

    // Writes a line, or several; `line` is without the last end of line.
    void say(std::string_view line);
    // The same after the program's name, for errors.
    void complain(std::string_view line);
    // Rewrites the status line. Nothing is shown where standard error is no terminal.
    void show(std::string_view line);
    void clear();

  private:
    void clear_shown();

    bool interactive_;
    std::mutex mutex_;  // of what is written
    bool shown_ = false;
};

// Writes to standard output at once. Throws std::system_error.
void write_output(std::string_view text);

}  // namespace dnshist::zonegen
