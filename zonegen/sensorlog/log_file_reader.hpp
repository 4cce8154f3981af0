// Reads a sensor's log, one item a line.
#pragma once

#include <type_traits>
#include <utility>

#include "zonegen/feed/text_file_reader.hpp"
#include "zonegen/sensorlog/sensor_log.hpp"

namespace dnshist::zonegen {

class ZeekParser;

// `LogParser` is ZeekParser, PassivednsParser or EveParser.
template <class LogParser>
class LogFileReader final : public TextFileReader {
  public:
    // See TextFileReader; `options` are the parser's, after its callbacks.
    template <class... Options>
    LogFileReader(Feed& feed, const Sink& sink, const ReadingStart& start,
                  const Options&... options)
        : TextFileReader(
              feed, sink, layout_of(feed.head()), start,
              std::is_same_v<LogParser, ZeekParser> ? Comments::read : Comments::skipped),
          parser_([this](const Observation& observation) { observe(observation); },
                  [this](const Reject& reject) { refuse_in_context(reject); }, options...) {}

  private:
    void read(std::string_view item) override {
        item = without_syslog_header(item);
        // The beginning of a line of columns may look like a whole line. JSON cannot.
        const bool of_columns = !item.starts_with('{') && !item.starts_with('#');
        if (unfinished() && of_columns) return refuse(refusal(Reason::unfinished));
        parser_.read(item);
    }

    void refuse_in_context(Reject reject) {
        if constexpr (requires { parser_.reject_context(); }) {
            reject.context = parser_.reject_context();
        }
        refuse(std::move(reject));
    }

    LogParser parser_;
};

}  // namespace dnshist::zonegen
