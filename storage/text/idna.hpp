// Internationalised domain names (RFC 5890): the letters of any script in those of the DNS.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dnshist {

// A domain in UTF-8 with its labels as A-labels: "xn--bcher-kva.test" for "Bücher.test". One in
// ASCII stays as it is. Nothing where it is no UTF-8, or has what IDNA does not permit.
std::optional<std::string> domain_in_ascii(std::string_view domain);

}  // namespace dnshist
