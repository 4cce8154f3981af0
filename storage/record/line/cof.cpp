#include "storage/record/line/cof.hpp"

#include <array>

#include "storage/record/name.hpp"

namespace dnshist {

namespace {

void append_runs(JsonObject& object, std::string_view name, std::span<const Period> runs) {
    if (runs.size() < 2) return;
    std::string& out = object.member(name);
    char before = '[';
    for (const Period run : runs) {
        out += before;
        out += '[';
        append_json_number(out, run.begin.since_epoch);
        out += ',';
        append_json_number(out, run.end.since_epoch);
        out += ']';
        before = ',';
    }
    out += ']';
}

void append_source(JsonObject& object, const Source& source) {
    object.string_unless_empty("bailiwick", source.bailiwick);
    object.string_unless_empty("sensor_id", source.sensor_id);
    object.string_unless_empty("origin", source.origin);
}

void append_sources(JsonObject& object, std::span<const Source> sources) {
    std::string& out = object.member("sources");
    char before = '[';
    for (const Source& source : sources) {
        out += before;
        JsonObject inside(out);
        append_source(inside, source);
        inside.close();
        before = ',';
    }
    out += ']';
}

void append_times(JsonObject& object, const Sightings& sightings, CofCounts counts) {
    const Visibility& counted = sightings.sensor.empty() ? sightings.zone : sightings.sensor;
    if (counts == CofCounts::written) object.number("count", counted.count());
    if (!sightings.sensor.empty()) {
        object.number("time_first", sightings.sensor.first().since_epoch);
        object.number("time_last", sightings.sensor.last().since_epoch);
    }
    if (!sightings.zone.empty()) {
        object.number("zone_time_first", sightings.zone.first().since_epoch);
        object.number("zone_time_last", sightings.zone.last().since_epoch);
    }
}

}  // namespace

void add_cof_record(JsonObject& object, Octets owner_key, Rrtype type, Octets rdata,
                    CofStyle style) {
    std::array<char, 4096> room;
    const auto written = [&room](auto&& write) {
        TextWriter text(room);
        write(text);
        return text;
    };
    // The longest name has 1016 characters.
    std::string_view owner =
        written([&](TextWriter& text) { write_key_name(text, owner_key); }).text();
    if (style.dots == FinalDots::left_out && owner.size() > 1) owner.remove_suffix(1);
    object.string("rrname", owner);
    object.string("rrtype", written([&](TextWriter& text) { write_rrtype(text, type); }).text());
    const TextWriter text =
        written([&](TextWriter& out) { write_rdata(out, type, rdata, style.dots); });
    std::string& out = object.member("rdata");
    if (style.rdata_in_array) out += '[';
    if (text.overflowed()) {
        append_json_string(out, rdata_text(type, rdata, style.dots));
    } else {
        append_json_string(out, text.text());
    }
    if (style.rdata_in_array) out += ']';
}

void append_cof(std::string& out, Octets owner_key, Rrtype type, Octets rdata,
                const Sightings& sightings, std::span<const Source> sources, CofCounts counts) {
    JsonObject object(out);
    append_times(object, sightings, counts);
    add_cof_record(object, owner_key, type, rdata);
    if (sources.size() == 1) append_source(object, sources.front());
    const bool both = !sightings.sensor.empty() && !sightings.zone.empty();
    if (both && counts == CofCounts::written) {
        object.number("zone_count", sightings.zone.count());
    }
    append_runs(object, "runs", sightings.sensor.runs());
    append_runs(object, "zone_runs", sightings.zone.runs());
    if (sources.size() > 1) append_sources(object, sources);
    object.close();
}

}  // namespace dnshist
