#include "zonegen/sensorlog/passivedns_parser.hpp"

#include <algorithm>
#include <array>

#include "storage/record/rrtype.hpp"
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

}  // namespace

PassivednsParser::PassivednsParser(LogSink::Observe observe, LogSink::Refuse refuse,
                                   std::string sensor)
    : sink_(std::move(observe), std::move(refuse), std::move(sensor)) {}

void PassivednsParser::read(std::string_view line) {
    std::array<std::string_view, column_count> columns;
    std::size_t found = 0;
    for (std::string_view rest = line;; ++found) {
        if (found == column_count) return sink_.refuse(Reason::bad_line, "more than 9 columns");
        const std::size_t end = rest.find(delimiter);
        columns[found] = rest.substr(0, end);
        if (end == std::string_view::npos) break;
        rest.remove_prefix(end + delimiter.size());
    }
    if (++found < columns_without_count) {
        return sink_.refuse(Reason::bad_line, "fewer than 8 columns");
    }
    if (line.size() >= max_line_octets) {
        return sink_.refuse(Reason::incomplete_rdata, "a line that may have been cut");
    }
    if (is_code(columns[answer])) return;

    const auto when = time_from_log("timestamp", columns[timestamp]);
    if (!when) return sink_.refuse(when.error());
    if (columns[rrclass] != "IN") return sink_.refuse(Reason::other_class, quote(columns[rrclass]));
    const auto owner = Name::from_text(columns[query]);
    if (!owner) return sink_.refuse(Reason::bad_name, owner.error().text);
    const auto rrtype = type_from_log(columns[type]);
    if (!rrtype) return sink_.refuse(Reason::bad_type, quote(columns[type]));
    if (*rrtype == Rrtype::DNAME || !is_owner_certain(*rrtype, columns[answer])) {
        return sink_.refuse(Reason::uncertain, rrtype_text(*rrtype));
    }
    if (std::ranges::find(whole_types, *rrtype) == whole_types.end()) {
        return sink_.refuse(Reason::incomplete_rdata, rrtype_text(*rrtype));
    }
    std::uint64_t times = 1;
    if (found == column_count) {
        const auto number = number_from_log(columns[count]);
        if (!number) return sink_.refuse(Reason::bad_count, quote(columns[count]));
        times = *number;
    }
    const auto done = rdata_from_text(*rrtype, columns[answer], data_);
    if (!done) return sink_.refuse(Reason::bad_rdata, done.error().text);
    sink_.observe(*owner, *rrtype, data_.octets(), *when, times);
}

}  // namespace dnshist::zonegen
