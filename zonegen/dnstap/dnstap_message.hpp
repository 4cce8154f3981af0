// Decodes a dnstap frame (dnstap.info), a protocol buffer; zonegen/dnstap/dnstap.proto declares the
// fields that are used.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "conf/choices.hpp"
#include "storage/base/octets.hpp"
#include "storage/base/result.hpp"

namespace dnshist::zonegen {

using conf::DnstapType;

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
