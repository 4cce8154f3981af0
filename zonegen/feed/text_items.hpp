// A feed cut into its items: the lines of an NDJSON file, or the objects of a JSON array.
//
// Both are found without parsing, so that a damaged item costs itself alone. An array is never
// in memory as a whole: a scanner that knows of strings and brackets finds where each object ends.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "zonegen/feed/feed.hpp"

namespace dnshist::zonegen {

enum class Layout : std::uint8_t {
    lines,   // an item a line
    values,  // JSON objects over any number of lines, in an array or one after the other
};

// What the content's first octets show.
Layout layout_of(std::string_view head) noexcept;

struct TextItem {
    enum class Kind : std::uint8_t {
        whole,
        too_long,    // longer than Feed::max_item_octets: text is its beginning
        unfinished,  // the content ends within it: a line without its end, an open bracket
    };

    std::string_view text;   // with Feed::padding_octets readable behind it, of a whole one
    std::uint64_t line = 0;  // on which it begins, from 1
    Kind kind = Kind::whole;
};

class TextItems {
  public:
    // The feed stands at its start, or where an item ended; `lines` is the number of ends of
    // line before that, `within_array` whether that was within an array. The feed outlives the
    // reader.
    TextItems(Feed& feed, Layout layout, std::uint64_t lines = 0, bool within_array = false);

    // False at the end of what can be read: see Feed::state(). The text is good until the next
    // call.
    bool next(TextItem& item);

    // Moves the feed's position behind the item that next() gave; the next call does too.
    void take() noexcept;

    // The content ended within an array: it is not all there.
    bool array_open() const noexcept { return open_arrays_ != 0; }

  private:
    bool next_line(TextItem& item);
    bool next_value(TextItem& item);
    bool next_object(TextItem& item);
    bool next_token(TextItem& item);
    bool skip_separators();
    bool give(TextItem& item, std::size_t octets, TextItem::Kind kind);
    bool give_too_long(TextItem& item);

    Feed& feed_;
    Layout layout_;
    std::uint64_t lines_;      // ends of line consumed
    std::size_t pending_ = 0;  // octets of the item given last, to be consumed
    std::uint64_t open_arrays_;
    bool discarding_ = false;  // what follows a broken object, until the next one
    std::string beginning_;    // of an item that was too long
};

}  // namespace dnshist::zonegen
