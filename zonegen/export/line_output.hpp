// Lines of an export on their way to a file, gathered until they are worth a call to the system.
#pragma once

#include <cstdio>
#include <string>

namespace dnshist::zonegen {

class LineOutput {
  public:
    explicit LineOutput(std::FILE* file) : file_(file) { text_.reserve(2 * enough); }

    // What the line is to be appended to.
    std::string& text() noexcept { return text_; }

    // False where nobody reads: who read the other end of a pipe has gone (EPIPE). Throws
    // std::system_error where the file cannot be written for another reason.
    bool end_line() {
        text_ += '\n';
        return text_.size() < enough || flush();
    }
    bool flush();

  private:
    static constexpr std::size_t enough = std::size_t{256} << 10;
    std::FILE* file_;
    std::string text_;
};

}  // namespace dnshist::zonegen
