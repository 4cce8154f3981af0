#include "zonegen/console/progress.hpp"

#include <fmt/format.h>

#include <array>

namespace dnshist::zonegen {

namespace {

constexpr std::chrono::milliseconds terminal_interval{250};
constexpr std::chrono::seconds line_interval{10};

std::string duration_text(double seconds) {
    const auto whole = static_cast<std::uint64_t>(seconds);
    if (whole >= 3600) {
        return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
    }
    return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

}  // namespace

std::string octets_text(std::uint64_t octets) {
    constexpr std::array<const char*, 4> units = {"kB", "MB", "GB", "TB"};
    if (octets < 1000) return fmt::format("{} octets", octets);
    double amount = static_cast<double>(octets) / 1000;
    std::size_t unit = 0;
    for (; amount >= 1000 && unit + 1 < units.size(); ++unit)
        amount /= 1000;
    return fmt::format("{:.1f} {}", amount, units[unit]);
}

std::string progress_text(const std::string& name, const ProgressState& state) {
    std::string text = name + ": " + octets_text(state.octets);
    if (state.total != 0) {
        text += fmt::format(" of {} ({} %)", octets_text(state.total),
                            static_cast<int>(100.0 * static_cast<double>(state.octets) /
                                             static_cast<double>(state.total)));
    }
    if (state.seconds <= 0) return text;
    text += fmt::format(", {:.0f} observations/s",
                        static_cast<double>(state.observations) / state.seconds);
    if (state.total > state.octets && state.octets > state.octets_before) {
        const double rate = static_cast<double>(state.octets - state.octets_before) / state.seconds;
        text += fmt::format(", {} left",
                            duration_text(static_cast<double>(state.total - state.octets) / rate));
    }
    return text;
}

ProgressLine::ProgressLine(Terminal& terminal)
    : terminal_(terminal), started_(Clock::now()), next_(started_) {
    if (!terminal_.interactive()) next_ += line_interval;
}

void ProgressLine::tell(const std::string& text) {
    if (terminal_.interactive()) {
        terminal_.show(text);
        next_ = Clock::now() + terminal_interval;
    } else {
        terminal_.say(text);
        next_ = Clock::now() + line_interval;
    }
}

double ProgressLine::seconds() const {
    return std::chrono::duration<double>(Clock::now() - started_).count();
}

}  // namespace dnshist::zonegen
