#include "zonegen/element_feed.hpp"

namespace dnshist {

namespace {

// Blank lines, and remarks.
bool says_nothing(std::string_view text) noexcept {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    return first == std::string_view::npos || text[first] == '#';
}

bool begins_with_array(std::string_view head) noexcept {
    return layout_of(head) == Layout::values && head.find('[') < head.find('{');
}

}  // namespace

ElementFeed::ElementFeed(Feed& feed, const Sink& sink, Layout layout, const ReadingStart& start)
    : sink_(sink),
      elements_(feed, layout, start.lines, start.within && begins_with_array(feed.head())) {}

bool ElementFeed::next() {
    if (!elements_.next(element_)) return false;
    refused_ = false;
    if (element_.kind == Element::Kind::too_long) {
        refuse({.reason = Reason::too_long, .detail = {}});
    } else if (!says_nothing(element_.text)) {
        read(element_.text);
    }
    // What the feed ends in the middle of may be whole when it has grown.
    if (element_.kind == Element::Kind::unfinished && refused_) return false;
    elements_.take();
    return true;
}

void ElementFeed::refuse(Reject reject) {
    if (!reject.partial) refused_ = true;
    if (element_.kind == Element::Kind::unfinished && reject.reason == Reason::not_json) {
        reject = {.reason = Reason::unfinished, .detail = {}};
    }
    sink_.refuse(element_.line, element_.text, reject);
}

}  // namespace dnshist
