// A feed that is a sensor's log, an element a line.
#pragma once

#include <type_traits>

#include "zonegen/feed/text_file_reader.hpp"

namespace dnshist::zonegen {

class ZeekReader;

// `LogReader` reads an element with read(std::string_view): ZeekReader, PassivednsReader,
// EveReader.
template <class LogReader>
class LogFeed final : public ElementFeed {
  public:
    // See ElementFeed; `options` are those of the reader behind its callbacks.
    template <class... Options>
    LogFeed(Feed& feed, const Sink& sink, const ReadingStart& start, const Options&... options)
        : ElementFeed(feed, sink, layout_of(feed.head()), start,
                      std::is_same_v<LogReader, ZeekReader> ? Remarks::read : Remarks::passed_over),
          reader_(
              sink.observe, [this](const Reject& reject) { refuse(reject); }, options...) {}

  private:
    void read(std::string_view element) override {
        // A line without its end may be a beginning that looks whole; JSON says itself where it
        // ends.
        const bool says_its_end = element.starts_with('{') || element.starts_with('#');
        if (unfinished() && !says_its_end) return refuse(refusal(Reason::unfinished));
        reader_.read(element);
    }

    LogReader reader_;
};

}  // namespace dnshist::zonegen
