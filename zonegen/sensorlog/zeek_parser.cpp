#include "zonegen/sensorlog/zeek_parser.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "storage/text/quote.hpp"
#include "zonegen/feed/json_item.hpp"
#include "zonegen/sensorlog/zeek_answers.hpp"
#include "zonegen/sensorlog/zeek_columns.hpp"

namespace dnshist::zonegen {

namespace {

// NetBIOS name service, multicast DNS and LLMNR, whose answers need not answer the question.
constexpr std::array<std::uint64_t, 3> other_ports = {137, 5353, 5355};

// The columns that a row must have.
constexpr std::array<std::string_view, 5> needed = {"ts", "query", "qclass", "qtype", "answers"};

// A row with answers. Values that are unset are absent.
struct Row {
    std::optional<std::string> query;
    std::optional<std::uint64_t> qclass;
    std::optional<std::uint64_t> qtype;
    std::optional<std::uint64_t> rcode;
    std::optional<std::uint64_t> opcode;
    std::optional<std::uint64_t> port;
    std::string server;
    std::vector<ZeekText> answers;
};

// Whether the JSON has \u00HH for an octet beyond ASCII.
bool has_octet_escapes(std::string_view item) noexcept {
    constexpr std::string_view escape = "\\u00";
    for (std::size_t at = 0; (at = item.find(escape, at)) != std::string_view::npos;) {
        at += escape.size();
        if (at < item.size() && item[at] >= '8') return true;
    }
    return false;
}

// Converts characters up to U+00FF to the octet of that number; keeps others.
std::string octets_of_characters(std::string_view text) {
    std::string octets;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const bool two = (lead == 0xc2 || lead == 0xc3) && i + 1 < text.size();
        octets += two ? static_cast<char>((lead & 3U) << 6U |
                                          (static_cast<unsigned char>(text[i + 1]) & 0x3fU))
                      : text[i];
        if (two) ++i;
    }
    return octets;
}

// If Zeek's objects went through another store, "id.resp_p" may have become "id_resp_p" or a
// member of an object "id".
template <class T>
std::optional<T> member_of_id(dom::object row, std::string_view name,
                              std::optional<T> (*read)(dom::object, std::string_view)) {
    for (const char separator : {'.', '_'}) {
        const std::string joined = (std::string("id") += separator).append(name);
        if (const auto value = read(row, joined)) return value;
    }
    const auto id = object_member(row, "id");
    return id ? read(*id, name) : std::nullopt;
}

}  // namespace

struct ZeekParser::State {
    LogSink sink;
    LogResponse response;
    dom::parser parser = item_parser();
    ZeekColumns columns;

    State(LogSink to, Trust trust, std::vector<AddressPrefix> resolvers)
        : sink(std::move(to)), response(sink, trust, std::move(resolvers)) {}

    void read_row(std::string_view line);
    void read_object(std::string_view item);
    void read_answers(const Row& row, const Read<Seconds>& when);
};

void ZeekParser::State::read_row(std::string_view line) {
    if (columns.empty()) return sink.refuse(Reason::no_header);
    for (const std::string_view name : needed) {
        if (!columns.has(name)) {
            return sink.refuse(Reason::no_header, "no " + std::string(name) + " in the last one");
        }
    }
    if (!columns.split(line)) {
        return sink.refuse(Reason::bad_line, "not as many columns as in the header");
    }
    Row row;
    for (std::string& answer : columns.list("answers"))
        row.answers.push_back({std::move(answer), std::nullopt});
    if (row.answers.empty()) return;
    row.query = columns.text("query");
    row.qclass = columns.number("qclass");
    row.qtype = columns.number("qtype");
    row.rcode = columns.number("rcode");
    row.opcode = columns.number("opcode");
    row.port = columns.number("id.resp_p");
    row.server = columns.raw("id.resp_h").value_or("");
    const auto time = columns.raw("ts");
    read_answers(row, time ? time_from_log("ts", *time) : refusal(Reason::bad_time, "no ts"));
}

void ZeekParser::State::read_object(std::string_view item) {
    const auto object = parse_object(parser, item);
    if (!object) return sink.refuse(object.error());
    const auto answers = array_member(*object, "answers");
    if (!answers || answers->begin() == answers->end()) return;

    const bool of_characters = has_octet_escapes(item);
    const auto octets_of = [&](std::string_view text) {
        return of_characters ? octets_of_characters(text) : without_hex_escapes(text);
    };
    Row row;
    for (const dom::element answer : *answers) {
        std::string_view text;
        if (answer.get(text) != simdjson::SUCCESS) {
            return sink.refuse(Reason::bad_line, "an answer that is no text");
        }
        ZeekText& read = row.answers.emplace_back(ZeekText{octets_of(text), std::nullopt});
        if (read.octets != text && !of_characters) read.other = text;
    }
    if (const auto query = text_member(*object, "query")) row.query = octets_of(*query);
    row.qclass = number_member(*object, "qclass");
    row.qtype = number_member(*object, "qtype");
    row.rcode = number_member(*object, "rcode");
    row.opcode = number_member(*object, "opcode");
    row.port = member_of_id(*object, "resp_p", number_member);
    row.server = member_of_id(*object, "resp_h", text_member).value_or("");
    read_answers(row, time_member(*object, "ts"));
}

void ZeekParser::State::read_answers(const Row& row, const Read<Seconds>& when) {
    if (row.opcode.value_or(0) != 0) return;
    if (!when) return sink.refuse(when.error());
    if (row.rcode && !is_useful_rcode(*row.rcode)) return sink.refuse(Reason::other_rcode);
    if (!row.query || !row.qtype || !row.qclass) {
        return sink.refuse(Reason::uncertain, "Zeek did not see the query");
    }
    if (*row.qclass != 1) return sink.refuse(Reason::other_class);
    if (row.port && std::ranges::find(other_ports, *row.port) != other_ports.end()) {
        return sink.refuse(Reason::uncertain, "not from a name server's port");
    }
    const auto name = name_from_labels(*row.query);
    if (!name) return sink.refuse(Reason::bad_name, name.error().text);
    if (*row.qtype == 0 || *row.qtype > 65535) return sink.refuse(Reason::bad_type);
    const ZeekQuery query{.name = *name,
                          .type = static_cast<Rrtype>(*row.qtype),
                          .exists = row.rcode.value_or(0) == 0};
    response.begin(*when);
    read_zeek_answers(query, row.answers, sink, response);
    response.give({{.name = query.name, .type = query.type, .server = row.server}});
}

ZeekParser::ZeekParser(LogSink::Observe observe, LogSink::Refuse refuse, std::string sensor,
                       Trust trust, std::vector<AddressPrefix> resolvers)
    : state_(
          std::make_unique<State>(LogSink(std::move(observe), std::move(refuse), std::move(sensor)),
                                  trust, std::move(resolvers))) {}

ZeekParser::~ZeekParser() = default;

std::string ZeekParser::reject_context() const {
    return state_->columns.header();
}

void ZeekParser::read(std::string_view item) {
    if (item.starts_with('{')) {
        state_->read_object(item);
    } else if (item.starts_with('#')) {
        state_->columns.read_header(item);
    } else if (!item.empty()) {
        state_->read_row(item);
    }
}

}  // namespace dnshist::zonegen
