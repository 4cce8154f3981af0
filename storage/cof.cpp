#include "storage/cof.hpp"

#include <array>
#include <charconv>

#include "storage/json.hpp"
#include "storage/name.hpp"
#include "storage/rdata.hpp"

namespace dnshist {

namespace {

// One JSON object after another, each member behind a comma but the first.
class ObjectWriter {
  public:
    explicit ObjectWriter(std::string& out) : out_(out) { out_ += '{'; }

    void close() { out_ += '}'; }
    // The member's name; its value follows.
    std::string& member(std::string_view name) {
        if (!first_) out_ += ',';
        first_ = false;
        out_ += '"';
        out_ += name;
        out_ += "\":";
        return out_;
    }
    void number(std::string_view name, std::uint64_t value);
    void string(std::string_view name, std::string_view value) {
        append_json_string(member(name), value);
    }
    void string_unless_empty(std::string_view name, std::string_view value) {
        if (!value.empty()) string(name, value);
    }

  private:
    std::string& out_;
    bool first_ = true;
};

void append_number(std::string& out, std::uint64_t value) {
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    out.append(digits.data(), end);
}

void ObjectWriter::number(std::string_view name, std::uint64_t value) {
    append_number(member(name), value);
}

void append_runs(ObjectWriter& object, std::string_view name, std::span<const Period> runs) {
    if (runs.size() < 2) return;
    std::string& out = object.member(name);
    char before = '[';
    for (const Period run : runs) {
        out += before;
        out += '[';
        append_number(out, run.begin.since_epoch);
        out += ',';
        append_number(out, run.end.since_epoch);
        out += ']';
        before = ',';
    }
    out += ']';
}

void append_source(ObjectWriter& object, const Source& source) {
    object.string_unless_empty("bailiwick", source.bailiwick);
    object.string_unless_empty("sensor_id", source.sensor_id);
    object.string_unless_empty("origin", source.origin);
}

void append_sources(ObjectWriter& object, std::span<const Source> sources) {
    std::string& out = object.member("sources");
    char before = '[';
    for (const Source& source : sources) {
        out += before;
        ObjectWriter inside(out);
        append_source(inside, source);
        inside.close();
        before = ',';
    }
    out += ']';
}

void append_times(ObjectWriter& object, const Sightings& sightings) {
    const Visibility& counted = sightings.sensor.empty() ? sightings.zone : sightings.sensor;
    object.number("count", counted.count());
    if (!sightings.sensor.empty()) {
        object.number("time_first", sightings.sensor.first().since_epoch);
        object.number("time_last", sightings.sensor.last().since_epoch);
    }
    if (!sightings.zone.empty()) {
        object.number("zone_time_first", sightings.zone.first().since_epoch);
        object.number("zone_time_last", sightings.zone.last().since_epoch);
    }
}

void append_record(ObjectWriter& object, Octets owner_key, Rrtype type, Octets rdata) {
    std::array<char, 4096> room;
    const auto written = [&room](auto&& write) {
        TextWriter text(room);
        write(text);
        return text;
    };
    // The longest name has 1016 characters.
    object.string("rrname",
                  written([&](TextWriter& text) { write_key_name(text, owner_key); }).text());
    object.string("rrtype", written([&](TextWriter& text) { write_rrtype(text, type); }).text());
    const TextWriter text = written([&](TextWriter& out) { write_rdata(out, type, rdata); });
    if (text.overflowed()) {
        object.string("rdata", rdata_text(type, rdata));
    } else {
        object.string("rdata", text.text());
    }
}

}  // namespace

void append_cof(std::string& out, Octets owner_key, Rrtype type, Octets rdata,
                const Sightings& sightings, std::span<const Source> sources) {
    ObjectWriter object(out);
    append_times(object, sightings);
    append_record(object, owner_key, type, rdata);
    if (sources.size() == 1) append_source(object, sources.front());
    if (!sightings.sensor.empty() && !sightings.zone.empty()) {
        object.number("zone_count", sightings.zone.count());
    }
    append_runs(object, "runs", sightings.sensor.runs());
    append_runs(object, "zone_runs", sightings.zone.runs());
    if (sources.size() > 1) append_sources(object, sources);
    object.close();
}

}  // namespace dnshist
