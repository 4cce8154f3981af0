#include "conf/http_settings.hpp"

#include <algorithm>

#include "storage/base/octet_buffer.hpp"
#include "storage/base/octets.hpp"
#include "storage/text/base_encoding.hpp"

namespace dnshist::conf {

namespace {

bool is_letter_or_digit(char c) noexcept {
    const std::uint8_t lower = to_lower(static_cast<std::uint8_t>(c));
    return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9');
}

}  // namespace

Result<Endpoint> loopback_endpoint_from_text(std::string_view text) {
    auto endpoint = endpoint_from_text(text);
    if (endpoint && !is_loopback(*endpoint)) {
        return Problem{"without TLS, HTTP is for loopback alone"};
    }
    return endpoint;
}

std::optional<std::string> host_from_text(std::string_view text) {
    if (text.ends_with('.')) text.remove_suffix(1);
    std::string host(text);
    for (char& c : host)
        c = static_cast<char>(to_lower(static_cast<std::uint8_t>(c)));
    if (host.find(':') != std::string::npos) {
        const auto address = address_prefix_from_text(host);
        return address && host.find('/') == std::string::npos ? std::optional(host) : std::nullopt;
    }
    const bool sound = std::ranges::all_of(
        host, [](char c) { return is_letter_or_digit(c) || c == '-' || c == '.' || c == '_'; });
    return sound && !host.empty() && host.size() <= 253 ? std::optional(host) : std::nullopt;
}

std::optional<std::string> origin_from_text(std::string_view text) {
    constexpr std::size_t longest = 255;
    const std::size_t scheme = std::min(text.find(':'), text.size());
    const bool sound = std::ranges::all_of(text, [](char c) {
        return c > ' ' && c < '\x7f' && c != '"' && c != '<' && c != '>' && c != '\\';
    });
    if (!text.empty() && (!sound || scheme == 0 || scheme == text.size() || text.size() > longest ||
                          !std::ranges::all_of(text.substr(0, scheme), is_letter_or_digit))) {
        return std::nullopt;
    }
    return std::string(text);
}

std::optional<KeyHash> key_hash_from_text(std::string_view text) {
    constexpr std::string_view algorithm = "sha256:";
    KeyHash hash;
    OctetBuffer<max_decoded_octets> octets;
    if (!text.starts_with(algorithm) || text.size() != algorithm.size() + 2 * hash.size() ||
        !read_hex(text.substr(algorithm.size()), octets) || octets.octets().size() != hash.size()) {
        return std::nullopt;
    }
    std::ranges::copy(octets.octets(), hash.begin());
    return hash;
}

}  // namespace dnshist::conf
