// Reads registrations, with a parser of one item.
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <utility>

#include "zonegen/feed/text_file_reader.hpp"
#include "zonegen/registration/rdap_parser.hpp"
#include "zonegen/registration/whois_csv_parser.hpp"
#include "zonegen/registration/whois_text_parser.hpp"

namespace dnshist::zonegen {

template <class Parser>
class RegistrationFileReader final : public TextFileReader {
  public:
    // See TextFileReader, and RegistrationSink for `when`.
    RegistrationFileReader(Feed& feed, const Sink& sink, const ReadingStart& start,
                           const std::string& sensor, std::optional<Seconds> when)
        : TextFileReader(feed, sink, layout(feed), start,
                         of_text ? Comments::read : Comments::skipped),
          parser_([this](const Observation& observation) { observe(observation); },
                  [this](const Reject& reject) { refuse_in_context(reject); }, sensor, when) {}

    std::vector<FeedRemark> remarks() const override {
        if (!array_open()) return {};
        return {{true, "the JSON array has no end: the file was cut short"}};
    }

  private:
    static constexpr bool of_json = std::same_as<Parser, RdapParser>;
    static constexpr bool of_text = std::same_as<Parser, WhoisTextParser>;

    static TextLayout layout(const Feed& feed) {
        if (of_json) return layout_of(feed.head());
        return of_text ? TextLayout::responses : TextLayout::csv;
    }

    void read(std::string_view item) override {
        if (unfinished() && !has_end(item)) return refuse(refusal(Reason::unfinished));
        parser_.read(item);
    }

    // Of the last item of a file that may grow. JSON shows its end by itself.
    bool has_end(std::string_view item) {
        if constexpr (requires { parser_.has_all_fields(item); }) {
            return parser_.has_all_fields(item);
        }
        return of_json || item.ends_with('\n');
    }

    void refuse_in_context(Reject reject) {
        if constexpr (requires { parser_.reject_context(); }) {
            reject.context = parser_.reject_context();
        }
        refuse(std::move(reject));
    }

    Parser parser_;
};

}  // namespace dnshist::zonegen
