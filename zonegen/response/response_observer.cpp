#include "zonegen/response/response_observer.hpp"

#include <algorithm>
#include <numeric>
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
    auto read = reader_.read(message, context.multicast);
    if (!read) {
        refuse_({}, {Reason::bad_message, read.error().text});
        return Outcome::malformed;
    }
    Response& response = *read;
    if (!is_source_of_history(response)) return Outcome::ignored;
    if (check_time_) {
        if (const auto reject = check_time_({when, when})) {
            refuse_({}, *reject);
            return Outcome::ignored;
        }
    }
    if (!context.asked && trust_ == Trust::bailiwick) {
        refuse(response, Reason::unknown_question);
        return Outcome::unasked;
    }
    if (response.left_over != 0) {
        refuse_({},
                {.reason = Reason::bad_message,
                 .detail = std::to_string(response.left_over) + " octets behind the last record",
                 .partial = true});
    }
    // The messages of a zone transfer need not repeat the question (RFC 5936, section 2.2.1).
    if (!response.question && context.name && context.type) {
        response.question = Response::Question{.name = context.name->wire(),
                                               .name_sent = context.name->wire(),
                                               .type = *context.type,
                                               .rrclass = Response::class_in};
    }
    observe(response, when, context, context.asked ? source : as_unasked(source));
    return Outcome::used;
}

void ResponseObserver::observe(const Response& response, Seconds when, const QueryContext& context,
                               const Source* source) {
    const auto verdicts = bailiwick_.judge(response, context);
    find_equal(response.records);
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
            if (observed_[first_equal_[i]]) continue;
            observed_[first_equal_[i]] = true;
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
}

// Sorted, so that a message of many records costs no more than n log n.
void ResponseObserver::find_equal(std::span<const Response::Record> records) {
    const auto compare_records = [records](std::uint32_t a, std::uint32_t b) noexcept {
        const Response::Record& x = records[a];
        const Response::Record& y = records[b];
        if (x.type != y.type) return number(x.type) < number(y.type) ? -1 : 1;
        const int by_rdata = compare(x.rdata, y.rdata);
        return by_rdata != 0 ? by_rdata : compare(x.owner, y.owner);
    };
    observed_.assign(records.size(), false);
    first_equal_.resize(records.size());
    order_.resize(records.size());
    std::iota(order_.begin(), order_.end(), std::uint32_t{0});
    std::ranges::sort(order_, [&](std::uint32_t a, std::uint32_t b) {
        const int order = compare_records(a, b);
        return order != 0 ? order < 0 : a < b;
    });
    for (std::size_t i = 0; i < order_.size(); ++i) {
        const bool again = i != 0 && compare_records(order_[i - 1], order_[i]) == 0;
        first_equal_[order_[i]] = again ? first_equal_[order_[i - 1]] : order_[i];
    }
}

void ResponseObserver::refuse(const Response& response, Reason reason) {
    TextWriter out(text_);
    if (response.question) {
        write_name(out, response.question->name);
        out.put(' ');
        write_rrtype(out, response.question->type);
    }
    refuse_(out.text(), {.reason = reason, .detail = {}, .partial = true});
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

const Source* ResponseObserver::as_unasked(const Source* source) {
    unasked_source_.sensor_id = source != nullptr ? source->sensor_id : std::string();
    unasked_source_.origin = unasked_origin;
    return &unasked_source_;
}

const Source* ResponseObserver::with_bailiwick(const Name& zone, const Source* source) {
    static const Source none;
    const Source& base = source != nullptr ? *source : none;
    if (source_.bailiwick.empty() || source_zone_ != zone) {
        source_zone_ = zone;
        TextWriter out(text_);
        write_name(out, zone.wire());
        source_.bailiwick = out.text();
    }
    if (source_.sensor_id != base.sensor_id) source_.sensor_id = base.sensor_id;
    if (source_.origin != base.origin) source_.origin = base.origin;
    return &source_;
}

}  // namespace dnshist::zonegen
