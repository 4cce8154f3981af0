// Imports live dnstap until it is stopped.
#pragma once

#include <cstdint>
#include <vector>

#include "conf/settings.hpp"
#include "storage/history/history_writer.hpp"
#include "zonegen/console/terminal.hpp"
#include "zonegen/dnstap/dnstap_observer.hpp"
#include "zonegen/feed/time_limit.hpp"
#include "zonegen/import/record_filter.hpp"
#include "zonegen/import/reject_report.hpp"

namespace dnshist::zonegen {

struct ListenOptions {
    std::vector<conf::DnstapPlace> places;
    DnstapOptions dnstap;
    RecordFilter filter;
    TimeLimit times;
    std::uint32_t senders = 64;                   // at once
    std::uint32_t window = 10;                    // seconds that a crash may lose
    std::uint32_t window_observations = 100'000;  // observations that a crash may lose
};

// Reports its addresses on the terminal, readiness to systemd, and its progress once a minute. Ends
// once `stop_descriptor` is readable and everything is in the store. False if it could not listen
// or observations were lost. Throws StoreError only before it listens: a later write that fails,
// for example because the disk is full, is retried while the senders wait.
bool listen(HistoryWriter& writer, const ListenOptions& options, RejectReport& rejects,
            Terminal& terminal, int stop_descriptor);

}  // namespace dnshist::zonegen
