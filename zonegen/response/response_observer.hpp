// Turns a response into observations: reads it, judges its records and passes on the accepted ones.
//
// Only responses (QR set, opcode QUERY) with RCODE NOERROR or NXDOMAIN are used; any other RCODE
// says that the server did not answer. NXDOMAIN applies to the last name of a chain (RFC 6604), so
// the CNAMEs before it are valid data, and the SOA and NSEC records with it are the zone's own.
//
// A response whose question is not known is refused as a whole unless the operator trusts such
// responses; then its records are judged as those of an unknown server, and marked by their source.
//
// A record that a response has twice is seen once (RFC 2181, section 5: an RRset has no
// duplicates).
//
// OPT, TSIG, SIG(0), TKEY and other types that no zone holds belong to the message and not to the
// history; they are skipped silently.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "conf/choices.hpp"
#include "storage/record/observation.hpp"
#include "zonegen/feed/reader.hpp"
#include "zonegen/feed/reject.hpp"
#include "zonegen/response/bailiwick.hpp"
#include "zonegen/response/response_reader.hpp"

namespace dnshist::zonegen {

using conf::Trust;

// The origin in the source of records whose question is not known.
inline constexpr std::string_view unasked_origin = "dnshist:unasked";

class ResponseObserver {
  public:
    using Observe = std::function<void(const Observation&)>;
    // `record` is the refused record, "example.com. A 192.0.2.1", or empty for a whole message.
    using Refuse = std::function<void(std::string_view record, const Reject&)>;

    // A message whose time `check_time` refuses is refused as a whole.
    ResponseObserver(Trust trust, Observe observe, Refuse refuse, CheckTime check_time = {});
    ResponseObserver(const ResponseObserver&) = delete;
    ResponseObserver& operator=(const ResponseObserver&) = delete;

    enum class Outcome : std::uint8_t {
        used,       // each record was observed, refused, or is of a type that no zone holds
        ignored,    // not a source of history: a query, an update, SERVFAIL ..., a wrong time
        unasked,    // refused as a whole, since its question is not known
        malformed,  // refused as a whole
    };

    // Observes the accepted records of one message, each once and at `when`. If the zone of the
    // server is known, it becomes the bailiwick in a copy of `source`, which may be null; if the
    // question is not known, unasked_origin becomes the origin.
    Outcome observe(Octets message, Seconds when, const QueryContext& context,
                    const Source* source = nullptr);

  private:
    void observe(const Response& response, Seconds when, const QueryContext& context,
                 const Source* source);
    void find_equal(std::span<const Response::Record> records);
    void refuse(const Response& response, Reason reason);
    void refuse(const Response::Record& record, Reason reason);
    const Source* as_unasked(const Source* source);
    const Source* with_bailiwick(const Name& zone, const Source* source);

    Trust trust_;
    Observe observe_;
    Refuse refuse_;
    CheckTime check_time_;
    ResponseReader reader_;
    Bailiwick bailiwick_;
    std::vector<std::uint32_t> order_;        // of find_equal()
    std::vector<std::uint32_t> first_equal_;  // by record; often itself
    std::vector<bool> observed_;              // by the first of equal records
    std::vector<char> text_;
    Source source_;     // the last copy
    Name source_zone_;  // and its zone
    Source unasked_source_;
};

}  // namespace dnshist::zonegen
