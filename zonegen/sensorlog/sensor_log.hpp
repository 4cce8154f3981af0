// What the readers of sensors' logs (Zeek, Suricata, passivedns) have in common.
//
// Such a log says what a sensor saw go by at one moment: records with an owner, a type and RDATA,
// or what the log has kept of them. What it has not kept cannot be made up for: a record that could
// be one of two is refused, not guessed. Who asked is in these logs too, and goes nowhere.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "storage/base/result.hpp"
#include "storage/record/observation.hpp"
#include "zonegen/feed/reject.hpp"

namespace dnshist::zonegen {

// Where such a reader gives what it finds.
class LogSink {
  public:
    using Observe = std::function<void(const Observation&)>;
    using Refuse = std::function<void(const Reject&)>;

    // `sensor` is the sensor_id of all of it; empty, there is none.
    LogSink(Observe observe, Refuse refuse, std::string sensor);

    // `rdata` is canonical.
    void observe(const Name& owner, Rrtype type, Octets rdata, Seconds when,
                 std::uint64_t count = 1) const;
    void refuse(const Reject& reject) const { refuse_(reject); }
    void refuse(Reason reason, std::string detail = {}) const {
        refuse_(refusal(reason, std::move(detail)));
    }
    // One record of several that the item has.
    void refuse_record(Reason reason, std::string detail) const {
        refuse_({.reason = reason, .detail = std::move(detail), .partial = true});
    }

  private:
    Observe observe_;
    Refuse refuse_;
    Source source_;
};

// A name as sensors log them: its labels as they were sent with a dot between each two, the final
// dot there or not; the root is empty. Nothing in it is an escape.
Result<Name> name_from_labels(std::string_view octets);

// The text with each \xHH in it that stands for an octet which is not printable ASCII replaced by
// that octet; other backslashes stand for themselves. So Suricata and, in JSON, Zeek write strings
// that are no UTF-8. A text that really had the four characters cannot be told from that.
std::string without_hex_escapes(std::string_view text);

// Whether a response with that RCODE may hold records that are of use: with NXDOMAIN, the CNAMEs
// that lead to the name which does not exist, and the zone's SOA.
constexpr bool is_useful_rcode(std::uint64_t rcode) noexcept {
    return rcode == 0 || rcode == 3;
}

// Appends as a character-string of presentation form, in quotes.
void append_quoted(std::string& out, std::string_view octets);

}  // namespace dnshist::zonegen
