#include "responder/transport/proxy_header.hpp"

#include <algorithm>

namespace dnshist::responder {

namespace {

constexpr std::array<std::uint8_t, 12> signature{0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d,
                                                 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};
// Version 2 in the upper half; the command in the lower.
constexpr std::uint8_t local = 0x20;
constexpr std::uint8_t proxied = 0x21;
// The family of addresses in the upper half; a stream in the lower.
constexpr std::uint8_t tcp_ipv4 = 0x11;
constexpr std::uint8_t tcp_ipv6 = 0x21;
constexpr std::size_t ipv4_octets = 4;
constexpr std::size_t ipv6_octets = 16;
constexpr std::size_t port_octets = 2;

}  // namespace

std::optional<std::size_t> proxy_header_size(Octets head) noexcept {
    if (head.size() < proxy_head_octets || !starts_with(head, signature)) return std::nullopt;
    const std::size_t size = proxy_head_octets + get_u16(head.data() + 14);
    if (size > longest_proxy_header) return std::nullopt;
    return size;
}

std::optional<ProxyHeader> read_proxy_header(Octets header) noexcept {
    const auto size = proxy_header_size(header);
    if (!size || *size != header.size()) return std::nullopt;
    OctetReader reader(header.subspan(signature.size()));
    const auto command = reader.u8();
    const auto family = reader.u8();
    reader.u16();  // the length
    if (command == local) return ProxyHeader{};
    if (command != proxied) return std::nullopt;
    // Source and destination address, then both ports, then what does not matter here.
    const std::size_t length = family == tcp_ipv4   ? ipv4_octets
                               : family == tcp_ipv6 ? ipv6_octets
                                                    : 0;
    const auto source = reader.octets(length);
    if (length == 0 || !source || !reader.octets(length + 2 * port_octets)) return std::nullopt;
    std::array<std::uint8_t, 16> address{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    std::ranges::copy(*source, address.end() - static_cast<std::ptrdiff_t>(length));
    return ProxyHeader{address};
}

}  // namespace dnshist::responder
