// The store as all workers have it open, and how it is opened anew.
//
// A store must be opened anew where it has outgrown the address space which History reserved, and
// where its files were removed, replaced, cut short or copied over (MustReopen). LMDB allows a
// process only one opening of a store at a time, so every worker lets go of the old one first.
// Until the new one is open the workers have none, and answer with SERVFAIL.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
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

    // By whoever met MustReopen, while it holds the history still. `why` is for the operator.
    void reopen(const std::string& why);
    // To be called about once a second, by one thread: looks whether the files are still those that
    // are open, and where the store could not be opened, tries again. Whether something was written
    // since the last look: then workers should renew(), and let go of files of levels that were
    // merged.
    bool look();
    // Whether it can be read; waits for a cluster. For any thread, as the next three.
    bool answers();
    // How a cluster is read; nothing where the store is a directory.
    std::optional<ClusterReading> cluster_reading();
    // Whether it is open.
    bool is_open() const noexcept { return open_; }
    std::uint64_t reopened() const noexcept { return reopened_; }
    // Once a worker has ended: nothing is handed to any of them from then on.
    void end();

  private:
    enum class State : std::uint8_t { open, closing, failed, ended };

    std::shared_ptr<History> open();
    std::shared_ptr<History> newest();
    void open_and_hand();
    void closed();

    std::filesystem::path directory_;
    DamageReport report_;
    std::size_t reserve_;
    std::mutex mutex_;  // of the following
    State state_ = State::open;
    std::shared_ptr<History> history_;  // none while it is not open
    std::vector<Hand> hands_;
    std::atomic<bool> open_ = true;            // whether state_ says so
    std::atomic<std::uint64_t> reopened_ = 0;  // times
};

}  // namespace dnshist::responder
