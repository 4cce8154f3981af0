// From a response to observations: reads it, decides what of it may be believed, and gives that on.
//
// Only answers to queries (QR set, opcode QUERY) are looked at, of which NOERROR and NXDOMAIN: with
// any other RCODE the server says that it did not do what was asked. NXDOMAIN speaks of the last
// name of a chain (RFC 6604), so the CNAMEs before it are as true as ever, and the SOA and NSEC
// that go with it are the zone's own records.
//
// OPT, TSIG, SIG(0), TKEY and the other types that no zone holds belong to the message and not to
// the history; they are passed over in silence.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "conf/choices.hpp"
#include "storage/record/observation.hpp"
#include "zonegen/feed/reject.hpp"
#include "zonegen/response/bailiwick.hpp"
#include "zonegen/response/response_reader.hpp"

namespace dnshist::zonegen {

using conf::Trust;

class ResponseObserver {
  public:
    using Observe = std::function<void(const Observation&)>;
    // `record` is what is refused: "example.com. A 192.0.2.1", or empty where it is the message.
    using Refuse = std::function<void(std::string_view record, const Reject&)>;

    ResponseObserver(Trust trust, Observe observe, Refuse refuse);
    ResponseObserver(const ResponseObserver&) = delete;
    ResponseObserver& operator=(const ResponseObserver&) = delete;

    enum class Outcome : std::uint8_t {
        looked_at,    // each of its records was observed, refused, or is no history
        passed_over,  // a message that is no source of history: a query, an update, SERVFAIL ...
        malformed,    // refused as a whole
    };

    // Observes what is in one message, each record once and at `when`. Where the zone asked is
    // known it becomes the bailiwick of the source, in a copy of `source`, which may be absent.
    Outcome observe(Octets message, Seconds when, const Exchange& exchange,
                    const Source* source = nullptr);

  private:
    void refuse(const Response::Record& record, Reason reason);
    const Source* source_in(const Name& zone, const Source* source);

    Trust trust_;
    Observe observe_;
    Refuse refuse_;
    ResponseReader reader_;
    Bailiwick bailiwick_;
    std::vector<char> text_;
    Source source_;     // the last one made
    Name source_zone_;  // and for which zone
};

}  // namespace dnshist::zonegen
