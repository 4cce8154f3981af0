// Finds IP addresses, mailboxes and hosts anywhere in a text: in a TXT of DMARC, in the URI of a
// URI or CAA record, in the rule of a NAPTR.
//
// Both readers make one pass over the text, allocate nothing, and return only exact addresses and
// host names. A bare word such as example.com is not reported: whether it is meant as a name cannot
// be known.
#pragma once

#include <optional>
#include <string_view>
#include <variant>

#include "storage/text/address.hpp"

namespace dnshist {

// The IP addresses of a text that are no part of a longer word, number or name. So 192.0.2.1 is
// found in "ip4:192.0.2.1/24", "[192.0.2.1]:80" and "at 192.0.2.1.", but not in "v192.0.2.1",
// "192.0.2.1.example" or "3.192.0.2.1".
class AddressIndicators {
  public:
    using Address = std::variant<Ipv4Address, Ipv6Address>;

    explicit AddressIndicators(std::string_view text) noexcept : text_(text) {}

    // Nothing at the end.
    std::optional<Address> next() noexcept;

  private:
    std::string_view take_run() noexcept;

    std::string_view text_;
    std::size_t at_ = 0;
    std::string_view pieces_;  // of a run that is no IPv6 address, what has not been looked at
};

struct HostIndicator {
    std::string_view
        mailbox;            // user@host; empty where there is no user, or one out of the ordinary
    std::string_view host;  // without a final dot; a name that Name::from_text reads
};

// The hosts of a text's mailboxes (user@host) and of its URIs: behind "://" (RFC 3986, section 3.2)
// and behind "sip:" and "sips:" (RFC 3261, section 19.1). Not those that are IP addresses.
class HostIndicators {
  public:
    explicit HostIndicators(std::string_view text) noexcept : text_(text) {}

    // Nothing at the end.
    std::optional<HostIndicator> next() noexcept;

  private:
    std::string_view host_at(std::size_t begin) const noexcept;
    std::string_view authority_behind(std::size_t colon) const noexcept;
    HostIndicator mailbox_around(std::size_t at_sign) const noexcept;

    std::string_view text_;
    std::size_t at_ = 0;
};

// Whether the whole text is an IP address, perhaps with the length of a prefix (192.0.2.0/24).
bool is_address_text(std::string_view text) noexcept;

// Whether the whole text is a mailbox as HostIndicators finds it.
bool is_mailbox_text(std::string_view text) noexcept;

}  // namespace dnshist
