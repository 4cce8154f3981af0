// Linked into the programs under the thread sanitizer. Its runtime (g++ 12) makes what it knows of
// a thread's signals at the first call that may block, or at the first signal. If that signal comes
// while the call makes it, each makes one, and the signal is lost: a SIGHUP right after the program
// has said that it listens was, once in some fifty starts. So a call that may block comes first.
#include <unistd.h>

namespace {

[[maybe_unused]] const int blocked = ::usleep(1);

}  // namespace
