#include "zonegen/export/line_output.hpp"

#include <cerrno>
#include <system_error>

namespace dnshist::zonegen {

bool LineOutput::flush() {
    const bool written = std::fwrite(text_.data(), 1, text_.size(), file_) == text_.size() &&
                         std::fflush(file_) == 0;
    text_.clear();
    if (!written && errno != EPIPE) {
        throw std::system_error(errno, std::generic_category(), "cannot write to standard output");
    }
    return written;
}

}  // namespace dnshist::zonegen
