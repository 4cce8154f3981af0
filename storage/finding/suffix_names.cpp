#include "storage/finding/suffix_names.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "storage/finding/work_budget.hpp"
#include "storage/format/record_key.hpp"
#include "storage/history/cursor.hpp"
#include "storage/record/labels.hpp"
#include "storage/suffix/public_suffix.hpp"

namespace dnshist {

namespace {

// A store of invented top-level domains must not make a list without end.
constexpr unsigned max_domains = 5000;

constexpr std::size_t country_octets = 2;
// The labels under which registries of countries give out names.
constexpr std::array<std::string_view, 30> second_levels{
    "ac",  "co",  "com",  "edu", "firm", "gen", "go",    "gob", "gov", "gouv",
    "id",  "ind", "info", "ltd", "me",   "mil", "muni",  "ne",  "net", "nhs",
    "nom", "or",  "org",  "plc", "pro",  "sch", "store", "tm",  "web", "asn"};

// NAME.SECOND.TOP, or NAME.TOP where there is no second.
void add(const Name& name, std::string_view second, std::string_view top, NameList& names,
         std::uint8_t tag) {
    NameBuilder builder;
    builder.add_labels(name.labels());
    if (!second.empty()) builder.add_label(second);
    builder.add_label(top);
    if (const auto whole = builder.name()) names.add(*whole, tag);
}

bool is_suffix(std::string_view second, std::string_view top) {
    NameBuilder builder;
    builder.add_label(second);
    builder.add_label(top);
    const auto name = builder.name();
    return name && is_public_suffix(name->wire());
}

}  // namespace

bool is_listed_suffix(Octets labels) {
    Labels rest(labels);
    const auto first = rest.next();
    const auto top = rest.next();
    if (!first || rest.next()) return false;
    return !top || (top->size() == country_octets &&
                    std::ranges::find(second_levels, *first) != second_levels.end() &&
                    is_suffix(*first, *top));
}

std::uint64_t list_below_suffixes(Snapshot& snapshot, const Name& name, NameList& names,
                                  std::uint8_t tag) {
    RecordCursor cursor(snapshot);
    cursor.seek_all();
    for (unsigned count = 0; count < max_domains && cursor.step();) {
        const Octets owner = cursor.record().owner;
        if (owner[0] == 0) {  // the root
            cursor.skip_to(after_owner(owner).octets());
            continue;
        }
        KeyBound top(owner.first(1U + owner[0]));
        const std::string label(as_text(top.octets().subspan(1)));
        top.append(0);
        add(name, {}, label, names, tag);
        for (const std::string_view second : second_levels) {
            if (label.size() == country_octets && is_suffix(second, label)) {
                add(name, second, label, names, tag);
            }
        }
        ++count;
        cursor.skip_to(after_subtree(top.octets()).octets());
    }
    return cursor.reads() * WorkBudget::near_read_cost;
}

}  // namespace dnshist
