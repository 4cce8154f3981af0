#include "zonegen/response/response_observer.hpp"

#include <utility>

#include "storage/record/rdata.hpp"

namespace dnshist::zonegen {

namespace {

// Enough for nearly all records; of a longer one only owner and type are shown.
constexpr std::size_t max_record_text = 4096;

bool is_source_of_history(const Response& response) noexcept {
    return response.is_response && response.opcode == Response::opcode_query &&
           (response.rcode == Response::noerror || response.rcode == Response::nxdomain);
}

}  // namespace

ResponseObserver::ResponseObserver(Trust trust, Observe observe, Refuse refuse,
                                   CheckTime check_time)
    : trust_(trust),
      observe_(std::move(observe)),
      refuse_(std::move(refuse)),
      check_time_(std::move(check_time)),
      text_(max_record_text) {}

ResponseObserver::Outcome ResponseObserver::observe(Octets message, Seconds when,
                                                    const QueryContext& context,
                                                    const Source* source) {
    const auto read = reader_.read(message);
    if (!read) {
        refuse_({}, {Reason::bad_message, read.error().text});
        return Outcome::malformed;
    }
    const Response& response = *read;
    if (!is_source_of_history(response)) return Outcome::ignored;
    if (check_time_) {
        if (const auto reject = check_time_({when, when})) {
            refuse_({}, *reject);
            return Outcome::ignored;
        }
    }

    const auto verdicts = bailiwick_.judge(response, context);
    const Source* const source_inside =
        context.zone ? with_bailiwick(*context.zone, source) : source;
    for (std::size_t i = 0; i < response.records.size(); ++i) {
        const Response::Record& record = response.records[i];
        if (!is_history(record)) continue;
        if (record.rrclass != Response::class_in) {
            refuse(record, Reason::other_class);
        } else if (!record.valid) {
            refuse(record, Reason::bad_rdata);
        } else if (trust_ == Trust::everything || verdicts[i] == RecordVerdict::accepted) {
            Observation observation;
            observation.owner = record.owner;
            observation.type = record.type;
            observation.rdata = record.rdata;
            observation.seen = {when, when};
            const bool is_inside =
                context.zone && is_at_or_below(record.owner, context.zone->wire());
            observation.source = is_inside ? source_inside : source;
            observe_(observation);
        } else if (verdicts[i] == RecordVerdict::unasked) {
            refuse(record, Reason::unasked);
        } else {
            refuse(record, Reason::out_of_bailiwick);
        }
    }
    return Outcome::used;
}

void ResponseObserver::refuse(const Response::Record& record, Reason reason) {
    TextWriter out(text_);
    write_name(out, record.owner);
    out.put(' ');
    write_rrtype(out, record.type);
    const std::size_t without_rdata = out.size();
    out.put(' ');
    write_rdata(out, record.type, record.rdata);
    if (out.overflowed()) out.rewind(without_rdata);
    refuse_(out.text(), {.reason = reason, .detail = {}, .partial = true});
}

const Source* ResponseObserver::with_bailiwick(const Name& zone, const Source* source) {
    static const Source none;
    const Source& base = source != nullptr ? *source : none;
    if (source_.bailiwick.empty() || source_zone_ != zone) {
        source_zone_ = zone;
        source_.bailiwick = zone.text();
    }
    if (source_.sensor_id != base.sensor_id) source_.sensor_id = base.sensor_id;
    if (source_.origin != base.origin) source_.origin = base.origin;
    return &source_;
}

}  // namespace dnshist::zonegen
