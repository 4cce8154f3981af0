#include "zonegen/sensorlog/passivedns_parser.hpp"

#include <algorithm>
#include <array>

#include "storage/record/rdata.hpp"
#include "storage/record/rrtype.hpp"
#include "storage/text/number.hpp"
#include "storage/text/quote.hpp"
#include "zonegen/feed/json_item.hpp"

namespace dnshist::zonegen {

namespace {

constexpr std::string_view delimiter = "||";
enum Column : std::size_t { timestamp, client, server, rrclass, query, type, answer, ttl, count };
constexpr std::size_t column_count = 9;
constexpr std::size_t columns_without_count = 8;
// passivedns cuts a line before it would be longer.
constexpr std::size_t max_line_octets = 990;

// Types whose RDATA is logged as a whole. NSEC is not among them: earlier versions log a part of it
// that looks whole.
constexpr std::array whole_types = {
    Rrtype::A,     Rrtype::NS,     Rrtype::CNAME, Rrtype::PTR,        Rrtype::HINFO,
    Rrtype::AAAA,  Rrtype::LOC,    Rrtype::NAPTR, Rrtype::DS,         Rrtype::SSHFP,
    Rrtype::RRSIG, Rrtype::DNSKEY, Rrtype::GPOS,  Rrtype::NSEC3PARAM,
};

// Answers that are the response's code and not RDATA. A name would end in a dot.
constexpr std::array<std::string_view, 10> codes = {"FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMPL",
                                                    "REFUSED", "YXDOMAIN", "YXRRSET",  "NXRRSET",
                                                    "NOTAUTH", "NOTZONE"};

bool is_code(std::string_view text) noexcept {
    return std::ranges::find(codes, text) != codes.end() || text.starts_with("UNKNOWN-ERROR-");
}

bool is_owner_certain(Rrtype type, std::string_view rdata) noexcept {
    if (type != Rrtype::RRSIG) return true;
    const auto covered = type_from_log(rdata.substr(0, rdata.find(' ')));
    return covered && *covered != Rrtype::CNAME && *covered != Rrtype::DNAME;
}

// A line. The texts are valid as long as it is.
struct Entry {
    Read<Seconds> when;
    std::string_view rrclass;
    std::string_view query;
    std::string_view type;
    std::string_view answer;
    std::uint64_t count = 1;
};

}  // namespace

struct PassivednsParser::State {
    LogSink sink;
    Rdata data;
    dom::parser parser = item_parser();

    explicit State(LogSink to) : sink(std::move(to)) {}

    void read_columns(std::string_view line);
    void read_object(std::string_view item);
    void read_entry(const Entry& entry);
};

void PassivednsParser::State::read_columns(std::string_view line) {
    std::array<std::string_view, column_count> columns;
    std::size_t found = 0;
    for (std::string_view rest = line;; ++found) {
        if (found == column_count) return sink.refuse(Reason::bad_line, "more than 9 columns");
        const std::size_t end = rest.find(delimiter);
        columns[found] = rest.substr(0, end);
        if (end == std::string_view::npos) break;
        rest.remove_prefix(end + delimiter.size());
    }
    if (++found < columns_without_count) {
        return sink.refuse(Reason::bad_line, "fewer than 8 columns");
    }
    if (line.size() >= max_line_octets) {
        return sink.refuse(Reason::incomplete_rdata, "a line that may have been cut");
    }
    Entry entry{.when = time_from_log("timestamp", columns[timestamp]),
                .rrclass = columns[rrclass],
                .query = columns[query],
                .type = columns[type],
                .answer = columns[answer]};
    if (found == column_count) {
        const auto number = number_from_text<std::uint64_t>(columns[count]);
        if (!number) return sink.refuse(Reason::bad_count, quote(columns[count]));
        entry.count = *number;
    }
    read_entry(entry);
}

void PassivednsParser::State::read_object(std::string_view item) {
    const auto object = parse_object(parser, item);
    if (!object) return sink.refuse(object.error());
    Entry entry{.when = time_member(*object, "timestamp_s"),
                .rrclass = {},
                .query = {},
                .type = {},
                .answer = {}};
    const std::array<std::pair<std::string_view, std::string_view Entry::*>, 4> members = {
        {{"class", &Entry::rrclass},
         {"query", &Entry::query},
         {"type", &Entry::type},
         {"answer", &Entry::answer}}};
    for (const auto& [name, member] : members) {
        const auto text = text_member(*object, name);
        if (!text) return sink.refuse(Reason::bad_line, "no " + std::string(name));
        entry.*member = *text;
    }
    if (has_member(*object, "count")) {
        const auto number = number_member(*object, "count");
        if (!number) return sink.refuse(Reason::bad_count, "no whole number");
        entry.count = *number;
    }
    read_entry(entry);
}

void PassivednsParser::State::read_entry(const Entry& entry) {
    if (is_code(entry.answer)) return;
    if (!entry.when) return sink.refuse(entry.when.error());
    if (entry.rrclass != "IN") return sink.refuse(Reason::other_class, quote(entry.rrclass));
    const auto owner = Name::from_text(entry.query);
    if (!owner) return sink.refuse(Reason::bad_name, owner.error().text);
    const auto rrtype = type_from_log(entry.type);
    if (!rrtype) return sink.refuse(Reason::bad_type, quote(entry.type));
    if (*rrtype == Rrtype::DNAME || !is_owner_certain(*rrtype, entry.answer)) {
        return sink.refuse(Reason::uncertain, rrtype_text(*rrtype));
    }
    if (std::ranges::find(whole_types, *rrtype) == whole_types.end()) {
        return sink.refuse(Reason::incomplete_rdata, rrtype_text(*rrtype));
    }
    const auto done = rdata_from_text(*rrtype, entry.answer, data);
    if (!done) return sink.refuse(Reason::bad_rdata, done.error().text);
    sink.observe(*owner, *rrtype, data.octets(), *entry.when, entry.count);
}

PassivednsParser::PassivednsParser(LogSink::Observe observe, LogSink::Refuse refuse,
                                   std::string sensor)
    : state_(std::make_unique<State>(
          LogSink(std::move(observe), std::move(refuse), std::move(sensor)))) {}

PassivednsParser::~PassivednsParser() = default;

void PassivednsParser::read(std::string_view line) {
    if (line.starts_with('{')) return state_->read_object(line);
    state_->read_columns(line);
}

}  // namespace dnshist::zonegen
