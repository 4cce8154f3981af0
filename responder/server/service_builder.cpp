#include "responder/server/service_builder.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <thread>
#include <utility>

#include "responder/observe/log.hpp"
#include "storage/cluster/cluster_store.hpp"
#include "storage/query/vocabulary.hpp"

namespace dnshist::responder {

namespace {

// Answers that clients do not read, over all workers; keeps the process small whoever connects.
constexpr std::size_t unsent_octets = 8U << 20;

Access access_of(const conf::ResponderSettings& from) {
    Access access;
    access.allow(from.allow);
    access.deny(from.deny);
    for (std::size_t right = 0; right < right_count; ++right) {
        const auto& clients = from.views[right];
        if (clients) access.allow_view(View{static_cast<std::uint8_t>(right)}, *clients);
    }
    access.allow_personal(from.whois);
    return access;
}

Cookies cookies_of(const conf::ResponderSettings& from, const CookieSecret& secret) {
    if (from.cookie_secrets.empty()) return Cookies({secret});
    return Cookies(from.cookie_secrets);
}

PageService page_of(const conf::ResponderSettings& from) {
    std::vector<std::string> zones;
    std::vector<std::string> listen;
    for (const Name& zone : from.zones)
        zones.push_back(zone.text());
    for (const conf::Endpoint& endpoint : from.listen)
        listen.push_back(conf::endpoint_text(endpoint));
    return PageService(zones, listen);
}

}  // namespace

void prepare_cluster(const conf::Settings& settings) {
    constexpr std::size_t megabyte = std::size_t{1} << 20;
    const conf::StoreSettings& from = settings.store;
    ceph_access() = {from.ceph_conf.string(), from.ceph_user,
                     [](const std::string& sentence) { log_warning(sentence); }};
    const std::size_t share = from.cache * megabyte / worker_count(settings);
    cluster_cache() = {std::max(share, 8 * megabyte), std::chrono::seconds(from.cache_seconds)};
}

bool is_other_cluster(const conf::StoreSettings& a, const conf::StoreSettings& b) {
    return a.ceph_conf != b.ceph_conf || a.ceph_user != b.ceph_user || a.cache != b.cache ||
           a.cache_seconds != b.cache_seconds;
}

unsigned worker_count(const conf::Settings& settings) {
    if (settings.responder.threads != 0) return settings.responder.threads;
    return std::max(1U, std::thread::hardware_concurrency());
}

Result<TsigKeyFiles> read_keys(const conf::Settings& settings) {
    auto keys = read_tsig_keys(settings.responder.keys);
    if (keys && keys->keys.empty() && !settings.responder.require_key.empty()) {
        return Problem{"responder.require_key asks for keys, and responder.keys has none"};
    }
    return keys;
}

Result<TlsContexts> read_tls(const conf::Settings& settings) {
    using Protocols = std::vector<std::string_view>;
    const auto load = [&](const std::vector<conf::Endpoint>& listeners,
                          const Protocols& protocols) -> Result<std::shared_ptr<const TlsContext>> {
        if (listeners.empty()) return std::shared_ptr<const TlsContext>();
        return TlsContext::load(settings.tls.certificate, settings.tls.key, protocols);
    };
    auto dns = load(settings.responder.listen_tls, {"dot"});
    if (!dns) return dns.error();
    auto http = load(settings.http.listen_tls, {"h2", "http/1.1"});
    if (!http) return http.error();
    return TlsContexts{*std::move(dns), *std::move(http)};
}

std::optional<std::string> expiry_warning(const TlsContexts& tls, std::int64_t now) {
    const auto& either = tls.dns ? tls.dns : tls.http;
    return either ? either->expiry_warning(now) : std::nullopt;
}

std::shared_ptr<const HttpConfig> build_http(const conf::Settings& settings,
                                             std::shared_ptr<PageCursors> cursors) {
    const conf::HttpSettings& from = settings.http;
    HttpConfig http;
    http.names = from.names;
    RestConfig rest;
    rest.origin = from.origin;
    rest.cursors = std::move(cursors);
    rest.max_work =
        std::min(settings.responder.scan_limit, std::numeric_limits<std::uint64_t>::max() / 1000) *
        1000;
    http.rest = std::make_shared<RestService>(std::move(rest));
    http.page = page_of(settings.responder);
    http.trusted_proxies = AddressSet(from.trusted_proxies);
    std::vector<HttpUser> users;
    for (const conf::HttpUserSettings& user : from.users) {
        HttpUser& made = users.emplace_back(HttpUser{user.name, user.key, {}});
        for (const View view : user.views)
            made.rights.add(view);
        if (user.whois) made.rights.add_personal();
    }
    http.users = HttpUsers(std::move(users));
    return std::make_shared<const HttpConfig>(std::move(http));
}

void warn_of_search(const conf::Settings& settings,
                    FunctionRef<std::optional<StoreReport>()> report) {
    if (!settings.store.search) return;
    const auto store = report();
    if (!store || store->levels.search_files >= store->levels.files) return;
    log_warning("store.search is true, but " +
                std::to_string(store->levels.files - store->levels.search_files) + " of " +
                std::to_string(store->levels.files) +
                " files of old levels have no index for searches, or none that can be read: "
                "searches walk through these; 'dnshist-zonegen index' makes it, and this program "
                "must be started again after it");
}

std::shared_ptr<const ServiceConfig> build_service(const conf::Settings& settings,
                                                   std::shared_ptr<const TsigKeys> keys,
                                                   unsigned workers, const CookieSecret& secret) {
    const conf::ResponderSettings& from = settings.responder;
    ServiceConfig service;
    service.zones = from.zones;
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

TcpLimits build_tcp_limits(const conf::Settings& settings, std::size_t connections,
                           unsigned workers) {
    const conf::ResponderSettings& from = settings.responder;
    TcpLimits limits;
    limits.connections = std::max<std::size_t>(1, connections / workers);
    limits.per_client = std::max(1U, from.tcp_clients_per_address / workers);
    limits.unsent = unsent_octets / workers;
    limits.idle = std::chrono::seconds(from.tcp_idle_timeout);
    return limits;
}

}  // namespace dnshist::responder
