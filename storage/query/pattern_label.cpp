#include "storage/query/pattern_label.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "storage/query/hint/suggestion.hpp"
#include "storage/query/query.hpp"
#include "storage/record/labels.hpp"
#include "storage/text/characters.hpp"
#include "storage/text/escape.hpp"

namespace dnshist {

namespace {

constexpr std::string_view left_out = "not-";

const FilterWord* filter_of(std::string_view label) noexcept {
    for (const FilterWord& filter : filter_words()) {
        if (filter.takes_value() && filter_value(filter, label)) return &filter;
    }
    return nullptr;
}

bool is_expression_label(std::string_view label) noexcept {
    return label.starts_with("re-") || label.starts_with("not-re-");
}

// Writes what is left of the label of a pattern. Whether it ended in a backslash, which stands for
// the dot behind it.
bool write_plain(TextWriter& out, std::string_view label) noexcept {
    constexpr std::string_view escaped = ".\\\";()@$";
    constexpr std::string_view digits = "0123456789";
    while (!label.empty()) {
        const bool is_escape = label.front() == '\\';
        if (is_escape && label.size() == 1) return true;
        if (is_escape && contains(escaped, label.substr(1, 1))) {
            label.remove_prefix(1);
        } else if (is_escape && label.size() > 3 && consists_of(label.substr(1, 3), digits)) {
            const int octet = 100 * (label[1] - '0') + 10 * (label[2] - '0') + (label[3] - '0');
            if (octet <= 255) {
                out.put(static_cast<char>(octet));
                label.remove_prefix(4);
                continue;
            }
        }
        out.put(label.front());
        label.remove_prefix(1);
    }
    return false;
}

bool is_in_brackets(std::string_view expression) noexcept {
    const std::size_t open = expression.rfind('[');
    return open != std::string_view::npos && expression.find(']', open + 2) == expression.npos;
}

// The text that stands for the dot between the two parts.
std::string_view dot_between(std::string_view before, std::string_view behind) noexcept {
    if (!is_expression_label(before) || is_in_brackets(before)) return ".";
    constexpr std::string_view repetitions = "*+?{";
    const bool repeats = !behind.empty() && contains(repetitions, behind.substr(0, 1));
    return repeats ? "." : "[.]";
}

bool is_read(std::string_view label, Seconds now) {
    return label.size() <= max_label_octets && is_filter(label, now);
}

}  // namespace

Octets without_doubled_backslashes(Octets labels, QuestionLabels& room) noexcept {
    if (as_text(labels).find('\\') == std::string_view::npos) return labels;
    room.clear();
    Labels rest(labels);
    bool is_before_view = true;
    while (const auto label = rest.next()) {
        is_before_view = is_before_view && find_view(*label) == nullptr;
        std::array<char, max_name_octets> text;
        TextWriter out(text);
        if (!is_before_view || !is_pattern_label(*label)) {
            out.put(*label);
        } else if (write_plain(out, *label)) {
            Labels more = rest;
            for (auto next = more.next(); next; next = more.next()) {
                out.put('.');
                const bool goes_on = write_plain(out, *next);
                rest = more;
                if (!goes_on) break;
            }
        }
        if (out.size() == 0 || out.size() > max_label_octets) return labels;
        if (!room.append(static_cast<std::uint8_t>(out.size())) ||
            !room.append(as_octets(out.text()))) {
            return labels;
        }
    }
    return room.octets();
}

bool is_pattern_label(std::string_view label) noexcept {
    const FilterWord* const filter = filter_of(label);
    return filter != nullptr && filter->problem != nullptr;
}

bool may_have_dots(const FilterWord& filter) noexcept {
    return filter.problem != nullptr || filter.word == "in" || filter.word == "sensor";
}

void write_joined_label(TextWriter& out, std::string_view first, Octets rest, Seconds now) {
    const FilterWord* const filter = filter_of(first);
    if (filter == nullptr) return;
    std::string whole(first);
    for (const std::string_view label : Labels(rest)) {
        if (is_filter(label, now)) break;
        whole += dot_between(whole, label);
        whole += label;
    }
    if (is_read(whole, now)) write_typed(out, whole);
}

std::string meant_pattern(std::string_view label) {
    constexpr std::array<std::string_view, 6> globs{"like",     "glob",   "match",
                                                    "wildcard", "search", "find"};
    constexpr std::array<std::string_view, 5> expressions{"re", "regex", "regexp", "rx", "regular"};
    std::string_view rest = label;
    const bool is_left_out = rest.starts_with(left_out);
    if (is_left_out) rest.remove_prefix(left_out.size());
    const std::size_t end = rest.find_first_of("-=:_~");
    if (end == std::string_view::npos || end + 1 == rest.size()) return {};
    std::string_view word = rest.substr(0, end);
    const std::string value(rest.substr(end + 1));
    const bool has_signs = has_pattern_signs(value);
    if (has_signs) {
        Suggestion suggestion(word);
        for (const std::string_view each : globs)
            suggestion.offer(each);
        for (const std::string_view each : expressions)
            suggestion.offer(each);
        if (!suggestion.best().empty()) word = suggestion.best();
    }
    const bool is_expression = std::ranges::find(expressions, word) != expressions.end();
    if (!is_expression && std::ranges::find(globs, word) == globs.end()) return {};
    std::string meant(is_left_out ? left_out : "");
    meant += is_expression ? "re-" : "like-";
    // A glob matches the whole name.
    meant += is_expression || has_signs ? value : "*" + value + "*";
    return is_read(meant, Seconds{}) ? meant : std::string();
}

bool has_pattern_signs(std::string_view label) noexcept {
    return label.find_first_of("*?[]^$(|") != std::string_view::npos;
}

void write_typed(TextWriter& out, std::string_view label) noexcept {
    for (const char& c : label) {
        if (c == '.') {
            out.put("\\.");
        } else {
            write_escaped(out, as_octets({&c, 1}), Escaping::quoted);
        }
    }
}

}  // namespace dnshist
