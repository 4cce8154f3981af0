// What a dnstap frame says (dnstap.info; protocol buffers, of which zonegen/dnstap/dnstap.proto has
// the fields that are looked at).
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
