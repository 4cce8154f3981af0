#include "storage/finding/suffix_names.hpp"

#include "storage/finding/work_budget.hpp"
#include "storage/format/record_key.hpp"
#include "storage/history/cursor.hpp"
#include "storage/record/labels.hpp"
#include "storage/suffix/suffix_list.hpp"

namespace dnshist {

namespace {

void add_below(const Name& name, Octets suffix, NameList& names, std::uint8_t tag) {
    NameBuilder builder;
    builder.add_labels(name.labels());
    builder.add_labels(suffix);
    if (const auto whole = builder.name()) names.add(*whole, tag);
}

}  // namespace

bool is_listed_suffix(Octets labels) {
    Labels rest(labels);
    if (!rest.next()) return false;
    return rest.rest().empty() || is_suffix_below_top(labels);
}

std::uint64_t list_below_suffixes(Snapshot& snapshot, const Name& name, NameList& names,
                                  std::uint8_t tag) {
    RecordCursor cursor(snapshot);
    cursor.seek_all();
    for (unsigned count = 0; cursor.step();) {
        const Octets owner = cursor.record().owner;
        if (owner[0] == 0) {  // the root
            cursor.skip_to(after_owner(owner).octets());
            continue;
        }
        if (count++ == max_top_level_domains) {
            names.set_cut();
            break;
        }
        KeyBound top(owner.first(1U + owner[0]));
        add_below(name, top.octets(), names, tag);
        for_each_suffix_below(top.octets().subspan(1), [&](const Name& suffix) {
            add_below(name, suffix.labels(), names, tag);
        });
        top.append(0);
        cursor.skip_to(after_subtree(top.octets()).octets());
    }
    return cursor.reads() * WorkBudget::near_read_cost;
}

}  // namespace dnshist
