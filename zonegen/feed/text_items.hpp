// Splits a feed into items: the lines of an NDJSON file, the objects of a JSON array, the records
// of a CSV file, the responses of WHOIS servers.
//
// Items are found without parsing them, so that a damaged item does not affect the others. An array
// is never in memory as a whole: a scanner for strings and brackets finds the end of each object.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "zonegen/feed/feed.hpp"

namespace dnshist::zonegen {

enum class TextLayout : std::uint8_t {
    lines,      // an item a line
    values,     // JSON objects over any number of lines, in an array or one after the other
    csv,        // records of RFC 4180: an end of line within quotes is none
    responses,  // of WHOIS, over many lines: from "Domain Name:" to the next one of these
};

// Detects the layout by the content's first octets.
TextLayout layout_of(std::string_view head) noexcept;

struct TextItem {
    enum class Kind : std::uint8_t {
        whole,
        too_long,    // longer than Feed::max_item_octets: text is its beginning
        unfinished,  // the content ends within it: a line without its end, an open bracket
    };

    std::string_view text;   // of a whole one, with Feed::padding_octets readable behind it
    std::uint64_t line = 0;  // on which it begins, from 1
    Kind kind = Kind::whole;
};

class TextItems {
  public:
    // The feed is at its start, or behind an item. `lines` is the number of ends of line before
    // that position, `within_array` whether it is within an array. The feed must outlive this.
    TextItems(Feed& feed, TextLayout layout, std::uint64_t lines = 0, bool within_array = false);

    // False at the end of what can be read: see Feed::state(). The text is valid until the next
    // call.
    bool next(TextItem& item);

    // Moves the feed's position behind the item that next() gave; the next call does too.
    void take() noexcept;

    // At the end of the content: whether it was cut short within an array.
    bool array_open() const noexcept { return open_arrays_ != 0; }

  private:
    bool next_line(TextItem& item);
    bool next_csv(TextItem& item);
    bool next_response(TextItem& item);
    bool give_line(TextItem& item, std::size_t end);
    bool next_value(TextItem& item);
    bool next_object(TextItem& item);
    bool next_token(TextItem& item);
    bool skip_separators();
    bool give(TextItem& item, std::size_t octets, TextItem::Kind kind);
    bool give_too_long(TextItem& item);

    Feed& feed_;
    TextLayout layout_;
    std::uint64_t lines_;      // ends of line consumed
    std::size_t pending_ = 0;  // octets of the item given last, to be consumed
    std::uint64_t open_arrays_;
    bool discarding_ = false;  // all text between a broken object and the next one
    std::string beginning_;    // of an item that was too long
};

}  // namespace dnshist::zonegen
