#include "zonegen/masterfile/zone_entries.hpp"

#include <algorithm>

namespace dnshist::zonegen {

namespace {

// Finds the end of an entry and joins its lines. It may need several calls as more of it is read.
class Scanner {
  public:
    explicit Scanner(std::string& joined) : joined_(joined) { joined_.clear(); }

    enum class Found : std::uint8_t {
        nothing,  // more text is needed
        end,      // at() is behind the end of the line that ends the entry
        open_quote,
        nested,          // a parenthesis within others
        no_parenthesis,  // one too many is closed
    };

    // `text` is what has been read of the entry, from its beginning; longer with each call.
    Found scan(std::string_view text) {
        for (; at_ < text.size(); ++at_) {
            const Found found = step(text[at_]);
            if (found == Found::end) ++at_;
            if (found != Found::nothing) return found;
        }
        return Found::nothing;
    }
    // The content ends here.
    Found finish() {
        const Found found = step('\n');
        return found == Found::nothing ? Found::nested : found;
    }

    std::size_t at() const noexcept { return at_; }

  private:
    Found step(char c) {
        if (c == '\n') return end_line();
        if (in_comment_) return Found::nothing;
        if (escaped_ || c == '\\') {
            escaped_ = !escaped_;
            joined_ += c;
            return Found::nothing;
        }
        if (in_quotes_ || c == '"') {
            if (c == '"') in_quotes_ = !in_quotes_;
            joined_ += c;
            return Found::nothing;
        }
        return step_plain(c);
    }

    Found step_plain(char c) {
        switch (c) {
            case ';':
                in_comment_ = true;
                break;
            case '(':
                if (open_) return Found::nested;
                open_ = true;
                joined_ += ' ';
                break;
            case ')':
                if (!open_) return Found::no_parenthesis;
                open_ = false;
                joined_ += ' ';
                break;
            default:
                joined_ += c;
        }
        return Found::nothing;
    }

    Found end_line() {
        in_comment_ = false;
        escaped_ = false;
        if (in_quotes_) return Found::open_quote;
        if (!open_) return Found::end;
        joined_ += ' ';
        return Found::nothing;
    }

    std::string& joined_;
    std::size_t at_ = 0;
    bool in_comment_ = false;
    bool in_quotes_ = false;
    bool escaped_ = false;
    bool open_ = false;
};

// `joined`: the entry has several lines, so that the fault of its first line is the parenthesis.
ZoneEntry::Kind kind_of(Scanner::Found found, bool joined) noexcept {
    switch (found) {
        case Scanner::Found::open_quote:
            return joined ? ZoneEntry::Kind::open_parenthesis : ZoneEntry::Kind::open_quote;
        case Scanner::Found::no_parenthesis:
            return ZoneEntry::Kind::no_parenthesis;
        default:
            return ZoneEntry::Kind::open_parenthesis;
    }
}

}  // namespace

ZoneEntries::ZoneEntries(Feed& feed) : feed_(feed) {
    feed_.skip_byte_order_mark();
}

void ZoneEntries::take() noexcept {
    lines_ += count_lines(feed_.ahead().substr(0, pending_));
    feed_.consume(pending_);
    pending_ = 0;
}

bool ZoneEntries::next(ZoneEntry& entry) {
    take();
    Scanner scanner(joined_);
    for (;;) {
        Scanner::Found found = scanner.scan(feed_.ahead());
        if (found == Scanner::Found::nothing && scanner.at() <= Feed::max_item_octets) {
            if (feed_.more()) continue;
            if (feed_.state() != Feed::State::ended || feed_.ahead().empty()) return false;
            found = scanner.finish();
        }
        if (found == Scanner::Found::end && scanner.at() <= Feed::max_item_octets) {
            return give(entry, scanner.at(), ZoneEntry::Kind::whole);
        }
        const bool joined = feed_.ahead().find('\n') < scanner.at();
        return give_line(entry, kind_of(found, joined));
    }
}

bool ZoneEntries::give(ZoneEntry& entry, std::size_t octets, ZoneEntry::Kind kind) {
    std::string_view text = feed_.ahead().substr(0, octets);
    if (text.ends_with('\n')) text.remove_suffix(1);
    if (text.ends_with('\r')) text.remove_suffix(1);
    entry = {.text = text, .joined = {}, .line = lines_ + 1, .kind = kind};
    if (kind == ZoneEntry::Kind::whole) entry.joined = joined_;
    pending_ = octets;
    return true;
}

bool ZoneEntries::give_line(ZoneEntry& entry, ZoneEntry::Kind kind) {
    const std::string_view ahead = feed_.ahead();
    const std::size_t end = std::min(ahead.find('\n'), ahead.size());
    if (end > Feed::max_item_octets) return give_too_long(entry);
    return give(entry, std::min(end + 1, ahead.size()), kind);
}

// Gives the beginning and consumes the rest of the line.
bool ZoneEntries::give_too_long(ZoneEntry& entry) {
    const std::uint64_t line = lines_ + 1;
    beginning_ = feed_.skip_line(lines_);
    entry = {.text = beginning_, .joined = {}, .line = line, .kind = ZoneEntry::Kind::too_long};
    return true;
}

}  // namespace dnshist::zonegen
