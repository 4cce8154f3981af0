// Names as messages carry them: in wire form, perhaps compressed (RFC 1035, section 4.1.4).
#pragma once

#include <cstddef>

#include "storage/base/octet_buffer.hpp"
#include "storage/base/octets.hpp"
#include "storage/record/name.hpp"

namespace dnshist {

inline constexpr std::size_t message_header_octets = 12;  // RFC 1035, section 4.1.1

// A name with its pointers followed, in upper and lower case as sent.
struct ExpandedName {
    OctetBuffer<max_name_octets> wire;
    std::size_t sent = 0;  // the octets in its own place: up to its zero or first pointer
};

// Expands the name at offset `at` of a message. A pointer must lead to before the labels that it
// ends, so the work is bounded. False if the name is malformed.
bool expand_name(Octets message, std::size_t at, ExpandedName& name) noexcept;

}  // namespace dnshist
