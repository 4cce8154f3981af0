// What a question is about: the labels between the view and the zone.
#pragma once

#include <optional>
#include <string_view>

#include "storage/name.hpp"
#include "storage/octets.hpp"

namespace dnshist {

// The name that the labels spell; where they spell an IP address, its reverse name (RFC 1035,
// section 3.5; RFC 3596, section 2.5). Labels with their length octets, in lower case, as part of a
// name.
Name subject_name(Octets labels) noexcept;

// The name that the labels spell, whatever it looks like.
Name name_of(Octets labels) noexcept;

}  // namespace dnshist
