// A feed that is a sensor's log, an item a line.
#pragma once

#include <type_traits>

#include "zonegen/feed/text_file_reader.hpp"

namespace dnshist::zonegen {

class ZeekParser;

// `LogParser` reads an item with read(std::string_view): ZeekParser, PassivednsParser,
// EveParser.
template <class LogParser>
class LogFileReader final : public TextFileReader {
  public:
    // See TextFileReader; `options` are those of the reader behind its callbacks.
    template <class... Options>
    LogFileReader(Feed& feed, const Sink& sink, const ReadingStart& start,
                  const Options&... options)
        : TextFileReader(
              feed, sink, layout_of(feed.head()), start,
              std::is_same_v<LogParser, ZeekParser> ? Remarks::read : Remarks::passed_over),
          parser_(
              sink.observe, [this](const Reject& reject) { refuse(reject); }, options...) {}

  private:
    void read(std::string_view item) override {
        // A line without its end may be a beginning that looks whole; JSON says itself where it
        // ends.
        const bool says_its_end = item.starts_with('{') || item.starts_with('#');
        if (unfinished() && !says_its_end) return refuse(refusal(Reason::unfinished));
        parser_.read(item);
    }

    LogParser parser_;
};

}  // namespace dnshist::zonegen
