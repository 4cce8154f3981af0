// Splits a feed into the entries of a master file (RFC 1035, section 5.1). An entry is a line, or
// several lines that parentheses join.
//
// If the parentheses or quotes of an entry are not closed, its first line is given as a broken
// entry and the next entry begins on the line after, so that one mistake does not cost the rest of
// the file. An open parenthesis is detected at the next opening one, since parentheses do not nest
// in any file that servers read, or at the end of the file; so no line is scanned more than twice.
// A quoted string ends on its line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "zonegen/feed/feed.hpp"

namespace dnshist::zonegen {

struct ZoneEntry {
    enum class Kind : std::uint8_t {
        whole,
        open_quote,        // a quoted string is not closed on its line
        open_parenthesis,  // the parentheses are not closed
        no_parenthesis,    // one is closed that was not opened
        too_long,          // a line longer than Feed::max_item_octets: text is its beginning
    };

    std::string_view text;    // as it is in the file
    std::string_view joined;  // of a whole one, on one line without comments and parentheses
    std::uint64_t line = 0;   // on which it begins, from 1
    Kind kind = Kind::whole;
};

class ZoneEntries {
  public:
    // The feed is at its start and must outlive this.
    explicit ZoneEntries(Feed& feed);

    // False at the end of what can be read: see Feed::state(). The texts are valid until the
    // next call.
    bool next(ZoneEntry& entry);

    // Moves the feed's position behind the entry that next() gave; the next call does too.
    void take() noexcept;

  private:
    bool give(ZoneEntry& entry, std::size_t octets, ZoneEntry::Kind kind);
    bool give_line(ZoneEntry& entry, ZoneEntry::Kind kind);
    bool give_too_long(ZoneEntry& entry);

    Feed& feed_;
    std::uint64_t lines_ = 0;  // ends of line consumed
    std::size_t pending_ = 0;  // octets of the entry given last, to be consumed
    std::string joined_;
    std::string beginning_;  // of a line that was too long
};

}  // namespace dnshist::zonegen
