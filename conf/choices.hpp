// Words that a configuration or a command line chooses from, as the types that they stand for.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "storage/record/observation.hpp"

namespace dnshist::conf {

// "add" or "max".
std::optional<Counts> counts_named(std::string_view word) noexcept;

// Which records of a DNS response are believed.
enum class Trust : std::uint8_t {
    bailiwick,   // those that the server speaks for (zonegen/response/bailiwick.hpp)
    everything,  // all records that can be read
};
// "bailiwick" or "all".
std::optional<Trust> trust_named(std::string_view word) noexcept;

// The kinds of dnstap messages that carry a response, by their numbers in dnstap's schema.
enum class DnstapType : std::uint8_t {
    auth_response = 2,       // an authoritative server's
    resolver_response = 4,   // from an authoritative server to a resolver
    client_response = 6,     // from a resolver to its client
    forwarder_response = 8,  // from a resolver to a forwarder
    stub_response = 10,      // from a resolver to a stub
    tool_response = 12,      // from a server to a tool, such as kdig
};
// "resolver".
std::string_view dnstap_type_name(DnstapType type) noexcept;
std::optional<DnstapType> dnstap_type_named(std::string_view name) noexcept;
std::span<const DnstapType> dnstap_types() noexcept;

}  // namespace dnshist::conf
