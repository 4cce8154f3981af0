// What a dnstap frame says (dnstap.info; protocol buffers, of which zonegen/dnstap/dnstap.proto has
// the fields that are looked at).
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
    auth_response = 2,       // an authoritative server's
    resolver_response = 4,   // what an authoritative server told a resolver
    client_response = 6,     // what a resolver told its client
    forwarder_response = 8,  // what a resolver told a forwarder
    stub_response = 10,      // what a resolver told a stub
    tool_response = 12,      // what a server told a tool, such as kdig
};
// "resolver"; the name that the configuration has for it.
std::string_view dnstap_type_name(DnstapType type) noexcept;
std::optional<DnstapType> dnstap_type_named(std::string_view name) noexcept;
std::span<const DnstapType> dnstap_types() noexcept;

// Good until the next frame is read.
struct DnstapMessage {
    // Nothing for a query, and for kinds that are not listed above.
    std::optional<DnstapType> type;
    Octets identity;     // of the server that reports, as it calls itself
    Octets zone;         // of a resolver's query: wire form, unchecked
    Octets query;        // the DNS messages, each where the frame has it
    Octets response;     //
    std::uint64_t time;  // seconds since the epoch, of the response, or else of the query; 0: none
};

class DnstapMessageReader {
  public:
    DnstapMessageReader();
    ~DnstapMessageReader();
    DnstapMessageReader(const DnstapMessageReader&) = delete;
    DnstapMessageReader& operator=(const DnstapMessageReader&) = delete;

    // The payload of one data frame. The problem says what is wrong with it.
    Result<DnstapMessage> read(Octets payload);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace dnshist::zonegen
