#include "storage/search/glob.hpp"

namespace dnshist {

namespace {

bool is_negation(char c) noexcept {
    return c == '!' || c == '^';
}

// Calls visit(first, last) for each range of the set that is given without its brackets.
template <class Visit>
void for_each_range(std::string_view set, const Visit& visit) {
    while (!set.empty()) {
        const bool is_range = set.size() > 2 && set[1] == '-';
        visit(set[0], is_range ? set[2] : set[0]);
        set.remove_prefix(is_range ? 3 : 1);
    }
}

bool set_has(std::string_view set, char c) noexcept {
    set = set.substr(1, set.size() - 2);
    const bool negated = is_negation(set.front());
    if (negated) set.remove_prefix(1);
    const auto code = [](char of) { return static_cast<unsigned char>(of); };
    bool found = false;
    for_each_range(set, [&](char first, char last) {
        found |= code(first) <= code(c) && code(c) <= code(last);
    });
    return found != negated;
}

// The octets of the glob that stand for one octet of the text; 0 where they do not match it.
std::size_t match_one(std::string_view glob, char c) noexcept {
    if (glob.empty()) return 0;
    if (glob.front() == '?') return 1;
    if (glob.front() != '[') return glob.front() == c ? 1 : 0;
    const std::size_t size = glob_set_size(glob);
    return set_has(glob.substr(0, size), c) ? size : 0;
}

}  // namespace

std::size_t glob_set_size(std::string_view glob) noexcept {
    std::size_t at = 1;
    if (at < glob.size() && is_negation(glob[at])) ++at;
    const std::size_t end = glob.find(']', at + 1);
    return end == std::string_view::npos ? 0 : end + 1;
}

std::string_view glob_problem(std::string_view glob) noexcept {
    if (glob.empty()) return "is empty";
    if (glob.find_first_not_of('*') == std::string_view::npos) {
        return "matches everything; ask without it";
    }
    for (std::size_t at = 0; at < glob.size();) {
        if (glob[at] != '[') {
            ++at;
            continue;
        }
        const std::size_t size = glob_set_size(glob.substr(at));
        if (size == 0) return "has a '[' without ']'";
        std::string_view set = glob.substr(at + 1, size - 2);
        if (is_negation(set.front())) set.remove_prefix(1);
        bool descends = false;
        for_each_range(set, [&](char first, char last) {
            descends |= static_cast<unsigned char>(first) > static_cast<unsigned char>(last);
        });
        if (descends) return "has a range whose ends are the wrong way round";
        at += size;
    }
    return {};
}

// Of several stars only the last one is tried again: what is before it has matched as early as it
// can.
bool glob_matches(std::string_view glob, std::string_view text) noexcept {
    std::size_t at = 0;
    std::size_t in = 0;
    std::size_t star = std::string_view::npos;  // where the glob goes on behind the last star
    std::size_t star_text = 0;
    while (in < text.size()) {
        if (at < glob.size() && glob[at] == '*') {
            star = ++at;
            star_text = in;
        } else if (const std::size_t size = match_one(glob.substr(at), text[in]); size > 0) {
            at += size;
            ++in;
        } else if (star != std::string_view::npos) {
            at = star;
            in = ++star_text;
        } else {
            return false;
        }
    }
    return glob.find_first_not_of('*', at) == std::string_view::npos;
}

}  // namespace dnshist
