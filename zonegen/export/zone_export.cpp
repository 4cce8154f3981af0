#include "zonegen/export/zone_export.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "storage/answer/builtin_lines.hpp"
#include "storage/answer/lookup.hpp"
#include "storage/base/octet_buffer.hpp"
#include "storage/format/record_key.hpp"
#include "storage/history/cursor.hpp"
#include "storage/pivot/pivot_values.hpp"
#include "storage/query/query.hpp"
#include "zonegen/export/subject_spelling.hpp"
#include "zonegen/export/zone_answers.hpp"
#include "zonegen/export/zone_writer.hpp"

namespace dnshist::zonegen {

namespace {

// "type65".
std::string filter_word(Rrtype type) {
    std::string word = rrtype_text(type);
    std::ranges::transform(word, word.begin(), [](char c) {
        return static_cast<char>(to_lower(static_cast<std::uint8_t>(c)));
    });
    return word;
}

// Whether the query is about the records of the name, or about the names at and below it.
bool is_about(const Query& query, Octets owner_key) noexcept {
    const Scope scope = query.view == View::names ? Scope::subtree : Scope::name;
    return query.scope == scope && equal(query.subject.key().octets(), owner_key);
}

// Whether the query pivots on the value itself, not only on a range around it.
bool pivots_on(const Query& query, Octets value) noexcept {
    return query.scope == Scope::values &&
           std::ranges::any_of(query.values.all(), [&](const PivotRange& range) {
               return equal(range.prefix(), value) && range.contains(value);
           });
}

// Whether the name is the mailbox of the record: of SOA the second name, of RP the first, of MINFO
// both (RFC 1035, section 3.3; RFC 1183, section 2.2).
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

// A key, kept while its cursor goes on.
using KeptKey = OctetBuffer<max_pivot_octets>;

class ZoneExport {
  public:
    ZoneExport(History& history, const Subject& subject, const ZoneOptions& options, std::FILE* out)
        : subject_(subject),
          subject_key_(subject.name.key()),
          options_(options),
          lookup_(history),
          file_(out, options.zone, options.ttl),
          answers_(lookup_, file_, options, result_) {
        lookup_.renew(options.now);
    }

    ZoneExportResult write() {
        write_own_names();
        write_owners();
        write_values();
        file_.comment(std::to_string(file_.names()) + " names, " + std::to_string(file_.records()) +
                      " records");
        file_.flush();
        result_.written = file_.no_reader() ? Written::no_reader : Written::all;
        result_.names = file_.names();
        result_.records = file_.records();
        result_.octets = file_.octets();
        return result_;
    }

  private:
    bool is_chosen(Octets owner_key) const noexcept;

    void write_own_names();
    void write_owners();
    void write_parents(Octets owner, std::optional<Octets> before);
    void write_owner(Octets owner, std::span<const Rrtype> types);
    void write_values();
    void write_value(Octets value);
    void write_pivots(Octets value, const SubjectSpelling& spelling);

    bool is_pointed_at(Octets value);
    bool is_mailbox(Octets value);
    bool is_written_as_name(Octets value, const SubjectSpelling& spelling);
    std::vector<Rrtype> pointing_types(const PivotRanges& values);

