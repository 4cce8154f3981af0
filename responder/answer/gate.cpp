#include "responder/answer/gate.hpp"

#include <algorithm>
#include <array>

#include "responder/answer/answer.hpp"

namespace dnshist::responder {

namespace {

// A deferred question leaves a deposit, so that a client cannot fill the queue with work that it
// may not have done in the end. The deposit is given back in the question's turn.
constexpr auto deposit = static_cast<std::int64_t>(quick_work);

}  // namespace

void Gate::use(const ServiceConfig& service) {
    // Made anew with each service: what is left in a bucket is of the limits that were.
    limiter_ = service.limits.any() ? std::make_unique<RateLimiter>() : nullptr;
    service_ = &service;
}

void Gate::set_time(Seconds now, std::chrono::milliseconds uptime) noexcept {
    now_ = now;
    uptime_ = uptime;
}

Allowance Gate::admit(const Request& request, const Client& client, Budget budget, bool is_new,
                      ResponseWriter& response) noexcept {
    Allowance allowance{std::nullopt, budget, is_proven(request, client)};
    if (budget == Budget::quick && is_new) {
        switch (limiter_->judge(client, service_->limits, allowance.proven, uptime_)) {
            case RateLimiter::Verdict::drop:
                allowance.verdict = Verdict::drop;
                return allowance;
            case RateLimiter::Verdict::slip:
                add_cookie(request, client, response);
                response.truncate();
                allowance.verdict = finish(response, request.rcode);
                return allowance;
            case RateLimiter::Verdict::answer:
                break;
        }
    }
    if (budget == Budget::whole) charge_work(client, allowance, -deposit);
    if (budget != Budget::cut &&
        !limiter_->may_work(client, service_->limits, allowance.proven, uptime_)) {
        allowance.budget = Budget::cut;
    }
    return allowance;
}

void Gate::charge(const Client& client, const Allowance& allowance, Verdict verdict,
                  std::uint64_t work) noexcept {
    const bool comes_again = verdict == Verdict::wait && allowance.budget == Budget::whole;
    if (verdict == Verdict::defer || comes_again) {
        charge_work(client, allowance, deposit);
    } else if (allowance.budget == Budget::whole) {
        charge_work(client, allowance, static_cast<std::int64_t>(work));
    }
}

bool Gate::may_work(const Client& client) noexcept {
    return !limiter_ || limiter_->may_work(client, service_->limits, true, uptime_);
}

void Gate::charge(const Client& client, std::uint64_t work) noexcept {
    if (!limiter_) return;
    limiter_->charge_work(client, service_->limits, true, static_cast<std::int64_t>(work), uptime_);
}

void Gate::charge_work(const Client& client, const Allowance& allowance,
                       std::int64_t units) noexcept {
    limiter_->charge_work(client, service_->limits, allowance.proven, units, uptime_);
}

bool Gate::is_proven(const Request& request, const Client& client) const {
    if (client.transport != Transport::udp) return true;
    return request.edns && !request.edns->cookie.empty() && service_->cookies &&
           service_->cookies->are_ours(request.edns->cookie, client, now_);
}

// A client that asks with a cookie gets one, even with a refusal: once it has had one, it takes no
// answer without (RFC 7873, section 5.3).
void Gate::add_cookie(const Request& request, const Client& client,
                      ResponseWriter& response) const {
    if (!request.edns || request.edns->cookie.empty() || !service_->cookies) return;
    response.add_option(EdnsOption::cookie,
                        service_->cookies->answer(request.edns->cookie, client, now_));
}

// A request for a cookie alone (RFC 7873, section 5.4). Where no cookies are spoken, it is one
// without a question.
Rcode Gate::judge_cookie(const Request& request, const Client& client) const {
    constexpr std::size_t client_octets = 8;  // no server's cookie behind them
    if (!service_->cookies) return Rcode::formerr;
    const Octets cookie = request.edns->cookie;
    const bool good =
        cookie.size() == client_octets || service_->cookies->are_ours(cookie, client, now_);
    return good ? Rcode::noerror : Rcode::badcookie;
}

void Gate::add_options(const Request& request, const Client& client,
                       ResponseWriter& response) const {
    if (!request.edns) return;
    if (request.edns->nsid && !service_->identity.empty()) {
        response.add_option(EdnsOption::nsid, as_octets(service_->identity));
    }
    if (request.edns->keepalive && is_dns_stream(client.transport)) {
        // In units of 100 milliseconds.
        const std::uint32_t idle = std::min<std::uint32_t>(service_->tcp_idle * 10, 65535);
        std::array<std::uint8_t, 2> octets;
        put_u16(octets.data(), static_cast<std::uint16_t>(idle));
        response.add_option(EdnsOption::keepalive, octets);
    }
}

std::optional<Verdict> Gate::decide(ParsedRequest& parsed, const Client& client,
                                    ResponseWriter& response, QueryOutcome& outcome) const {
    const Request& request = *parsed.request;
    const auto refuse = [&](Ede::Code code, std::string_view text) {
        return answer_refused(response, {code, text});
    };
    if (request.rcode != Rcode::noerror) return finish(response, request.rcode);
    add_cookie(request, client, response);
    if (!service_->access.may_ask(client)) {
        return refuse(Ede::Code::prohibited, "this client may not ask here");
    }
    add_options(request, client, response);
    if (!request.tsig && service_->require_key.has(client.address)) {
        return refuse(Ede::Code::prohibited, "questions must be signed (TSIG)");
    }
    if (!request.question) return finish(response, judge_cookie(request, client));
    const Question& question = *request.question;
    parsed.read(*service_, now_);
    if (!parsed.qname) return finish(response, Rcode::formerr);
    outcome.qname = question.name;
    outcome.type = question.type;
    if (question.rrclass == Rrclass::CH) {
        outcome.kind = QueryKind::own;
        return answer_chaos(question, *parsed.qname, *service_, response);
    }
    if (question.rrclass != Rrclass::IN && question.rrclass != Rrclass::ANY) {
        return refuse(Ede::Code::not_authoritative, "only class IN is served");
    }
    if (parsed.zone == nullptr) {
        return refuse(Ede::Code::not_authoritative, "no zone of this server");
    }
    if (question.type == Rrtype::AXFR || question.type == Rrtype::IXFR) {
        return refuse(Ede::Code::not_supported, "the zone is not to be transferred");
    }
    return std::nullopt;
}

}  // namespace dnshist::responder
