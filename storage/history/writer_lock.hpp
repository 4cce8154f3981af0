// One writer at a time: the lock on a store's writer.lock.
#pragma once

#include <filesystem>
#include <string>

namespace dnshist {

// Held for as long as a process writes; the kernel lets go of it when the process ends.
class WriterLock {
  public:
    // Throws StoreError; at once where another process holds it, and names that process.
    explicit WriterLock(const std::filesystem::path& directory);
    ~WriterLock();
    WriterLock(const WriterLock&) = delete;
    WriterLock& operator=(const WriterLock&) = delete;

  private:
    std::string read_holder() const;

    int descriptor_;
};

}  // namespace dnshist
