// A worker's Responder, as its servers use it: it keeps the clock, has a store opened
// anew that must be, counts and logs what is asked, and lets no failure end the worker.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "responder/observe/counters.hpp"
#include "responder/observe/query_log_ring.hpp"

#include "responder/answer/respond.hpp"
#include "responder/answer/service_config.hpp"
#include "responder/dispatch/shared_history.hpp"
#include "responder/dispatch/waited.hpp"
#include "storage/format/store_types.hpp"
#include "storage/history/history.hpp"

namespace dnshist::responder {

class BatchResponder {
  public:
    // `history` is one of `store`.
    BatchResponder(SharedHistory& store, std::shared_ptr<History> history,
                   std::shared_ptr<const ServiceConfig> service);

    // Between batches: what to serve from now on.
    void use(std::shared_ptr<const ServiceConfig> service);
    // Likewise: the store to answer from; null for none.
    void use(std::shared_ptr<History> history);
    // Likewise: where to log questions from now on; null for nowhere.
    void log_to(std::shared_ptr<QueryLogRings> query_log);

    // Around a batch of messages, as Responder has it. Where begin() says false, the batch is not
    // to be answered. Nothing between the two may wait for anything.
    bool begin() noexcept;
    void end() noexcept;
    // Between batches: takes the newest state of the store. A worker that is not asked holds old
    // files of levels, which take up the disk, until it does.
    void renew() noexcept {
        if (begin()) end();
    }
    // Before the first of these is answered.
    void prefetch(std::span<std::optional<ParsedRequest>> batch) noexcept;
    Response respond(ParsedRequest& parsed, const Client& client, std::span<std::uint8_t> room,
                     Budget budget) noexcept;
    Response respond(Octets request, const Client& client, std::span<std::uint8_t> room,
                     Budget budget) noexcept {
        ParsedRequest parsed(request);
        return respond(parsed, client, room, budget);
    }

    // Where the store is a cluster, questions do not wait for it; see Responder. A question whose
    // verdict is to wait goes to StoreWait.
    void read_later(std::function<void()> arrived);
    // Within a batch, before a question that has waited is answered, and after one that is to wait.
    void answer_again(const Waited& waited);
    StoreTicket awaited() noexcept;
    // Likewise: whether what was read since is worth nothing until something has come.
    bool awaits() noexcept;
    // Within a batch: from now on, a question that would wait fails.
    void do_not_wait();
    // The reads that have come, and those that failed, with the reason.
    struct Arrival {
        StoreTicket ticket;
        std::string failure;
    };
    std::vector<Arrival> take_arrivals();

    // Within a batch, for what else reads the store, and waits for it as questions do; null where
    // that cannot be read.
    Lookup* store() noexcept { return responder_.store(); }
    // Likewise: whether a client on a connection may have work done, and what it has cost.
    bool may_work(const Client& client) noexcept { return responder_.may_work(client); }
    void charge(const Client& client, std::uint64_t work) noexcept {
        responder_.charge(client, work);
    }
    const ServiceConfig& service() const noexcept { return *service_; }

    // Within a batch: counts and logs a request over HTTP that is no DNS message.
    // `octets` are those of the response, 0 if it is made while it is sent.
    void note(const Client& client, const LoggedHttp& http, std::size_t octets,
              std::chrono::steady_clock::duration taken) noexcept;

    // Between batches; nothing where the store cannot be read.
    std::optional<StoreReport> report() noexcept;

    // This worker's numbers: its own thread adds to them, and any thread may read.
    Counters& counters() noexcept { return counters_; }
    const Counters& counters() const noexcept { return counters_; }

  private:
    using Clock = std::chrono::steady_clock;

    bool is_timed(Budget budget) noexcept;
    void count(const Client& client, Budget budget, Verdict verdict) noexcept;
    void log(const Client& client, std::size_t size, Clock::duration taken) noexcept;
    void push(LoggedQuestion& logged, const Client& client, std::size_t size,
              Clock::duration taken) noexcept;

    SharedHistory& store_;
    std::shared_ptr<History> history_;
    std::shared_ptr<const ServiceConfig> service_;
    Responder responder_;
    Counters counters_;
    unsigned until_sample_ = 0;  // quick questions until one is timed
    std::shared_ptr<QueryLogRings> query_log_;
    std::shared_ptr<QueryLogRing> ring_;
    bool logged_ = false;  // something was put in the ring in this batch
};

}  // namespace dnshist::responder
