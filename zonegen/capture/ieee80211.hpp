// IEEE 802.11 frames as captured in monitor mode: unencrypted data frames, and the headers that
// capture programs put before them.
#pragma once

#include "zonegen/capture/link_layer.hpp"

namespace dnshist::zonegen {

Decoded decode_ieee80211(Octets frame) noexcept;
// Preceded by a header of radiotap.org, of Prism cards, of AVS or of PPI.
Decoded decode_radiotap(Octets frame) noexcept;
Decoded decode_prism(Octets frame) noexcept;
Decoded decode_avs(Octets frame) noexcept;
Decoded decode_ppi(Octets frame) noexcept;

}  // namespace dnshist::zonegen
