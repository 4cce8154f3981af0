#include "storage/query/reverse_name.hpp"

#include <array>

#include "storage/base/hex.hpp"
#include "storage/base/text_writer.hpp"
#include "storage/record/labels.hpp"
#include "storage/text/number.hpp"

namespace dnshist {

namespace {

constexpr std::size_t ipv4_octets = 4;
constexpr std::size_t ipv6_octets = 16;

std::optional<Name> reverse_ipv4(Octets address) noexcept {
    NameBuilder name;
    for (std::size_t i = address.size(); i-- > 0;) {
        std::array<char, 3> digits;
        TextWriter out(digits);
        out.put_decimal(address[i]);
        name.add_label(out.text());
    }
    name.add_label("in-addr");
    name.add_label("arpa");
    return name.name();
}

std::optional<Name> reverse_ipv6(Octets address) noexcept {
    NameBuilder name;
    for (std::size_t i = address.size(); i-- > 0;) {
        name.add_label(hex_digits.substr(address[i] & 0xfU, 1));
        name.add_label(hex_digits.substr(address[i] >> 4U, 1));
    }
    name.add_label("ip6");
    name.add_label("arpa");
    return name.name();
}

}  // namespace

Name reverse_name(const Prefix& address) noexcept {
    const auto name = address.size == ipv4_octets ? reverse_ipv4(address.address())
                                                  : reverse_ipv6(address.address());
    return name.value_or(Name());
}

std::optional<Prefix> prefix_of_reverse_name(Octets labels) noexcept {
    constexpr std::size_t max_labels = 2 * ipv6_octets + 2;
    std::array<std::string_view, max_labels> all;
    std::size_t count = 0;
    for (const std::string_view label : Labels(labels)) {
        if (count == all.size()) return std::nullopt;
        all[count++] = label;
    }
    if (count < 3 || all[count - 1] != "arpa") return std::nullopt;
    const bool is_v4 = all[count - 2] == "in-addr";
    if (!is_v4 && all[count - 2] != "ip6") return std::nullopt;
    count -= 2;
    if (is_v4 && count > ipv4_octets) return std::nullopt;

    const std::size_t size = is_v4 ? ipv4_octets : ipv6_octets;
    const std::size_t bits = is_v4 ? 8 : 4;
    Prefix prefix{};
    prefix.size = static_cast<std::uint8_t>(size);
    prefix.length = static_cast<std::uint8_t>(count * bits);
    prefix.is_address = prefix.length == 8 * size;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string_view label = all[count - 1 - i];
        if (is_v4) {
            const auto number = number_from_text<std::uint8_t>(label);
            const bool has_zero = label.size() > 1 && label.front() == '0';
            if (!number || has_zero) return std::nullopt;
            prefix.octets[i] = *number;
        } else {
            const auto digit = label.size() == 1 ? hex_value(label.front()) : std::nullopt;
            if (!digit) return std::nullopt;
            const auto half = static_cast<unsigned>(*digit) << (i % 2 == 0 ? 4U : 0U);
            prefix.octets[i / 2] = static_cast<std::uint8_t>(prefix.octets[i / 2] | half);
        }
    }
    return prefix;
}

}  // namespace dnshist
