// Parses the log of gamelinux' passivedns, a line at a time:
//
//     TIMESTAMP||CLIENT||SERVER||CLASS||QUERY||TYPE||ANSWER||TTL||COUNT
//
// COUNT is how often the record was seen since its last line; versions before 1.0 have no count.
// With -j it is a JSON object, whose members are named as the columns, but for timestamp_s and
// timestamp_ms.
//
// Some types are logged with a part of their RDATA (MX and SRV: the host; SOA and RP: the first
// name; TXT: the first string; NSEC3: without its types) and are refused. QUERY is the name that
// was asked for, or the target of a CNAME of the same response. It is not the owner of a DNAME, or
// of the signature of a CNAME or DNAME, so these are refused. Answers such as NXDOMAIN are skipped.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "zonegen/sensorlog/sensor_log.hpp"

namespace dnshist::zonegen {

class PassivednsParser {
  public:
    // See ZeekParser. The log has too little of a response to judge it, so all of it is believed.
    PassivednsParser(LogSink::Observe observe, LogSink::Refuse refuse, std::string sensor);
    ~PassivednsParser();
    PassivednsParser(const PassivednsParser&) = delete;
    PassivednsParser& operator=(const PassivednsParser&) = delete;

    // Parses one line, a JSON object with Feed::padding_octets readable behind it.
    void read(std::string_view line);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace dnshist::zonegen
