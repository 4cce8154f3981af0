// Reads the log of gamelinux' passivedns, a line at a time:
//
//     TIMESTAMP||CLIENT||SERVER||CLASS||QUERY||TYPE||ANSWER||TTL||COUNT
//
// COUNT is how often the record was seen since its last line; versions before 1.0 have none.
//
// The log keeps of some types a part of the RDATA only (of MX and SRV the host, of SOA and RP the
// first name, of TXT the first string, NSEC3 without its types); those are refused. QUERY is the
// name that was asked for, or where a CNAME of the same response led; that is not the owner of a
// DNAME, nor of the signature of a CNAME or DNAME. Answers such as NXDOMAIN are no records, and are
// passed over.
#pragma once

#include <string>
#include <string_view>

#include "storage/record/rdata.hpp"
#include "zonegen/sensorlog/sensor_log.hpp"

namespace dnshist::zonegen {

class PassivednsParser {
  public:
    // See ZeekParser. The log has too little of a response to judge it: all of it is believed.
    PassivednsParser(LogSink::Observe observe, LogSink::Refuse refuse, std::string sensor);

    // Reads one line.
    void read(std::string_view line);

  private:
    LogSink sink_;
    Rdata data_;
};

}  // namespace dnshist::zonegen
