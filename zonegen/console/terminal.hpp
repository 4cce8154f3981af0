// What is said to the operator, on standard error: messages, and on a terminal one line below them
// that is written anew as work goes on.
#pragma once

#include <string_view>

namespace dnshist::zonegen {

class Terminal {
  public:
    Terminal();
    // Leaves no half-written line behind.
    ~Terminal() { clear(); }
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    bool interactive() const noexcept { return interactive_; }

    // One line, ended by this.
    void say(std::string_view line);
    // The same after the program's name: something is wrong.
    void complain(std::string_view line);
    // The line that is written anew. On a terminal only.
    void show(std::string_view line);
    void clear();

  private:
    bool interactive_;
    bool shown_ = false;
};

}  // namespace dnshist::zonegen
