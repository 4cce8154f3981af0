// The lock on a store's writer.lock: a store has one writer at a time.
//
// There are two locks on the file, which stays empty. The kernel knows which process holds a lock
// of fcntl(). The lock of flock() also keeps out a second writer of the same process, and those of
// version 0.1.0, which have no other.
#pragma once

#include <filesystem>
#include <string>

#include "storage/base/file_descriptor.hpp"

namespace dnshist {

// Held while a process writes; the kernel releases it when the process ends.
class WriterLock {
  public:
    // Throws StoreError at once where another process holds it, and names that process.
    explicit WriterLock(const std::filesystem::path& directory);

  private:
    FileDescriptor file_;
};

}  // namespace dnshist
