// Buffered output of lines to a file.
#pragma once

#include <cstdio>
#include <string>

namespace dnshist::zonegen {

class LineOutput {
  public:
    explicit LineOutput(std::FILE* file) : file_(file) { text_.reserve(2 * flush_size); }

    // The buffer; a line is appended to it.
    std::string& text() noexcept { return text_; }

    // Both return false where the reader of a pipe has closed it (EPIPE), and throw
    // std::system_error where the file cannot be written for another reason.
    bool end_line() {
        text_ += '\n';
        return text_.size() < flush_size || flush();
    }
    bool flush();

  private:
    static constexpr std::size_t flush_size = std::size_t{256} << 10;
    std::FILE* file_;
    std::string text_;
};

}  // namespace dnshist::zonegen
