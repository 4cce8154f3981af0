// IEEE 802.11, as monitor mode captures it: data frames that are not encrypted, and the headers
// that capturing programs put before them.
#pragma once

#include "zonegen/capture/link_layer.hpp"

namespace dnshist::zonegen {

Decoded decode_ieee80211(Octets frame) noexcept;
// With the header of radiotap.org, of Prism cards, of AVS or of PPI before it.
Decoded decode_radiotap(Octets frame) noexcept;
Decoded decode_prism(Octets frame) noexcept;
Decoded decode_avs(Octets frame) noexcept;
Decoded decode_ppi(Octets frame) noexcept;

}  // namespace dnshist::zonegen