    const Subject& subject_;
    NameKey subject_key_;
    const ZoneOptions& options_;
    Lookup lookup_;
    ZoneWriter file_;
    ZoneExportResult result_;
    ZoneAnswers answers_;
};

bool ZoneExport::is_chosen(Octets owner_key) const noexcept {
    switch (subject_.scope) {
        case Subject::Scope::all:
            return true;
        case Subject::Scope::owner:
            return equal(owner_key, subject_key_.octets());
        case Subject::Scope::below:
            return starts_with(owner_key, subject_key_.subtree()) &&
                   !equal(owner_key, subject_key_.octets());
    }
    return false;
}

void ZoneExport::write_own_names() {
    const StoreStatistics& statistics = lookup_.statistics();
    file_.comment("dnshist " DNSHIST_VERSION);
    file_.add_apex(soa_timers(statistics, options_.negative_ttl),
                   options_.name_servers.empty() ? std::span(&options_.zone, 1)
                                                 : std::span(options_.name_servers));
    Name owner = options_.zone;
    const auto add = [&](std::string_view line) { file_.add_txt(owner, line); };
    write_apex_line(options_.zone, LineSink(add));
    // An own name or a topic that is too long to be asked for is not there.
    const auto go_to = [&](std::string_view first, std::string_view word) {
        const auto name = question_name(first, word, {}, options_.zone);
        if (name) owner = *name;
        return name.has_value();
    };
    if (go_to({}, "help")) write_help(options_.zone, LineSink(add));
    for (const std::string_view topic : help_topics()) {
        if (go_to("help", topic)) write_help_topic(options_.zone, topic, LineSink(add));
    }
    if (go_to({}, "stats")) write_statistics(statistics, LineSink(add));
    if (go_to({}, "version")) write_version(LineSink(add));
}

// Owners come in the store's order, a name before those below it.
void ZoneExport::write_owners() {
    RecordCursor records(lookup_.snapshot());
    if (subject_.scope == Subject::Scope::owner) {
        records.seek_owner(subject_key_.octets());
    } else {
        records.seek_subtree(subject_key_);
    }
    std::optional<KeptKey> before;
    std::optional<KeptKey> owner;
    std::vector<Rrtype> types;
    const auto write_gathered = [&] {
        if (!owner) return;
        write_parents(owner->octets(), before ? std::optional(before->octets()) : std::nullopt);
        write_owner(owner->octets(), types);
        before = owner;
    };
    while (!file_.no_reader() && records.next()) {
        const StoredRecord& record = records.record();
        if (!is_chosen(record.owner)) continue;
        if (!owner || !equal(owner->octets(), record.owner)) {
            write_gathered();
            owner = KeptKey(record.owner);
            types.clear();
        }
        if (types.empty() || types.back() != record.type) types.push_back(record.type);
    }
    write_gathered();
}

// The names above an owner that are none themselves, those above the owner before left out: names
// has something to say of them.
void ZoneExport::write_parents(Octets owner, std::optional<Octets> before) {
    for (std::size_t at = 0; owner[at] != 0; at += 1U + owner[at]) {
        if (before && starts_with(*before, owner.first(at))) continue;
        OctetBuffer<max_name_octets> parent_key(owner.first(at));
        parent_key.append(0);
        const Octets parent = parent_key.octets();
        if (!is_chosen(parent)) continue;
        const auto spelling = spell_name(parent);
        if (!spelling) continue;
        answers_.write({}, "names", spelling->labels(),
                       [&](const Query& query) { return is_about(query, parent); });
    }
}

void ZoneExport::write_owner(Octets owner, std::span<const Rrtype> types) {
    const auto fits = [&](const Query& query) { return is_about(query, owner); };
    const auto write_history = [&](Octets subject) {
        answers_.write({}, "history", subject, fits);
        for (const Rrtype type : types)
            answers_.write(filter_word(type), "history", subject, fits);
        answers_.write({}, "changes", subject, fits);
        answers_.write({}, "names", subject, fits);
    };
    if (const auto spelling = spell_name(owner)) {
        write_history(spelling->labels());
        answers_.write({}, "summary", spelling->labels(), fits);
    }
    // There summary is of what points at the address.
    if (const auto address = spell_reversed(owner)) write_history(address->labels());
}

// Whether an owner that was chosen has the value in a record.
bool ZoneExport::is_pointed_at(Octets value) {
    PivotCursor pivots(lookup_.snapshot());
    pivots.seek_prefix(value);
    while (pivots.next()) {
        if (is_chosen(pivots.pivot().owner)) return true;
    }
    return false;
}

void ZoneExport::write_values() {
    PivotCursor pivots(lookup_.snapshot());
    pivots.seek_prefix({});
    std::optional<KeptKey> written;
    while (!file_.no_reader() && pivots.next()) {
        const StoredPivot& pivot = pivots.pivot();
        if (written && equal(written->octets(), pivot.value)) continue;
        if (!is_chosen(pivot.owner)) continue;
        written = KeptKey(pivot.value);
        write_value(written->octets());
    }
}

void ZoneExport::write_value(Octets value) {
    const auto spelling = spell_value(value);
    if (!spelling) {
        ++result_.not_possible;
        return;
    }
    if (value[0] == 't' && is_written_as_name(value, *spelling)) return;
    write_pivots(value, *spelling);
    if (value[0] == '4' || value[0] == '6') {
        answers_.write({}, "summary", spelling->labels(),
                       [&](const Query& query) { return pivots_on(query, value); });
    }
    if (value[0] != 'n' || !is_mailbox(value)) return;
    const auto mailbox = spell_mailbox(value);
    if (!mailbox) return;
    // Where it is a token too, it is written as that.
    std::string text;
    OctetReader in(mailbox->labels());
    while (const auto size = in.u8()) {
        if (!text.empty()) text += '.';
        text += as_text(in.octets(*size).value_or(Octets{}));
    }
    if (!is_pointed_at(PivotValue::token(as_octets(text)).octets())) write_pivots(value, *mailbox);
}

void ZoneExport::write_pivots(Octets value, const SubjectSpelling& spelling) {
    const auto fits = [&](const Query& query) { return pivots_on(query, value); };
    const auto query = answers_.write({}, "pivot", spelling.labels(), fits);
    if (!query) return;
    for (const Rrtype type : pointing_types(query->values))
        answers_.write(filter_word(type), "pivot", spelling.labels(), fits);
}

// A token may be a name too; then the one question is about both, and written with the name.
bool ZoneExport::is_written_as_name(Octets value, const SubjectSpelling& spelling) {
    if (as_text(value).find('@') != std::string_view::npos) return false;
    const auto name = question_name({}, "pivot", spelling.labels(), Name());
    return name && is_pointed_at(PivotValue::name(name->parent().wire()).octets());
}

// Whether some record has the name as a mailbox. Looks at so many records and not more: then it is
// taken for one, which costs a name and says nothing wrong.
bool ZoneExport::is_mailbox(Octets value) {
    const auto name = Name::from_key(value.subspan(1));
    if (!name) return false;
    constexpr unsigned enough = 1000;
    unsigned looked_at = 0;
    PivotCursor pivots(lookup_.snapshot());
    RecordCursor records(lookup_.snapshot());
    pivots.seek_prefix(value);
    while (pivots.next()) {
        if (!may_have_mailbox(pivots.pivot().type)) continue;
        records.seek_owner(pivots.pivot().owner, pivots.pivot().type);
        while (records.next()) {
            if (is_mailbox_of(records.record(), name->wire()) || ++looked_at == enough) return true;
        }
    }
    return false;
}

// Of the records that hold one of the values, ascending.
std::vector<Rrtype> ZoneExport::pointing_types(const PivotRanges& values) {
    std::vector<Rrtype> types;
    PivotCursor pivots(lookup_.snapshot());
    for (const PivotRange& range : values.all()) {
        pivots.seek_prefix(range.prefix());
        while (pivots.next()) {
            const Rrtype type = pivots.pivot().type;
            types.push_back(type);
            if (number(type) == 0xffff) break;
            // Past all others of the type.
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

}  // namespace

bool can_be_exported(const Name& zone) noexcept {
    return zone.wire().size() + 1 + hostmaster.size() <= max_name_octets;
}

ZoneExportResult export_zone(History& history, const Subject& subject, const ZoneOptions& options,
                             std::FILE* out) {
    return ZoneExport(history, subject, options, out).write();
}

std::string zone_summary_text(const ZoneExportResult& result, const ZoneOptions& options) {
    std::string text = std::to_string(result.names) + " names, " + std::to_string(result.records) +
                       " records, " + std::to_string(result.octets) + " octets";
    const auto add = [&](std::uint64_t count, std::string_view what) {
        if (count == 0) return;
        text += '\n';
        text += std::to_string(count);
        text += what;
    };
    add(result.too_long, " questions left out: longer than a name can be");
    add(result.not_possible, " questions left out: they cannot be asked, or have a label '*'");
    add(result.cut, " answers end after page " + std::to_string(options.pages));
    return text;
}

}  // namespace dnshist::zonegen
