// Labels that look like another: the letters of the DNS in it replaced by others, or by characters
// with marks and of other scripts.
//
// Replacements are made in one or two places (in a label of more than 24 characters, in one); a
// place is a letter, or all letters that are the same from one to another of them. Texts of the DNS
// make a thousand labels, which are listed. Two characters of other scripts would make tens of
// thousands, so they are looked for the other way round: what is left of the label's own letters
// stands in front of the Punycode ("xn--hrbou-..."), and the labels of the store that begin so are
// read and compared.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "storage/finding/lookalike_list.hpp"
#include "storage/history/history.hpp"

namespace dnshist {

// The label with each character as the letter of the DNS that it looks like.
std::u32string plain_form(std::u32string label);

// Adds those of texts of the DNS in one place, and in two.
void add_plain_homoglyphs(LookalikeList& out, std::u32string_view label, unsigned places);

// Adds those that the store has with characters that are not ASCII: in two
// places, or in one beside a text of the DNS, or in all (with Cyrillic letters). Returns what it
// cost, in units of WorkBudget.
std::uint64_t add_other_homoglyphs(Snapshot& snapshot, LookalikeList& out,
                                   std::u32string_view label);

}  // namespace dnshist
