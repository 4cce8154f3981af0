// A body whose work the client's network pays for (responder.work_limit): while that has nothing
// left, nothing is read.
#pragma once

#include <memory>
#include <utility>

#include "responder/dispatch/batch_responder.hpp"
#include "responder/http/http_message.hpp"

namespace dnshist::responder {

class ChargedBody : public HttpBody {
  public:
    // The responder must outlive the body.
    ChargedBody(std::unique_ptr<HttpBody> body, BatchResponder& responder, const Client& client)
        : body_(std::move(body)), responder_(responder), client_(client) {}

    // Within a batch of the responder.
    Piece read(std::span<std::uint8_t> room, Lookup* store, Seconds now) override {
        if (!responder_.may_work(client_)) return {.rest = Rest::pause};
        const WorkMeter meter(responder_, client_, store);
        return body_->read(room, store, now);
    }

    // Charges what is spent during its life.
    class WorkMeter {
      public:
        WorkMeter(BatchResponder& responder, const Client& client, Lookup* store)
            : responder_(responder),
              client_(client),
              store_(store),
              before_(store == nullptr ? 0 : store->spent()) {}
        WorkMeter(const WorkMeter&) = delete;
        WorkMeter& operator=(const WorkMeter&) = delete;
        ~WorkMeter() {
            if (store_ != nullptr) responder_.charge(client_, store_->spent() - before_);
        }

      private:
        BatchResponder& responder_;
        const Client& client_;
        Lookup* store_;
        std::uint64_t before_;
    };

  private:
    std::unique_ptr<HttpBody> body_;
    BatchResponder& responder_;
    Client client_;
};

}  // namespace dnshist::responder
