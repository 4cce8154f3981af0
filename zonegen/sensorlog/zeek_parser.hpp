// Parses Zeek's dns.log, a line at a time: rows of columns under a header, or JSON objects.
//
// The header ("#separator" to "#types") names the columns and tells how values are separated and
// escaped. A file may consist of several logs, each with a header. A row is one query with its
// answers, which zeek_answers.hpp interprets. Rows without answers, as most are, are skipped, and
// so are dynamic updates and notifications.
//
// Ambiguous rows are refused: those without the query, because Zeek did not see it, and those of
// the ports of multicast DNS, LLMNR and NetBIOS, whose answers need not answer the question.
//
// In JSON, Zeek writes an octet that is not UTF-8 as \xHH. Versions before 3 write every octet
// beyond ASCII as \u00HH.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "storage/text/address_prefix.hpp"
#include "zonegen/response/response_observer.hpp"
#include "zonegen/sensorlog/sensor_log.hpp"

namespace dnshist::zonegen {

class ZeekParser {
  public:
    // `observe` is called for each observation, which is valid during the call, and `refuse` for
    // each reject. `sensor` is the sensor_id of all observations. `resolvers` are believed in all
    // zones.
    ZeekParser(LogSink::Observe observe, LogSink::Refuse refuse, std::string sensor, Trust trust,
               std::vector<AddressPrefix> resolvers = {});
    ~ZeekParser();
    ZeekParser(const ZeekParser&) = delete;
    ZeekParser& operator=(const ZeekParser&) = delete;

    // Parses one line, or one JSON object with Feed::padding_octets readable behind it.
    void read(std::string_view item);

    // See Reject.
    std::string reject_context() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace dnshist::zonegen
