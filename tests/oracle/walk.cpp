#include "tests/oracle/walk.hpp"

namespace dnshist::oracle {

namespace {

// A TXT record's text, out of its quotes.
std::string text_of_shown(const std::string& shown_line) {
    std::string text;
    bool quoted = false;
    for (std::size_t i = 0; i < shown_line.size(); ++i) {
        if (shown_line[i] == '"') {
            quoted = !quoted;
        } else if (quoted) {
            if (shown_line[i] == '\\') ++i;
            text += shown_line[i];
        }
    }
    return text;
}

}  // namespace

bool is_remark(const std::string& shown_line) {
    return shown_line.find("\"# ") < 3;
}

bool is_line(const std::string& shown_line) {
    return shown_line.starts_with('"') || shown_line.starts_with("answer: ");
}

bool Walk::follow(const Labels& question) {
    constexpr std::size_t too_many = 3000;
    asked_ = question;
    std::size_t pages = 0;
    do {
        page_ = server_.ask(wire_of(asked_), "TXT", scan_limit_, sees_personal_);
        goes_on_ = false;
        for (const std::string& line : page_) {
            // A guess at what was meant stands for no line at all.
            if (line.starts_with("5 \"# error: nothing was found for this")) break;
            if (line.starts_with("5 \"# error")) return false;
            read(line);
        }
    } while (goes_on_ && ++pages < too_many);
    return pages < too_many;
}

void Walk::read(const std::string& shown_line) {
    const std::string text = text_of_shown(shown_line);
    if (shown_line.starts_with("\"# more: ")) {
        const std::size_t next = text.find("next: ");
        goes_on_ = next != std::string::npos;
        cut_short_ = !goes_on_;
        if (goes_on_) asked_ = labels_of(text.substr(next + 6));
    } else if (shown_line.starts_with("\"# note: stopped")) {
        stopped_ = true;
        torn_ = torn_ || text.find("not all of one name") != std::string::npos;
    } else if (is_line(shown_line) && !is_remark(shown_line)) {
        lines_.push_back(text);
    }
}

}  // namespace dnshist::oracle
