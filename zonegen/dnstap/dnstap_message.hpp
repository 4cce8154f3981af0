// Decodes a dnstap frame (dnstap.info), a protocol buffer; zonegen/dnstap/dnstap.proto declares the
// fields that are used.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "storage/base/octets.hpp"
#include "storage/base/result.hpp"

namespace dnshist::zonegen {

// The kinds of messages that carry a response, by their numbers in dnstap's schema.
enum class DnstapType : std::uint8_t {
    auth_response = 2,       // sent by an authoritative server
    resolver_response = 4,   // received by a resolver from an authoritative server
    client_response = 6,     // sent by a resolver to its client
    forwarder_response = 8,  // received by a forwarder from a resolver
    stub_response = 10,      // received by a stub from a resolver
    tool_response = 12,      // received by a tool such as kdig
};
// The name in the configuration: "resolver".
std::string_view dnstap_type_name(DnstapType type) noexcept;
std::optional<DnstapType> dnstap_type_named(std::string_view name) noexcept;
std::span<const DnstapType> dnstap_types() noexcept;

// Valid until the next frame is read.
struct DnstapMessage {
    // Nothing for a query or a kind that is not listed above.
    std::optional<DnstapType> type;
    Octets identity;     // of the reporting server, chosen by itself
    Octets zone;         // query_zone in wire form, unchecked
    Octets query;        // DNS message; empty if absent
    Octets response;     // DNS message; empty if absent
    std::uint64_t time;  // of the response, or else of the query; seconds since 1970, 0 if absent
};

class DnstapMessageReader {
  public:
    DnstapMessageReader();
    ~DnstapMessageReader();
    DnstapMessageReader(const DnstapMessageReader&) = delete;
    DnstapMessageReader& operator=(const DnstapMessageReader&) = delete;

    // Decodes the payload of one data frame.
    Result<DnstapMessage> read(Octets payload);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace dnshist::zonegen
