#include "storage/network.hpp"

#include <algorithm>
#include <charconv>

#include "storage/address.hpp"

namespace dnshist {

namespace {

bool has_bit(Octets octets, std::size_t bit) noexcept {
    return (unsigned{octets[bit / 8]} >> (7 - bit % 8) & 1U) != 0;
}

}  // namespace

bool Network::contains(Octets address) const noexcept {
    if (address.size() != size) return false;
    const std::size_t whole = length / 8U;
    if (!equal(address.first(whole), Octets(octets).first(whole))) return false;
    const unsigned rest = length % 8U;
    return rest == 0 || ((address[whole] ^ octets[whole]) >> (8U - rest)) == 0;
}

std::optional<Network> network_from_text(std::string_view text) noexcept {
    const std::size_t slash = text.find('/');
    const std::string_view address = text.substr(0, slash);
    Network network;
    if (const auto ipv4 = ipv4_from_text(address)) {
        std::copy(ipv4->begin(), ipv4->end(), network.octets.begin());
        network.size = 4;
    } else if (const auto ipv6 = ipv6_from_text(address)) {
        network.octets = *ipv6;
    } else {
        return std::nullopt;
    }
    network.length = static_cast<std::uint8_t>(network.size * 8U);
    if (slash == std::string_view::npos) return network;

    const std::string_view digits = text.substr(slash + 1);
    std::uint8_t length = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    if (error != std::errc{} || end != digits.data() + digits.size() || length > network.length ||
        (digits.size() > 1 && digits.front() == '0')) {
        return std::nullopt;
    }
    for (std::size_t bit = length; bit < network.length; ++bit) {
        if (has_bit(network.octets, bit)) return std::nullopt;
    }
    network.length = length;
    return network;
}

}  // namespace dnshist
