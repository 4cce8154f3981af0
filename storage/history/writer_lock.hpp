// The lock on a store's writer.lock: a store has one writer at a time.
#pragma once

#include <filesystem>
#include <string>

namespace dnshist {

// Held while a process writes; the kernel releases it when the process ends.
class WriterLock {
  public:
    // Throws StoreError at once where another process holds it, and names that process.
    explicit WriterLock(const std::filesystem::path& directory);
    ~WriterLock();
    WriterLock(const WriterLock&) = delete;
    WriterLock& operator=(const WriterLock&) = delete;

  private:
    std::string read_holder() const;

    int descriptor_;
};

}  // namespace dnshist
