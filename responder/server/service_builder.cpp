#include "responder/server/service_builder.hpp"

#include <algorithm>
#include <thread>
#include <utility>

namespace dnshist::responder {

namespace {

// Answers that clients do not read, over all workers; keeps the process small whoever connects.
constexpr std::size_t unsent_octets = 8U << 20;

Access access_of(const conf::Settings::Serve& from) {
    Access access;
    access.allow(from.allow);
    access.deny(from.deny);
    const auto allow_view = [&](View view,
                                const std::optional<std::vector<AddressPrefix>>& clients) {
        if (clients) access.allow_view(view, *clients);
    };
    allow_view(View::history, from.views.history);
    allow_view(View::pivot, from.views.pivot);
    allow_view(View::names, from.views.names);
    allow_view(View::summary, from.views.summary);
    allow_view(View::changes, from.views.changes);
    allow_view(View::at, from.views.at);
    return access;
}

Cookies cookies_of(const conf::Settings::Serve& from, const CookieSecret& secret) {
    std::vector<CookieSecret> secrets;
    for (const std::string& digits : from.cookie_secrets)
        secrets.push_back(cookie_secret_from_text(digits).value());
    if (secrets.empty()) secrets.push_back(secret);
    return Cookies(std::move(secrets));
}

}  // namespace

unsigned worker_count(const conf::Settings& settings) {
    if (settings.responder.threads != 0) return settings.responder.threads;
    return std::max(1U, std::thread::hardware_concurrency());
}

std::shared_ptr<const ServiceConfig> build_service(const conf::Settings& settings,
                                                   std::shared_ptr<const TsigKeys> keys,
                                                   unsigned workers, const CookieSecret& secret) {
    const conf::Settings::Serve& from = settings.responder;
    ServiceConfig service;
    for (const std::string& zone : from.zones)
        service.zones.push_back(Name::from_text(zone).value());
    service.ttl = from.ttl;
    service.negative_ttl = from.negative_ttl;
    service.scan_limit = from.scan_limit;
    service.udp_payload = from.udp_payload;
    service.tcp_idle = from.tcp_idle_timeout;
    service.identity = from.identity;
    service.chaos = from.chaos;
    if (from.cookies) service.cookies = cookies_of(from, secret);
    service.keys = std::move(keys);
    service.require_key = AddressSet(from.require_key);
    service.access = access_of(from);
    service.limits = {from.rate_limit, from.rate_limit_slip, from.work_limit,
                      AddressSet(from.rate_limit_exempt), workers};
    return std::make_shared<const ServiceConfig>(std::move(service));
}

TcpLimits build_tcp_limits(const conf::Settings& settings, unsigned workers) {
    const conf::Settings::Serve& from = settings.responder;
    TcpLimits limits;
    limits.connections = std::max(1U, from.tcp_clients / workers);
    limits.per_client = std::max(1U, from.tcp_clients_per_address / workers);
    limits.unsent = unsent_octets / workers;
    limits.idle = std::chrono::seconds(from.tcp_idle_timeout);
    return limits;
}

}  // namespace dnshist::responder
