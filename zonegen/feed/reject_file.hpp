// The form of a reject file: what import writes for mending, and reads back.
//
// It is a file of the format that its items had, and its first line says which: a comment
// "dnshist-rejects FORMAT". Each item is a line after a comment with the reason. What an item needs
// from before it (the columns of a Zeek log, the origin of a zone) is written in front of it
// wherever that changes: Reject::context.
#pragma once

#include <string>
#include <string_view>

#include "zonegen/feed/feed.hpp"

namespace dnshist::zonegen {

inline constexpr std::string_view reject_file_mark = "dnshist-rejects ";

// The name of the format that the first line names; empty if the content is of another origin.
inline std::string_view reject_file_format_name(std::string_view head) noexcept {
    head = without_byte_order_mark(head);
    if (!head.starts_with('#') && !head.starts_with(';')) return {};
    head.remove_prefix(1);
    if (head.starts_with(' ')) head.remove_prefix(1);
    if (!head.starts_with(reject_file_mark)) return {};
    head.remove_prefix(reject_file_mark.size());
    return head.substr(0, head.find_first_of(" \t\r\n"));
}

}  // namespace dnshist::zonegen
