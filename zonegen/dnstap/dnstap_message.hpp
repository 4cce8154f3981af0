// Decodes a dnstap frame (dnstap.info), a protocol buffer, with protozero.
//
// The fields that are used stay where they are; all others are passed over, and so the addresses of
// clients are neither read nor stored. Nothing is allocated, whatever a frame consists of.
#pragma once

#include <cstdint>
#include <optional>

#include "conf/choices.hpp"
#include "storage/base/octets.hpp"
#include "storage/base/result.hpp"

namespace dnshist::zonegen {

using conf::DnstapType;

// Views of the frame.
struct DnstapMessage {
    // Nothing for a query or a kind that is not listed above.
    std::optional<DnstapType> type;
    Octets identity;         // of the reporting server, chosen by itself
    Octets zone;             // query_zone in wire form, unchecked
    Octets query;            // DNS message; empty if absent
    Octets response;         // DNS message; empty if absent
    std::uint64_t time = 0;  // of the response, or else of the query; seconds since 1970
};

// Decodes the payload of one data frame. A field that comes twice counts as it comes last.
Result<DnstapMessage> read_dnstap_message(Octets payload);

}  // namespace dnshist::zonegen
