// The parts of a request's target (RFC 3986, section 3): segments of the path, parameters of the
// query, both percent-encoded.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "storage/base/function_ref.hpp"

namespace dnshist::responder {

// The octets that the text stands for (section 2.1). Nothing where a '%' is not followed by two
// hexadecimal digits.
std::optional<std::string> percent_decoded(std::string_view text);

// The next segment of a path, which loses it and the '/' behind it: "a/b" is "a", then "b".
std::string_view take_segment(std::string_view& path) noexcept;

// Calls visit(name, value) for each parameter of a query, "a=1&b=2", until it returns false; a '+'
// is a space. False where it did, or where the encoding is broken.
bool for_each_parameter(std::string_view query,
                        FunctionRef<bool(std::string_view name, std::string_view value)> visit);

}  // namespace dnshist::responder
