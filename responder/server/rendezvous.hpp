// Brings all workers to a stop, lets one of them act, and lets them go on.
//
// Needed where something may happen only while no thread reads the store (History::resize()). A
// member that finds the need calls gather(): the others are summoned, come to attend() between two
// batches, and wait there until the last to arrive has acted.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

namespace dnshist::responder {

class Rendezvous {
  public:
    using Round = std::uint64_t;
    // Asks a member, from another thread, to call attend(round) soon; does not wait for it.
    using Summon = std::function<void(Round)>;

    // `act` throws nothing.
    explicit Rendezvous(std::function<void()> act) : act_(std::move(act)) {}

    // Before any member calls one of the others.
    void join(Summon summon);

    // Returns after `act`, which every member waited for. Where several call it at once, it is one
    // rendezvous.
    void gather();
    // Returns after `act`, or at once where that round is over.
    void attend(Round round);
    // This member takes no part any more; nobody waits for it.
    void leave();

  private:
    void arrive(std::unique_lock<std::mutex>& lock);
    void act_if_complete();

    std::function<void()> act_;
    std::vector<Summon> summons_;
    std::mutex mutex_;
    std::condition_variable over_;
    Round round_ = 0;
    std::size_t members_ = 0;
    std::size_t arrived_ = 0;
};

}  // namespace dnshist::responder
