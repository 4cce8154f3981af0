// The type of registrations (zonegen/registration), whose records may name persons.
//
// No answer and no export has such a record unless its type is named, and the zone that is exported
// never has. What such records alone know does not exist for those who may not see them.
#pragma once

#include "storage/record/rrtype.hpp"

namespace dnshist {

// TYPE65300, of the range for private use (RFC 6895, section 3.1); WHOIS in our texts.
inline constexpr Rrtype whois_type{65300};

constexpr bool is_personal(Rrtype type) noexcept {
    return type == whois_type;
}

// The number after it, to pass over all that is of a type; of the last one, itself.
constexpr Rrtype next_type(Rrtype type) noexcept {
    return number(type) == 0xffff ? type : static_cast<Rrtype>(number(type) + 1);
}

}  // namespace dnshist
