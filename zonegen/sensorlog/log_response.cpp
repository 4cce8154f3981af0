#include "zonegen/sensorlog/log_response.hpp"

#include <algorithm>

#include "storage/text/quote.hpp"

namespace dnshist::zonegen {

void LogResponse::begin(Seconds when) {
    when_ = when;
    records_.clear();
    octets_.clear();
}

void LogResponse::add(Section section, const Name& owner, Rrtype type, Octets rdata) {
    records_.push_back({section, owner, type, octets_.size(), rdata.size()});
    octets_.insert(octets_.end(), rdata.begin(), rdata.end());
}

void LogResponse::add_text(Section section, const Name& owner, Rrtype type, std::string_view text) {
    const auto done = rdata_from_text(type, text, data_);
    if (!done) return sink_.refuse_record(Reason::bad_rdata, done.error().text);
    add(section, owner, type, data_.octets());
}

std::span<const RecordVerdict> LogResponse::judge(const Query& query) {
    judged_.clear();
    for (const Record& record : records_) {
        judged_.push_back({.section = record.section,
                           .type = record.type,
                           .rrclass = Response::class_in,
                           .owner = record.owner.wire(),
                           .rdata = rdata_of(record),
                           .valid = true});
    }
    Response response;
    response.question = {.name = query.name.wire(),
                         .name_sent = query.name.wire(),
                         .type = query.type,
                         .rrclass = Response::class_in};
    response.records = judged_;
    QueryContext context;
    if (const auto server = address_prefix_from_text(query.server)) {
        context.recursive = std::ranges::any_of(resolvers_, [&](const AddressPrefix& resolver) {
            return contains(resolver, server->address);
        });
    }
    return bailiwick_.judge(response, context);
}

void LogResponse::give(const std::optional<Query>& query) {
    if (trust_ == Trust::everything) return give_all();
    if (!query) {
        if (!records_.empty()) sink_.refuse_record(Reason::uncertain, "the query cannot be read");
        return;
    }
    const auto verdicts = judge(*query);
    for (std::size_t i = 0; i < records_.size(); ++i) {
        const Record& record = records_[i];
        if (verdicts[i] == RecordVerdict::accepted) {
            sink_.observe(record.owner, record.type, rdata_of(record), when_);
        } else {
            const bool unasked = verdicts[i] == RecordVerdict::unasked;
            sink_.refuse_record(unasked ? Reason::unasked : Reason::out_of_bailiwick,
                                quote(record.owner.text() + ' ' + rrtype_text(record.type)));
        }
    }
}

void LogResponse::give_all() {
    for (const Record& record : records_)
        sink_.observe(record.owner, record.type, rdata_of(record), when_);
}

}  // namespace dnshist::zonegen
