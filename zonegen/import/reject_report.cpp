#include "zonegen/import/reject_report.hpp"

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>

#include "storage/text/quote.hpp"

namespace dnshist::zonegen {

namespace {

std::system_error cannot_write(const std::filesystem::path& path) {
    return {errno, std::generic_category(), "cannot write " + path.string()};
}

}  // namespace

RejectReport::RejectReport(Terminal& terminal, const std::optional<std::filesystem::path>& file)
    : terminal_(terminal) {
    if (!file) return;
    path_ = *file;
    file_.reset(std::fopen(path_.c_str(), "ae"));
    if (!file_) throw cannot_write(path_);
}

RejectReport::~RejectReport() = default;

void RejectReport::add(std::string_view feed, std::uint64_t line, std::string_view item,
                       const Reject& reject) {
    std::string where(feed);
    where += ':' + std::to_string(line) + ": ";
    where += reason_text(reject.reason);
    if (!reject.detail.empty()) where += ": " + reject.detail;

    ++total_;
    const std::uint64_t count = ++counts_[static_cast<std::size_t>(reject.reason)];
    if (count <= shown_per_reason) {
        terminal_.say(item.empty() ? where : where + ": " + quote(item));
    }
    if (count == shown_per_reason + 1) {
        terminal_.say("(more of '" + std::string(reason_text(reject.reason)) +
                      "': counted, not shown)");
    }

    if (!file_) return;
    std::string kept(item);
    std::replace_if(
        kept.begin(), kept.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    const bool remark = reject.partial || reject.reason == Reason::too_long;
    where = "# " + where + "\n";
    if (!kept.empty()) where += (remark ? "# " : "") + kept + "\n";
    if (std::fwrite(where.data(), 1, where.size(), file_.get()) != where.size()) {
        throw cannot_write(path_);
    }
}

void RejectReport::flush() {
    if (file_ && std::fflush(file_.get()) != 0) throw cannot_write(path_);
}

}  // namespace dnshist::zonegen
