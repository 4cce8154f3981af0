// Reads Zeek's dns.log, a line at a time: rows of columns under a header, or JSON objects.
//
// The header ("#separator" to "#types") says what the columns are and how values are set off and
// escaped; a file may be several logs one after the other, each with its own. A row is one query
// with the answer to it. Most rows have no answers, and those are passed over, as are dynamic
// updates and notifications. What the answers of the others say is zeek_answers.hpp's.
//
// Left out as not certain: rows without the query, since Zeek did not see it, and those of the
// ports of multicast DNS, LLMNR and NetBIOS, whose answers need not answer the question.
//
// In JSON, characters stand for octets as Zeek has written them in its time: an octet that is no
// UTF-8 as \xHH, before version 3 every octet beyond ASCII as \u00HH.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "zonegen/response/response_observer.hpp"
#include "zonegen/sensorlog/sensor_log.hpp"

namespace dnshist::zonegen {

class ZeekParser {
  public:
    // Each observation goes to `observe` (good for that call), each reason why there is none to
    // `refuse`. `sensor` is the sensor_id of all of it. What a response may make believed, it says
    // by RD of the query and its own RA (zonegen/sensorlog/log_response.hpp).
    ZeekParser(LogSink::Observe observe, LogSink::Refuse refuse, std::string sensor, Trust trust);
    ~ZeekParser();
    ZeekParser(const ZeekParser&) = delete;
    ZeekParser& operator=(const ZeekParser&) = delete;

    // Reads one line, or one JSON object with Feed::padding_octets readable behind it.
    void read(std::string_view item);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace dnshist::zonegen
