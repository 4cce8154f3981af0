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
    bailiwick,   // those that answer a known question (zonegen/response/bailiwick.hpp)
    unasked,     // also those of responses whose question is not known
    everything,  // all records that can be read
};
// "bailiwick", "unasked" or "all".
std::optional<Trust> trust_named(std::string_view word) noexcept;
std::string_view trust_name(Trust trust) noexcept;

// The kinds of dnstap messages that carry a response, by their numbers in dnstap's schema.
enum class DnstapType : std::uint8_t {
    auth_response = 2,       // sent by an authoritative server
    resolver_response = 4,   // received by a resolver from an authoritative server
    client_response = 6,     // sent by a resolver to its client
    forwarder_response = 8,  // received by a forwarder from a resolver
    stub_response = 10,      // received by a stub from a resolver
    tool_response = 12,      // received by a tool such as kdig
};
// "resolver".
std::string_view dnstap_type_name(DnstapType type) noexcept;
std::optional<DnstapType> dnstap_type_named(std::string_view name) noexcept;
std::span<const DnstapType> dnstap_types() noexcept;

}  // namespace dnshist::conf
