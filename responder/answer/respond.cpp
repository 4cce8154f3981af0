#include "responder/answer/respond.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "responder/answer/answer.hpp"
#include "responder/answer/sign.hpp"

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

// Over TCP the client's keepalive is empty; elsewhere it means nothing (RFC 7828, section 3.2).
void check_keepalive(Request& request, Transport transport) noexcept {
    if (is_dns_stream(transport) && request.edns && request.edns->keepalive.value_or(0) != 0 &&
        request.rcode == Rcode::noerror) {
        request.rcode = Rcode::formerr;
    }
}

constexpr std::size_t padding_block = 468;  // octets (RFC 8467, section 4.1)

}  // namespace

Responder::Responder(History& history, const ServiceConfig& service)
    : service_(&service), gate_(service), history_(&history), store_(std::in_place, history) {}

void Responder::use(const ServiceConfig& service) {
    service_ = &service;
    gate_.use(service);
}

void Responder::read_later(std::function<void()> arrived) {
    arrived_ = std::move(arrived);
    if (store_) store_->snapshot().read_later(arrived_);
}

void Responder::use(History* history) {
    store_.reset();
    history_ = history;
}

bool Responder::begin(Seconds now, std::chrono::milliseconds uptime) {
    now_ = now;
    gate_.set_time(now, uptime);
    trouble_.clear();
    try {
        if (history_ == nullptr) {
            trouble_ = "the store is being opened anew";
            return true;
        }
        if (!store_) {
            store_.emplace(*history_);
            if (arrived_) store_->snapshot().read_later(arrived_);
        }
        store_->renew(now);
    } catch (const MustReopen& error) {
        trouble_ = error.what();
        return false;
    } catch (const StoreError& error) {
        trouble_ = error.what();
    }
    return true;
}

void Responder::end() noexcept {
    if (store_) store_->reset();
}

void Responder::prefetch(std::span<std::optional<ParsedRequest>> batch) {
    // If rates are limited, a request may be dropped, which must cost no look at the store.
    if (!trouble_.empty() || gate_.limits_rates()) return;
    first_seeks_.clear();
    for (std::optional<ParsedRequest>& parsed : batch) {
        if (!parsed || !parsed->request || parsed->request->rcode != Rcode::noerror) continue;
        parsed->read(*service_, now_);
        const Query* const query = parsed->query();
        if (query != nullptr && RecordWalk::set_first_seek(*query, parsed->first_seek)) {
            first_seeks_.push_back(&parsed->first_seek);
        }
    }
    if (!first_seeks_.empty()) store_->prefetch(first_seeks_);
}

Response Responder::respond(Octets message, const Client& client, std::span<std::uint8_t> room,
                            Budget budget) {
    ParsedRequest parsed(message);
    return respond(parsed, client, room, budget);
}

// From here on, the policy: each function decides one thing and hands on what it does not decide.

Response Responder::respond(ParsedRequest& parsed, const Client& client,
                            std::span<std::uint8_t> room, Budget budget) {
    outcome_ = {};
    if (!parsed.request) return {};
    Request& request = *parsed.request;
    check_keepalive(request, client.transport);
    const std::size_t limit = response_limit(request, client.transport, *service_, room.size());
    // Whether a key is known, or right, is no business of a client that may not ask: it is refused
    // unsigned, whatever it signed with.
    if (!request.tsig || !service_->access.may_ask(client)) {
        return respond_within(parsed, client, room.first(limit), 0, budget);
    }

    const auto signing = verify(tsig_, parsed, *service_->keys, now_, limit, room.size());
    if (!signing) return {};
    const Response unsigned_response =
        respond_within(parsed, client, room.first(signing->limit), signing->verdict.octets, budget);
    return sign(tsig_, unsigned_response, room, request, *signing, now_);
}

// The response has room.size() octets at most, to which the TSIG adds its own.
Response Responder::respond_within(ParsedRequest& parsed, const Client& client,
                                   std::span<std::uint8_t> room, std::size_t tsig_octets,
                                   Budget budget) {
    ResponseWriter response(*parsed.request, room, service_->udp_payload);
    if (is_encrypted(client.transport)) response.pad(padding_block, tsig_octets);
    Verdict verdict = Verdict::drop;
    try {
        verdict = decide(parsed, client, budget, response);
    } catch (const std::exception& error) {
        // The store failed under the question, or memory ran out: this question has no answer, the
        // next may.
        trouble_ = error.what();
        verdict = answer_no_store(response);
    }
    outcome_.rcode = response.rcode();
    outcome_.truncated = response.truncated();
    return {verdict, verdict == Verdict::send ? response.size() : 0};
}

Verdict Responder::decide(ParsedRequest& parsed, const Client& client, Budget budget,
                          ResponseWriter& response) {
    if (!gate_.limits_rates()) return decide_admitted(parsed, client, budget, response);
    work_ = 0;
    const Allowance allowance =
        gate_.admit(*parsed.request, client, budget, !parsed.has_waited, response);
    outcome_.limited = allowance.verdict == Verdict::drop;
    if (allowance.verdict) return *allowance.verdict;
    const Verdict verdict = decide_admitted(parsed, client, allowance.budget, response);
    gate_.charge(client, allowance, verdict, work_);
    return verdict;
}

Verdict Responder::decide_admitted(ParsedRequest& parsed, const Client& client, Budget budget,
                                   ResponseWriter& response) {
    const std::uint64_t before = store_ ? store_->spent() : 0;
    const auto decided = gate_.decide(parsed, client, response, outcome_);
    const Verdict verdict = decided ? *decided : answer(parsed, client, budget, response);
    work_ = store_ ? store_->spent() - before : 0;
    return verdict;
}

Verdict Responder::answer(const ParsedRequest& parsed, const Client& client, Budget budget,
                          ResponseWriter& response) {
    if (!trouble_.empty()) return answer_no_store(response);
    const bool little = budget != Budget::whole && service_->scan_limit > quick_work;
    Exchange exchange{parsed.request->question.value(),
                      client,
                      *parsed.qname,
                      *parsed.zone,
                      parsed.labels,
                      now_,
                      *service_,
                      little ? quick_work : service_->scan_limit,
                      little && budget == Budget::quick,
                      *store_,
                      response};
    const Verdict verdict = answer_question(exchange, parsed, outcome_.kind);
    if (store_->snapshot().is_whole()) return verdict;
    store_->forget();
    return Verdict::wait;
}

}  // namespace dnshist::responder
