#include "storage/text/address_prefix.hpp"

#include <algorithm>
#include <array>

#include "storage/text/number.hpp"

namespace dnshist {

namespace {

constexpr unsigned mapped_bits = 96;

// Decimal, without sign and leading zeros.
std::optional<unsigned> length_from_text(std::string_view text, unsigned most) noexcept {
    if (text.size() > 1 && text.front() == '0') return std::nullopt;
    const auto length = number_from_text<unsigned>(text);
    return length && *length <= most ? length : std::nullopt;
}

// As written, whatever bits are set beyond the length.
std::optional<AddressPrefix> read(std::string_view text) {
    const std::size_t slash = text.find('/');
    const std::string_view address = text.substr(0, slash);
    AddressPrefix prefix;
    unsigned before = 0;  // bits that the text does not count
    if (const auto ipv4 = ipv4_from_text(address)) {
        prefix.address[10] = 0xff;
        prefix.address[11] = 0xff;
        std::ranges::copy(*ipv4, prefix.address.begin() + 12);
        before = mapped_bits;
    } else if (const auto ipv6 = ipv6_from_text(address)) {
        prefix.address = *ipv6;
    } else {
        return std::nullopt;
    }
    const unsigned most = 128 - before;
    const auto length = slash == std::string_view::npos
                            ? std::optional(most)
                            : length_from_text(text.substr(slash + 1), most);
    if (!length) return std::nullopt;
    prefix.length = static_cast<std::uint8_t>(before + *length);
    return prefix;
}

bool is_ipv4(const Ipv6Address& address) noexcept {
    constexpr Ipv6Address mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    return std::equal(mapped.begin(), mapped.begin() + mapped_bits / 8, address.begin());
}

AddressPrefix without_further_bits(AddressPrefix prefix) noexcept {
    for (std::size_t i = 0; i < prefix.address.size(); ++i) {
        const std::size_t begin = 8 * i;
        const std::size_t fixed = std::clamp<std::size_t>(prefix.length, begin, begin + 8) - begin;
        prefix.address[i] &= static_cast<std::uint8_t>(0xff00U >> fixed);
    }
    return prefix;
}

}  // namespace

std::optional<AddressPrefix> address_prefix_from_text(std::string_view text) {
    const auto prefix = read(text);
    return prefix && *prefix == without_further_bits(*prefix) ? prefix : std::nullopt;
}

bool contains(const AddressPrefix& network, const Ipv6Address& address) noexcept {
    if (network.length < mapped_bits && is_ipv4(address)) return false;
    return without_further_bits({address, network.length}) == network;
}

std::string nearest_address_prefix(std::string_view text) {
    const auto prefix = read(text);
    if (!prefix) return {};
    const AddressPrefix network = without_further_bits(*prefix);
    std::array<char, 64> room;
    TextWriter out(room);
    const bool ipv4 = text.find(':') == std::string_view::npos;
    if (ipv4) {
        write_ipv4(out, Octets(network.address).subspan(12));
    } else {
        write_ipv6(out, network.address);
    }
    out.put('/');
    out.put_decimal(network.length - (ipv4 ? mapped_bits : 0));
    return std::string(out.text());
}

}  // namespace dnshist
