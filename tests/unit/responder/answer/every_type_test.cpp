// All 65,536 types, asked of every kind of name: whatever the type, the answer is a message that
// says what the table of codes has for that name, and no type finds a way around it.
#include <boost/test/unit_test.hpp>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "responder/answer/respond.hpp"
#include "storage/record/personal_type.hpp"
#include "tests/support/ask.hpp"
#include "tests/support/given.hpp"
#include "tests/support/temporary_directory.hpp"

BOOST_AUTO_TEST_SUITE(every_type_test)

using namespace dnshist;
using namespace dnshist::responder;

namespace {

constexpr Seconds now{1767225600};  // 2026-01-01T00:00:00Z
constexpr std::size_t udp_octets = 1232;

struct Record {
    Octets owner;  // as it stands there; a pointer is not followed
    Rrtype type{};
    std::uint16_t rrclass = 0;
    Octets rdata;
};

struct ReadResponse {
    std::uint16_t id = 0;
    std::uint16_t flags = 0;
    Octets question;
    std::vector<Record> answers;
    std::vector<Record> authorities;
    std::optional<std::uint16_t> ede;

    Rcode rcode() const { return Rcode{static_cast<std::uint16_t>(flags & 15U)}; }
};

// A reader of its own, so that the responder's does not judge itself. Nothing where the octets are
// no message, or not wholly one.
std::optional<Octets> read_owner(OctetReader& in) {
    const Octets all = in.rest();
    std::size_t size = 0;
    while (const auto length = in.u8()) {
        ++size;
        if (*length == 0) return all.first(size);
        if (*length >= 0xc0) return in.u8() ? std::optional(all.first(size + 1)) : std::nullopt;
        if (*length > 63 || !in.octets(*length)) return std::nullopt;
        size += *length;
    }
    return std::nullopt;
}

std::optional<Record> read_record(OctetReader& in) {
    const auto owner = read_owner(in);
    const auto type = in.u16();
    const auto rrclass = in.u16();
    const auto ttl = in.u32();
    const auto size = in.u16();
    const auto rdata = size ? in.octets(*size) : std::nullopt;
    if (!owner || !type || !rrclass || !ttl || !rdata) return std::nullopt;
    return Record{*owner, Rrtype{*type}, *rrclass, *rdata};
}

bool read_records(OctetReader& in, std::size_t count, std::vector<Record>& out) {
    for (; count > 0; --count) {
        const auto record = read_record(in);
        if (!record) return false;
        out.push_back(*record);
    }
    return true;
}

// Its options: EDE or nothing.
bool read_opt(const Record& opt, ReadResponse& response) {
    if (opt.type != Rrtype::OPT || opt.owner.size() != 1) return false;
    OctetReader in(opt.rdata);
    if (in.at_end()) return true;
    const bool is_ede = in.u16() == 15;
    const auto size = in.u16();
    response.ede = in.u16();
    return is_ede && size && response.ede && in.octets(*size - 2U) && in.at_end();
}

std::optional<ReadResponse> read(Octets octets, std::size_t question_octets) {
    OctetReader in(octets);
    ReadResponse response;
    std::vector<Record> additionals;
    response.id = in.u16().value_or(0);
    response.flags = in.u16().value_or(0);
    const bool one_question = in.u16() == 1;
    const auto answers = in.u16();
    const auto authorities = in.u16();
    const auto additional_count = in.u16();
    const auto question = in.octets(question_octets);
    if (!one_question || !answers || !authorities || !additional_count || !question) {
        return std::nullopt;
    }
    response.question = *question;
    if (!read_records(in, *answers, response.answers) ||
        !read_records(in, *authorities, response.authorities) ||
        !read_records(in, *additional_count, additionals) || !in.at_end()) {
        return std::nullopt;
    }
    if (additionals.size() != 1 || !read_opt(additionals[0], response)) return std::nullopt;
    return response;
}

class Served {
  public:
    Served() {
        test::Given given;
        for (const char* line : {
                 "www.example.com. A 192.0.2.{1..3}  2019-01-01 .. 2025-01-01",
                 "www.example.com. MX 10 mail.example.com.  2019-01-01 .. 2025-01-01",
                 "www.example.com. TXT \"text\"  2019-01-01 .. 2025-01-01",
                 "www.example.com. TYPE65280 \\# 2 0102  2019-01-01 .. 2025-01-01",
                 "alias.example.com. CNAME www.example.com.  2019-01-01 .. 2025-01-01",
             }) {
            for (const std::string& expanded : test::expand(line))
                given.add(expanded, now);
        }
        given.write(directory_.path(), now);
        service_.zones.push_back(Name::from_text("pdns.local").value());
        history_ = std::make_unique<History>(directory_.path());
        responder_ = std::make_unique<Responder>(*history_, service_);
    }

