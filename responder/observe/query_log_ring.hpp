// Where a worker puts what was asked, for the query log's thread to fetch: a ring of fixed size
// between one thread that puts and one that takes, so that neither waits for the other. What the
// log is too slow to fetch is not logged.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "responder/answer/query_outcome.hpp"
#include "responder/message/client.hpp"
#include "storage/base/octet_buffer.hpp"
#include "storage/record/name.hpp"

namespace dnshist::responder {

// A question and its answer, as the log tells of them.
struct LoggedQuestion {
    std::uint64_t time = 0;  // microseconds since 1970, UTC
    Client client;
    Rrtype type{};
    Rcode rcode{};
    std::uint32_t octets = 0;           // of the answer
    std::uint32_t microseconds = 0;     // that it took
    OctetBuffer<max_name_octets> name;  // wire form; empty where there was none
};

class QueryLogRing {
  public:
    // Room for a question, to be filled in and put; null where there is none. One thread.
    LoggedQuestion* room() noexcept;
    void put() noexcept;

    // The question put first, null where there is none; and away with it. One thread.
    const LoggedQuestion* first() const noexcept;
    void take() noexcept;

    static constexpr std::uint32_t places = 2048;

  private:
    // How many were put and taken; each has one thread that writes it, and a cache line.
    alignas(64) std::atomic<std::uint32_t> put_ = 0;
    std::unique_ptr<std::array<LoggedQuestion, places>> questions_ =
        std::make_unique<std::array<LoggedQuestion, places>>();
    alignas(64) std::atomic<std::uint32_t> taken_ = 0;
};

// The trays of all workers, and the bell that calls for them to be emptied.
class QueryLogRings {
  public:
    std::shared_ptr<QueryLogRing> add();
    std::vector<std::shared_ptr<QueryLogRing>> all();

    // After some questions were put. Costs a system call where the log's thread sleeps.
    void ring() noexcept;
    std::uint32_t rung() const noexcept { return rung_.load(std::memory_order_acquire); }
    // Until it has rung since rung() said `before`.
    void wait(std::uint32_t before) const noexcept { rung_.wait(before); }

  private:
    std::mutex mutex_;
    std::vector<std::shared_ptr<QueryLogRing>> trays_;
    std::atomic<std::uint32_t> rung_ = 0;
};

}  // namespace dnshist::responder
