// The common part of the parsers of sensors' logs (Zeek, Suricata, passivedns).
//
// Such a log tells what a sensor saw at one moment: records with owner, type and RDATA, as far as
// the log keeps them. A record that is ambiguous is refused, not guessed. The logs also name the
// client that asked, which is never stored.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "storage/base/result.hpp"
#include "storage/record/observation.hpp"
#include "zonegen/feed/reject.hpp"

namespace dnshist::zonegen {

// Receives what such a parser finds.
class LogSink {
  public:
    using Observe = std::function<void(const Observation&)>;
    using Refuse = std::function<void(const Reject&)>;

    // `sensor` is the sensor_id of all observations; empty: none.
    LogSink(Observe observe, Refuse refuse, std::string sensor);

    // `rdata` is canonical.
    void observe(const Name& owner, Rrtype type, Octets rdata, Seconds when,
                 std::uint64_t count = 1) const;
    void refuse(const Reject& reject) const { refuse_(reject); }
    void refuse(Reason reason, std::string detail = {}) const {
        refuse_(refusal(reason, std::move(detail)));
    }
    // Refuses one record of several in the item.
    void refuse_record(Reason reason, std::string detail) const {
        refuse_({.reason = reason, .detail = std::move(detail), .partial = true});
    }

  private:
    Observe observe_;
    Refuse refuse_;
    Source source_;
};

// A JSON object in a line of syslog, without the header in front of it (RFC 3164, RFC 5424); any
// other line as it is.
std::string_view without_syslog_header(std::string_view line) noexcept;

// A name as sensors log it: its labels as they were sent, joined by dots, with or without the final
// dot; the root is empty. Backslashes are not escapes.
Result<Name> name_from_labels(std::string_view octets);

// Replaces each \xHH that stands for an octet other than printable ASCII by that octet; other
// backslashes are kept. Suricata and Zeek (in JSON) write strings so that are not UTF-8. A text
// that really had these four characters cannot be distinguished.
std::string without_hex_escapes(std::string_view text);

// Whether a response with that RCODE may have useful records. NXDOMAIN has the CNAMEs that lead to
// the name that does not exist, and the zone's SOA.
constexpr bool is_useful_rcode(std::uint64_t rcode) noexcept {
    return rcode == 0 || rcode == 3;
}

// The type by its mnemonic, TYPEnnn or number.
std::optional<Rrtype> type_from_log(std::string_view text) noexcept;

// Appends a character-string in presentation form, in quotes.
void append_quoted(std::string& out, std::string_view octets);

}  // namespace dnshist::zonegen
