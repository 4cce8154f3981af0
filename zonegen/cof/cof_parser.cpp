#include "zonegen/cof/cof_parser.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "storage/record/rdata.hpp"
#include "storage/text/quote.hpp"
#include "zonegen/cof/cof_fields.hpp"
#include "zonegen/feed/json_item.hpp"

namespace dnshist::zonegen {

using namespace cof;

namespace {

// From one item. Real RRsets have thousands at most.
constexpr std::size_t max_observations = 100'000;
constexpr std::size_t max_source_octets = 1024;

// The fields that make up a source, and its members.
constexpr std::array<std::pair<Field, std::string Source::*>, 3> source_fields = {
    {{sensor_id, &Source::sensor_id}, {origin, &Source::origin}, {bailiwick, &Source::bailiwick}}};

// NMSG's JSON escapes the backslash of the generic form (RFC 3597) twice. Only character strings
// may really begin with two backslashes.
std::string_view without_doubled_escape(Rrtype type, std::string_view text) noexcept {
    if (text.starts_with("\\\\#") && type != Rrtype::TXT && type != Rrtype::SPF) {
        text.remove_prefix(1);
    }
    return text;
}

}  // namespace

struct CofParser::State {
    // An interval of the item, which applies to each member of its RRset.
    struct Visit {
        Witness witness;
        Period seen;
        std::uint64_t count;
    };

    Observe observe;
    Refuse refuse;
    std::string default_sensor;
    dom::parser parser = item_parser();
    simdjson::ondemand::parser flat_parser;

    // State of the current item.
    Name owner;
    Rrtype type{};
    std::vector<Visit> visits;
    std::vector<Source> named_sources;
    Rdata data;
    bool in_list = false;                        // of several records in the item
    std::set<std::string, std::less<>> members;  // of an RRset of several, as they are stored

    // Cached from the last item: equal texts are not parsed again.
    std::string owner_text;
    using SourceTexts = std::array<std::string, source_fields.size()>;
    std::optional<SourceTexts> source_texts;

