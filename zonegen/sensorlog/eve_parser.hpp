// Parses the DNS events of Suricata's EVE JSON log, an event at a time.
//
// An EVE file has events of all kinds; those that are not DNS answers are skipped. Answers come in
// three versions: one record an event (version 1); a list "answers" of records, or texts "grouped"
// by type, or both (version 2, Suricata 4.1 to 7); and the list with "queries" (version 3, Suricata
// 8). Later ones have the records of the other sections as well.
//
// A record is taken if the log has all of it for certain, and refused if not:
//   - A record of a list has owner, type and RDATA as they were sent, except MX, which has no
//     preference, and TXT, each string of which is logged as a record: a single string is a whole
//     record, several may be one record or more. RDATA of other types is an object (SOA, SRV,
//     SSHFP) or missing.
//   - Grouped records have no owner. Without a CNAME they belong to the name that was asked
//     for, with one to its target.
//     Several CNAMEs are in no order.
//   - The class is not logged. Servers describe themselves in class CH under the names bind. and
//     server., so records of these names are not taken for IN.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "storage/text/address_prefix.hpp"
#include "zonegen/response/response_observer.hpp"
#include "zonegen/sensorlog/sensor_log.hpp"

namespace dnshist::zonegen {

class EveParser {
  public:
    // See ZeekParser.
    EveParser(LogSink::Observe observe, LogSink::Refuse refuse, std::string sensor, Trust trust,
              std::vector<AddressPrefix> resolvers = {});
    ~EveParser();
    EveParser(const EveParser&) = delete;
    EveParser& operator=(const EveParser&) = delete;

    // Parses one event, with Feed::padding_octets readable behind it.
    void read(std::string_view item);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace dnshist::zonegen
