// Text of a stranger's, made fit for a message.
#pragma once

#include <string>
#include <string_view>

namespace dnshist {

// `text` in single quotes: what is not printable ASCII as \DDD, and what is long cut short ("...").
std::string quote(std::string_view text);

}  // namespace dnshist
