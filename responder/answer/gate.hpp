// The gate: everything that is decided about a request before the store is read. In this order:
//
//     rate       too many answers for this client: dropped, or truncated
//     message    an error, an unknown opcode or EDNS version: that RCODE
//     access     a client that may not ask, whatever it signed with: REFUSED, unsigned
//                a client that must sign and has not: REFUSED
//     cookie     a request for one without a question: NOERROR, or BADCOOKIE
//     class CH   which program and which server: the answer
//     class      any other than IN and ANY: REFUSED
//     zone       none of ours: REFUSED
//     transfer   AXFR, IXFR: REFUSED
//
// A client that may not use the view that it asks for is refused with the answer (answer.hpp).
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

#include "responder/answer/parsed_request.hpp"
#include "responder/answer/query_outcome.hpp"
#include "responder/answer/service_config.hpp"
#include "responder/answer/verdict.hpp"
#include "responder/message/client.hpp"
#include "responder/message/response_writer.hpp"
#include "storage/text/time.hpp"

namespace dnshist::responder {

// How the rate limits let a question pass.
struct Allowance {
    std::optional<Verdict> verdict;  // nothing: it may be answered, within
    Budget budget = Budget::whole;
    bool proven = false;  // the client's address is its own
};

class Gate {
  public:
    // The service must outlive its use.
    explicit Gate(const ServiceConfig& service) { use(service); }
    void use(const ServiceConfig& service);

    // For the requests from now on; `uptime` is of a clock that is never set back.
    void set_time(Seconds now, std::chrono::milliseconds uptime) noexcept;

    // Whether admit() and charge() do anything.
    bool limits_rates() const noexcept { return limiter_ != nullptr; }
    // Counts a question that `is_new` and comes in with Budget::quick. A response is written where
    // it is to be sent truncated.
    Allowance admit(const Request& request, const Client& client, Budget budget, bool is_new,
                    ResponseWriter& response) noexcept;
    // Counts the cost of an admitted question, in units of WorkBudget.
    void charge(const Client& client, const Allowance& allowance, Verdict verdict,
                std::uint64_t work) noexcept;

    // Likewise of work that is no question's; the client's address is its own.
    bool may_work(const Client& client) noexcept;
    void charge(const Client& client, std::uint64_t work) noexcept;

    // Nothing where the question is one for the store. Reads the request's name.
    std::optional<Verdict> decide(ParsedRequest& parsed, const Client& client,
                                  ResponseWriter& response, QueryOutcome& outcome) const;

  private:
    bool is_proven(const Request& request, const Client& client) const;
    void add_cookie(const Request& request, const Client& client, ResponseWriter& response) const;
    Rcode judge_cookie(const Request& request, const Client& client) const;
    void add_options(const Request& request, const Client& client, ResponseWriter& response) const;
    void charge_work(const Client& client, const Allowance& allowance, std::int64_t units) noexcept;

    const ServiceConfig* service_ = nullptr;
    std::unique_ptr<RateLimiter> limiter_;  // made when there is something to limit
    Seconds now_{};
    std::chrono::milliseconds uptime_{};
};

}  // namespace dnshist::responder
