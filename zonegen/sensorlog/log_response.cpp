#include "zonegen/sensorlog/log_response.hpp"

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

std::span<const Belief> LogResponse::judge(const Question& question) {
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
    response.question = {.name = question.name.wire(),
                         .name_sent = question.name.wire(),
                         .type = question.type,
                         .rrclass = Response::class_in};
    response.records = judged_;
    Exchange exchange;
    exchange.recursive = question.recursive;
    return bailiwick_.judge(response, exchange);
}

void LogResponse::give(const std::optional<Question>& question) {
    std::span<const Belief> beliefs;
    if (question && trust_ == Trust::bailiwick) beliefs = judge(*question);
    for (std::size_t i = 0; i < records_.size(); ++i) {
        const Record& record = records_[i];
        if (beliefs.empty() || beliefs[i] == Belief::believed) {
            sink_.observe(record.owner, record.type, rdata_of(record), when_);
        } else {
            const bool unasked = beliefs[i] == Belief::unasked;
            sink_.refuse_record(unasked ? Reason::unasked : Reason::out_of_bailiwick,
                                quote(record.owner.text() + ' ' + rrtype_text(record.type)));
        }
    }
}

}  // namespace dnshist::zonegen
