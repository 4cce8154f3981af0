// Turns dnstap frames into observations.
//
// A resolver reports a response more than once: as it received it from an authoritative server, and
// as it passed it on to a client. The first report has the zone of the server, so that its
// bailiwick is known (zonegen/response/bailiwick.hpp); the others are used only if the options ask
// for them.
//
// A response that was received counts as an answer to a known question if the frame has the zone of
// the server that was asked, or the query. With neither, only its sender says what was asked.
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
    std::string sensor;  // sensor_id for servers that report no identity
};

class DnstapObserver {
  public:
    // The sink outlives this object.
    DnstapObserver(const DnstapOptions& options, const Sink& sink);
    DnstapObserver(const DnstapObserver&) = delete;
    DnstapObserver& operator=(const DnstapObserver&) = delete;

    // `place` is the number of the data frame in its feed.
    void observe(std::uint64_t place, Octets payload);

    // The responses of kinds that were not asked for: "310 client, 12 auth"; empty for none.
    std::string passed_over() const;

  private:
    void observe(const DnstapMessage& message);
    void refuse(Reason reason, std::string detail = {});
    const Source* source_of(const DnstapMessage& message);

    const Sink& sink_;
    std::array<bool, 256> wanted_{};  // by DnstapType
    std::array<std::uint64_t, 256> passed_over_{};
    std::string sensor_;
    ResponseObserver responses_;
    std::uint64_t place_ = 0;
    Source source_;
    std::string identity_;  // that source_ was made from
};

}  // namespace dnshist::zonegen
