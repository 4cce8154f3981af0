#include "tests/oracle/labels.hpp"

#include <algorithm>

#include "storage/record/name.hpp"

namespace dnshist::oracle {

Labels labels_of(std::string_view text) {
    const Name name = Name::from_text(text).value();
    const std::string wire(as_text(name.wire()));
    Labels labels;
    for (std::size_t at = 0; wire[at] != 0; at += 1 + labels.back().size())
        labels.push_back(wire.substr(at + 1, static_cast<std::size_t>(wire[at])));
    return labels;
}

Labels split_at_dots(std::string_view text) {
    Labels labels(1);
    for (const char c : text) {
        if (c == '.') {
            labels.emplace_back();
        } else {
            labels.back() += c;
        }
    }
    return labels;
}

std::string joined_with_dots(const Labels& name) {
    std::string text;
    for (const std::string& label : name)
        text += (text.empty() ? "" : ".") + label;
    return text;
}

std::string text_of(const Labels& name) {
    if (name.empty()) return ".";
    std::string text;
    for (const std::string& label : name) {
        std::string shown = escaped(label, ".\\\";()@$");
        for (std::size_t at = shown.find(' '); at != std::string::npos; at = shown.find(' '))
            shown.replace(at, 1, "\\032");
        text += shown + '.';
    }
    return text;
}

std::string wire_of(const Labels& name) {
    std::string wire;
    for (const std::string& label : name)
        wire += static_cast<char>(label.size()) + label;
    return wire + '\0';
}

std::string key_of(const Labels& name) {
    Labels from_the_root(name.rbegin(), name.rend());
    return wire_of(from_the_root);
}

bool is_at_or_below(const Labels& name, const Labels& ancestor) {
    return name.size() >= ancestor.size() &&
           std::equal(ancestor.rbegin(), ancestor.rend(), name.rbegin());
}

Labels concatenated(Labels left, const Labels& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

Labels parent_of(const Labels& name) {
    return {name.begin() + 1, name.end()};
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lower(std::string text) {
    for (char& c : text)
        c = lower(c);
    return text;
}

std::string escaped(std::string_view octets, std::string_view special) {
    std::string text;
    for (const char c : octets) {
        const auto octet = static_cast<unsigned char>(c);
        if (octet < ' ' || octet > '~') {
            const std::string digits = std::to_string(1000 + octet);
            text += '\\' + digits.substr(1);
        } else {
            if (special.find(c) != std::string_view::npos) text += '\\';
            text += c;
        }
    }
    return text;
}

}  // namespace dnshist::oracle
