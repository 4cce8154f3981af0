#include "responder/dispatch/shared_history.hpp"

#include <exception>
#include <utility>

#include "responder/observe/log.hpp"

namespace dnshist::responder {

namespace {

OncePerMinute openings;
OncePerMinute reopenings;

}  // namespace

SharedHistory::SharedHistory(std::filesystem::path directory, DamageReport report,
                             std::size_t reserve)
    : directory_(std::move(directory)),
      report_(std::move(report)),
      reserve_(reserve),
      history_(open()) {}

// The last one to let go closes the store, and by that begins to open the next.
std::shared_ptr<History> SharedHistory::open() {
    return {new History(directory_, report_, reserve_, History::PageCheck::some),
            [this](History* history) {
                delete history;
                closed();
            }};
}

std::shared_ptr<History> SharedHistory::join(Hand hand) {
    const std::lock_guard lock(mutex_);
    hands_.push_back(std::move(hand));
    return history_;
}

void SharedHistory::reopen(const std::string& why) {
    std::shared_ptr<History> let_go;  // after the lock
    const std::lock_guard lock(mutex_);
    if (state_ != State::open) return;
    state_ = State::closing;
    open_ = false;
    let_go = std::move(history_);
    log_warning(reopenings, why +
                                "; it is opened anew, and questions are answered with SERVFAIL "
                                "until then");
    for (const Hand& hand : hands_)
        hand(nullptr);
}

bool SharedHistory::look() {
    std::shared_ptr<History> history;  // let go after reopen(), without the lock
    {
        const std::lock_guard lock(mutex_);
        if (state_ == State::failed) open_and_hand();
        if (state_ != State::open) return false;
        history = history_;
    }
    try {
        return history->expect_sound_files();
    } catch (const MustReopen& changed) {
        reopen(changed.what());
        return false;
    }
}

std::shared_ptr<History> SharedHistory::newest() {
    const std::lock_guard lock(mutex_);
    return history_;
}

bool SharedHistory::answers() {
    const auto history = newest();
    return history && history->answers();
}

std::optional<ClusterReading> SharedHistory::cluster_reading() {
    const auto history = newest();
    return history ? history->cluster_reading() : std::nullopt;
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
        return log_warning(openings, error.what());
    }
    state_ = State::open;
    open_ = true;
    ++reopened_;
    log_info("the store " + directory_.string() + " is open again");
    for (const Hand& hand : hands_)
        hand(history_);
}

}  // namespace dnshist::responder
