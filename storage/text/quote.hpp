// Untrusted text, made safe for a message.
#pragma once

#include <string>
#include <string_view>

namespace dnshist {

// `text` in single quotes: octets that are not printable ASCII as \DDD, a long text cut ("...").
std::string quote(std::string_view text);

// `text` for a terminal or a log, which shall obey nothing in it: control characters (C0, DEL, C1),
// those that change the direction of text (Unicode Standard Annex #9), and octets that are not
// UTF-8 as \DDD. All else stays as it is.
std::string printable(std::string_view text);

}  // namespace dnshist
