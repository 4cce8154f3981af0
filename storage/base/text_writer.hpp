// Text into a buffer of fixed size, without allocating.
//
// All text about a record (names, types, RDATA, times, lines) is written through a TextWriter, so
// that the responder's answers and the exports come from the same functions.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace dnshist {

class TextWriter {
  public:
    explicit TextWriter(std::span<char> room) noexcept
        : begin_(room.data()), next_(begin_), end_(begin_ + room.size()) {}

    // Text that does not fit is left out as a whole, and so is everything after it.
    void put(char c) noexcept {
        if (next_ < end_) {
            *next_++ = c;
        } else {
            overflow();
        }
    }
    void put(std::string_view text) noexcept {
        if (text.size() <= static_cast<std::size_t>(end_ - next_)) {
            if (!text.empty()) std::memcpy(next_, text.data(), text.size());
            next_ += text.size();
        } else {
            overflow();
        }
    }
    void put_decimal(std::uint64_t value) noexcept {
        const auto [end, error] = std::to_chars(next_, end_, value);
        if (error == std::errc{}) {
            next_ = end;
        } else {
            overflow();
        }
    }

    bool overflowed() const noexcept { return overflowed_; }
    std::size_t size() const noexcept { return static_cast<std::size_t>(next_ - begin_); }
    std::string_view text() const noexcept { return {begin_, size()}; }
    // Goes back to an earlier size() and drops what was written since.
    void rewind(std::size_t size) noexcept { next_ = begin_ + size; }

  private:
    void overflow() noexcept {
        end_ = next_;
        overflowed_ = true;
    }

    char* begin_;
    char* next_;
    char* end_;
    bool overflowed_ = false;
};

}  // namespace dnshist
