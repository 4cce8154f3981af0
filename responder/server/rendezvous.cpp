#include "responder/server/rendezvous.hpp"

namespace dnshist::responder {

void Rendezvous::join(Summon summon) {
    summons_.push_back(std::move(summon));
    ++members_;
}

void Rendezvous::gather() {
    std::unique_lock lock(mutex_);
    if (arrived_ == 0) {
        // The caller is summoned too; by the time it looks, the round is over.
        for (const Summon& summon : summons_)
            summon(round_);
    }
    arrive(lock);
}

void Rendezvous::attend(Round round) {
    std::unique_lock lock(mutex_);
    if (round == round_) arrive(lock);
}

void Rendezvous::leave() {
    const std::lock_guard lock(mutex_);
    --members_;
    act_if_complete();
}

void Rendezvous::arrive(std::unique_lock<std::mutex>& lock) {
    const Round round = round_;
    ++arrived_;
    act_if_complete();
    over_.wait(lock, [&] { return round_ != round; });
}

void Rendezvous::act_if_complete() {
    if (arrived_ == 0 || arrived_ < members_) return;
    act_();
    arrived_ = 0;
    ++round_;
    over_.notify_all();
}

}  // namespace dnshist::responder
