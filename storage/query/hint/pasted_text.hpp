// Makes a name or a value of the text that a person pastes in its place: out of a URL, out of a
// report that is "defanged", with a port, in brackets, as a range or a wildcard of addresses, in
// letters beyond ASCII.
//
//     hxxps://www.example[.]com:8443/login   www.example.com
//     [2001:db8::1]:53   fe80::1%eth0        2001:db8::1   fe80::1
//     203.0.113   203.0.113.*                203.0.113.0/24
//     203.0.113.66 - 203.0.113.70            203.0.113.66-203.0.113.70
//     192.0.2.0/255.255.255.0                192.0.2.0/24
//     j.doe[at]example[.]com                 j.doe@example.com
//
// It is read only once nothing was found for the text as it stands: nearly any text may be a name.
#pragma once

#include <string_view>

#include "storage/base/text_writer.hpp"

namespace dnshist {

// No text of a question's labels is longer.
inline constexpr std::size_t max_pasted = 512;

// Writes the name, address, prefix, mailbox or token that `text` has in it; the same text where
// there is nothing to mend. `text` is in lower case, and has max_pasted octets at most.
void write_pasted(TextWriter& out, std::string_view text);

}  // namespace dnshist
