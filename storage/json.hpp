// Strings of JSON (RFC 8259, section 7).
#pragma once

#include <string>
#include <string_view>

namespace dnshist {

// Appends `text` in double quotes, escaped. UTF-8 goes through as it is; an octet that is no part
// of valid UTF-8 becomes the character of its number, so that the result always is JSON.
void append_json_string(std::string& out, std::string_view text);

}  // namespace dnshist
