#include "responder/rest/dnsdb_service.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <memory>

#include "responder/http/url.hpp"
#include "responder/rest/dnsdb_request.hpp"
#include "responder/rest/record_body.hpp"
#include "responder/rest/summary_body.hpp"
#include "storage/base/json.hpp"

namespace dnshist::responder {

namespace {

constexpr std::uint64_t usual_limit = 10'000;  // records
// Version 1 says by its status whether there is a record at all. So many turns of work are taken to
// find the first.
constexpr unsigned turns_to_first = 10;

const RestError not_found{404, "no results found for query."};

// Nobody's requests are numbered.
void add_rate_fields(HttpResponse& response) {
    response.fields.emplace_back("x-ratelimit-limit", "unlimited");
    response.fields.emplace_back("x-ratelimit-remaining", "n/a");
    response.fields.emplace_back("x-ratelimit-reset", "n/a");
}

// Whether the client takes what is sent here. The types that DNSDB has for it are more than one.
bool takes_json(std::string_view accepted) {
    constexpr std::array<std::string_view, 3> all{"json", "*/*", "application/*"};
    return accepted.empty() || std::ranges::any_of(all, [accepted](std::string_view each) {
               return accepted.find(each) != std::string_view::npos;
           });
}

// Takes turns until the body has ended, or has found something.
template <class Body>
HttpResponse start(std::unique_ptr<Body> body, Lookup& store, DnsdbService::Version version) {
    const bool counts = version == DnsdbService::Version::v1;
    unsigned turns = counts ? turns_to_first : 1;
    for (; turns > 0 && !body->ended() && !body->waits() && body->given() == 0; --turns)
        body->work(&store, first_turn_octets);
    if (counts && body->ended() && !body->failed() && body->given() == 0)
        return rest_error(not_found);
    return rest_stream(std::move(body));
}

}  // namespace

struct DnsdbService::Question {
    DnsdbRequest request;
    Version version;

    Framing framing() const noexcept {
        return version == Version::v2 ? Framing::saf : Framing::bare;
    }
};

HttpResponse DnsdbService::answer(const HttpRequest& request, Version version,
                                  std::string_view path, Rights rights, Lookup* store,
                                  Seconds now) const {
    const std::string_view verb = take_segment(path);
    const std::string_view first = path.substr(0, path.find('/'));
    if (verb == "ping") return rest_content("application/json", "{\"ping\":\"ok\"}\n");
    if (verb == "rate_limit" || (verb == "lookup" && first == "rate_limit")) return rate_limit();
    const bool is_flex = version == Version::v2 && (verb == "regex" || verb == "glob");
    if (!is_flex && verb != "lookup" && verb != "summarize") {
        return rest_error(
            {404, "no such path; there are lookup, summarize, regex, glob, ping and rate_limit"});
    }
    if (!takes_json(request.field("accept"))) {
        return rest_error(
            {415, "the answer is application/x-ndjson, which 'Accept' does not have"});
    }
    RestResult<DnsdbRequest> read =
        is_flex ? read_flex_request(verb == "regex", path, request.query, now)
                : read_dnsdb_request(path, request.query, now);
    if (!read) return rest_error(read.error());
    if (read->offset > config_.max_records) {
        return rest_error(
            {416, "an offset may be " + std::to_string(config_.max_records) + " at most"});
    }
    if (read->offset != 0 && verb == "summarize") {
        return rest_error({400, "a summary has no offset; 'offset' is for lookup"});
    }
    if (const auto refused = refusal(read->selection, rights)) return rest_error(*refused);
    if (store == nullptr) return rest_error(no_store);
    if (read->selection.has_patterns()) {
        if (const auto problem = store->use_patterns(read->selection.queries.front())) {
            return rest_error({400, *problem});
        }
    }
    const Question question{*std::move(read), version};
    HttpResponse response = is_flex            ? search(question, *store)
                            : verb == "lookup" ? lookup(question, *store)
                                               : summarize(question, *store);
    add_rate_fields(response);
    return response;
}

// 0 stands for the most there may be.
std::uint64_t DnsdbService::limit_of(const DnsdbRequest& request) const {
    const std::uint64_t limit = request.limit.value_or(usual_limit);
    return limit == 0 ? config_.max_records : std::min(limit, config_.max_records);
}

HttpResponse DnsdbService::lookup(const Question& question, Lookup& store) const {
    const DnsdbRequest& request = question.request;
    ObjectStyle style;
    style.record.rdata_in_array = question.version == Version::v2 || request.by_owner;
    style.bailiwick = request.by_owner;
    style.human_times = request.human_times;
    RecordLimits limits;
    limits.offset = request.offset;
    limits.records = limit_of(request);
    limits.work = config_.max_work;
    return start(std::make_unique<RecordBody>(RecordStream(request.selection), question.framing(),
                                              style, limits),
                 store, question.version);
}

HttpResponse DnsdbService::search(const Question& question, Lookup& store) const {
    const DnsdbRequest& request = question.request;
    RecordLimits limits;
    limits.offset = request.offset;
    limits.records = limit_of(request);
    limits.work = config_.max_work;
    return start(std::make_unique<FlexBody>(
                     RecordStream(request.selection),
                     FlexStyle{request.by_value, request.verbose, request.human_times}, limits),
                 store, question.version);
}

HttpResponse DnsdbService::summarize(const Question& question, Lookup& store) const {
    constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();
    const DnsdbRequest& request = question.request;
    const std::uint64_t max_count = request.max_count.value_or(0);
    const SummaryLimits limits{.records = limit_of(request),
                               .count = max_count == 0 ? no_limit : max_count,
                               .work = config_.max_work};
    return start(std::make_unique<SummaryBody>(RecordStream(request.selection), question.framing(),
                                               request.human_times, limits),
                 store, question.version);
}

HttpResponse DnsdbService::rate_limit() const {
    std::string text;
    JsonObject whole(text);
    JsonObject rate(whole.member("rate"));
    rate.string("reset", "n/a");
    rate.string("limit", "unlimited");
    rate.string("remaining", "n/a");
    rate.number("results_max", config_.max_records);
    rate.number("offset_max", config_.max_records);
    rate.close();
    whole.close();
    return rest_content("application/json", text + "\n");
}

}  // namespace dnshist::responder
