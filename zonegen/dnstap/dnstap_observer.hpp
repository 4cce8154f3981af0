// From dnstap frames to observations.
//
// A server reports a response more than once: what it was told, and what it told on. The first has
// the zone whose servers were asked, so what may be believed of it is known
// (zonegen/response/bailiwick.hpp); the others are taken where somebody wants them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "zonegen/dnstap/dnstap_message.hpp"
#include "zonegen/feed/reader.hpp"
#include "zonegen/response/response_observer.hpp"

namespace dnshist::zonegen {

struct DnstapOptions {
    std::vector<DnstapType> types = {DnstapType::resolver_response};
    Trust trust = Trust::bailiwick;
    std::string sensor;  // sensor_id of what a server without an identity reports
};

class DnstapObserver {
  public:
    // The sink outlives it.
    DnstapObserver(const DnstapOptions& options, const Sink& sink);
    DnstapObserver(const DnstapObserver&) = delete;
    DnstapObserver& operator=(const DnstapObserver&) = delete;

    // `place` is the frame's number in its feed, `payload` that of a data frame.
    void observe(std::uint64_t place, Octets payload);

    // Responses of kinds that nobody wanted: "310 client, 12 auth"; empty for none.
    std::string passed_over() const;

  private:
    void observe(const DnstapMessage& message);
    void refuse(Reason reason, std::string detail = {});
    const Source* source_of(const DnstapMessage& message);

    const Sink& sink_;
    std::array<bool, 256> wanted_{};  // by DnstapType
    std::array<std::uint64_t, 256> unwanted_{};
    std::string sensor_;
    DnstapMessageReader reader_;
    ResponseObserver responses_;
    std::uint64_t place_ = 0;
    Source source_;
    std::string identity_;  // that source_ was made of
};

}  // namespace dnshist::zonegen
