// Feeds that are made of lines or JSON objects, each of which can be read without the others.
#pragma once

#include <cstdint>
#include <string_view>

#include "zonegen/feed/feed.hpp"
#include "zonegen/feed/reader.hpp"
#include "zonegen/feed/text_items.hpp"

namespace dnshist::zonegen {

class ElementFeed : public Reader {
  public:
    bool next() final;

  protected:
    // Lines that begin with "#" are remarks, unless the format gives them a meaning.
    enum class Remarks : std::uint8_t { passed_over, read };

    // The feed stands at the start given; it and the sink outlive the reader. Blank lines are
    // passed over.
    ElementFeed(Feed& feed, const Sink& sink, Layout layout, const ReadingStart& start,
                Remarks remarks = Remarks::passed_over);

    // Reads one element, of Feed::max_element_octets at most and with Feed::padding_octets readable
    // behind it; says what cannot be used with refuse().
    virtual void read(std::string_view element) = 0;
    void refuse(Reject reject);

    // The content ends within the element that is being read.
    bool unfinished() const noexcept { return element_.kind == TextItem::Kind::unfinished; }

    const Sink& sink() const noexcept { return sink_; }
    bool array_open() const noexcept { return elements_.array_open(); }

  private:
    bool says_nothing() const noexcept;

    const Sink& sink_;
    ElementReader elements_;
    Remarks remarks_;
    TextItem element_;
    bool refused_ = false;  // the element, as a whole
};

}  // namespace dnshist::zonegen
