// Octets in, octets out: what the responder says to one DNS message.
//
// A Responder opens no socket and reads no clock. Each worker thread has its own, with all the
// scratch memory that answering takes, so that a question costs no allocation and no lock.
//
//     octets -> Request -> ParsedRequest -> gate -> Query -> Findings -> Response
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "responder/answer/gate.hpp"
#include "responder/answer/parsed_request.hpp"
#include "responder/answer/query_outcome.hpp"
#include "responder/answer/service_config.hpp"
#include "responder/answer/verdict.hpp"
#include "responder/message/client.hpp"
#include "responder/tsig/tsig.hpp"
#include "storage/answer/lookup.hpp"
#include "storage/base/octets.hpp"
#include "storage/format/store_types.hpp"
#include "storage/history/history.hpp"
#include "storage/text/time.hpp"

namespace dnshist::responder {

class Responder {
  public:
    // Both must outlive the Responder or be replaced between batches: see use().
    Responder(History& history, const ServiceConfig& service);
    Responder(const Responder&) = delete;
    Responder& operator=(const Responder&) = delete;

    void use(const ServiceConfig& service);
    // Where the store is a cluster, questions do not wait for it: Verdict::wait says that one is to
    // come again, and `arrived` is called by another thread when something has come.
    void read_later(std::function<void()> arrived);
    // nullptr: no store for now; what needs one is answered with SERVFAIL.
    void use(History* history);

    // Around a batch of requests: takes the store's newest state, and lets go of it. A store that
    // cannot be read is answered with SERVFAIL. begin() says false where the store must be opened
    // anew for that (MustReopen).
    // `uptime` is of any clock that is never set back; rates are limited by it.
    bool begin(Seconds now, std::chrono::milliseconds uptime = {});
    void end() noexcept;

    // For the state of the store that begin() took, where there is no trouble.
    const StoreStatistics& statistics() { return store_->statistics(); }
    LevelStatistics levels() { return store_->snapshot().levels(); }

    // The state of the store that begin() took; null where there is trouble.
    Lookup* store() noexcept { return store_ && trouble_.empty() ? &*store_ : nullptr; }

    // Whether the work limit leaves the client anything for what else reads the store, over a
    // connection; and what that has cost, in units of WorkBudget.
    bool may_work(const Client& client) noexcept { return gate_.may_work(client); }
    void charge(const Client& client, std::uint64_t work) noexcept { gate_.charge(client, work); }

    // Why the store could not be read since begin(), for the operator; empty where it could.
    const std::string& trouble() const noexcept { return trouble_; }

    // Before any of these messages is answered: reads them, and finds where in the store their
    // answers begin, so that the cache misses of all overlap. Answers are the same without this;
    // they take a tenth longer.
    void prefetch(std::span<std::optional<ParsedRequest>> batch);

    // Answers one message into `room`, which has at least 512 octets over UDP and 65535 over TCP. A
    // question comes in with Budget::quick, and is counted then; a deferred one comes again, and
    // what its client may have is looked at anew.
    Response respond(ParsedRequest& parsed, const Client& client, std::span<std::uint8_t> room,
                     Budget budget = Budget::whole);
    Response respond(Octets request, const Client& client, std::span<std::uint8_t> room,
                     Budget budget = Budget::whole);

    // The outcome of the last message, whatever its verdict; valid as long as that message.
    const QueryOutcome& outcome() const noexcept { return outcome_; }
    // The cost of the last answer, or of the attempt at one that was deferred: units of WorkBudget
    // as the scan_limit counts them (records decoded, further reads of the store), over all its
    // walks.
    std::uint64_t work() const noexcept { return work_; }

  private:
    Response respond_within(ParsedRequest& parsed, const Client& client,
                            std::span<std::uint8_t> room, std::size_t tsig_octets, Budget budget);
    Verdict decide(ParsedRequest& parsed, const Client& client, Budget budget,
                   ResponseWriter& response);
    Verdict decide_admitted(ParsedRequest& parsed, const Client& client, Budget budget,
                            ResponseWriter& response);
    Verdict answer(const ParsedRequest& parsed, const Client& client, Budget budget,
                   ResponseWriter& response);

    const ServiceConfig* service_;
    Gate gate_;
    History* history_;
    std::optional<Lookup> store_;         // none without a history, or where it could not be read
    std::vector<Prefetch*> first_seeks_;  // of a batch: memory that is used again
    std::function<void()> arrived_;
    Tsig tsig_;
    Seconds now_{};
    std::string trouble_;
    QueryOutcome outcome_;
    std::uint64_t work_ = 0;
};

}  // namespace dnshist::responder
