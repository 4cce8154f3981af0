// The base of readers of text files: lines or JSON objects, each parsed without the others.
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
    // Lines that begin with "#" are comments, unless the format gives them a meaning.
    enum class Comments : std::uint8_t { skipped, read };

    // The feed is at `start`; it and the sink must outlive the reader. Blank lines are skipped.
    TextFileReader(Feed& feed, const Sink& sink, TextLayout layout, const ReadingStart& start,
                   Comments comments = Comments::skipped);

    // Parses one item, of Feed::max_item_octets at most and with Feed::padding_octets readable
    // behind it. Calls refuse() for what cannot be used.
    virtual void read(std::string_view item) = 0;
    void refuse(Reject reject);
    // Passes on an observation of the current item. After one whose time is not believed, nothing
    // more of the item is taken.
    void observe(const Observation& observation);

    // The content ends within the current item, and may have the rest of it later.
    bool unfinished() const noexcept {
        return item_.kind == TextItem::Kind::unfinished && feed_.may_grow();
    }

    const Sink& sink() const noexcept { return sink_; }
    bool array_open() const noexcept { return items_.array_open(); }

  private:
    bool is_skipped() const noexcept;

    const Sink& sink_;
    const Feed& feed_;
    TextItems items_;
    Comments comments_;
    TextItem item_;
    bool refused_ = false;   // the item as a whole
    bool observed_ = false;  // a part of it
    bool wrong_time_ = false;
};

}  // namespace dnshist::zonegen
