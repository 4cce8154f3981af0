#include "zonegen/sensorlog/eve_parser.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "storage/record/personal_type.hpp"
#include "storage/record/rrtype.hpp"
#include "storage/text/quote.hpp"
#include "zonegen/feed/json_item.hpp"
#include "zonegen/sensorlog/log_response.hpp"

namespace dnshist::zonegen {

namespace {

using Section = LogResponse::Section;
constexpr std::array<std::pair<std::string_view, Section>, 3> sections = {
    {{"answers", Section::answer},
     {"authorities", Section::authority},
     {"additionals", Section::additional}}};

// Types whose RDATA is one name and logged as such.
bool is_one_name(Rrtype type) noexcept {
    return type == Rrtype::CNAME || type == Rrtype::NS || type == Rrtype::PTR;
}

// A name of servers in class CH (RFC 4892).
bool is_of_a_server(const Name& name) {
    const std::string text = '.' + name.text();
    return text.ends_with(".bind.") || text.ends_with(".server.");
}

// A name inside RDATA, in presentation form.
std::optional<std::string> name_in(dom::object object, std::string_view member) {
    const auto text = text_member(object, member);
    if (!text) return std::nullopt;
    const auto name = name_from_labels(without_hex_escapes(*text));
    if (!name) return std::nullopt;
    return name->text();
}

// Appends the numbers of these members; false where one is missing.
bool append_numbers(std::string& out, dom::object object,
                    std::initializer_list<std::string_view> members) {
    for (const std::string_view member : members) {
        const auto number = number_member(object, member);
        if (!number) return false;
        if (!out.empty()) out += ' ';
        out += std::to_string(*number);
    }
    return true;
}

std::optional<std::string> soa_text(dom::object soa) {
    const auto mname = name_in(soa, "mname");
    const auto rname = name_in(soa, "rname");
    if (!mname || !rname) return std::nullopt;
    if (has_member(soa, "mname_truncated") || has_member(soa, "rname_truncated")) {
        return std::nullopt;
    }
    std::string text = *mname + ' ' + *rname;
    if (!append_numbers(text, soa, {"serial", "refresh", "retry", "expire", "minimum"})) {
        return std::nullopt;
    }
    return text;
}

std::optional<std::string> srv_text(dom::object srv) {
    const auto target = name_in(srv, "name");
    std::string text;
    if (!target || !append_numbers(text, srv, {"priority", "weight", "port"})) return std::nullopt;
    return text + ' ' + *target;
}

std::optional<std::string> sshfp_text(dom::object sshfp) {
    const auto fingerprint = text_member(sshfp, "fingerprint");
    std::string text;
    if (!fingerprint || !append_numbers(text, sshfp, {"algo", "type"})) return std::nullopt;
    text += ' ';
    std::ranges::copy_if(*fingerprint, std::back_inserter(text), [](char c) { return c != ':'; });
    return text;
}

// The RDATA of a type that is logged as an object. Nothing if it is not whole.
std::optional<std::string> structured_text(Rrtype type, dom::object object) {
    switch (type) {
        case Rrtype::SOA:
            return soa_text(object);
        case Rrtype::SRV:
            return srv_text(object);
        case Rrtype::SSHFP:
            return sshfp_text(object);
        default:
            return std::nullopt;
    }
}

std::string_view structure_name(Rrtype type) noexcept {
    if (type == Rrtype::SOA) return "soa";
    if (type == Rrtype::SRV) return "srv";
    return "sshfp";
}

// The end at port 53: versions differ in whether the source is that of the response or of the flow.
std::string_view server_of(dom::object event) noexcept {
    constexpr std::uint64_t dns_port = 53;
    const bool source = number_member(event, "src_port") == dns_port;
    const bool destination = number_member(event, "dest_port") == dns_port;
    if (source == destination) return {};
    return text_member(event, source ? "src_ip" : "dest_ip").value_or("");
}

}  // namespace

struct EveParser::State {
    LogSink sink;
    LogResponse response;
    dom::parser parser = item_parser();
    Section section{};
    std::string server;  // of the current event; empty if it has none

    State(LogSink to, Trust trust, std::vector<AddressPrefix> resolvers)
        : sink(std::move(to)), response(sink, trust, std::move(resolvers)) {}

