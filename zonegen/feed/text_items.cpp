#include "zonegen/feed/text_items.hpp"

#include <algorithm>

#include "storage/base/octets.hpp"

namespace dnshist::zonegen {

namespace {

// Finds the end of a JSON object, which may need several calls as more of it is read.
class BracketScanner {
  public:
    enum class Found : std::uint8_t {
        nothing,       // more text is needed
        end,           // at() is behind the object
        broken_string  // at() is an end of line within a string, which JSON does not allow
    };

    // `text` is what has been read of the object, from its beginning; longer with each call.
    Found scan(std::string_view text) noexcept {
        for (; at_ < text.size(); ++at_) {
            const char c = text[at_];
            if (escaped_) {
                escaped_ = false;
            } else if (in_string_) {
                if (c == '"') in_string_ = false;
                if (c == '\\') escaped_ = true;
                if (c == '\n') return Found::broken_string;
            } else if (c == '"') {
                in_string_ = true;
            } else if (c == '{' || c == '[') {
                ++depth_;
            } else if ((c == '}' || c == ']') && --depth_ == 0) {
                ++at_;
                return Found::end;
            }
        }
        return Found::nothing;
    }

    std::size_t at() const noexcept { return at_; }

  private:
    std::size_t at_ = 0;
    std::size_t depth_ = 0;
    bool in_string_ = false;
    bool escaped_ = false;
};

// Finds the end of a CSV record, which may need several calls as more of it is read.
class CsvScanner {
  public:
    enum class Found : std::uint8_t {
        nothing,  // more text is needed
        end,      // at() is the end of its last line
        broken    // text stands behind a closing quote: it was none
    };

    // `text` is what has been read of the record, from its beginning; longer with each call.
    Found scan(std::string_view text) noexcept {
        if (text.starts_with('#')) return scan_remark(text);
        for (; at_ < text.size(); ++at_) {
            const char c = text[at_];
            switch (state_) {
                case State::quoted:
                    if (c == '"') state_ = State::closed;
                    continue;
                case State::closed:
                    if (c == '"') state_ = State::quoted;
                    if (c == '"' || c == '\r') continue;
                    if (c != ',' && c != '\n') return Found::broken;
                    break;
                case State::start:
                    state_ = c == '"' ? State::quoted : State::plain;
                    break;
                case State::plain:
                    break;
            }
            if (state_ == State::quoted) continue;
            if (c == '\n') return Found::end;
            if (c == ',') state_ = State::start;
        }
        return Found::nothing;
    }

    std::size_t at() const noexcept { return at_; }
    bool is_quoted() const noexcept { return state_ == State::quoted; }

  private:
    enum class State : std::uint8_t { start, plain, quoted, closed };

    // A remark of a reject file.
    Found scan_remark(std::string_view text) noexcept {
        state_ = State::plain;
        at_ = std::min(text.find('\n'), text.size());
        return at_ < text.size() ? Found::end : Found::nothing;
    }

