#include "responder/message/request_reader.hpp"

#include <algorithm>
#include <utility>

#include "storage/record/compressed_name.hpp"
#include "storage/record/name.hpp"

namespace dnshist::responder {

namespace {

constexpr std::uint8_t opcode_query = 0;

struct Header {
    std::uint16_t id;
    std::uint16_t flags;
    std::uint16_t questions;
    std::uint16_t answers;
    std::uint16_t authorities;
    std::uint16_t additionals;

    bool is_response() const noexcept { return (flags & 0x8000U) != 0; }
    std::uint8_t opcode() const noexcept { return static_cast<std::uint8_t>(flags >> 11 & 0xfU); }
    bool recursion_desired() const noexcept { return (flags & 0x0100U) != 0; }
};

std::optional<Header> read_header(OctetReader& in) noexcept {
    if (in.remaining() < message_header_octets) return std::nullopt;
    // Each part is there: the length has been asked for.
    return Header{in.u16().value_or(0), in.u16().value_or(0), in.u16().value_or(0),
                  in.u16().value_or(0), in.u16().value_or(0), in.u16().value_or(0)};
}

// The header's judgement, before anything else of the message is looked at:
//   - an opcode other than QUERY is not implemented;
//   - a query has one question (RFC 9619), or none where it asks for a cookie (RFC 7873, section
//     5.4), and no answer of its own, nor an authority but for the SOA of IXFR (RFC 1995), which is
//     looked at with the question's type;
//   - Z, AD, CD, TC, AA, RA and RCODE mean nothing in a query, and are not looked at.
Rcode judge(const Header& header) noexcept {
    if (header.opcode() != opcode_query) return Rcode::notimp;
    if (header.questions > 1 || header.answers != 0) return Rcode::formerr;
    if (header.authorities > header.questions) return Rcode::formerr;
    return Rcode::noerror;
}

std::optional<Question> read_question(OctetReader& in) noexcept {
    const Octets all = in.rest();
    const auto length = name_length(all);
    if (!length) return std::nullopt;
    const auto name = in.octets(*length);
    const auto type = in.u16();
    const auto rrclass = in.u16();
    if (!name || !type || !rrclass) return std::nullopt;
    return Question{all.first(*length + 4), *name, Rrtype{*type}, Rrclass{*rrclass}};
}

// Passes over an owner name, which may end in a compression pointer to somewhere before it. True
// where it is well-formed; the pointer is not followed.
bool skip_owner(OctetReader& in) noexcept {
    std::size_t octets = 0;
    const std::size_t start = in.position();
    while (const auto length = in.u8()) {
        if (*length == 0) return true;
        if ((*length & 0xc0U) == 0xc0U) {
            const auto low = in.u8();
            if (!low) return false;
            const std::size_t target = (std::size_t{*length} & 0x3fU) << 8 | *low;
            return target >= message_header_octets && target < start;
        }
        octets += 1U + *length;
        if (*length > max_label_octets || octets >= max_name_octets) return false;
        if (!in.octets(*length)) return false;
    }
    return false;
}

// The client's cookie alone, or with the server's behind it (RFC 7873, section 4).
bool is_cookie(Octets option) noexcept {
    return option.size() == 8 || (option.size() >= 16 && option.size() <= 40);
}

// The options of OPT must fill its RDATA exactly. Where an option comes twice, the first counts.
bool read_options(Octets rdata, Edns& edns) noexcept {
    OctetReader in(rdata);
    bool cookie_met = false;
    while (!in.at_end()) {
        const auto code = in.u16();
        const auto length = in.u16();
        const auto option = in.octets(length.value_or(0));
        if (!code || !length || !option) return false;
        switch (EdnsOption{*code}) {
            case EdnsOption::nsid:
                edns.nsid = true;
                break;
            case EdnsOption::cookie:
                if (std::exchange(cookie_met, true)) break;
                edns.cookie = *option;
                edns.sound = is_cookie(*option);
                break;
            case EdnsOption::keepalive:
                if (!edns.keepalive) edns.keepalive = *length;
                break;
            case EdnsOption::padding:
                edns.padding = true;
                break;
            default:
                break;
        }
    }
    return true;
}

// Owner, type, class, TTL and RDATA of a record.
struct Record {
    bool root_owner;
    Rrtype type;
    std::uint16_t rrclass;
    std::uint32_t ttl;
    Octets rdata;
};
std::optional<Record> read_record(OctetReader& in) noexcept {
    const bool root_owner = !in.at_end() && in.rest().front() == 0;
    if (!skip_owner(in)) return std::nullopt;
    const auto type = in.u16();
    const auto rrclass = in.u16();
    const auto ttl = in.u32();
    const auto rdlength = in.u16();
    if (!type || !rrclass || !ttl || !rdlength) return std::nullopt;
    const auto rdata = in.octets(*rdlength);
    if (!rdata) return std::nullopt;
    return Record{root_owner, Rrtype{*type}, *rrclass, *ttl, *rdata};
}

// The client's SOA in a question for IXFR; others have none.
bool skip_authorities(OctetReader& in, std::uint16_t count, const Question& question) noexcept {
    if (count == 0) return true;
    if (question.type != Rrtype::IXFR) return false;
    const auto record = read_record(in);
    return record && record->type == Rrtype::SOA;
}

// Reads the additional section, which must end where the message does. One OPT at most, owned by
// the root (RFC 6891, section 6.1.1). A TSIG must come last, and so is the only one (RFC 8945,
// section 5.1).
Rcode read_additional(OctetReader& in, std::uint16_t count, Octets message,
                      Request& request) noexcept {
    Rcode verdict = Rcode::noerror;
    for (std::uint16_t i = 0; i < count; ++i) {
        const std::size_t begin = in.position();
        const auto record = read_record(in);
        if (!record) return Rcode::formerr;
        if (record->type == Rrtype::OPT) {
            if (request.edns || !record->root_owner) return Rcode::formerr;
            Edns& edns = request.edns.emplace();
            edns.payload = std::max<std::uint16_t>(record->rrclass, min_udp_octets);
            edns.dnssec_ok = (record->ttl & 0x8000U) != 0;
            const bool known_version = (record->ttl >> 16 & 0xffU) == 0;
            if (!known_version) {
                verdict = Rcode::badvers;
            } else if (!read_options(record->rdata, edns)) {
                return Rcode::formerr;
            }
        } else if (record->type == Rrtype::TSIG) {
            if (i + 1 != count) return Rcode::formerr;
            request.tsig = read_tsig(message, begin);
            if (!request.tsig) return Rcode::formerr;
        }
    }
    return in.at_end() ? verdict : Rcode::formerr;
}

}  // namespace

std::optional<Request> read_request(Octets message) noexcept {
    OctetReader in(message);
    const auto header = read_header(in);
    // Always the same object is returned, which spares a copy of it.
    std::optional<Request> read;
    if (!header || header->is_response()) return read;

    Request& request = read.emplace();
    request.id = header->id;
    request.opcode = header->opcode();
    // RD means something in QUERY alone.
    request.recursion_desired = header->opcode() == opcode_query && header->recursion_desired();
    request.rcode = judge(*header);
    if (request.rcode == Rcode::notimp || header->questions > 1) return read;

    if (header->questions == 1) request.question = read_question(in);
    if (header->questions == 1 &&
        (!request.question || !skip_authorities(in, header->authorities, *request.question))) {
        request.rcode = Rcode::formerr;
    } else if (request.rcode == Rcode::noerror) {
        request.rcode = read_additional(in, header->additionals, message, request);
    }
    if (!request.question && (!request.edns || request.edns->cookie.empty())) {
        request.rcode = Rcode::formerr;
    }
    if (request.rcode == Rcode::formerr) {
        request.edns.reset();
        request.tsig.reset();
    }
    // A cookie of a wrong length is a format error, and is answered with OPT all the same.
    if (request.rcode == Rcode::noerror && request.edns && !request.edns->sound) {
        request.rcode = Rcode::formerr;
    }
    return read;
}

}  // namespace dnshist::responder