    std::optional<Framing> read(std::string_view item);
    void read_record(const Fields& fields);
    void read_list(dom::array list);
    void reject(Reject reject) const;
    Read<void> read_owner(const Fields& fields);
    Read<void> read_record_type(const Fields& fields);
    Read<void> read_visits(const Fields& fields);
    Read<void> read_witness(const Fields& fields, Witness witness);
    Read<void> read_runs(Field field, const Value& value, Witness witness);
    Read<void> read_sources(const Fields& fields);
    Read<void> read_own_source(const Fields& fields);
    Read<void> add_source(const Fields& fields);
    void read_rdata(const Value& value);
    void read_member(const Value& value, bool of_several);
    void emit();
};

std::optional<CofParser::Framing> CofParser::State::read(std::string_view item) {
    Fields fields;
    if (!read_flat_object(flat_parser, item, fields)) {
        const auto parsed = parse_object(parser, item);
        if (!parsed) {
            refuse(parsed.error());
            return std::nullopt;
        }
        fields = fields_of(*parsed);
    }
    std::optional<dom::object> wrapped;
    for (const Field field : {obj, message}) {
        if (const auto inner = fields[field].as<dom::object>()) wrapped = inner;
    }
    std::optional<Framing> framing;
    if (const auto* text = fields[cond].text()) {
        if (const auto condition = saf_condition(*text)) {
            framing = {.condition = *condition, .message = {}};
        }
    }
    if (const auto* text = fields[msg].text()) {
        const bool alone = !framing && !wrapped && !fields[rrname];
        if (alone) framing.emplace().condition = SafCondition::ongoing;
        if (framing) framing->message = *text;
    }
    if (wrapped) {
        read_record(fields_of(*wrapped));
    } else if (const auto list = fields[records].as<dom::array>(); list && !fields[rrname]) {
        read_list(*list);
    } else if (!framing) {
        read_record(fields);
    }
    return framing;
}

void CofParser::State::read_list(dom::array list) {
    in_list = true;
    for (const dom::element element : list) {
        dom::object object;
        if (element.get(object) == simdjson::SUCCESS) {
            read_record(fields_of(object));
        } else {
            reject(refusal(Reason::not_an_object));
        }
    }
    in_list = false;
}

void CofParser::State::reject(Reject reject) const {
    reject.partial = reject.partial || in_list;
    refuse(reject);
}

void CofParser::State::read_record(const Fields& fields) {
    const auto refused = [this](const Read<void>& done) {
        if (!done) reject(done.error());
        return !done;
    };
    if (refused(read_owner(fields)) || refused(read_record_type(fields)) ||
        refused(read_visits(fields)) || refused(read_sources(fields))) {
        return;
    }
    if (!fields[rdata]) return reject(refusal(Reason::no_rdata));
    read_rdata(fields[rdata]);
}

Read<void> CofParser::State::read_owner(const Fields& fields) {
    if (!fields[rrname]) return refusal(Reason::no_name);
    const auto* text = fields[rrname].text();
    if (text == nullptr) return refusal(Reason::bad_name, "not text");
    if (!owner_text.empty() && *text == owner_text) return {};
    if (text->starts_with(' ') || (text->ends_with(' ') && !text->ends_with("\\ "))) {
        return refusal(Reason::bad_name, in_words("a blank around it:", quote(*text)));
    }
    auto name = Name::from_text(*text);
    if (!name) return refusal(Reason::bad_name, name.error().text);
    owner = *name;
    owner_text = *text;
    return {};
}

Read<void> CofParser::State::read_record_type(const Fields& fields) {
    if (!fields[rrtype]) return refusal(Reason::no_type);
    if (fields[rrclass]) {
        const auto text = read_label(fields[rrclass]);
        if (!text || (*text != "IN" && *text != "in" && *text != "1")) {
            return refusal(Reason::other_class, text ? quote(*text) : "");
        }
    }
    const auto read = read_type(fields[rrtype]);
    if (!read) return read.error();
    type = *read;
    return {};
}

Read<void> CofParser::State::read_visits(const Fields& fields) {
    visits.clear();
    if (fields[time_first] || fields[time_last]) {
        const auto done = read_witness(fields, Witness::sensor);
        if (!done) return done.error();
    }
    if (fields[zone_time_first] || fields[zone_time_last]) {
        const auto done = read_witness(fields, Witness::zone);
        if (!done) return done.error();
    }
    if (visits.empty()) return refusal(Reason::no_time);

    std::uint64_t seen = 1;
    std::uint64_t seen_in_zones = 0;
    if (fields[count]) {
        const auto read = read_count(count, fields[count]);
        if (!read) return read.error();
        seen = *read;
    }
    if (fields[zone_count]) {
        const auto read = read_count(zone_count, fields[zone_count]);
        if (!read) return read.error();
        seen_in_zones = *read;
    }
    // A count without a zone_count is that of the sensors, or of the zones if no sensor saw it.
    if (visits.front().witness == Witness::zone && !fields[zone_count]) seen_in_zones = seen;
    for (std::size_t i = 0; i < visits.size(); ++i) {
        const bool first_of_witness = i == 0 || visits[i].witness != visits[i - 1].witness;
        if (!first_of_witness) continue;
        visits[i].count = visits[i].witness == Witness::zone ? seen_in_zones : seen;
    }
    return {};
}

// Adds the item's interval of that witness, or its runs.
Read<void> CofParser::State::read_witness(const Fields& fields, Witness witness) {
    const bool zone = witness == Witness::zone;
    const Field first_field = zone ? zone_time_first : time_first;
    const Field last_field = zone ? zone_time_last : time_last;
    const Field runs_field = zone ? zone_runs : runs;
    // 0, with which some feeds say that there is no time, is none.
    Seconds first{};
    Seconds last{};
    for (const auto& [field, time] :
         {std::pair{first_field, &first}, std::pair{last_field, &last}}) {
        if (!fields[field]) continue;
        const auto read = read_time(field, fields[field]);
        if (!read) return read.error();
        *time = *read;
    }
    if (first.since_epoch == 0) first = last;
    if (last.since_epoch == 0) last = first;
    if (first.since_epoch == 0) return {};
    if (first > last) {
        return bad_time(first_field, in_words("is after", field_name(last_field)));
    }
    const std::size_t before = visits.size();
    if (fields[runs_field]) {
        const auto done = read_runs(runs_field, fields[runs_field], witness);
        if (!done) return done.error();
        if (visits.size() == before || visits[before].seen.begin != first ||
            visits.back().seen.end != last) {
            return bad_time(runs_field, "do not begin and end with the times of the record");
        }
    } else {
        visits.push_back({witness, {first, last}, 0});
    }
    return {};
}

// [[first,last], ...], in order.
Read<void> CofParser::State::read_runs(Field field, const Value& value, Witness witness) {
    const auto list = value.as<dom::array>();
    if (!list) return bad_time(field, "is no list of intervals");
    for (const dom::element item : *list) {
        dom::array pair;
        if (item.get(pair) != simdjson::SUCCESS || pair.size() != 2) {
            return bad_time(field, "has what is no interval");
        }
        const auto begin = read_time(field, pair.at(0).value_unsafe());
        if (!begin) return begin.error();
        const auto end = read_time(field, pair.at(1).value_unsafe());
        if (!end) return end.error();
        const bool follows =
            visits.empty() || visits.back().witness != witness || visits.back().seen.end < *begin;
        if (*begin > *end || !follows) return bad_time(field, "are not in order");
        visits.push_back({witness, {*begin, *end}, 0});
    }
    return {};
}

// Reads the item's list of sources, or its own source. An empty one in a list says that the record
// was also seen without a source.
Read<void> CofParser::State::read_sources(const Fields& fields) {
    if (!fields[sources]) return read_own_source(fields);
    named_sources.clear();
    source_texts.reset();
    const auto list = fields[sources].as<dom::array>();
    if (!list) return refusal(Reason::bad_source, "sources is no list");
    for (const dom::element item : *list) {
        dom::object object;
        if (item.get(object) != simdjson::SUCCESS) {
            return refusal(Reason::bad_source, "sources has what is no object");
        }
        const auto done = add_source(fields_of(object));
        if (!done) return done.error();
    }
    return {};
}

Read<void> CofParser::State::read_own_source(const Fields& fields) {
    std::array<std::string_view, source_fields.size()> texts;
    bool all_text = true;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const Value& value = fields[source_fields[i].first];
        if (const auto* text = value.text()) {
            texts[i] = *text;
        } else if (value) {
            all_text = false;
        }
    }
    if (all_text && source_texts && std::ranges::equal(texts, *source_texts)) return {};

