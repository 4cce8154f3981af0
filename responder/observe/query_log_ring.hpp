// From a worker to the query log's thread: a ring buffer of fixed size between one thread that puts
// and one that takes, so that neither waits for the other. Questions that find the ring full are
// not logged.
#pragma once

#include <atomic>
#include <boost/lockfree/spsc_queue.hpp>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "responder/answer/query_outcome.hpp"
#include "responder/message/client.hpp"
#include "storage/base/octet_buffer.hpp"
#include "storage/record/name.hpp"

namespace dnshist::responder {

// A request over HTTP that is no DNS message, and its response.
struct LoggedHttp {
    unsigned status = 0;      // 0: this is a DNS message
    OctetBuffer<8> method;    // what these have no room for is cut off
    OctetBuffer<255> target;  // path and query (RFC 9112, section 3.2)
    OctetBuffer<32> user;     // empty: none
};

// A question and its answer, as the log tells of them.
struct LoggedQuestion {
    std::int64_t time = 0;  // microseconds since 1970, UTC; negative before
    Client client;
    Rrtype type{};
    Rcode rcode{};
    std::uint32_t octets = 0;           // of the answer
    std::uint32_t microseconds = 0;     // that it took
    OctetBuffer<max_name_octets> name;  // wire form; empty where there was none
    LoggedHttp http;
};

// One thread pushes, one takes.
using QueryLogRing = boost::lockfree::spsc_queue<LoggedQuestion, boost::lockfree::capacity<2048>>;

// The rings of all workers, and how the log's thread is woken to empty them.
class QueryLogRings {
  public:
    std::shared_ptr<QueryLogRing> add();
    std::vector<std::shared_ptr<QueryLogRing>> all();

    // After some questions were put. Costs a system call where the log's thread sleeps.
    void notify() noexcept;
    std::uint32_t notified() const noexcept { return notified_.load(std::memory_order_acquire); }
    // Until notify() has been called since notified() was `before`.
    void wait(std::uint32_t before) const noexcept { notified_.wait(before); }

  private:
    std::mutex mutex_;
    std::vector<std::shared_ptr<QueryLogRing>> rings_;
    std::atomic<std::uint32_t> notified_ = 0;
};

}  // namespace dnshist::responder