    std::size_t at_ = 0;
    State state_ = State::start;
};

// Whether a response of WHOIS begins with the line.
bool begins_response(std::string_view line) noexcept {
    constexpr std::string_view label = "domain name:";
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    return line.size() >= label.size() &&
           std::ranges::equal(line.substr(0, label.size()), label, [](char x, char y) {
               return to_lower(static_cast<std::uint8_t>(x)) == static_cast<std::uint8_t>(y);
           });
}

}  // namespace

TextLayout layout_of(std::string_view head) noexcept {
    constexpr std::string_view white_space = " \t\r\n";
    head = without_byte_order_mark(head);
    const std::size_t first = head.find_first_not_of(white_space);
    if (first == std::string_view::npos) return TextLayout::lines;
    if (head[first] == '[') return TextLayout::values;
    if (head[first] != '{') return TextLayout::lines;
    const std::size_t second = head.find_first_not_of(" \t\r", first + 1);
    const bool alone = second != std::string_view::npos && head[second] == '\n';
    return alone ? TextLayout::values : TextLayout::lines;
}

TextItems::TextItems(Feed& feed, TextLayout layout, std::uint64_t lines, bool within_array)
    : feed_(feed), layout_(layout), lines_(lines), open_arrays_(within_array ? 1 : 0) {
    feed_.skip_byte_order_mark();
}

bool TextItems::next(TextItem& item) {
    take();
    switch (layout_) {
        case TextLayout::lines:
            return next_line(item);
        case TextLayout::csv:
            return next_csv(item);
        case TextLayout::responses:
            return next_response(item);
        case TextLayout::values:
            break;
    }
    return next_value(item);
}

void TextItems::take() noexcept {
    const std::string_view taken = feed_.ahead().substr(0, pending_);
    // A line has one end at most.
    lines_ += layout_ == TextLayout::lines ? taken.ends_with('\n') : count_lines(taken);
    feed_.consume(pending_);
    pending_ = 0;
}

bool TextItems::give(TextItem& item, std::size_t octets, TextItem::Kind kind) {
    item = {.text = feed_.ahead().substr(0, octets), .line = lines_ + 1, .kind = kind};
    pending_ = octets;
    return true;
}

// Gives the beginning and consumes the rest of the line.
bool TextItems::give_too_long(TextItem& item) {
    const std::uint64_t line = lines_ + 1;
    beginning_ = feed_.skip_line(lines_);
    item = {.text = beginning_, .line = line, .kind = TextItem::Kind::too_long};
    discarding_ = layout_ == TextLayout::values;
    return true;
}

bool TextItems::next_line(TextItem& item) {
    std::size_t scanned = 0;
    for (;;) {
        const std::string_view ahead = feed_.ahead();
        const std::size_t end = ahead.find('\n', scanned);
        if (std::min(end, ahead.size()) > Feed::max_item_octets) return give_too_long(item);
        if (end != std::string_view::npos) return give_line(item, end);
        scanned = ahead.size();
        if (feed_.more()) continue;
        if (scanned == 0 || feed_.state() != Feed::State::ended) return false;
        return give(item, scanned, TextItem::Kind::unfinished);
    }
}

bool TextItems::next_value(TextItem& item) {
    for (;;) {
        if (!skip_separators()) return false;
        if (feed_.ahead().front() == '{') return next_object(item);
        if (!next_token(item)) return false;
        if (!discarding_) return true;
        take();
    }
}

// Gives what is before an end of line, and consumes both.
bool TextItems::give_line(TextItem& item, std::size_t end) {
    give(item, end + 1, TextItem::Kind::whole);
    item.text.remove_suffix(item.text.ends_with("\r\n") ? 2 : 1);
    return true;
}

// Of a record whose quotes do not fit, the first line alone is given, so that no others are lost.
bool TextItems::next_csv(TextItem& item) {
    CsvScanner scanner;
    for (;;) {
        const std::string_view ahead = feed_.ahead();
        const CsvScanner::Found found = scanner.scan(ahead);
        if (scanner.at() > Feed::max_item_octets) return give_too_long(item);
        if (found == CsvScanner::Found::end) return give_line(item, scanner.at());
        if (found == CsvScanner::Found::nothing) {
            if (feed_.more()) continue;
            if (ahead.empty() || feed_.state() != Feed::State::ended) return false;
        }
        const std::size_t line = ahead.find('\n');
        const bool is_broken =
            found == CsvScanner::Found::broken || (scanner.is_quoted() && !feed_.may_grow());
        if (is_broken && line != std::string_view::npos) return give_line(item, line);
        if (found == CsvScanner::Found::nothing || !feed_.more()) {
            if (feed_.state() != Feed::State::ended) return false;
            return give(item, ahead.size(), TextItem::Kind::unfinished);
        }
    }
}

bool TextItems::next_response(TextItem& item) {
    std::size_t line = 0;
    bool begun = false;
    for (;;) {
        const std::string_view ahead = feed_.ahead();
        for (std::size_t end = ahead.find('\n', line); end != std::string_view::npos;
             end = ahead.find('\n', line)) {
            if (begins_response(ahead.substr(line, end - line))) {
                if (begun) return give(item, line, TextItem::Kind::whole);
                begun = true;
            }
            line = end + 1;
        }
        if (line > Feed::max_item_octets) return give_too_long(item);
        if (feed_.more()) continue;
        if (ahead.empty() || feed_.state() != Feed::State::ended) return false;
        return give(item, ahead.size(), TextItem::Kind::unfinished);
    }
}

// Consumes white space, commas and the brackets of arrays. False if nothing follows.
bool TextItems::skip_separators() {
    for (;;) {
        const std::string_view ahead = feed_.ahead();
        std::size_t at = 0;
        for (; at < ahead.size(); ++at) {
            const char c = ahead[at];
            if (c == '[') {
                ++open_arrays_;
            } else if (c == ']') {
                if (open_arrays_ != 0) --open_arrays_;
            } else if (c != ' ' && c != '\t' && c != '\r' && c != '\n' && c != ',') {
                break;
            }
        }
        const bool found = at < ahead.size();
        pending_ = at;
        take();
        if (found) return true;
        if (!feed_.more()) return false;
    }
}

bool TextItems::next_object(TextItem& item) {
    discarding_ = false;
    BracketScanner scanner;
    for (;;) {
        const BracketScanner::Found found = scanner.scan(feed_.ahead());
        if (scanner.at() > Feed::max_item_octets) return give_too_long(item);
        if (found != BracketScanner::Found::nothing) {
            discarding_ = found == BracketScanner::Found::broken_string;
            return give(item, scanner.at(), TextItem::Kind::whole);
        }
        if (feed_.more()) continue;
        if (feed_.state() != Feed::State::ended) return false;
        return give(item, scanner.at(), TextItem::Kind::unfinished);
    }
}

// Gives text that is no object, up to where the next value may begin, for the parser to reject.
bool TextItems::next_token(TextItem& item) {
    std::size_t end = 0;
    for (;;) {
        const std::string_view ahead = feed_.ahead();
        const bool string = ahead.front() == '"';
        end = ahead.find_first_of(string ? "\"\n" : ",[]{\n", std::max<std::size_t>(end, 1));
        if (end != std::string_view::npos) {
            if (string && ahead[end] == '"') ++end;
            return give(item, end, TextItem::Kind::whole);
        }
        end = ahead.size();
        if (end > Feed::max_item_octets) return give_too_long(item);
        if (feed_.more()) continue;
        if (feed_.state() != Feed::State::ended) return false;
        return give(item, end, TextItem::Kind::unfinished);
    }
}

}  // namespace dnshist::zonegen
