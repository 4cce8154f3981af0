#include "zonegen/import/reject_report.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <system_error>

#include "storage/base/file_descriptor.hpp"
#include "storage/text/printable.hpp"
#include "storage/text/quote.hpp"
#include "zonegen/feed/reject_file.hpp"

namespace dnshist::zonegen {

namespace {

std::system_error cannot_write(const std::filesystem::path& path) {
    return {errno, std::generic_category(), "cannot write " + path.string()};
}

// Whether items of the format are lines of text, so that they can be mended.
bool is_text(FeedFormat format) noexcept {
    return format != FeedFormat::dnstap && format != FeedFormat::pcap;
}

// The beginning of a file; empty if it is none that can be read.
std::string beginning(const std::filesystem::path& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return {};
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    std::array<char, 256> room;
    const ssize_t size = file.get() < 0 ? 0 : ::read(file.get(), room.data(), room.size());
    return {room.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
}

// The escapes that mean the same to the readers of the format.
Escape escape_of(FeedFormat format, std::string_view item) noexcept {
    if (item.starts_with('{') || item.starts_with('[')) return Escape::json;
    return format == FeedFormat::zeek ? Escape::hex : Escape::decimal;
}

}  // namespace

RejectReport::RejectReport(Terminal& terminal, const std::optional<std::filesystem::path>& file)
    : terminal_(terminal) {
    if (!file) return;
    path_ = *file;
    FileDescriptor opened(::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640));
    if (opened.get() < 0) throw cannot_write(path_);
    file_.reset(::fdopen(opened.get(), "a"));
    if (!file_) throw cannot_write(path_);
    opened.release();
    const std::string head = beginning(path_);
    format_ = reject_file_format_name(head);
    marked_ = !head.empty();
    if (format_.empty() && marked_) format_ = "unknown";
}

RejectReport::~RejectReport() = default;

Result<void> RejectReport::begin(FeedFormat format) {
    current_format_ = format;
    const std::string_view name = traits_of(format).name;
    if (!file_ || format_.empty() || format_ == name || !is_text(format)) return {};
    const std::string path = printable(path_.string());
    if (!feed_format_named(format_)) {
        return Problem{"nothing was read, since " + path +
                       " has something else than rejects of this version; name another file "
                       "with --reject-file"};
    }
    return Problem{"nothing was read, since the rejects in " + path + " are of format " + format_ +
                   ", and these would be of format " + std::string(name) +
                   "; name another file with --reject-file"};
}

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
    if (file_) keep(where, item, reject);
}

void RejectReport::keep(const std::string& where, std::string_view item, const Reject& reject) {
    const std::string_view name = traits_of(current_format_).name;
    std::string text;
    if (format_.empty()) format_ = name;
    const std::string comment = format_ == traits_of(FeedFormat::zone).name ? "; " : "# ";
    if (!marked_) {
        text += comment;
        text += reject_file_mark;
        text += format_ + '\n';
        marked_ = true;
    }
    text += comment + printable(where) + '\n';
    if (!item.empty()) {
        const bool remark =
            reject.partial || reject.reason == Reason::too_long || !is_text(current_format_);
        if (!remark && reject.context != context_) {
            context_ = reject.context;
            text += printable(context_, escape_of(current_format_, context_), "\t\n");
        }
        std::string kept(item);
        // The lines of a WHOIS response are its form, and in CSV they may be within quotes.
        const bool has_lines = !remark && (current_format_ == FeedFormat::whois ||
                                           current_format_ == FeedFormat::whois_csv);
        std::ranges::replace_if(
            kept, [&](char c) { return c == '\r' || (c == '\n' && !has_lines); }, ' ');
        if (remark) text += comment;
        text += printable(kept, escape_of(current_format_, kept), has_lines ? "\t\n" : "\t") + '\n';
    }
    if (std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size()) {
        throw cannot_write(path_);
    }
}

void RejectReport::flush() {
    if (file_ && std::fflush(file_.get()) != 0) throw cannot_write(path_);
}

}  // namespace dnshist::zonegen