    Responder& responder() { return *responder_; }

  private:
    test::TemporaryDirectory directory_;
    ServiceConfig service_;
    std::unique_ptr<History> history_;
    std::unique_ptr<Responder> responder_;
};

constexpr std::uint16_t ede_other = 0;
constexpr std::uint16_t ede_not_authoritative = 20;
constexpr std::uint16_t ede_not_supported = 21;

// The answer that a kind of name has for a type.
struct Expected {
    Rcode rcode = Rcode::noerror;
    bool has_records = false;
    std::optional<std::uint16_t> ede;
};

struct Kind {
    const char* question;  // "A NAME [class C] [tcp]"
    Expected (*of)(Rrtype type);
};

bool is_text(Rrtype type) {
    return type == Rrtype::TXT || type == Rrtype::ANY;
}

Expected lines(Rrtype type) {
    return is_text(type) ? Expected{Rcode::noerror, true, {}}
                         : Expected{Rcode::noerror, false, ede_other};
}

Expected no_lines(Rrtype type) {
    return {Rcode::noerror, false, is_text(type) ? std::nullopt : std::optional(ede_other)};
}

Expected never_seen(Rrtype type) {
    return {Rcode::nxdomain, false, is_text(type) ? std::nullopt : std::optional(ede_other)};
}

Expected mistake(Rrtype type) {
    return {Rcode::noerror, is_text(type), ede_other};
}

Expected unfinished(Rrtype type) {
    return is_text(type) ? Expected{Rcode::noerror, true, ede_other}
                         : Expected{Rcode::noerror, false, {}};
}

Expected nowhere(Rrtype) {
    return {Rcode::refused, false, ede_not_authoritative};
}

// For a set of types, and ANY.
template <unsigned... numbers>
Expected records(Rrtype type) {
    const bool found = type == Rrtype::ANY || ((number(type) == numbers) || ...);
    return {Rcode::noerror, found, {}};
}

Expected no_records(Rrtype) {
    return {Rcode::noerror, false, {}};
}

Expected nothing(Rrtype) {
    return {Rcode::nxdomain, false, {}};
}

constexpr Kind kinds[] = {
    {"A pdns.local", records<2, 6, 16>},
    {"A help.pdns.local tcp", lines},
    {"A help.history.pdns.local tcp", lines},
    {"A stats.pdns.local", lines},
    {"A version.pdns.local", lines},
    {"A history.www.example.com.pdns.local", lines},
    {"A pivot.192.0.2.1.pdns.local", lines},
    {"A names.example.com.pdns.local", lines},
    {"A aaaa.history.www.example.com.pdns.local", no_lines},
    {"A history.never.example.pdns.local", never_seen},
    {"A com.pdns.local", unfinished},
    {"A limit-0.history.www.example.com.pdns.local", mistake},
    {"A www.example.com", nowhere},
    {"A .", nowhere},
    {"A 2020.at.www.example.com.pdns.local", records<1, 15, 16, 65280>},
    {"A 2001.at.www.example.com.pdns.local", no_records},
    {"A 2020.at.never.example.pdns.local", nothing},
    {"A history.www.example.com.pdns.local class 3", nowhere},
};

// The table of codes for the types that every kind of name refuses.
Expected expected_of(const Kind& kind, Rrtype type) {
    const Expected expected = kind.of(type);
    const bool transfer = type == Rrtype::AXFR || type == Rrtype::IXFR;
    if (!transfer || expected.rcode == Rcode::refused) return expected;
    return {Rcode::refused, false, ede_not_supported};
}

// An alias is followed whatever the type: the CNAME is there, and what is at its end or an SOA.
bool is_alias_answer(const ReadResponse& response) {
    return !response.answers.empty() && response.answers[0].type == Rrtype::CNAME;
}

std::string complaint_of(const ReadResponse& response, Octets request, Rrtype type,
                         const Expected& expected) {
    if (response.id != test::ask_id) return "another ID";
    if (!equal(response.question,
               request.subspan(message_header_octets, response.question.size()))) {
        return "another question";
    }
    const bool refused = expected.rcode == Rcode::refused;
    const unsigned flags = 0x8000U | (refused ? 0U : 0x0400U);
    if ((response.flags & 0xfff0U) != flags) return "other flags";
    if (response.rcode() != expected.rcode) return "another RCODE";
    if (response.answers.empty() == expected.has_records) return "records where there are none";
    for (const Record& record : response.answers) {
        if (record.type != type && type != Rrtype::ANY) return "a record of another type";
        if (record.rrclass != 1) return "a record of another class";
    }
    const bool negative = !refused && !expected.has_records;
    if (response.authorities.size() != (negative ? 1U : 0U)) return "SOA where it is not negative";
    if (negative && response.authorities[0].type != Rrtype::SOA) return "no SOA in authority";
    if (response.ede != expected.ede) return "another EDE";
    return "";
}

// Asks all types; the first complaint, and of how many types there was one.
void ask_all(Served& served, const Kind& kind,
             std::string (*judge)(const ReadResponse&, Octets, Rrtype, const Expected&)) {
    const test::Ask ask = test::ask_from_text(kind.question);
    std::vector<std::uint8_t> request = test::request_of(ask);
    const std::size_t type_at = message_header_octets + ask.name.size();
    std::vector<std::uint8_t> room(max_tcp_octets);
    std::string first;
    unsigned complaints = 0;
    BOOST_REQUIRE(served.responder().begin(now));
    for (unsigned value = 0; value <= 65535; ++value) {
        const Rrtype type{static_cast<std::uint16_t>(value)};
        request[type_at] = static_cast<std::uint8_t>(value >> 8U);
        request[type_at + 1] = static_cast<std::uint8_t>(value);
        const std::size_t size = served.responder().respond(request, {ask.transport}, room).size;
        std::string complaint;
        if (size > udp_octets && ask.transport == Transport::udp) complaint = "too long";
        const auto response = read(Octets(room).first(size), ask.name.size() + 4);
        if (!response) complaint = "no message";
        // The time machine has all types but those that nobody may see unless it is said.
        const bool is_closed =
            is_personal(type) && std::string_view(kind.question).find(".at.") != std::string::npos;
        if (is_closed && response && response->rcode() == Rcode::refused) continue;
        if (complaint.empty()) complaint = judge(*response, request, type, expected_of(kind, type));
        if (complaint.empty()) continue;
        if (complaints++ == 0) first = rrtype_text(type) + ": " + complaint;
    }
    served.responder().end();
    BOOST_TEST(complaints == 0U,
               kind.question << ": of " << complaints << " types, first " << first);
}

BOOST_AUTO_TEST_CASE(every_type_at_every_kind_of_name) {
    Served served;
    for (const Kind& kind : kinds)
        ask_all(served, kind, complaint_of);
}

// RFC 6604: what is at the end of the alias decides.
std::string complaint_of_alias(const ReadResponse& response, Octets, Rrtype type, const Expected&) {
    const bool transfer = type == Rrtype::AXFR || type == Rrtype::IXFR;
    if (transfer) return response.rcode() == Rcode::refused ? "" : "a transfer";
    static const std::set<unsigned> there{1, 15, 16, 65280};
    const bool ends = type == Rrtype::CNAME || type == Rrtype::ANY;
    const bool found = there.contains(number(type));
    if (response.rcode() != Rcode::noerror) return "another RCODE";
    if (!is_alias_answer(response)) return "no CNAME";
    for (const Record& record : std::span(response.answers).subspan(1)) {
        if (record.type != type) return "a record of another type";
    }
    if ((response.answers.size() > 1) != (found && !ends)) return "what is not at the end";
    if (response.authorities.empty() != (found || ends)) return "SOA where it is not negative";
    return "";
}

BOOST_AUTO_TEST_CASE(every_type_at_an_alias) {
    Served served;
    ask_all(served, {"A 2020.at.alias.example.com.pdns.local", nothing}, complaint_of_alias);
}

// The content of these answers depends on the configuration; their being a message does not.
std::string complaint_of_chaos(const ReadResponse& response, Octets request, Rrtype type,
                               const Expected&) {
    if (!equal(response.question,
               request.subspan(message_header_octets, response.question.size()))) {
        return "another question";
    }
    if (response.rcode() != Rcode::noerror && response.rcode() != Rcode::refused) {
        return "another RCODE";
    }
    if (!response.answers.empty() && !is_text(type)) return "text for who asks for none";
    for (const Record& record : response.answers) {
        if (record.type != Rrtype::TXT || record.rrclass != 3) return "another record than TXT";
    }
    return "";
}

BOOST_AUTO_TEST_CASE(every_type_at_the_names_of_class_chaos) {
    Served served;
    for (const char* question : {"A version.bind class 3", "A version.server class 3",
                                 "A hostname.bind class 3", "A id.server class 3"}) {
        ask_all(served, {question, nothing}, complaint_of_chaos);
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE_END()
