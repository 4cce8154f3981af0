#include "zonegen/command/child.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>

namespace dnshist::zonegen {

namespace {

constexpr int stop_signals[] = {SIGINT, SIGTERM, SIGHUP};

// Blocks the signals that the parent waits for.
class AwaitedSignals {
  public:
    AwaitedSignals() {
        ::sigemptyset(&awaited_);
        ::sigaddset(&awaited_, SIGCHLD);
        for (const int signal : stop_signals)
            ::sigaddset(&awaited_, signal);
        ::sigprocmask(SIG_BLOCK, &awaited_, &before_);
    }
    ~AwaitedSignals() { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }
    AwaitedSignals(const AwaitedSignals&) = delete;
    AwaitedSignals& operator=(const AwaitedSignals&) = delete;

    // Passes on to the child what somebody sent to this process alone; a terminal sends to both.
    // Returns with SIGCHLD, or another that ends the wait early.
    void wait(pid_t child) const {
        siginfo_t info{};
        const int signal = ::sigwaitinfo(&awaited_, &info);
        const bool sent = info.si_code == SI_USER || info.si_code == SI_QUEUE;
        if (signal > 0 && signal != SIGCHLD && sent) ::kill(child, signal);
    }

  private:
    sigset_t awaited_{};
    sigset_t before_{};
};

}  // namespace

std::optional<ExitCode> continue_in_child(const std::filesystem::path& store, Terminal& terminal) {
    ::signal(SIGCHLD, SIG_DFL);  // where it is ignored, the child's end cannot be waited for
    const AwaitedSignals signals;
    const pid_t parent = ::getpid();
    const pid_t child = ::fork();
    if (child == 0) {
        // The child is not to outlive a parent that is killed.
        ::prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (::getppid() != parent) ::_exit(failed);
    }
    if (child <= 0) return std::nullopt;

    int status = 0;
    for (pid_t ended = 0; ended != child;) {
        signals.wait(child);
        ended = ::waitpid(child, &status, WNOHANG);
        if (ended < 0 && errno != EINTR) return failed;
    }
    if (WIFEXITED(status)) return static_cast<ExitCode>(WEXITSTATUS(status));
    const int signal = WTERMSIG(status);
    for (const int stop : stop_signals) {
        if (signal != stop) continue;
        // As if it had come to this process, which it may have.
        ::signal(signal, SIG_DFL);
        sigset_t only{};
        ::sigemptyset(&only);
        ::sigaddset(&only, signal);
        ::sigprocmask(SIG_UNBLOCK, &only, nullptr);
        ::raise(signal);
        return failed;
    }
    if (signal != SIGKILL) {
        terminal.complain("reading the store " + store.string() + " ended with a signal (" +
                          ::strsignal(signal) +
                          "): data.mdb is damaged so that LMDB cannot read it; restore it from a "
                          "copy, or import its feeds into a new store");
    } else {
        terminal.complain("reading the store " + store.string() +
                          " was ended by a signal (Killed): by somebody, or as memory ran out");
    }
    return failed;
}

}  // namespace dnshist::zonegen
