// A worker's Responder, as its servers use it: it keeps the clock, follows a store that outgrows
// the process's map, and lets no failure end the worker.
#pragma once

#include <memory>
#include <span>

#include "responder/rendezvous.hpp"
#include "responder/respond.hpp"
#include "responder/service.hpp"
#include "storage/history.hpp"

namespace dnshist {

class Answering {
  public:
    // `followed` gathers all workers to call History::resize().
    Answering(History& history, std::shared_ptr<const Service> service, Rendezvous& followed);

    // Between batches: what to serve from now on.
    void use(std::shared_ptr<const Service> service);

    // Around a batch of messages, as Responder has it. Where begin() says false, the batch is not
    // to be answered. Nothing between the two may wait for anything.
    bool begin() noexcept;
    void end() noexcept;
    std::size_t respond(Octets request, const Client& client, std::span<std::uint8_t> room,
                        Effort effort) noexcept;

  private:
    std::shared_ptr<const Service> service_;
    Responder responder_;
    Rendezvous& followed_;
};

}  // namespace dnshist