    named_sources.clear();
    source_texts.reset();
    const auto done = add_source(fields);
    if (!done) return done.error();
    if (named_sources.front().empty()) named_sources.clear();
    if (all_text) std::ranges::copy(texts, source_texts.emplace().begin());
    return {};
}

Read<void> CofParser::State::add_source(const Fields& fields) {
    Source source;
    for (const auto& [field, part] : source_fields) {
        if (!fields[field]) continue;
        auto text = read_label(fields[field]);
        if (!text) {
            return refusal(Reason::bad_source, in_words(field_name(field), "is no text"));
        }
        if (text->size() > max_source_octets) {
            return refusal(Reason::bad_source, in_words(field_name(field), "is too long"));
        }
        source.*part = std::move(*text);
    }
    if (source.sensor_id.empty()) source.sensor_id = default_sensor;
    if (!source.bailiwick.empty()) {
        const auto name = Name::from_text(source.bailiwick);
        if (!name) return refusal(Reason::bad_source, in_words("bailiwick:", name.error().text));
        source.bailiwick = name->text();
    }
    named_sources.push_back(std::move(source));
    return {};
}

void CofParser::State::read_rdata(const Value& value) {
    const auto list = value.as<dom::array>();
    if (visits.size() + named_sources.size() > max_observations) {
        return reject(refusal(Reason::too_many));
    }
    if (!list) return read_member(value, false);
    std::size_t size = 0;
    for ([[maybe_unused]] const dom::element member : *list)
        ++size;
    if (size == 0) return reject(refusal(Reason::no_rdata, "an empty list"));
    if (size * (visits.size() + named_sources.size()) > max_observations) {
        return reject(refusal(Reason::too_many));
    }
    members.clear();
    for (const dom::element member : *list)
        read_member(member, size > 1);
}

void CofParser::State::read_member(const Value& value, bool of_several) {
    const auto* text = value.text();
    if (text == nullptr) return reject({Reason::bad_rdata, "not text", of_several});
    const auto done = rdata_from_text(type, without_doubled_escape(type, *text), data);
    if (!done) return reject({Reason::bad_rdata, done.error().text, of_several});
    // An RRset has no record twice (RFC 2181, section 5).
    if (of_several && !members.emplace(as_text(data.octets())).second) return;
    emit();
}

// The first observation of a witness has the count, those of its other runs have 0. Every source is
// named once, with the first interval.
void CofParser::State::emit() {
    Observation observation;
    observation.owner = owner.wire();
    observation.type = type;
    observation.rdata = data.octets();
    observation.source = named_sources.empty() ? nullptr : &named_sources.front();
    for (const Visit& visit : visits) {
        observation.witness = visit.witness;
        observation.seen = visit.seen;
        observation.count = visit.count;
        observe(observation);
    }
    for (std::size_t i = 1; i < named_sources.size(); ++i) {
        observation.witness = visits.front().witness;
        observation.seen = visits.front().seen;
        observation.count = 0;
        observation.source = &named_sources[i];
        observe(observation);
    }
}

CofParser::CofParser(Observe observe, Refuse refuse, std::string sensor)
    : state_(std::make_unique<State>()) {
    state_->observe = std::move(observe);
    state_->refuse = std::move(refuse);
    state_->default_sensor = std::move(sensor);
}

CofParser::~CofParser() = default;

std::optional<CofParser::Framing> CofParser::read(std::string_view item) {
    return state_->read(item);
}

}  // namespace dnshist::zonegen
