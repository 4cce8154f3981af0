#include "zonegen/feed/reject.hpp"

#include <array>

namespace dnshist::zonegen {

namespace {

// By number.
constexpr std::array<std::pair<Reason, std::string_view>, reason_count> texts = {{
    {Reason::too_long, "longer than 1 MiB"},
    {Reason::unfinished, "incomplete at the end of the feed"},
    {Reason::not_json, "not JSON"},
    {Reason::not_an_object, "not a JSON object"},
    {Reason::no_name, "no rrname"},
    {Reason::bad_name, "bad rrname"},
    {Reason::no_type, "no rrtype"},
    {Reason::bad_type, "bad rrtype"},
    {Reason::other_class, "class other than IN"},
    {Reason::no_rdata, "no rdata"},
    {Reason::bad_rdata, "bad rdata"},
    {Reason::no_time, "no time_first or time_last"},
    {Reason::bad_time, "bad time"},
    {Reason::in_future, "a time in the future"},
    {Reason::bad_count, "bad count"},
    {Reason::bad_source, "bad sensor_id, origin or bailiwick"},
    {Reason::too_many, "too many observations in one element"},
    {Reason::bad_frame, "no dnstap frame that can be used"},
    {Reason::bad_message, "malformed DNS message"},
    {Reason::unasked, "not asked for"},
    {Reason::out_of_bailiwick, "outside of the bailiwick"},
    {Reason::bad_line, "not in the form of its format"},
    {Reason::no_header, "no #fields line before it that names what is needed"},
    {Reason::incomplete_rdata, "not logged with all of its rdata"},
    {Reason::uncertain, "owner or type not certain"},
    {Reason::other_rcode, "response code other than NOERROR and NXDOMAIN"},
    {Reason::bad_directive, "a directive that is not followed"},
    {Reason::no_origin, "a relative name, and no origin is known"},
    {Reason::out_of_zone, "outside the zone"},
    {Reason::no_apex, "of no zone that is known"},
    {Reason::unknown_question, "a response whose question is not known (--trust unasked takes it)"},
}};

constexpr bool in_order() {
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (texts[i].first != static_cast<Reason>(i)) return false;
    }
    return true;
}
static_assert(in_order());

}  // namespace

std::string_view reason_text(Reason reason) noexcept {
    return texts[static_cast<std::size_t>(reason)].second;
}

}  // namespace dnshist::zonegen
