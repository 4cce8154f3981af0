#include "storage/search/literal.hpp"

#include <algorithm>
#include <utility>

#include "storage/search/glob.hpp"

namespace dnshist {

namespace {

// Keeps the longest of several runs of octets.
class LongestRun {
  public:
    void add(char c) { run_ += c; }
    // The last octet may be there or not.
    void drop_last() {
        if (!run_.empty()) run_.pop_back();
        end();
    }
    void end() {
        if (run_.size() > longest_.size()) longest_ = run_;
        run_.clear();
    }
    std::string take() {
        end();
        return longest_.size() < least_literal ? std::string() : std::move(longest_);
    }

  private:
    std::string run_;
    std::string longest_;
};

// The octets of the set or the group that begins there, with what closes it.
std::size_t set_size(std::string_view text) noexcept {
    std::size_t at = 1;
    if (at < text.size() && text[at] == '^') ++at;
    if (at < text.size() && text[at] == ']') ++at;
    while (at < text.size() && text[at] != ']') {
        // [:alpha:] within a set
        const bool is_class = text.substr(at).starts_with("[:");
        const std::size_t end = is_class ? text.find(":]", at) : std::string_view::npos;
        at = end == std::string_view::npos ? at + 1 : end + 2;
    }
    return std::min(at + 1, text.size());
}
std::size_t group_size(std::string_view text) noexcept {
    std::size_t depth = 0;
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] == '(') ++depth;
        if (text[at] == ')' && --depth == 0) return at + 1;
        at += text[at] == '[' ? set_size(text.substr(at)) : 1;
    }
    return text.size();
}

}  // namespace

std::string literal_of_glob(std::string_view glob) {
    LongestRun longest;
    while (!glob.empty()) {
        const char c = glob.front();
        const bool ends = c == '*' || c == '?' || c == '[' || c == '.';
        if (ends) {
            longest.end();
        } else {
            longest.add(c);
        }
        glob.remove_prefix(c == '[' ? std::max<std::size_t>(glob_set_size(glob), 1) : 1);
    }
    return longest.take();
}

// What is in groups is not looked at.
std::string literal_of_expression(std::string_view expression) {
    LongestRun longest;
    while (!expression.empty()) {
        const char c = expression.front();
        std::size_t size = 1;
        switch (c) {
            case '|':
                return {};
            case '*':
            case '?':
            case '{':
                longest.drop_last();
                if (c == '{') size = std::min(expression.find('}'), expression.size() - 1) + 1;
                break;
            case '[':
                longest.end();
                size = set_size(expression);
                break;
            case '(':
                longest.end();
                size = group_size(expression);
                break;
            case '+':
            case '.':
            case '^':
            case '$':
                longest.end();
                break;
            default:
                longest.add(c);
        }
        expression.remove_prefix(size);
    }
    return longest.take();
}

}  // namespace dnshist
