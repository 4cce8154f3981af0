#include "responder/answer/respond.hpp"

#include <algorithm>
#include <exception>

#include "responder/answer/answer.hpp"
#include "responder/message/response_writer.hpp"
#include "responder/tsig/tsig.hpp"
#include "storage/answer/lookup.hpp"
#include "storage/query/query.hpp"

namespace dnshist::responder {

namespace {

// How long the response may become: over TCP what the length prefix can say, over UDP what both
// sides take, which is 512 octets where the client does not speak EDNS (RFC 6891, section 6.2.5).
std::size_t response_limit(const Request& request, Transport transport,
                           const ServiceConfig& service, std::size_t room) noexcept {
    std::size_t limit = max_tcp_octets;
    if (transport == Transport::udp) {
        limit = request.edns ? std::clamp<std::size_t>(
                                   request.edns->payload, min_udp_octets,
                                   std::max<std::size_t>(service.udp_payload, min_udp_octets))
                             : min_udp_octets;
    }
    return std::min(limit, room);
}

// Whether the operator wants questions from there to be signed.
bool must_sign(const ServiceConfig& service, const Client& client) noexcept {
    return service.require_key.has(client.address);
}

// Whether the question's view, if it has one, is not for this client.
bool is_prohibited(const Exchange& exchange, Octets labels) noexcept {
    const Access& access = exchange.service.access;
    if (!access.restricts_views()) return false;
    const auto view = view_of(labels);
    return view && !access.may_use(*view, exchange.client);
}

// A question within a zone that is served; says what it is about in `asked`.
std::size_t answer_question(Exchange& exchange, const ParsedRequest& parsed, QueryKind& asked) {
    exchange.response.set_authoritative();
    asked = QueryKind::own;
    switch (parsed.own) {
        case BuiltinName::apex:
            return answer_apex(exchange);
        case BuiltinName::help:
            return answer_help(exchange);
        case BuiltinName::topic:
            return answer_help_topic(exchange, parsed.topic);
        case BuiltinName::stats:
            return answer_statistics(exchange);
        case BuiltinName::version:
            return answer_version(exchange);
        case BuiltinName::none:
            break;
    }
    asked = QueryKind::none;
    if (is_prohibited(exchange, parsed.labels)) {
        return answer_refused(exchange.response,
                              {Ede::Code::prohibited, "this client may not use this view"});
    }
    if (const Query* const query = parsed.query()) {
        asked = kind_of(query->view);
        if (query->view == View::at) return answer_at(exchange, *query);
        exchange.store.expect(parsed.prefetched);
        return answer_lines(exchange, *query);
    }
    if (const auto* mistake = std::get_if<QueryError>(&parsed.reading)) {
        return answer_mistake(exchange, *mistake);
    }
    return answer_unfinished(exchange, *std::get_if<Unfinished>(&parsed.reading));
}

}  // namespace

struct Responder::State {
    Lookup store;
    const ServiceConfig* service;
    std::unique_ptr<RateLimiter> limiter;  // made when there is something to limit
    Seconds now{};
    std::chrono::milliseconds uptime{};
    std::uint64_t work = 0;  // of the last answer
    std::string trouble;
    QueryOutcome outcome;
    Tsig tsig;

    State(History& history, const ServiceConfig& what) : store(history) { use(what); }

