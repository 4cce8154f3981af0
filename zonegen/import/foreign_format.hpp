// Files that are not read here, by their first octets: what they are, and the way out.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dnshist::zonegen {

// Names the content if it is an archive, or compressed or encoded in a way that is not read: no
// feed begins so, but parts of it may look like one. A sentence without the feed's name.
std::optional<std::string> container_of(std::string_view head);

// Names the content if it is text of a kind that is known but not read.
std::optional<std::string> foreign_text_of(std::string_view head);

// The sentence for content whose format is not known.
std::string unknown_format_text(std::string_view head);

}  // namespace dnshist::zonegen
