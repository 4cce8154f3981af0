#include "zonegen/export/zone_values.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "storage/base/octet_buffer.hpp"
#include "storage/format/record_key.hpp"
#include "storage/pivot/pivot_values.hpp"
#include "storage/record/labels.hpp"
#include "storage/record/personal_type.hpp"
#include "zonegen/export/subject_spelling.hpp"

namespace dnshist::zonegen {

namespace {

// Whether the query pivots on the value itself, not only on a range around it.
bool pivots_on(const Query& query, Octets value) noexcept {
    return query.scope == Scope::values &&
           std::ranges::any_of(query.values.all(), [&](const PivotRange& range) {
               return equal(range.prefix(), value) && range.contains(value);
           });
}

// Whether the name is a mailbox in the record: the second name of SOA, the first of RP, both of
// MINFO (RFC 1035, section 3.3; RFC 1183, section 2.2).
bool is_mailbox_of(const StoredRecord& record, Octets wire_name) noexcept {
    const auto size = name_length(record.rdata);
    if (!size) return false;
    const Octets first = record.rdata.first(*size);
    const Octets rest = record.rdata.subspan(*size);
    const bool is_first = equal(first, wire_name);
    const bool is_second = starts_with(rest, wire_name);
    switch (record.type) {
        case Rrtype::SOA:
            return is_second;
        case Rrtype::RP:
            return is_first;
        case Rrtype::MINFO:
            return is_first || is_second;
        default:
            return false;
    }
}

bool may_have_mailbox(Rrtype type) noexcept {
    return type == Rrtype::SOA || type == Rrtype::RP || type == Rrtype::MINFO;
}

// Whether some record has the name as a mailbox. After so many records the answer is true: at worst
// the zone has one name more, with a correct answer.
bool is_mailbox(Snapshot& snapshot, Octets value) {
    const auto name = Name::from_key(value.subspan(1));
    if (!name) return false;
    constexpr unsigned max_records = 1000;
    unsigned count = 0;
    PivotCursor pivots(snapshot);
    RecordCursor records(snapshot);
    pivots.seek_prefix(value);
    while (pivots.next()) {
        if (!may_have_mailbox(pivots.pivot().type)) continue;
        records.seek_owner(pivots.pivot().owner, pivots.pivot().type);
        while (records.next()) {
            if (is_mailbox_of(records.record(), name->wire()) || ++count == max_records)
                return true;
        }
    }
    return false;
}

// The types of the records that hold one of the values, ascending.
std::vector<Rrtype> pointing_types(Snapshot& snapshot, const PivotRanges& values) {
    std::vector<Rrtype> types;
    PivotCursor pivots(snapshot);
    for (const PivotRange& range : values.all()) {
        pivots.seek_prefix(range.prefix());
        while (pivots.next()) {
            const Rrtype type = pivots.pivot().type;
            if (!is_personal(type)) types.push_back(type);
            if (number(type) == 0xffff) break;
            // Skip the other pivots of this type.
            OctetBuffer<max_pivot_octets + type_octets> key;
            auto* end = std::ranges::copy(pivots.pivot().value, key.data()).out;
            key.set_end(put_type(end, static_cast<Rrtype>(number(type) + 1)));
            pivots.skip_to(key.octets());
        }
    }
    std::ranges::sort(types);
    types.erase(std::unique(types.begin(), types.end()), types.end());
    return types;
}

class ValueExport {
  public:
    ValueExport(Snapshot& snapshot, const Subject& subject, ZoneAnswers& answers) noexcept
        : snapshot_(snapshot), subject_(subject), answers_(answers) {}

    void write_value(Octets value);

  private:
    bool is_pointed_at(Octets value);
    bool is_written_as_name(Octets value, const SubjectSpelling& spelling);
    void write_pivots(Octets value, const SubjectSpelling& spelling);
    void write_mailbox(Octets value);

    Snapshot& snapshot_;
    const Subject& subject_;
    ZoneAnswers& answers_;
};

// Whether an owner of the subject has the value in a record.
bool ValueExport::is_pointed_at(Octets value) {
    PivotCursor pivots(snapshot_);
    pivots.seek_prefix(value);
    while (pivots.next()) {
        if (is_personal(pivots.pivot().type)) continue;
        if (subject_.contains(pivots.pivot().owner)) return true;
    }
    return false;
}

// A token may also be a name. Then one question is about both, and is written with the name.
bool ValueExport::is_written_as_name(Octets value, const SubjectSpelling& spelling) {
    if (as_text(value).find('@') != std::string_view::npos) return false;
    const auto name = question_name({}, "pivot", spelling.labels(), Name());
    return name && is_pointed_at(PivotValue::name(name->parent().wire()).octets());
}

void ValueExport::write_pivots(Octets value, const SubjectSpelling& spelling) {
    const auto fits = [&](const Query& query) { return pivots_on(query, value); };
    const auto query = answers_.write({}, "pivot", spelling.labels(), fits);
    if (!query) return;
    for (const Rrtype type : pointing_types(snapshot_, query->values))
        answers_.write(type, "pivot", spelling.labels(), fits);
}

// A name that is a mailbox, unless the mailbox is also a token, which is written by itself.
void ValueExport::write_mailbox(Octets value) {
    if (!is_mailbox(snapshot_, value)) return;
    const auto mailbox = spell_mailbox(value);
    if (!mailbox) return;
    std::array<char, max_name_octets> buffer;
    TextWriter text(buffer);
    write_dotted(text, mailbox->labels());
    if (!is_pointed_at(PivotValue::token(as_octets(text.text())).octets())) {
        write_pivots(value, *mailbox);
    }
}

void ValueExport::write_value(Octets value) {
    const auto spelling = spell_value(value);
    if (!spelling) {
        answers_.leave_out();
        return;
    }
    const std::uint8_t kind = value[0];
    if (kind == 't' && is_written_as_name(value, *spelling)) return;
    write_pivots(value, *spelling);
    if (kind == '4' || kind == '6') {
        answers_.write({}, "summary", spelling->labels(),
                       [&](const Query& query) { return pivots_on(query, value); });
    }
    if (kind == 'n') write_mailbox(value);
}

}  // namespace

void write_values(Snapshot& snapshot, const Subject& subject, ZoneAnswers& answers) {
    ValueExport values(snapshot, subject, answers);
    PivotCursor pivots(snapshot);
    pivots.seek_prefix({});
    std::optional<OctetBuffer<max_pivot_octets>> written;
    while (!answers.no_reader() && pivots.next()) {
        const StoredPivot& pivot = pivots.pivot();
        if (written && equal(written->octets(), pivot.value)) continue;
        if (!subject.contains(pivot.owner) || is_personal(pivot.type)) continue;
        written.emplace(pivot.value);
        values.write_value(written->octets());
    }
}

}  // namespace dnshist::zonegen
