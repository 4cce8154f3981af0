// Bytes in, bytes out: what the responder says to one DNS message.
//
// A Responder opens no socket and reads no clock. A worker thread has one of its own, with all the
// scratch room that answering takes, so that a question costs no allocation and no lock.
//
//     request -> message -> query -> lookup -> answer -> message -> response
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "responder/answer/outcome.hpp"
#include "responder/answer/parsed_request.hpp"
#include "responder/answer/service.hpp"
#include "responder/message/client.hpp"
#include "storage/base/octets.hpp"
#include "storage/history/history.hpp"
#include "storage/text/time.hpp"

namespace dnshist::responder {

// How much work a question may have. A worker has many clients: it answers the cheap questions at
// once, and the others one by one when nobody else is waiting.
enum class Budget : std::uint8_t {
    quick,  // little; a question that wants more is not answered but put off
    whole,  // what the configuration allows
    cut,    // little; the answer says that there is more, and how to go on
};
// Units of Work: some hundred records, in a few ten microseconds.
inline constexpr std::uint64_t quick_work = 2000;
// What respond() returns for a question that is put off.
inline constexpr std::size_t put_off = ~std::size_t{0};

class Responder {
  public:
    // Both must outlive the Responder. The service may be replaced between batches: see use().
    Responder(History& history, const ServiceConfig& service);
    ~Responder();
    Responder(const Responder&) = delete;
    Responder& operator=(const Responder&) = delete;

    void use(const ServiceConfig& service);

    // Around a batch of requests: takes the store's newest state, and lets go of it. begin() says
    // false where the store has outgrown this process's map: answer nothing from it then, and call
    // History::resize() when no thread is between begin() and end(). A store that cannot be read is
    // answered with SERVFAIL. `uptime` is of any clock that is never set back; limits of rate count
    // by it.
    bool begin(Seconds now, std::chrono::milliseconds uptime = {});
    void end() noexcept;

    // Of the state of the store that begin() took.
    const StoreStatistics& statistics();

    // Why the store could not be read since begin(), for the operator; empty where it could.
    const std::string& trouble() const noexcept;

    // Before any of these messages is answered: reads them, and finds out where in the store their
    // answers begin, so that the processor fetches that for each while it works on the others.
    // Answers are the same without; they take a tenth longer.
    void prefetch(std::span<std::optional<ParsedRequest>> batch);

    // Answers one message into `room`, which has at least 512 octets over UDP and 65535 over TCP.
    // The length of the answer; 0 where there is none to give (a runt, a response, or more than the
    // client may have). A question comes in with Budget::quick, and is counted then; what the
    // client may have of the slow lane is looked at again in its turn.
    std::size_t respond(ParsedRequest& parsed, const Client& client, std::span<std::uint8_t> room,
                        Budget budget = Budget::whole);
    std::size_t respond(Octets request, const Client& client, std::span<std::uint8_t> room,
                        Budget budget = Budget::whole);

    // Of the message last answered or put off; good for as long as that message.
    const QueryOutcome& outcome() const noexcept;
    // What the last answer cost, or the attempt at one that was put off: units of Work as the
    // scan_limit counts them (records decoded, further reads of the store), over all its walks.
    std::uint64_t work() const noexcept;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace dnshist::responder
