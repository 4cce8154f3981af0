#include "storage/answer/line_writer.hpp"

#include <idn2.h>

#include <array>
#include <limits>
#include <memory>
#include <string>

#include "storage/base/deleter.hpp"
#include "storage/record/line/cof.hpp"
#include "storage/record/line/record_line.hpp"
#include "storage/record/name.hpp"

namespace dnshist {

namespace {

// "FIRST LAST COUNT ".
void write_seen(TextWriter& out, const Finding& finding) noexcept {
    write_time(out, finding.seen.begin);
    out.put(' ');
    write_time(out, finding.seen.end);
    out.put(' ');
    write_count(out, finding.count_known ? std::optional(finding.count) : std::nullopt);
    out.put(' ');
}

void write_types(TextWriter& out, std::span<const Rrtype> types) noexcept {
    for (const Rrtype& type : types) {
        if (&type != types.data()) out.put(',');
        write_rrtype(out, type);
    }
}

// "2019-06" or "2019".
void write_interval(TextWriter& out, Interval interval, Seconds begin) noexcept {
    std::array<char, 20> room;
    TextWriter time(room);
    write_time(time, begin);
    constexpr std::size_t year_size = 4;
    constexpr std::size_t month_size = 7;
    out.put(time.text().substr(0, interval == Interval::year ? year_size : month_size));
}

// " TRICK", and the name in the letters that a browser shows, if these are others.
void write_trick(TextWriter& out, const Finding& finding) {
    out.put(' ');
    out.put(finding.trick);
    std::array<char, max_name_text> room;
    TextWriter name(room);
    write_key_name(name, finding.owner);
    if (name.text().find("xn--") == std::string_view::npos) return;
    const std::string ascii(name.text());
    char* unicode = nullptr;
    const int result = ::idn2_to_unicode_8z8z(ascii.c_str(), &unicode, 0);
    const std::unique_ptr<char, Deleter<idn2_free>> owner(unicode);
    if (result != IDN2_OK) return;
    out.put(' ');
    out.put(std::string_view(unicode));
}

}  // namespace

void write_count_line(TextWriter& out, const Query& query, std::uint64_t count) {
    if (query.json) out.put("{\"lines\":");
    out.put_decimal(count);
    if (query.json) out.put('}');
}

std::string_view LineWriter::owner_text(Octets owner) noexcept {
    if (!equal(owner, owner_.octets())) {
        owner_.assign(owner);
        TextWriter text(owner_text_);
        write_key_name(text, owner);
        owner_text_size_ = text.size();
    }
    return {owner_text_.data(), owner_text_size_};
}

void LineWriter::write_columns(TextWriter& out, const Query& query, const Finding& finding) {
    switch (query.view) {
        case View::names:
        case View::lookalike:
            write_seen(out, finding);
            write_key_name(out, finding.owner);
            out.put(' ');
            write_types(out, finding.types);
            if (query.view == View::lookalike) write_trick(out, finding);
            return;
        case View::seen:
            write_seen(out, finding);
            out.rewind(out.size() - 1);
            return;
        case View::summary:
            if (query.interval == Interval::whole) {
                write_seen(out, finding);
            } else {
                write_interval(out, query.interval, finding.seen.begin);
                out.put(' ');
            }
            out.put_decimal(finding.values);
            out.put(' ');
            write_types(out, finding.types);
            return;
        case View::changes:
            write_time(out, finding.seen.begin);
            out.put(finding.appeared ? " + " : " - ");
            write_record(out, finding.record->owner, finding.record->type, finding.record->rdata);
            return;
        case View::history:
        case View::pivot:
        case View::cohost:
        case View::at:
            write_line(out, finding.seen,
                       finding.count_known ? std::optional(finding.count) : std::nullopt,
                       owner_text(finding.record->owner), finding.record->type,
                       finding.record->rdata);
    }
}

namespace {

void add_seen(JsonObject& object, const Finding& finding, std::string_view count) {
    object.number(count, finding.count);
    object.number("time_first", finding.seen.begin.since_epoch);
    object.number("time_last", finding.seen.end.since_epoch);
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

// The part of a visibility that lies within a run. It has the whole count.
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

void LineWriter::write(TextWriter& out, const Query& query, const Finding& finding) {
    if (!query.json) return write_columns(out, query, finding);
    json_.clear();
    if (query.view == View::history || query.view == View::pivot) {
        append_record(query, finding);
    } else {
        JsonObject object(json_);
        add_members(object, query, finding);
        object.close();
    }
    out.put(json_);
}

void LineWriter::add_members(JsonObject& object, const Query& query, const Finding& finding) {
    if (query.view == View::changes) {
        object.number("time", finding.seen.begin.since_epoch);
        object.string("change", finding.appeared ? "+" : "-");
        add_cof_record(object, finding.record->owner, finding.record->type, finding.record->rdata);
        return;
    }
    if (query.interval == Interval::whole) {
        add_seen(object, finding, query.view == View::cohost ? "seconds" : "count");
    } else {
        std::array<char, 8> room;
        TextWriter interval(room);
        write_interval(interval, query.interval, finding.seen.begin);
        object.string(query.interval == Interval::month ? "month" : "year", interval.text());
    }
    if (query.view == View::seen) return;
    if (query.view == View::cohost) {
        add_cof_record(object, finding.record->owner, finding.record->type, finding.record->rdata);
        return;
    }
    if (query.view == View::summary) {
        append_type(object.member("rrtype"), finding.types.front());
        object.number("values", finding.values);
        return;
    }
    append_name(object.member("rrname"), finding.owner);
    std::string& out = object.member("rrtype");
    char before = '[';
    for (const Rrtype type : finding.types) {
        out += before;
        append_type(out, type);
        before = ',';
    }
    out += ']';
    if (query.view == View::lookalike) object.string("trick", finding.trick);
}

// The record as a COF object; with runs, of the finding's run alone.
void LineWriter::append_record(const Query& query, const Finding& finding) {
    const StoredRecord& record = *finding.record;
    Sightings sightings = record.sightings();
    if (query.runs) {
        sightings = {within(sightings.sensor, finding.seen), within(sightings.zone, finding.seen)};
    }
    sources_.clear();
    for (const std::uint32_t number : record.sources()) {
        if (auto source = snapshot_.source(number, record.owner)) {
            sources_.push_back(std::move(*source));
        }
    }
    append_cof(json_, record.owner, record.type, record.rdata, sightings, sources_,
               finding.count_known ? CofCounts::written : CofCounts::left_out);
}

void LineWriter::write_too_long(TextWriter& out, const Finding& finding) noexcept {
    const Octets owner = finding.record != nullptr ? finding.record->owner : finding.owner;
    out.put(finding.record != nullptr ? "# note: a record" : "# note: a name");
    out.put(" too long to be shown here: ");
    write_seen(out, finding);
    write_key_name(out, owner);
    if (finding.record != nullptr) {
        out.put(' ');
        write_rrtype(out, finding.record->type);
        out.put(", ");
        out.put_decimal(finding.record->rdata.size());
        out.put(" octets of RDATA");
    } else {
        out.put(", ");
        out.put_decimal(finding.types.size());
        out.put(" types");
    }
    out.put("; 'dnshist-zonegen export ");
    write_key_name(out, owner);
    out.put("' shows it");
}

}  // namespace dnshist
