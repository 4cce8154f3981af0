// Threads that wait for a distributed store in the place of those that must not wait.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace dnshist {

// For any thread. The threads are started with the first jobs.
class ObjectThreads {
  public:
    ObjectThreads() = default;
    // Ends the jobs that have begun; the others are dropped.
    ~ObjectThreads();
    ObjectThreads(const ObjectThreads&) = delete;
    ObjectThreads& operator=(const ObjectThreads&) = delete;

    // Must not throw.
    using Job = std::function<void()>;
    void run(Job job);

  private:
    void work();

    std::mutex mutex_;  // of all
    std::condition_variable changed_;
    std::deque<Job> jobs_;
    std::vector<std::thread> threads_;
    unsigned idle_ = 0;
    bool ended_ = false;
};

}  // namespace dnshist