    void read(std::string_view item);
    void read_records(dom::object dns);
    std::optional<LogResponse::Query> question_of(dom::object dns) const;
    void read_list(dom::array list);
    void read_record(dom::object record, bool several_strings);
    void read_grouped(const Name& query, dom::object grouped);
    void read_group(const Name& owner, std::string_view type_text, dom::array values);
    void read_value(const Name& owner, Rrtype type, std::string_view text);
    std::optional<Name> read_owner(dom::object record);
    void refuse(Reason reason, const Name& owner, std::string_view type_text) const;
};

void EveParser::State::read(std::string_view item) {
    const auto event = parse_object(parser, item);
    if (!event) return sink.refuse(event.error());
    const auto event_type = text_member(*event, "event_type");
    if (!event_type) return sink.refuse(Reason::bad_line, "no event_type");
    if (*event_type != "dns") return;
    const auto dns = object_member(*event, "dns");
    if (!dns) return sink.refuse(Reason::bad_line, "an event of type dns without dns");
    const auto type = text_member(*dns, "type");
    if (type != "answer" && type != "response") return;
    if (number_member(*dns, "opcode").value_or(0) != 0) return;

    const auto time = time_member(*event, "timestamp");
    if (!time) return sink.refuse(time.error());
    response.begin(*time);
    server = server_of(*event);
    const std::string_view rcode = text_member(*dns, "rcode").value_or("NOERROR");
    if (rcode != "NOERROR" && rcode != "NXDOMAIN") {
        const bool has_records = std::ranges::any_of(
            sections, [&](const auto& list) { return array_member(*dns, list.first).has_value(); });
        if (has_records) sink.refuse(Reason::other_rcode, quote(rcode));
        return;
    }
    read_records(*dns);
}

// The question is in the event (version 2) or in its only query (version 3).
std::optional<LogResponse::Query> EveParser::State::question_of(dom::object dns) const {
    dom::object query = dns;
    if (const auto queries = array_member(dns, "queries")) {
        if (queries->size() != 1 || queries->at(0).get(query) != simdjson::SUCCESS) {
            return std::nullopt;
        }
    }
    const auto name_text = text_member(query, "rrname");
    const auto type_text = text_member(query, "rrtype");
    if (!name_text || !type_text) return std::nullopt;
    const auto name = name_from_labels(without_hex_escapes(*name_text));
    const auto type = type_from_log(*type_text);
    if (!name || !type) return std::nullopt;
    return LogResponse::Query{.name = *name, .type = *type, .server = server};
}

void EveParser::State::read_records(dom::object dns) {
    section = Section::answer;
    // Version 1: the event itself is the record.
    for (const std::string_view name : {"rdata", "soa", "srv", "sshfp"}) {
        if (!has_member(dns, name)) continue;
        read_record(dns, true);
        return response.give_all();
    }
    const auto question = question_of(dns);
    const auto grouped = object_member(dns, "grouped");
    if (grouped && !array_member(dns, "answers")) {
        if (question) {
            read_grouped(question->name, *grouped);
        } else {
            sink.refuse_record(Reason::uncertain, "grouped, and without the query");
        }
    }
    for (const auto& [name, of] : sections) {
        section = of;
        if (const auto list = array_member(dns, name)) read_list(*list);
    }
    response.give(question);
}

void EveParser::State::read_list(dom::array list) {
    // The owners of TXT strings, one entry a string.
    std::vector<std::string_view> strings;
    for (const dom::element item : list) {
        dom::object record;
        if (item.get(record) == simdjson::SUCCESS && text_member(record, "rrtype") == "TXT") {
            strings.push_back(text_member(record, "rrname").value_or(""));
        }
    }
    std::ranges::sort(strings);
    for (const dom::element item : list) {
        dom::object record;
        if (item.get(record) != simdjson::SUCCESS) {
            sink.refuse_record(Reason::bad_line, "a record that is no object");
            continue;
        }
        const std::string_view owner = text_member(record, "rrname").value_or("");
        const auto [first, last] = std::equal_range(strings.begin(), strings.end(), owner);
        read_record(record, last - first > 1);
    }
}

std::optional<Name> EveParser::State::read_owner(dom::object record) {
    const auto text = text_member(record, "rrname");
    if (!text) {
        sink.refuse_record(Reason::no_name, {});
        return std::nullopt;
    }
    const auto name = name_from_labels(without_hex_escapes(*text));
    if (!name) {
        sink.refuse_record(Reason::bad_name, name.error().text);
        return std::nullopt;
    }
    if (has_member(record, "rrname_truncated")) {
        sink.refuse_record(Reason::bad_name, "cut short");
        return std::nullopt;
    }
    return *name;
}

void EveParser::State::refuse(Reason reason, const Name& owner, std::string_view type_text) const {
    sink.refuse_record(reason, quote(owner.text() + ' ' + std::string(type_text)));
}

void EveParser::State::read_record(dom::object record, bool several_strings) {
    const auto type_text = text_member(record, "rrtype");
    if (!type_text) return sink.refuse_record(Reason::no_type, {});
    const auto type = type_from_log(*type_text);
    if (!type) return sink.refuse_record(Reason::bad_type, quote(*type_text));
    if (is_meta_type(*type) || is_personal(*type)) return;
    const auto owner = read_owner(record);
    if (!owner) return;
    if (is_of_a_server(*owner)) return refuse(Reason::other_class, *owner, *type_text);

    if (const auto object = object_member(record, structure_name(*type))) {
        const auto text = structured_text(*type, *object);
        if (!text) return refuse(Reason::incomplete_rdata, *owner, *type_text);
        return response.add_text(section, *owner, *type, *text);
    }
    const auto text = text_member(record, "rdata");
    const bool cut = has_member(record, "rdata_truncated");
    if (!text || cut || (*type == Rrtype::TXT && several_strings)) {
        return refuse(Reason::incomplete_rdata, *owner, *type_text);
    }
    read_value(*owner, *type, *text);
}

// RDATA that is logged as one text.
void EveParser::State::read_value(const Name& owner, Rrtype type, std::string_view text) {
    const std::string octets = without_hex_escapes(text);
    if (type == Rrtype::A || type == Rrtype::AAAA) {
        return response.add_text(section, owner, type, text);
    }
    if (is_one_name(type)) {
        const auto target = name_from_labels(octets);
        if (!target) return sink.refuse_record(Reason::bad_rdata, target.error().text);
        return response.add(section, owner, type, *target);
    }
    // Escapes may be characters that were sent, so such a text is ambiguous.
    if (type == Rrtype::TXT && octets == text && text.size() <= 255) {
        std::string quoted;
        append_quoted(quoted, text);
        return response.add_text(section, owner, type, quoted);
    }
    refuse(Reason::incomplete_rdata, owner, rrtype_text(type));
}

void EveParser::State::read_grouped(const Name& query, dom::object grouped) {
    Name owner = query;
    if (const auto aliases = array_member(grouped, "CNAME")) {
        std::string_view text;
        if (aliases->size() != 1 || aliases->at(0).get(text) != simdjson::SUCCESS) {
            return sink.refuse(Reason::uncertain, "several CNAMEs, grouped");
        }
        const auto target = name_from_labels(without_hex_escapes(text));
        if (!target) return sink.refuse(Reason::bad_rdata, target.error().text);
        response.add(section, query, Rrtype::CNAME, *target);
        owner = *target;
    }
    for (const auto [type_text, value] : grouped) {
        dom::array values;
        if (type_text == "CNAME") continue;
        if (value.get(values) != simdjson::SUCCESS) {
            sink.refuse_record(Reason::bad_line, "a group that is no list");
            continue;
        }
        read_group(owner, type_text, values);
    }
}

void EveParser::State::read_group(const Name& owner, std::string_view type_text,
                                  dom::array values) {
    const auto type = type_from_log(type_text);
    if (!type) return sink.refuse_record(Reason::bad_type, quote(type_text));
    if (is_of_a_server(owner)) return refuse(Reason::other_class, owner, type_text);
    const bool several_strings = *type == Rrtype::TXT && values.size() > 1;
    for (const dom::element value : values) {
        dom::object object;
        std::string_view text;
        if (value.get(object) == simdjson::SUCCESS) {
            const auto structured = structured_text(*type, object);
            if (structured) {
                response.add_text(section, owner, *type, *structured);
            } else {
                refuse(Reason::incomplete_rdata, owner, type_text);
            }
        } else if (value.get(text) == simdjson::SUCCESS && !several_strings) {
            read_value(owner, *type, text);
        } else {
            refuse(Reason::incomplete_rdata, owner, type_text);
        }
    }
}

EveParser::EveParser(LogSink::Observe observe, LogSink::Refuse refuse, std::string sensor,
                     Trust trust, std::vector<AddressPrefix> resolvers)
    : state_(
          std::make_unique<State>(LogSink(std::move(observe), std::move(refuse), std::move(sensor)),
                                  trust, std::move(resolvers))) {}

EveParser::~EveParser() = default;

void EveParser::read(std::string_view item) {
    state_->read(item);
}

}  // namespace dnshist::zonegen
