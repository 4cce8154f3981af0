#include "storage/object/object_threads.hpp"

#include <system_error>
#include <utility>

#include "storage/base/blocked_signals.hpp"

namespace dnshist {

namespace {

// Each has many operations under way at once.
constexpr std::size_t most_threads = 8;

}  // namespace

ObjectThreads::~ObjectThreads() {
    {
        const std::lock_guard lock(mutex_);
        ended_ = true;
        jobs_.clear();
    }
    changed_.notify_all();
    for (std::thread& thread : threads_)
        thread.join();
}

void ObjectThreads::run(Job job) {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
    if (idle_ < jobs_.size() && threads_.size() < most_threads) {
        const BlockedSignals blocked;
        try {
            threads_.emplace_back([this] { work(); });
        } catch (const std::system_error&) {
            if (threads_.empty()) throw;
        }
    }
    changed_.notify_one();
}

void ObjectThreads::work() {
    std::unique_lock lock(mutex_);
    for (;;) {
        ++idle_;
        changed_.wait(lock, [this] { return ended_ || !jobs_.empty(); });
        --idle_;
        if (jobs_.empty()) return;
        const Job job = std::move(jobs_.front());
        jobs_.pop_front();
        lock.unlock();
        job();
        lock.lock();
    }
}

}  // namespace dnshist
