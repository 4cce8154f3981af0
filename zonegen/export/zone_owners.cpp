#include "zonegen/export/zone_owners.hpp"

#include <optional>
#include <span>
#include <vector>

#include "storage/base/octet_buffer.hpp"
#include "storage/record/personal_type.hpp"
#include "zonegen/export/subject_spelling.hpp"

namespace dnshist::zonegen {

namespace {

using OwnerKey = OctetBuffer<max_name_octets>;

// Whether the query is about the records of the name, or about the names at and below it.
bool is_about(const Query& query, Octets owner_key) noexcept {
    const Scope scope = query.view == View::names ? Scope::subtree : Scope::name;
    return query.scope == scope && equal(query.subject.key().octets(), owner_key);
}

// The names above an owner that have no records themselves, which still have an answer of `names`.
// Those above the owner before have been written.
void write_parents(Octets owner, const std::optional<OwnerKey>& before, const Subject& subject,
                   ZoneAnswers& answers) {
    for (std::size_t at = 0; owner[at] != 0; at += 1U + owner[at]) {
        if (before && starts_with(before->octets(), owner.first(at))) continue;
        OwnerKey parent(owner.first(at));
        parent.append(std::uint8_t{0});
        if (!subject.contains(parent.octets())) continue;
        const auto spelling = spell_name(parent.octets());
        if (!spelling) continue;
        answers.write({}, "names", spelling->labels(),
                      [&](const Query& query) { return is_about(query, parent.octets()); });
    }
}

void write_owner(Octets owner, std::span<const Rrtype> types, ZoneAnswers& answers) {
    const auto fits = [&](const Query& query) { return is_about(query, owner); };
    const auto write_history = [&](Octets labels) {
        answers.write({}, "history", labels, fits);
        for (const Rrtype type : types)
            answers.write(type, "history", labels, fits);
        answers.write({}, "changes", labels, fits);
        answers.write({}, "names", labels, fits);
    };
    if (const auto spelling = spell_name(owner)) {
        write_history(spelling->labels());
        answers.write({}, "summary", spelling->labels(), fits);
    }
    // The summary of an address is about what points at it, and is written with the values.
    if (const auto address = spell_reversed(owner)) write_history(address->labels());
}

}  // namespace

// Owners come in the store's order, a name before those below it.
void write_owners(Snapshot& snapshot, const Subject& subject, ZoneAnswers& answers) {
    RecordCursor records(snapshot);
    subject.seek(records);
    std::optional<OwnerKey> before;
    std::optional<OwnerKey> owner;
    std::vector<Rrtype> types;
    const auto write_current = [&] {
        if (!owner) return;
        write_parents(owner->octets(), before, subject, answers);
        write_owner(owner->octets(), types, answers);
        before = owner;
    };
    while (!answers.no_reader() && records.next()) {
        const StoredRecord& record = records.record();
        if (!subject.contains(record.owner) || is_personal(record.type)) continue;
        if (!owner || !equal(owner->octets(), record.owner)) {
            write_current();
            owner = OwnerKey(record.owner);
            types.clear();
        }
        if (types.empty() || types.back() != record.type) types.push_back(record.type);
    }
    write_current();
}

}  // namespace dnshist::zonegen
