#include "storage/answer/answer_lines.hpp"

#include <array>
#include <limits>

#include "storage/history/cof.hpp"
#include "storage/history/record_line.hpp"
#include "storage/record/name.hpp"

namespace dnshist {

namespace {

// "FIRST LAST COUNT ".
void write_seen(TextWriter& out, const Finding& item) noexcept {
    write_time(out, item.seen.begin);
    out.put(' ');
    write_time(out, item.seen.end);
    out.put(' ');
    out.put_decimal(item.count);
    out.put(' ');
}

void write_types(TextWriter& out, std::span<const Rrtype> types) noexcept {
    for (const Rrtype& type : types) {
        if (&type != types.data()) out.put(',');
        write_rrtype(out, type);
    }
}

}  // namespace

std::string_view LineWriter::owner_text(Octets owner) noexcept {
    if (!equal(owner, {owner_.data(), owner_size_})) {
        std::ranges::copy(owner, owner_.begin());
        owner_size_ = owner.size();
        TextWriter text(owner_text_);
        write_key_name(text, owner);
        owner_text_size_ = text.size();
    }
    return {owner_text_.data(), owner_text_size_};
}

void LineWriter::write_columns(TextWriter& out, const Query& query, const Finding& item) {
    switch (query.view) {
        case View::names:
            write_seen(out, item);
            write_key_name(out, item.owner);
            out.put(' ');
            write_types(out, item.types);
            return;
        case View::summary:
            write_seen(out, item);
            out.put_decimal(item.values);
            out.put(' ');
            write_types(out, item.types);
            return;
        case View::changes:
            write_time(out, item.seen.begin);
            out.put(item.appeared ? " + " : " - ");
            write_record(out, item.record->owner, item.record->type, item.record->rdata);
            return;
        case View::history:
        case View::pivot:
        case View::at:
            write_line(out, item.seen, item.count, owner_text(item.record->owner),
                       item.record->type, item.record->rdata);
    }
}

namespace {

void add_seen(JsonObject& object, const Finding& item) {
    object.number("count", item.count);
    object.number("time_first", item.seen.begin.since_epoch);
    object.number("time_last", item.seen.end.since_epoch);
}

void append_type(std::string& out, Rrtype type) {
    append_json_string(out, rrtype_text(type));
}

void append_name(std::string& out, Octets owner) {
    std::array<char, max_name_text> room;
    TextWriter text(room);
    write_key_name(text, owner);
    append_json_string(out, text.text());
}

// What of it was seen within the run, as if that were all there is.
Visibility within(const Visibility& visibility, Period run) noexcept {
    Visibility inside;
    for (const Period part : visibility.runs()) {
        if (run.begin <= part.begin && part.end <= run.end) {
            inside.add(part, 0, std::numeric_limits<std::uint32_t>::max());
        }
    }
    if (!inside.empty()) inside.add({inside.first(), inside.first()}, visibility.count(), 0);
    return inside;
}

}  // namespace

void LineWriter::write(TextWriter& out, const Query& query, const Finding& item) {
    if (!query.json) return write_columns(out, query, item);
    json_.clear();
    if (query.view == View::history || query.view == View::pivot) {
        append_record(query, item);
    } else {
        JsonObject object(json_);
        add_members(object, query, item);
        object.close();
    }
    out.put(json_);
}

void LineWriter::add_members(JsonObject& object, const Query& query, const Finding& item) {
    if (query.view == View::changes) {
        object.number("time", item.seen.begin.since_epoch);
        object.string("change", item.appeared ? "+" : "-");
        add_cof_record(object, item.record->owner, item.record->type, item.record->rdata);
        return;
    }
    add_seen(object, item);
    if (query.view == View::summary) {
        append_type(object.member("rrtype"), item.types.front());
        object.number("values", item.values);
        return;
    }
    append_name(object.member("rrname"), item.owner);
    std::string& out = object.member("rrtype");
    char before = '[';
    for (const Rrtype type : item.types) {
        out += before;
        append_type(out, type);
        before = ',';
    }
    out += ']';
}

// The record as a COF object; where a line is a run, of that run alone.
void LineWriter::append_record(const Query& query, const Finding& item) {
    const StoredRecord& record = *item.record;
    Sightings sightings = record.sightings();
    if (query.runs) {
        sightings = {within(sightings.sensor, item.seen), within(sightings.zone, item.seen)};
    }
    sources_.clear();
    for (const std::uint32_t number : record.sources()) {
        if (auto source = snapshot_.source(number, record.owner)) {
            sources_.push_back(std::move(*source));
        }
    }
    append_cof(json_, record.owner, record.type, record.rdata, sightings, sources_);
}

void LineWriter::write_too_long(TextWriter& out, const Finding& item) noexcept {
    const Octets owner = item.record != nullptr ? item.record->owner : item.owner;
    out.put(item.record != nullptr ? "# note: a record" : "# note: a name");
    out.put(" too long to be shown here: ");
    write_seen(out, item);
    write_key_name(out, owner);
    if (item.record != nullptr) {
        out.put(' ');
        write_rrtype(out, item.record->type);
        out.put(", ");
        out.put_decimal(item.record->rdata.size());
        out.put(" octets of RDATA");
    } else {
        out.put(", ");
        out.put_decimal(item.types.size());
        out.put(" types");
    }
    out.put("; 'dnshist-zonegen export ");
    write_key_name(out, owner);
    out.put("' shows it");
}

}  // namespace dnshist
