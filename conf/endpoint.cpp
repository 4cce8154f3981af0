#include "conf/endpoint.hpp"

#include <arpa/inet.h>

#include <array>
#include <optional>
#include <utility>

#include "storage/text/number.hpp"

namespace dnshist::conf {

namespace {

bool is_address(const std::string& text) {
    std::array<std::uint8_t, sizeof(in6_addr)> room;
    return inet_pton(AF_INET, text.c_str(), room.data()) == 1 ||
           // fe80::1%eth0: a link-local address says on which link (RFC 4007, section 11)
           inet_pton(AF_INET6, text.substr(0, text.find('%')).c_str(), room.data()) == 1;
}

}  // namespace

Result<Endpoint> endpoint_from_text(std::string_view text) {
    const Problem problem{"expected ADDRESS@PORT, such as 127.0.0.1@5300 or ::1@5300, not '" +
                          std::string(text) + "'"};
    const std::size_t at = text.rfind('@');
    if (at == std::string_view::npos) return problem;
    std::string address(text.substr(0, at));
    const auto port = number_from_text<std::uint16_t>(text.substr(at + 1));
    if (!port || address.find('\0') != std::string::npos || !is_address(address)) return problem;
    return Endpoint{std::move(address), *port};
}

Result<DnstapPlace> dnstap_place_from_text(std::string_view text) {
    constexpr std::string_view unix_scheme = "unix:";
    if (!text.starts_with(unix_scheme)) {
        const auto endpoint = endpoint_from_text(text);
        if (endpoint) return DnstapPlace{{}, *endpoint};
        return Problem{"expected unix:PATH or ADDRESS@PORT, such as 127.0.0.1@6000, not '" +
                       std::string(text) + "'"};
    }
    const std::filesystem::path path(text.substr(unix_scheme.size()));
    if (!path.is_absolute() || text.find('\0') != std::string_view::npos) {
        return Problem{"expected unix: and an absolute path, not '" + std::string(text) + "'"};
    }
    return DnstapPlace{path, {}};
}

std::string dnstap_place_text(const DnstapPlace& place) {
    if (place.path.empty()) return endpoint_text(place.endpoint);
    return "unix:" + place.path.string();
}

bool is_loopback(const Endpoint& endpoint) {
    return endpoint.address.starts_with("127.") || endpoint.address == "::1";
}

std::string endpoint_text(const Endpoint& endpoint) {
    return endpoint.address + "@" + std::to_string(endpoint.port);
}

}  // namespace dnshist::conf
