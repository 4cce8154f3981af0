// Parses one item of a feed in the passive DNS Common Output Format (COF,
// draft-dulaunoy-dnsop-passive-dns-cof) or one of its dialects.
//
// One lenient parser reads all dialects: DNSDB (with SAF's {"obj": ...} around each object), CIRCL,
// Robtex ("rrdata"), SIE's NMSG as JSON ({"message": ...}, times as text), Spamhaus ({"records":
// [...]} around all objects of an answer), and the output of export (storage/record/line/cof.hpp).
// It accepts
//   - rdata as a string, or as an array: an RRset, each member of which is an observation
//   - names with or without the final dot, in any case; rrtype as text, TYPEnnn or a number
//   - numbers as numbers or as text
//   - times also as RFC 3339 or "2018-03-27 10:43:28", cut to seconds
//   - time_first or time_last alone for both, zone_time_* beside them or instead; no count for 1
// and ignores unknown fields.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "storage/record/observation.hpp"
#include "zonegen/cof/saf_stream.hpp"
#include "zonegen/feed/reject.hpp"

namespace dnshist::zonegen {

class CofParser {
  public:
    using Observe = std::function<void(const Observation&)>;
    using Refuse = std::function<void(const Reject&)>;

    // `observe` is called for each observation of an item, which is valid during the call, and
    // `refuse` for each reject. `sensor` is the sensor_id of records that have none.
    CofParser(Observe observe, Refuse refuse, std::string sensor = {});
    ~CofParser();
    CofParser(const CofParser&) = delete;
    CofParser& operator=(const CofParser&) = delete;

    struct Framing {
        SafCondition condition;
        std::string message;
    };
    // Parses one item, of Feed::max_item_octets at most and with Feed::padding_octets readable
    // behind it. Returns its SAF framing, if it has any.
    std::optional<Framing> read(std::string_view item);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace dnshist::zonegen
