// A request, read from the octets of one DNS message (RFC 1035, section 4; EDNS: RFC 6891).
//
// The reader is our own and strict: it follows no compression pointer (but for the one that the
// owner of a TSIG may have, see tsig_record.hpp), reads nothing twice, and takes no message that is
// not wholly accounted for. It returns views into the message.
#pragma once

#include <cstdint>
#include <optional>

#include "responder/message/tsig_record.hpp"
#include "storage/base/octets.hpp"
#include "storage/record/compressed_name.hpp"
#include "storage/record/rrtype.hpp"

namespace dnshist::responder {

inline constexpr std::size_t min_udp_octets = 512;    // what every client takes (RFC 1035, 4.2.1)
inline constexpr std::size_t max_tcp_octets = 65535;  // what the length prefix can say

// DNS over UDP, TCP, TLS, HTTP within TLS, and HTTP in the clear.
enum class Transport : std::uint8_t { udp, tcp, tls, https, http };
inline constexpr std::size_t transports = static_cast<std::size_t>(Transport::http) + 1;
// Whether the connection is one of DNS messages, whose idle time the option edns-tcp-keepalive is
// about (RFC 7828).
constexpr bool is_dns_stream(Transport transport) noexcept {
    return transport == Transport::tcp || transport == Transport::tls;
}
// Whether nobody on the way sees more of a message than its length.
constexpr bool is_encrypted(Transport transport) noexcept {
    return transport == Transport::tls || transport == Transport::https;
}

enum class Rcode : std::uint16_t {
    noerror = 0,
    formerr = 1,
    servfail = 2,
    nxdomain = 3,
    notimp = 4,
    refused = 5,
    notauth = 9,
    badvers = 16,  // extended: its upper bits travel in OPT (RFC 6891, section 6.1.3)
    badcookie = 23,
};

enum class Rrclass : std::uint16_t { IN = 1, CH = 3, ANY = 255 };

struct Question {
    Octets octets;  // name, type and class as they came, to be echoed
    Octets name;    // uncompressed, in the case in which it came
    Rrtype type{};
    Rrclass rrclass{};
};

// The client's OPT record (RFC 6891). Unknown options are ignored.
struct Edns {
    std::uint16_t payload = 0;  // octets over UDP that the client takes; at least 512
    bool dnssec_ok = false;
    bool nsid = false;                       // wants to know which server this is (RFC 5001)
    Octets cookie;                           // 8, or 16 to 40 octets (RFC 7873); or none
    bool sound = true;                       // or an option has a length that it cannot have
    std::optional<std::uint16_t> keepalive;  // octets of edns-tcp-keepalive (RFC 7828)
    bool padding = false;                    // has that option (RFC 7830)
};

enum class EdnsOption : std::uint16_t {
    nsid = 3,
    cookie = 10,
    keepalive = 11,
    padding = 12,
    ede = 15,
};

struct Request {
    Request() noexcept {}  // NOLINT: a TSIG has rooms that need not be set to zero first

    std::uint16_t id = 0;
    std::uint8_t opcode = 0;
    bool recursion_desired = false;
    // noerror, or why the request is turned away without a look at what it asks.
    Rcode rcode = Rcode::noerror;
    // There with noerror, but for a request for a cookie alone (RFC 7873, section 5.4).
    std::optional<Question> question;
    // Absent with notimp, and with formerr where the message could not be read.
    std::optional<Edns> edns;
    std::optional<TsigRecord> tsig;  // likewise; not verified
};

// Reads one message. Nothing where it deserves no answer at all: it is shorter than a header or is
// itself a response (answering those would let two servers talk for ever).
std::optional<Request> read_request(Octets message) noexcept;

}  // namespace dnshist::responder
