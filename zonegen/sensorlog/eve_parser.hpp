// Reads the DNS events of Suricata's EVE JSON log, an event at a time.
//
// A file of EVE has all kinds of events; those that are no DNS answer are passed over. Of the
// answers there are three generations: one record an event (version 1); a list "answers" of
// records, or texts "grouped" by type, or both (version 2, Suricata 4.1 to 7); and the list with
// "queries" (version 3, Suricata 8). Later ones have the records of the other sections as well.
//
// What of it is certain:
//   - A record of a list has owner, type and RDATA as they were sent, but for MX (no preference)
//     and for TXT, each string of which is a record of its own: one string alone is a whole record,
//     several may be one or more. RDATA of other types is logged as an object (SOA, SRV, SSHFP) or
//     not at all.
//   - Grouped records have no owner. Without a CNAME they belong to the name that was asked for,
//     and with one to its target; several CNAMEs are in no order.
//   - The class is not logged. Servers tell of themselves in class CH under the names bind. and
//     server., so what is said of those is not taken for IN.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "zonegen/response/response_observer.hpp"
#include "zonegen/sensorlog/sensor_log.hpp"

namespace dnshist::zonegen {

class EveParser {
  public:
    // See ZeekParser; but here the flags are those of the response alone, since an event has no
    // others.
    EveParser(LogSink::Observe observe, LogSink::Refuse refuse, std::string sensor, Trust trust);
    ~EveParser();
    EveParser(const EveParser&) = delete;
    EveParser& operator=(const EveParser&) = delete;

    // Reads one event, with Feed::padding_octets readable behind it.
    void read(std::string_view item);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace dnshist::zonegen
