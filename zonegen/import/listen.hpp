// Live dnstap into the store, until it is told to stop.
#pragma once

#include <cstdint>
#include <vector>

#include "conf/settings.hpp"
#include "storage/history/history_writer.hpp"
#include "zonegen/console/terminal.hpp"
#include "zonegen/dnstap/dnstap_observer.hpp"
#include "zonegen/import/record_filter.hpp"
#include "zonegen/import/reject_report.hpp"

namespace dnshist::zonegen {

struct ListenOptions {
    std::vector<conf::DnstapPlace> places;
    DnstapOptions dnstap;
    RecordFilter selection;
    std::uint32_t senders = 64;                   // at once
    std::uint32_t window = 10;                    // seconds, and
    std::uint32_t window_observations = 100'000;  // that a crash may lose
};

// Says where it listens, tells systemd, and what has come once a minute; ends once
// `stop_descriptor` is readable, with everything in the store. False where it could not listen, or
// observations were lost. Throws StoreError only before it listens: a store that cannot be written
// later, as its disk is full, is tried again and again while the senders wait.
bool listen(HistoryWriter& writer, const ListenOptions& options, Rejects& rejects,
            Terminal& terminal, int stop_descriptor);

}  // namespace dnshist::zonegen
