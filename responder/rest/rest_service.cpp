#include "responder/rest/rest_service.hpp"

#include <algorithm>
#include <array>

namespace dnshist::responder {

namespace {

enum class Family : std::uint8_t { circl, circl_rdata, circl_info, dnsdb1, dnsdb2 };

struct Route {
    std::string_view prefix;
    Family family;
};

// DNSDB v1 has its words in front, so that they are a part of what follows.
constexpr std::array routes{
    Route{"/pdns/query/", Family::circl},    Route{"/pdns/fquery/", Family::circl_rdata},
    Route{"/pdns/info", Family::circl_info}, Route{"/query/", Family::circl},
    Route{"/fquery/", Family::circl_rdata},  Route{"/info", Family::circl_info},
    Route{"/dnsdb/v2/", Family::dnsdb2},     Route{"/lookup/", Family::dnsdb1},
    Route{"/summarize/", Family::dnsdb1},    Route{"/rate_limit", Family::dnsdb1},
};

const Route* route_of(std::string_view path) noexcept {
    const auto* const route = std::ranges::find_if(routes, [path](const Route& each) {
        return each.prefix.ends_with('/') ? path.starts_with(each.prefix) : path == each.prefix;
    });
    return route == routes.end() ? nullptr : route;
}

}  // namespace

bool RestService::serves(std::string_view path) noexcept {
    return route_of(path) != nullptr;
}

bool RestService::is_open(std::string_view path) noexcept {
    return path == "/dnsdb/v2/ping" || path == "/dnsdb/v2/ping/";
}

std::optional<HttpResponse> RestService::answer(const HttpRequest& request, Rights rights,
                                                Lookup* store, Seconds now) {
    const Route* const route = route_of(request.path);
    if (route == nullptr) return std::nullopt;
    if (request.method != "GET" && request.method != "HEAD") {
        HttpResponse response = rest_error({405, "only GET and HEAD are known here"});
        response.fields.emplace_back("allow", "GET, HEAD");
        return response;
    }
    const std::string_view rest = request.path.substr(route->prefix.size());
    switch (route->family) {
        case Family::circl:
            return circl_.answer(request, rest, false, rights, store);
        case Family::circl_rdata:
            return circl_.answer(request, rest, true, rights, store);
        case Family::circl_info:
            return CirclService::info(store);
        case Family::dnsdb1:
            return dnsdb_.answer(request, DnsdbService::Version::v1, request.path.substr(1), rights,
                                 store, now);
        case Family::dnsdb2:
            return dnsdb_.answer(request, DnsdbService::Version::v2, rest, rights, store, now);
    }
    return std::nullopt;
}

}  // namespace dnshist::responder
