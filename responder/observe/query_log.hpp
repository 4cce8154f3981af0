// The query log: a line per question, in a file. Questions tell what an investigator is after, so
// none is written without `responder.query_log`.
//
//     2026-01-31T12:00:00.123456Z 192.0.2.7 udp history.example.com.pdns.local. TXT NOERROR 143 85
//
// are the time, client, transport, name, type, RCODE, octets of the answer and microseconds that it
// took. The name is escaped as in a zone file, so that no line holds a space or a control character
// of a client's; `-` stands for the name and type of a message without a question.
//
// A thread of its own writes the file. A disk that is slow or full loses lines and never holds up
// an answer; how many are lost is counted (here and in Counters::unlogged).
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "responder/observe/query_log_ring.hpp"
#include "storage/base/file_descriptor.hpp"
#include "storage/base/result.hpp"
#include "storage/base/text_writer.hpp"

namespace dnshist::responder {

// Without a newline. `out` has room for max_query_line octets.
inline constexpr std::size_t max_query_line = 1280;
void write_query_line(TextWriter& out, const LoggedQuestion& question) noexcept;

class QueryLog {
  public:
    // Opens the file to append to it, and makes it with mode 0640 where there is none. `lost`
    // counts lines that could not be written, and outlives the log.
    static Result<std::unique_ptr<QueryLog>> open(const std::filesystem::path& path,
                                                  std::atomic<std::uint64_t>& lost);
    // Writes what is in the rings, and ends.
    ~QueryLog();
    QueryLog(const QueryLog&) = delete;
    QueryLog& operator=(const QueryLog&) = delete;

    const std::filesystem::path& path() const noexcept { return path_; }
    const std::shared_ptr<QueryLogRings>& rings() const noexcept { return rings_; }

    // Opens the path anew, for a file that was moved away from there (logrotate). Where that fails,
    // what stands in the way, and the log goes on in the old file.
    std::optional<Problem> reopen();

  private:
    QueryLog(std::filesystem::path path, FileDescriptor file, std::atomic<std::uint64_t>& lost);
    void run();
    void fetch();
    void write();

    const std::filesystem::path path_;
    std::atomic<std::uint64_t>& lost_;
    std::shared_ptr<QueryLogRings> rings_ = std::make_shared<QueryLogRings>();
    std::mutex mutex_;  // of next_
    FileDescriptor next_;
    std::atomic<bool> stopping_ = false;
    // The thread's own.
    FileDescriptor file_;
    std::string lines_;
    bool torn_ = false;  // the file ends within a line
    std::thread thread_;
};

}  // namespace dnshist::responder
