// Untrusted text, made safe for a message.
#pragma once

#include <string>
#include <string_view>

namespace dnshist {

// `text` in single quotes: octets that are not printable ASCII as \DDD, a long text cut ("...").
std::string quote(std::string_view text);

}  // namespace dnshist
