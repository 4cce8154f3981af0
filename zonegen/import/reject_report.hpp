// Counts rejects by reason, shows the first few of each, and writes all of them to the reject file
// if there is one.
//
// The reject file can be imported after its items have been corrected: zonegen/feed/reject_file.hpp
// says in which form. An item is a remark too if a part of it is in the store (an RRset with one
// bad member), if it was too long, or if it is a record of a frame or a packet. What a terminal
// would obey is written with the escapes of the format.
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "storage/base/result.hpp"
#include "zonegen/console/terminal.hpp"
#include "zonegen/feed/reject.hpp"
#include "zonegen/import/feed_format.hpp"

namespace dnshist::zonegen {

class RejectReport {
  public:
    static constexpr std::uint64_t shown_per_reason = 3;

    // Appends to `file`; a new one is made with mode 0640, since logs name clients. Throws
    // std::system_error if it cannot be written.
    RejectReport(Terminal& terminal, const std::optional<std::filesystem::path>& file);
    ~RejectReport();
    RejectReport(const RejectReport&) = delete;
    RejectReport& operator=(const RejectReport&) = delete;

    // The items that follow are of this format. The problem is a reject file that has something
    // else.
    Result<void> begin(FeedFormat format);
    void add(std::string_view feed, std::uint64_t line, std::string_view item,
             const Reject& reject);
    // Writes everything so far to the file. Throws std::system_error.
    void flush();

    std::uint64_t total() const noexcept { return total_; }
    std::uint64_t count(Reason reason) const noexcept {
        return counts_[static_cast<std::size_t>(reason)];
    }

  private:
    struct Close {
        void operator()(std::FILE* file) const noexcept { std::fclose(file); }
    };

    void keep(const std::string& where, std::string_view item, const Reject& reject);

    Terminal& terminal_;
    std::filesystem::path path_;
    std::string format_;   // of the items in the file; empty in a new one
    bool marked_ = false;  // the file has its first line
    FeedFormat current_format_ = FeedFormat::cof;
    std::string context_;  // that of the last item in the file
    std::unique_ptr<std::FILE, Close> file_;
    std::array<std::uint64_t, reason_count> counts_{};
    std::uint64_t total_ = 0;
};

}  // namespace dnshist::zonegen
