// A body that waits for parts of a cluster as questions do (storage/tablet/tablet_reader.hpp),
// while its worker serves everybody else. It takes its next piece when they have come, and fails
// where they do not come in time.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>

#include "responder/dispatch/batch_responder.hpp"
#include "responder/dispatch/store_wait.hpp"
#include "responder/http/http_message.hpp"

namespace dnshist::responder {

class WaitingBody : public HttpBody {
  public:
    // Both outlive the body. `wake` wakes its connection, as long as there is one.
    WaitingBody(std::unique_ptr<HttpBody> body, BatchResponder& responder, StoreWait& store_wait,
                std::function<void()> wake)
        : body_(std::move(body)),
          responder_(responder),
          store_wait_(store_wait),
          wake_(std::move(wake)) {}

    // Within a batch of the responder.
    Piece read(std::span<std::uint8_t> room, Lookup* store, Seconds now) override {
        if (state_->waits) return {.rest = Rest::wake};
        responder_.answer_again(state_->waited);
        Piece piece = body_->read(room, store, now);
        Waited& waited = state_->waited;
        if (!responder_.awaits()) {
            waited = {};
            return piece;
        }
        if (piece.octets != 0) waited = {.rounds = std::min(waited.rounds, most_rounds_ahead)};
        piece.rest = wait();
        return piece;
    }

  private:
    // A body that goes on reads ahead as far as one that has waited so often.
    static constexpr unsigned most_rounds_ahead = 4;

    // The body may end before what it waits for has come.
    struct State {
        bool waits = false;
        Waited waited;
    };

    Rest wait() {
        const StoreTicket ticket = responder_.awaited();
        if (store_wait_.full()) {
            state_->waited.failure = "too many questions wait for it";
            return Rest::none;
        }
        state_->waits = true;
        responder_.counters().waited.add();
        store_wait_.join(ticket, state_->waited,
                         [weak = std::weak_ptr(state_), wake = wake_](Waited again) {
                             const auto state = weak.lock();
                             if (!state) return;
                             *state = {false, std::move(again)};
                             wake();
                         });
        return Rest::wake;
    }

    std::unique_ptr<HttpBody> body_;
    BatchResponder& responder_;
    StoreWait& store_wait_;
    std::function<void()> wake_;
    std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace dnshist::responder
