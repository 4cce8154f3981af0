// The label of a pattern (like-X, re-X, not-like-X, not-re-X): as it was pasted, cut at its dots,
// or mistyped.
#pragma once

#include <string>
#include <string_view>

#include "storage/base/octet_buffer.hpp"
#include "storage/base/octets.hpp"
#include "storage/base/text_writer.hpp"
#include "storage/query/vocabulary.hpp"
#include "storage/record/name.hpp"
#include "storage/text/time.hpp"

namespace dnshist {

// Labels of a question.
using QuestionLabels = OctetBuffer<max_name_octets>;

// The labels without backslashes that dig has doubled in its patterns. dig prints a TXT with two
// where the text has one, so a pattern that is pasted from there has one too many in front of a
// parenthesis and whatever else is escaped in a name, and where it has a dot, it ends in one: the
// next label belongs to it. No name has a backslash. Labels that have none are returned as they
// are, others are written into `room`.
Octets without_doubled_backslashes(Octets labels, QuestionLabels& room) noexcept;

// Whether the word of the label is one of these filters, whatever is wrong with X.
bool is_pattern_label(std::string_view label) noexcept;

// Whether values of the filter may have dots, as patterns, names and those of sensors have them.
bool may_have_dots(const FilterWord& filter) noexcept;

// Writes a label in whose value dots were typed as those between labels, as it is typed to dig:
// "like-*paypal\.com" for like-*paypal.com. `first` is its beginning, a pattern or another filter
// whose value may have dots, and `rest` are the labels behind it, of which those up to the next
// filter belong to it. In a regular expression a dot is any character where it is repeated (`.*`),
// and otherwise the dot of a name (`[\.]`). Nothing is written where that is no filter.
void write_joined_label(TextWriter& out, std::string_view first, Octets rest, Seconds now);

// The pattern that is meant by a label that is no filter: "re-owl" for regex-owl, "like-*owl*" for
// liek-*owl* and like=*owl*. Empty where none is.
std::string meant_pattern(std::string_view label);
// Whether the label has a character that patterns have and names have not.
bool has_pattern_signs(std::string_view label) noexcept;

// Writes a label as it is typed to dig.
void write_typed(TextWriter& out, std::string_view label) noexcept;

}  // namespace dnshist
