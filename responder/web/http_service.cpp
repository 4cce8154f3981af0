#include "responder/web/http_service.hpp"

#include <algorithm>
#include <ctime>
#include <exception>

#include "responder/http/http_session.hpp"
#include "responder/observe/log.hpp"
#include "responder/web/charged_body.hpp"
#include "responder/web/dns_over_https.hpp"
#include "responder/web/waiting_body.hpp"
#include "storage/text/address_prefix.hpp"
#include "storage/text/lower_case.hpp"

namespace dnshist::responder {

namespace {

OncePerMinute failures;

constexpr std::string_view dns_path = "/dns-query";

Octets beginning(std::string_view text, std::size_t octets) noexcept {
    return as_octets(text.substr(0, octets));
}

bool is_loopback(const OwnAddress& address) noexcept {
    constexpr std::array<std::uint8_t, 13> ipv4{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127};
    constexpr OwnAddress ipv6{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    return starts_with(address, ipv4) || address == ipv6;
}

// Whether a proxy says that it asks for another. Who that is, it need not say truly.
bool is_forwarded(const HttpRequest& request) noexcept {
    return std::ranges::any_of(request.fields, [](const HttpField& field) {
        return field.name == "forwarded" || field.name == "via" || field.name == "x-real-ip" ||
               field.name.starts_with("x-forwarded-");
    });
}

// Without its port, the brackets of an IPv6 address and the final dot of a name.
std::string_view without_port(std::string_view host) {
    if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
    host = host.substr(0, host.find(':'));
    if (host.ends_with('.')) host.remove_suffix(1);
    return host;
}

}  // namespace

bool is_own_host(std::string_view host, const OwnAddress& own,
                 const std::vector<std::string>& names) {
    const std::string name = in_lower_case(without_port(host));
    if (name == "localhost" || std::ranges::find(names, name) != names.end()) return true;
    const auto address = address_prefix_from_text(name);
    if (!address || name.find('/') != std::string::npos) return false;
    return address->address == own || is_loopback(address->address);
}

std::optional<HttpResponse> HttpService::respond(HttpRequest request, const OwnAddress& own,
                                                 const Waited& waited,
                                                 const std::function<void()>& wake) {
    request.user =
        config_->users.empty()
            ? nullptr
            : config_->users.of_request(request.field("authorization"), request.field("x-api-key"));
    const auto before = std::chrono::steady_clock::now();
    std::optional<HttpResponse> response;
    responder_.answer_again(waited);
    try {
        response = route(request, own, waited, wake);
    } catch (const std::exception& error) {
        log_warning(failures, std::string("a request over HTTP failed: ") + error.what());
        response = plain_response(503, "the request failed; the log of the server says why");
    }
    if (response && responder_.awaits()) {
        responder_.store()->forget();
        responder_.counters().waited.add();
        response.reset();
    }
    if (!response) return response;
    // An answer to a DNS message was counted and logged as such.
    if (request.path != dns_path || response->status != 200) {
        note(request, *response, std::chrono::steady_clock::now() - before);
    }
    response->fields.emplace_back("date", date());
    return response;
}

void HttpService::note(const HttpRequest& request, const HttpResponse& response,
                       std::chrono::steady_clock::duration taken) noexcept {
    LoggedHttp http;
    http.status = response.status;
    http.method.assign(beginning(request.method, http.method.capacity()));
    http.target.assign(beginning(request.path, http.target.capacity()));
    if (!request.query.empty() && http.target.append(as_octets("?"))) {
        http.target.append(beginning(request.query, http.target.capacity() - http.target.size()));
    }
    if (request.user != nullptr) {
        http.user.assign(beginning(request.user->name, http.user.capacity()));
    }
    responder_.note(request.client, http, response.content.size(), taken);
}

std::optional<HttpResponse> HttpService::route(const HttpRequest& request, const OwnAddress& own,
                                               const Waited& waited,
                                               const std::function<void()>& wake) {
    if (!request.path.starts_with('/')) return plain_response(400, "the path must begin with /");
    if (!is_own_host(request.authority, own, config_->names)) {
        return plain_response(421,
                              "the host of the request is not a name of this server; "
                              "http.names lists its names");
    }
    if (request.path == dns_path) return answer_dns_query(responder_, request, room_, waited);
    if (!responder_.service().access.may_ask(request.client)) {
        return plain_response(403, "this client may not ask here");
    }
    if (auto refused = refuse_strangers(request, own)) return refused;
    if (RestService::serves(request.path)) return answer_rest(request, waited, wake);
    if (auto page = config_->page.answer(request)) return page;
    return plain_response(404, "there is nothing at this path");
}

// Its work is the client's network's, from the first turn on. What has waited in vain is answered
// as if there were no store, so that the status says it.
std::optional<HttpResponse> HttpService::answer_rest(const HttpRequest& request,
                                                     const Waited& waited,
                                                     const std::function<void()>& wake) {
    if (!responder_.may_work(request.client) && !RestService::is_open(request.path)) {
        HttpResponse response = rest_error(
            {429, "your network has used up its work (responder.work_limit); ask again later"});
        response.fields.emplace_back("retry-after", "1");
        return response;
    }
    Lookup* const store = waited.failure.empty() ? responder_.store() : nullptr;
    const ChargedBody::WorkMeter meter(responder_, request.client, store);
    auto response = config_->rest->answer(request, rights_of(request), store, now_utc());
    if (response && response->body) {
        response->body = std::make_unique<WaitingBody>(
            std::make_unique<ChargedBody>(std::move(response->body), responder_, request.client),
            responder_, store_wait_, wake);
    }
    return response;
}

// Nothing for a user; nor for anybody on loopback where there are no users, unless a proxy asks for
// another, or the client must sign its questions: a user's key stands for that here.
std::optional<HttpResponse> HttpService::refuse_strangers(const HttpRequest& request,
                                                          const OwnAddress& own) {
    if (request.user != nullptr) return std::nullopt;
    const bool has_users = !config_->users.empty();
    const bool is_local = is_loopback(own) && is_loopback(request.client.address);
    if (!has_users && (!is_local || is_forwarded(request))) {
        return plain_response(404, "there is nothing at this path");
    }
    if (RestService::is_open(request.path)) return std::nullopt;
    if (has_users) {
        auto response = plain_response(401, "a key of a user is needed (http.users)");
        response.fields.emplace_back("www-authenticate", R"(Basic realm="dnshist")");
        return response;
    }
    if (responder_.service().require_key.has(request.client.address)) {
        return plain_response(403,
                              "this client must use the key of a user (responder.require_key), "
                              "and there are no users (http.users)");
    }
    return std::nullopt;
}

// Those that the user and the address both have.
Rights HttpService::rights_of(const HttpRequest& request) const noexcept {
    const Rights of_address = responder_.service().access.rights_of(request.client);
    return request.user == nullptr ? of_address : of_address & request.user->rights;
}

// Of this second, as HTTP has it (RFC 9110, section 5.6.7).
std::string_view HttpService::date() {
    const Seconds now = now_utc();
    if (date_.empty() || now != dated_) {
        dated_ = now;
        const auto time = static_cast<std::time_t>(now.since_epoch);
        std::tm parts{};
        ::gmtime_r(&time, &parts);
        std::array<char, 40> text;
        date_.assign(text.data(),
                     std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts));
    }
    return date_;
}

}  // namespace dnshist::responder
