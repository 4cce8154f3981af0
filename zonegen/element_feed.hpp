// Feeds that are made of lines or JSON objects, each of which can be read without the others.
#pragma once

#include <cstdint>
#include <string_view>

#include "zonegen/elements.hpp"
#include "zonegen/feed.hpp"
#include "zonegen/reader.hpp"

namespace dnshist {

class ElementFeed : public Reader {
  public:
    bool next() final;

  protected:
    // The feed stands at the start given; it and the sink outlive the reader. Blank lines and
    // remarks, which begin with "#", are passed over.
    ElementFeed(Feed& feed, const Sink& sink, Layout layout, const ReadingStart& start);

    // Reads one element, of Feed::max_element_octets at most and with Feed::padding_octets readable
    // behind it; says what cannot be used with refuse().
    virtual void read(std::string_view element) = 0;
    void refuse(Reject reject);

    const Sink& sink() const noexcept { return sink_; }
    bool array_open() const noexcept { return elements_.array_open(); }

  private:
    const Sink& sink_;
    ElementReader elements_;
    Element element_;
    bool refused_ = false;  // the element, as a whole
};

}  // namespace dnshist
