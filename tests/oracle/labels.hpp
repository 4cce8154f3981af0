// Domain names as plain lists of labels: the oracle's own form of them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dnshist::oracle {

// From the left, without the root. A label may hold any octets.
using Labels = std::vector<std::string>;

// Presentation form, in lower case.
Labels labels_of(std::string_view text);
// The text between the dots, unchanged.
Labels split_at_dots(std::string_view text);
std::string joined_with_dots(const Labels& name);

// Presentation form, absolute.
std::string text_of(const Labels& name);
// RFC 1035, section 3.1.
std::string wire_of(const Labels& name);
// The order of names: labels from the root down, each behind its length, closed by a zero octet.
std::string key_of(const Labels& name);

bool is_at_or_below(const Labels& name, const Labels& ancestor);
Labels concatenated(Labels left, const Labels& right);
Labels parent_of(const Labels& name);

char lower(char c);
std::string lower(std::string text);

// Text in which each character of `special` stands behind a backslash, and what is not printable is
// a number in three digits (RFC 1035, section 5.1).
std::string escaped(std::string_view octets, std::string_view special);

}  // namespace dnshist::oracle
