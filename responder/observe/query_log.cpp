#include "responder/observe/query_log.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <utility>

#include "responder/observe/log.hpp"
#include "storage/base/blocked_signals.hpp"
#include "storage/text/address.hpp"
#include "storage/text/escape.hpp"

namespace dnshist::responder {

namespace {

constexpr std::size_t write_octets = 64U << 10;  // in one go

OncePerMinute failures;

std::string reason(int error) {
    return std::generic_category().message(error);
}

// Never waits: neither for a reader of a FIFO nor, later, for the reader to read.
Result<FileDescriptor> open_file(const std::filesystem::path& path) {
    FileDescriptor file(::open(
        path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0640));
    if (file.get() < 0) {
        return Problem{"the query log " + path.string() + " cannot be opened: " + reason(errno)};
    }
    return file;
}

// Any time that the machine's clock may show, also before 1970 and after 2106.
void write_micros(TextWriter& out, std::int64_t time) {
    const auto at =
        std::chrono::sys_time<std::chrono::microseconds>(std::chrono::microseconds(time));
    const auto second = std::chrono::floor<std::chrono::seconds>(at);
    std::array<char, 40> room;
    const auto end =
        fmt::format_to_n(room.data(), room.size(), "{:%FT%T}.{:06}Z",
                         fmt::gmtime(second.time_since_epoch().count()), (at - second).count());
    out.put({room.data(), end.size});
}

// Without a space, whatever there is.
void write_word(TextWriter& out, Octets octets) noexcept {
    for (const std::uint8_t octet : octets) {
        if (octet > ' ' && octet < 0x7f && octet != '\\') {
            out.put(static_cast<char>(octet));
        } else {
            write_decimal_escape(out, octet);
        }
    }
}

void write_http_request(TextWriter& out, const LoggedHttp& http) noexcept {
    write_word(out, http.target.octets());
    out.put(' ');
    write_word(out, http.method.octets());
    out.put(' ');
    out.put_decimal(http.status);
}

void write_question(TextWriter& out, const LoggedQuestion& question) noexcept {
    if (question.name.empty()) {
        out.put("- -");
    } else {
        write_name(out, question.name.octets());
        out.put(' ');
        write_rrtype(out, question.type);
    }
    out.put(' ');
    out.put(rcode_text(question.rcode));
}

}  // namespace

void write_query_line(TextWriter& out, const LoggedQuestion& question) noexcept {
    write_micros(out, question.time);
    out.put(' ');
    const Client& client = question.client;
    client.is_ipv4() ? write_ipv4(out, client.ip()) : write_ipv6(out, client.ip());
    out.put(' ');
    out.put(transport_text(client.transport));
    out.put(' ');
    const bool is_dns = question.http.status == 0;
    is_dns ? write_question(out, question) : write_http_request(out, question.http);
    out.put(' ');
    out.put_decimal(question.octets);
    out.put(' ');
    out.put_decimal(question.microseconds);
    if (is_dns) return;
    out.put(' ');
    if (question.http.user.empty()) return out.put('-');
    write_word(out, question.http.user.octets());
}

Result<std::unique_ptr<QueryLog>> QueryLog::open(const std::filesystem::path& path,
                                                 std::atomic<std::uint64_t>& lost) {
    auto file = open_file(path);
    if (!file) return file.error();
    return std::unique_ptr<QueryLog>(new QueryLog(path, *std::move(file), lost));
}

QueryLog::QueryLog(std::filesystem::path path, FileDescriptor file,
                   std::atomic<std::uint64_t>& lost)
    : path_(std::move(path)), lost_(lost), file_(std::move(file)) {
    lines_.reserve(write_octets + max_query_line);
    const BlockedSignals blocked;
    thread_ = std::thread([this] { run(); });
}

QueryLog::~QueryLog() {
    stopping_ = true;
    rings_->notify();
    thread_.join();
}

std::optional<Problem> QueryLog::reopen() {
    auto file = open_file(path_);
    if (!file) return file.error();
    const std::lock_guard lock(mutex_);
    next_ = *std::move(file);
    return std::nullopt;
}

void QueryLog::run() {
    for (bool last = false; !last;) {
        const std::uint32_t before = rings_->notified();
        last = stopping_;
        fetch();
        if (!last) rings_->wait(before);
    }
}

void QueryLog::fetch() {
    for (const auto& ring : rings_->all()) {
        const auto write_line = [this](const LoggedQuestion& question) {
            std::array<char, max_query_line> room;
            TextWriter line(room);
            write_query_line(line, question);
            lines_ += line.text();
            lines_ += '\n';
            if (lines_.size() >= write_octets) write();
        };
        while (ring->consume_one(write_line)) {
        }
    }
    write();
}

// Writes the lines that were fetched, or gives up on them.
void QueryLog::write() {
    {
        const std::lock_guard lock(mutex_);
        if (next_.get() >= 0) {
            file_ = std::exchange(next_, FileDescriptor());
            torn_ = false;
        }
    }
    if (lines_.empty()) return;
    if (torn_) lines_.insert(0, 1, '\n');
    std::string_view rest = lines_;
    while (!rest.empty()) {
        const ssize_t count = ::write(file_.get(), rest.data(), rest.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        rest.remove_prefix(static_cast<std::size_t>(count));
    }
    if (rest.empty()) {
        torn_ = false;
    } else {
        const int error = errno;
        auto lost = static_cast<std::uint64_t>(std::count(rest.begin(), rest.end(), '\n'));
        if (rest.size() < lines_.size()) {
            torn_ = lines_[lines_.size() - rest.size() - 1] != '\n';
        } else if (torn_) {
            --lost;  // the one that was to end the torn line
        }
        lost_ += lost;
        log_warning(failures, "the query log " + path_.string() + " loses lines: " + reason(error));
    }
    lines_.clear();
}

}  // namespace dnshist::responder
