// What was rejected: counted by reason, the first few of each reason shown, all of them kept in a
// file where one is named.
//
// That file can be imported once its lines are mended: each rejected item is a line of it, after
// a remark ("# FILE:LINE: reason") that import passes over. Of an RRset with one bad member, the
// members that were good are in the store; its line is a remark too, and
// so is what is said of a record in a frame or a packet, which have no lines.
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

#include "zonegen/console/terminal.hpp"
#include "zonegen/feed/reject.hpp"

namespace dnshist::zonegen {

class RejectReport {
  public:
    static constexpr std::uint64_t shown_per_reason = 3;

    // `file` is added to where it exists. Throws std::system_error where it cannot be written.
    RejectReport(Terminal& terminal, const std::optional<std::filesystem::path>& file);
    ~RejectReport();
    RejectReport(const RejectReport&) = delete;
    RejectReport& operator=(const RejectReport&) = delete;

    void add(std::string_view feed, std::uint64_t line, std::string_view item,
             const Reject& reject);
    // Has the file hold all so far. Throws std::system_error.
    void flush();

    std::uint64_t total() const noexcept { return total_; }
    std::uint64_t count(Reason reason) const noexcept {
        return counts_[static_cast<std::size_t>(reason)];
    }

  private:
    struct Close {
        void operator()(std::FILE* file) const noexcept { std::fclose(file); }
    };

    Terminal& terminal_;
    std::filesystem::path path_;
    std::unique_ptr<std::FILE, Close> file_;
    std::array<std::uint64_t, reason_count> counts_{};
    std::uint64_t total_ = 0;
};

}  // namespace dnshist::zonegen