    void use(const ServiceConfig& what) {
        // Anew with each service: what is left in a bucket is of the limits that were.
        limiter = what.limits.any() ? std::make_unique<RateLimiter>() : nullptr;
        service = &what;
    }
    // Whether a look at the store is worth while before it is known whether there is an answer.
    bool may_prefetch() const noexcept { return trouble.empty() && !limiter; }
    std::size_t answer(ParsedRequest& parsed, const Client& client, Budget budget,
                       ResponseWriter& response);
    std::size_t answer_limited(ParsedRequest& parsed, const Client& client, Budget budget,
                               ResponseWriter& response);
    // Whether the client has shown that it is where it says it is.
    bool is_proven(const Request& request, const Client& client) const;
    void add_cookie(const Edns& edns, const Client& client, ResponseWriter& response) const;
    void add_options(const Edns& edns, const Client& client, ResponseWriter& response) const;
    std::size_t respond(ParsedRequest& parsed, const Client& client, Budget budget,
                        ResponseWriter& response);
    // The response has room.size() octets at most.
    std::size_t respond_within(ParsedRequest& parsed, const Client& client,
                               std::span<std::uint8_t> room, Budget budget);
    // To a request with TSIG; `limit` octets at most, of which `room` may have more.
    std::size_t respond_signed(ParsedRequest& parsed, const Client& client, std::size_t limit,
                               std::span<std::uint8_t> room, Budget budget);
};

std::size_t Responder::State::answer(ParsedRequest& parsed, const Client& client, Budget budget,
                                     ResponseWriter& response) {
    const std::uint64_t before = store.spent();
    const std::size_t size = respond(parsed, client, budget, response);
    work = store.spent() - before;
    return size;
}

// The same within the limits of the client.
std::size_t Responder::State::answer_limited(ParsedRequest& parsed, const Client& client,
                                             Budget budget, ResponseWriter& response) {
    const Request& request = *parsed.request;
    const RateLimits& limits = service->limits;
    const bool proven = is_proven(request, client);
    work = 0;
    if (budget == Budget::quick) {
        switch (limiter->judge(client, limits, proven, uptime)) {
            case RateLimiter::Verdict::drop:
                outcome.limited = true;
                return 0;
            case RateLimiter::Verdict::slip:
                if (request.edns) add_cookie(*request.edns, client, response);
                response.truncate();
                return response.finish(request.rcode);
            case RateLimiter::Verdict::answer:
                break;
        }
    }
    // A question that is put off leaves a deposit, so that a client does not fill the lane with
    // what it may not have done in the end. It has it back in its turn.
    constexpr auto deposit = static_cast<std::int64_t>(quick_work);
    const auto charge = [&](std::int64_t units) {
        limiter->charge_work(client, limits, proven, units, uptime);
    };
    if (budget == Budget::whole) charge(-deposit);
    if (budget != Budget::cut && !limiter->may_work(client, limits, proven, uptime)) {
        budget = Budget::cut;
    }
    const std::size_t size = answer(parsed, client, budget, response);
    if (size == put_off) {
        charge(deposit);
    } else if (budget == Budget::whole) {
        charge(static_cast<std::int64_t>(work));
    }
    return size;
}

// Whoever asks with a cookie gets one, even with a refusal: a client that has had one takes no
// answer without (RFC 7873, section 5.3).
void Responder::State::add_cookie(const Edns& edns, const Client& client,
                                  ResponseWriter& response) const {
    if (edns.cookie.empty() || !service->cookies) return;
    response.add_option(EdnsOption::cookie, service->cookies->answer(edns.cookie, client, now));
}

bool Responder::State::is_proven(const Request& request, const Client& client) const {
    if (client.transport == Transport::tcp) return true;
    return request.edns && !request.edns->cookie.empty() && service->cookies &&
           service->cookies->are_ours(request.edns->cookie, client, now);
}

void Responder::State::add_options(const Edns& edns, const Client& client,
                                   ResponseWriter& response) const {
    if (edns.nsid && !service->identity.empty()) {
        response.add_option(EdnsOption::nsid, as_octets(service->identity));
    }
    if (edns.keepalive && client.transport == Transport::tcp) {
        // In units of 100 milliseconds.
        const std::uint32_t idle = std::min<std::uint32_t>(service->tcp_idle * 10, 65535);
        const std::array octets{static_cast<std::uint8_t>(idle >> 8),
                                static_cast<std::uint8_t>(idle)};
        response.add_option(EdnsOption::keepalive, octets);
    }
}

std::size_t Responder::State::respond(ParsedRequest& parsed, const Client& client, Budget budget,
                                      ResponseWriter& response) {
    const Request& request = *parsed.request;
    if (request.rcode != Rcode::noerror) return response.finish(request.rcode);
    if (request.edns) add_cookie(*request.edns, client, response);
    if (!service->access.may_ask(client)) {
        return answer_refused(response, {Ede::Code::prohibited, "this client may not ask here"});
    }
    if (request.edns) add_options(*request.edns, client, response);
    if (!request.tsig && must_sign(*service, client)) {
        return answer_refused(response, {Ede::Code::prohibited, "questions must be signed (TSIG)"});
    }
    const Question& question = *request.question;
    parsed.read(*service, now);
    if (!parsed.qname) return response.finish(Rcode::formerr);
    outcome.qname = question.name;
    outcome.type = question.type;
    if (question.rrclass == Rrclass::CH) {
        outcome.asked = QueryKind::own;
        return answer_chaos(question, *parsed.qname, *service, response);
    }
    if (question.rrclass != Rrclass::IN && question.rrclass != Rrclass::ANY) {
        return answer_refused(response, {Ede::Code::not_authoritative, "only class IN is served"});
    }
    if (parsed.zone == nullptr) {
        return answer_refused(response, {Ede::Code::not_authoritative, "no zone of this server"});
    }
    if (question.type == Rrtype::AXFR || question.type == Rrtype::IXFR) {
        return answer_refused(response,
                              {Ede::Code::not_supported, "the zone is not to be transferred"});
    }
    if (!trouble.empty()) return answer_no_store(response);
    const bool little = budget != Budget::whole && service->scan_limit > quick_work;
    Exchange exchange{question,
                      client,
                      *parsed.qname,
                      *parsed.zone,
                      *service,
                      little ? quick_work : service->scan_limit,
                      little && budget == Budget::quick,
                      store,
                      response};
    return answer_question(exchange, parsed, outcome.asked);
}

std::size_t Responder::State::respond_within(ParsedRequest& parsed, const Client& client,
                                             std::span<std::uint8_t> room, Budget budget) {
    ResponseWriter response(*parsed.request, room, service->udp_payload);
    std::size_t size = 0;
    try {
        size = limiter ? answer_limited(parsed, client, budget, response)
                       : answer(parsed, client, budget, response);
    } catch (const std::exception& error) {
        // The store failed under the question, or memory ran out: this question has no answer, the
        // next may.
        trouble = error.what();
        size = answer_no_store(response);
    }
    outcome.rcode = response.rcode();
    outcome.truncated = response.truncated();
    return size;
}

std::size_t Responder::State::respond_signed(ParsedRequest& parsed, const Client& client,
                                             std::size_t limit, std::span<std::uint8_t> room,
                                             Budget budget) {
    Request& request = *parsed.request;
    const TsigVerdict verdict = tsig.verify(parsed.message, *request.tsig, *service->keys, now);
    if (verdict.rcode != Rcode::noerror) request.rcode = verdict.rcode;
    if (verdict.rcode == Rcode::formerr) {
        request.edns.reset();
        return respond_within(parsed, client, room.first(limit), budget);
    }
    // What does not fit beside the TSIG is truncated (RFC 8945, section 5.3), but a question and a
    // key with long names may leave no room even for that: then the answer may be longer, which
    // the request must have been too.
    const std::size_t least = ResponseWriter::least_octets(request) + verdict.octets;
    if (least > room.size()) return 0;
    limit = std::max(limit, least);
    const std::size_t size =
        respond_within(parsed, client, room.first(limit - verdict.octets), budget);
    if (size == 0 || size == put_off) return size;
    return tsig.sign(room, size, *request.tsig, verdict, now);
}

Responder::Responder(History& history, const ServiceConfig& service)
    : state_(std::make_unique<State>(history, service)) {}

Responder::~Responder() = default;

void Responder::use(const ServiceConfig& service) {
    state_->use(service);
}

bool Responder::begin(Seconds now, std::chrono::milliseconds uptime) {
    state_->now = now;
    state_->uptime = uptime;
    state_->trouble.clear();
    try {
        state_->store.renew(now);
    } catch (const MapResized&) {
        return false;
    } catch (const StoreError& error) {
        state_->trouble = error.what();
    }
    return true;
}

void Responder::end() noexcept {
    state_->store.reset();
}

const StoreStatistics& Responder::statistics() {
    return state_->store.statistics();
}

std::uint64_t Responder::work() const noexcept {
    return state_->work;
}

const std::string& Responder::trouble() const noexcept {
    return state_->trouble;
}

const QueryOutcome& Responder::outcome() const noexcept {
    return state_->outcome;
}

void Responder::prefetch(std::span<std::optional<ParsedRequest>> batch) {
    if (!state_->may_prefetch()) return;
    const auto each_query = [&](auto&& step) {
        for (std::optional<ParsedRequest>& parsed : batch) {
            if (!parsed || !parsed->request || parsed->request->rcode != Rcode::noerror) continue;
            parsed->read(*state_->service, state_->now);
            if (const Query* const query = parsed->query()) step(*query, *parsed);
        }
    };
    Lookup& store = state_->store;
    each_query([&](const Query& query, ParsedRequest& parsed) {
        store.prefetch(query, parsed.prefetched);
    });
    each_query([](const Query&, ParsedRequest& parsed) { load_block(parsed.prefetched.found); });
    each_query([](const Query&, ParsedRequest& parsed) { load_segments(parsed.prefetched.found); });
    each_query(
        [&](const Query&, ParsedRequest& parsed) { store.prefetch_segment(parsed.prefetched); });
}

std::size_t Responder::respond(ParsedRequest& parsed, const Client& client,
                               std::span<std::uint8_t> room, Budget budget) {
    state_->outcome = {};
    auto& request = parsed.request;
    if (!request) return 0;
    // Over TCP the client's keepalive is empty; over UDP it means nothing (RFC 7828, section 3.2).
    if (client.transport == Transport::tcp && request->edns &&
        request->edns->keepalive.value_or(0) != 0 && request->rcode == Rcode::noerror) {
        request->rcode = Rcode::formerr;
    }
    const std::size_t limit =
        response_limit(*request, client.transport, *state_->service, room.size());
    if (request->tsig) return state_->respond_signed(parsed, client, limit, room, budget);
    return state_->respond_within(parsed, client, room.first(limit), budget);
}

std::size_t Responder::respond(Octets message, const Client& client, std::span<std::uint8_t> room,
                               Budget budget) {
    ParsedRequest parsed(message);
    return respond(parsed, client, room, budget);
}

}  // namespace dnshist::responder
