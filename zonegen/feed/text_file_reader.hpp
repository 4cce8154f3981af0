// Feeds that are made of lines or JSON objects, each of which can be read without the others.
#pragma once

#include <cstdint>
#include <string_view>

#include "zonegen/feed/feed.hpp"
#include "zonegen/feed/reader.hpp"
#include "zonegen/feed/text_items.hpp"

namespace dnshist::zonegen {

class TextFileReader : public Reader {
  public:
    bool next() final;

  protected:
    // Lines that begin with "#" are remarks, unless the format gives them a meaning.
    enum class Remarks : std::uint8_t { passed_over, read };

    // The feed stands at the start given; it and the sink outlive the reader. Blank lines are
    // passed over.
    TextFileReader(Feed& feed, const Sink& sink, Layout layout, const ReadingStart& start,
                   Remarks remarks = Remarks::passed_over);

    // Reads one item, of Feed::max_item_octets at most and with Feed::padding_octets readable
    // behind it; says what cannot be used with refuse().
    virtual void read(std::string_view item) = 0;
    void refuse(Reject reject);

    // The content ends within the item that is being read.
    bool unfinished() const noexcept { return item_.kind == TextItem::Kind::unfinished; }

    const Sink& sink() const noexcept { return sink_; }
    bool array_open() const noexcept { return items_.array_open(); }

  private:
    bool says_nothing() const noexcept;

    const Sink& sink_;
    TextItems items_;
    Remarks remarks_;
    TextItem item_;
    bool refused_ = false;  // the item, as a whole
};

}  // namespace dnshist::zonegen
