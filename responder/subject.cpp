#include "responder/subject.hpp"

#include <algorithm>
#include <array>

#include "responder/labels.hpp"
#include "storage/address.hpp"
#include "storage/text_writer.hpp"

namespace dnshist {

namespace {

// "255.255.255.255" and an IPv6 address with one of these at its end: nothing longer is an address.
constexpr std::size_t max_address_text = 45;

// A name in wire form, put together label by label.
class WireName {
  public:
    void add(std::string_view label) noexcept {
        octets_[size_++] = static_cast<std::uint8_t>(label.size());
        std::ranges::copy(label, octets_.begin() + static_cast<std::ptrdiff_t>(size_));
        size_ += label.size();
    }
    std::optional<Name> name() noexcept {
        octets_[size_++] = 0;
        return Name::from_wire({octets_.data(), size_});
    }

  private:
    std::array<std::uint8_t, max_name_octets> octets_;
    std::size_t size_ = 0;
};

std::optional<Name> reverse_name(const Ipv4Address& address) noexcept {
    WireName name;
    for (std::size_t i = address.size(); i-- > 0;) {
        std::array<char, 3> digits;
        TextWriter out(digits);
        out.put_decimal(address[i]);
        name.add(out.text());
    }
    name.add("in-addr");
    name.add("arpa");
    return name.name();
}

std::optional<Name> reverse_name(const Ipv6Address& address) noexcept {
    constexpr std::string_view hex = "0123456789abcdef";
    WireName name;
    for (std::size_t i = address.size(); i-- > 0;) {
        name.add(hex.substr(address[i] & 0xfU, 1));
        name.add(hex.substr(address[i] >> 4U, 1));
    }
    name.add("ip6");
    name.add("arpa");
    return name.name();
}

// The dots of an address are where one label ends and the next begins.
std::optional<Name> reverse_name(Octets labels) noexcept {
    std::array<char, max_address_text> text;
    TextWriter dotted(text);
    write_dotted(dotted, labels);
    if (dotted.overflowed()) return std::nullopt;
    if (const auto address = ipv4_from_text(dotted.text())) return reverse_name(*address);
    if (const auto address = ipv6_from_text(dotted.text())) return reverse_name(*address);
    return std::nullopt;
}

}  // namespace

Name subject_name(Octets labels) noexcept {
    return reverse_name(labels).value_or(name_of(labels));
}

Name name_of(Octets labels) noexcept {
    std::array<std::uint8_t, max_name_octets> wire;
    if (labels.size() >= wire.size()) return {};
    std::ranges::copy(labels, wire.begin());
    wire[labels.size()] = 0;
    return Name::from_wire({wire.data(), labels.size() + 1}).value_or(Name());
}

}  // namespace dnshist
