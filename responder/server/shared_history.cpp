#include "responder/server/shared_history.hpp"

#include <exception>
#include <utility>

#include "responder/observe/log.hpp"

namespace dnshist::responder {

namespace {

OncePerMinute failures;

}  // namespace

SharedHistory::SharedHistory(std::filesystem::path directory, DamageReport report,
                             std::size_t reserve)
    : directory_(std::move(directory)),
      report_(std::move(report)),
      reserve_(reserve),
      history_(open()) {}

// The last one to let go closes the store, and by that begins to open the next.
std::shared_ptr<History> SharedHistory::open() {
    return {new History(directory_, report_, reserve_), [this](History* history) {
                delete history;
                closed();
            }};
}

std::shared_ptr<History> SharedHistory::join(Hand hand) {
    const std::lock_guard lock(mutex_);
    hands_.push_back(std::move(hand));
    return history_;
}

void SharedHistory::outgrown() {
    std::shared_ptr<History> let_go;  // after the lock
    const std::lock_guard lock(mutex_);
    if (state_ != State::open) return;
    state_ = State::closing;
    let_go = std::move(history_);
    log_warning("the store " + directory_.string() +
                " has outgrown the address space that was reserved for it: it is opened anew, and "
                "questions are answered with SERVFAIL until then");
    for (const Hand& hand : hands_)
        hand(nullptr);
}

void SharedHistory::retry() {
    const std::lock_guard lock(mutex_);
    if (state_ == State::failed) open_and_hand();
}

void SharedHistory::end() {
    const std::lock_guard lock(mutex_);
    state_ = State::ended;
}

void SharedHistory::closed() {
    const std::lock_guard lock(mutex_);
    if (state_ == State::closing) open_and_hand();
}

void SharedHistory::open_and_hand() {
    try {
        history_ = open();
    } catch (const std::exception& error) {
        state_ = State::failed;
        return log_warning(failures, error.what());
    }
    state_ = State::open;
    for (const Hand& hand : hands_)
        hand(history_);
}

}  // namespace dnshist::responder
