// The store as all workers have it open, and how it is opened anew.
//
// A store that has outgrown the address space which History reserved must be opened anew. LMDB
// allows a process only one opening of a store at a time, so every worker lets go of the old one
// first. Until the new one is open the workers have none, and answer with SERVFAIL.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "storage/format/store_types.hpp"
#include "storage/history/history.hpp"

namespace dnshist::responder {

class SharedHistory {
  public:
    // Gives a worker the history to use from now on, or null: it lets go of the one it has. Called
    // by any thread; does not wait for the worker.
    using Hand = std::function<void(std::shared_ptr<History>)>;

    // Opens the store. Throws StoreError.
    explicit SharedHistory(std::filesystem::path directory, DamageReport report = {},
                           std::size_t reserve = usual_reserve);
    SharedHistory(const SharedHistory&) = delete;
    SharedHistory& operator=(const SharedHistory&) = delete;

    // Before any worker runs: its history, and how it gets another.
    std::shared_ptr<History> join(Hand hand);

    // By a worker that met MapResized, while it holds the history still.
    void outgrown();
    // By a worker that has no history: opens the store where an attempt before has failed.
    void retry();
    // Once a worker has ended: nothing is handed to any of them from then on.
    void end();

  private:
    enum class State : std::uint8_t { open, closing, failed, ended };

    std::shared_ptr<History> open();
    void open_and_hand();
    void closed();

    std::filesystem::path directory_;
    DamageReport report_;
    std::size_t reserve_;
    std::mutex mutex_;  // of the following
    State state_ = State::open;
    std::shared_ptr<History> history_;  // none while it is not open
    std::vector<Hand> hands_;
};

}  // namespace dnshist::responder
