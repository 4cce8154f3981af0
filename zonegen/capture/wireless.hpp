// IEEE 802.11, as monitor mode captures it: data frames that are not encrypted, and the headers
// that capturing programs put before them.
#pragma once

#include "zonegen/capture/next_layer.hpp"

namespace dnshist::zonegen {

Opened open_wireless(Octets frame) noexcept;
// With the header of radiotap.org, of Prism cards, of AVS or of PPI before it.
Opened open_radiotap(Octets frame) noexcept;
Opened open_prism(Octets frame) noexcept;
Opened open_avs(Octets frame) noexcept;
Opened open_per_packet_information(Octets frame) noexcept;

}  // namespace dnshist::zonegen
