// Names that look like another: what is registered to be mistaken for it, or typed by mistake. The
// registrable domain of the name is varied: harbour in www.harbour.co.uk.
#pragma once

#include <cstdint>
#include <string_view>

#include "storage/finding/name_list.hpp"
#include "storage/history/history.hpp"
#include "storage/record/name.hpp"

namespace dnshist {

// How a name differs; the tag of a name in the list. Of several, a name has the first in this
// order.
enum class Trick : std::uint8_t {
    none,
    homoglyph,
    omission,
    repetition,
    transposition,
    vowel_swap,
    replacement,
    insertion,
    addition,
    bitsquatting,
    hyphenation,
    subdomain,
    suffix,
    word,
};
// "homoglyph"; empty for none.
std::string_view trick_text(std::uint8_t tag) noexcept;

// Adds some thousands of names, none of them `name` itself or above it. Returns what it cost, in
// units of WorkBudget.
std::uint64_t list_lookalikes(Snapshot& snapshot, const Name& name, NameList& names);

}  // namespace dnshist
