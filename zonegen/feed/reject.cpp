#include "zonegen/feed/reject.hpp"

namespace dnshist::zonegen {

std::string_view reason_text(Reason reason) noexcept {
    switch (reason) {
        case Reason::too_long:
            return "longer than 1 MiB";
        case Reason::unfinished:
            return "incomplete at the end of the feed";
        case Reason::not_json:
            return "not JSON";
        case Reason::not_an_object:
            return "not a JSON object";
        case Reason::no_name:
            return "no rrname";
        case Reason::bad_name:
            return "bad rrname";
        case Reason::no_type:
            return "no rrtype";
        case Reason::bad_type:
            return "bad rrtype";
        case Reason::other_class:
            return "class other than IN";
        case Reason::no_rdata:
            return "no rdata";
        case Reason::bad_rdata:
            return "bad rdata";
        case Reason::no_time:
            return "no time_first or time_last";
        case Reason::bad_time:
            return "bad time";
        case Reason::bad_count:
            return "bad count";
        case Reason::bad_source:
            return "bad sensor_id, origin or bailiwick";
        case Reason::too_many:
            return "too many observations in one element";
        case Reason::bad_frame:
            return "no dnstap frame that can be used";
        case Reason::bad_message:
            return "malformed DNS message";
        case Reason::unasked:
            return "not asked for";
        case Reason::out_of_bailiwick:
            return "outside of the bailiwick";
        case Reason::bad_line:
            return "not in the form of its format";
        case Reason::no_header:
            return "no #fields line before it that names what is needed";
        case Reason::incomplete_rdata:
            return "not logged with all of its rdata";
        case Reason::uncertain:
            return "owner or type not certain";
        case Reason::other_rcode:
            return "response code other than NOERROR and NXDOMAIN";
        case Reason::bad_directive:
            return "a directive that is not followed";
        case Reason::no_origin:
            return "a relative name, and no origin is known";
        case Reason::out_of_zone:
            return "outside the zone";
    }
    return "rejected";
}

}  // namespace dnshist::zonegen
