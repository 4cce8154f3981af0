#include "zonegen/feed/text_file_reader.hpp"

#include <optional>

namespace dnshist::zonegen {

namespace {

std::optional<char> first_visible(std::string_view text) noexcept {
    for (const char c : text) {
        if (c != ' ' && c != '\t' && c != '\r' && c != '\n') return c;
    }
    return std::nullopt;
}

bool begins_with_array(std::string_view head) noexcept {
    return layout_of(head) == TextLayout::values && head.find('[') < head.find('{');
}

}  // namespace

TextFileReader::TextFileReader(Feed& feed, const Sink& sink, TextLayout layout,
                               const ReadingStart& start, Comments comments)
    : sink_(sink),
      feed_(feed),
      items_(feed, layout, start.lines, start.within && begins_with_array(feed.head())),
      comments_(comments) {}

bool TextFileReader::next() {
    if (!items_.next(item_)) return false;
    refused_ = observed_ = wrong_time_ = false;
    if (item_.kind == TextItem::Kind::too_long) {
        refuse({.reason = Reason::too_long, .detail = {}});
    } else if (!is_skipped()) {
        read(item_.text);
    }
    // An unfinished item stays in the feed.
    if (unfinished() && refused_) return false;
    items_.take();
    return true;
}

bool TextFileReader::is_skipped() const noexcept {
    const auto first = first_visible(item_.text);
    return !first || (*first == '#' && comments_ == Comments::skipped);
}

void TextFileReader::observe(const Observation& observation) {
    if (wrong_time_) return;
    if (sink_.check_time) {
        if (auto reject = sink_.check_time(observation.seen)) {
            wrong_time_ = true;
            reject->partial = observed_;
            return refuse(*std::move(reject));
        }
    }
    observed_ = true;
    sink_.observe(observation);
}

void TextFileReader::refuse(Reject reject) {
    if (!reject.partial) refused_ = true;
    if (item_.kind == TextItem::Kind::unfinished && reject.reason == Reason::not_json) {
        reject = {.reason = Reason::unfinished, .detail = {}};
    }
    sink_.refuse(item_.line, item_.text, reject);
}

}  // namespace dnshist::zonegen
