// A DNS message that a server sent (RFC 1035, section 4), read from octets that nobody vouches for.
//
// The reader is strict about what holds a message together - names, lengths, counts, and that
// nothing is left behind the last record - and refuses as a whole a message in which one of them is
// wrong: where a record ends wrongly, nothing says where the next one begins. There is one
// exception. A message with TC set may have been cut within a record, which servers of old do; what
// is complete before that stays, for each record is true by itself.
//
// RDATA that is not valid for its type harms nothing but its own record.
//
// Names: a compression pointer leads strictly backwards, before where the labels that it follows
// began, and never into the header; so following them ends. Pointers are followed in every name of
// RDATA that the table of types (storage/record/rdata_fields.hpp) calls one, whether the type may
// have them (RFC 1035, and RFC 3597, section 4) or not: servers do it anyway, and what else it
// could mean is nothing.
//
// All that is read goes into memory that the reader keeps for the next message. A pointer of two
// octets may stand for a name of 255, so that is some 8 MB at the worst that 64 KB can do, and some
// KB for what is seen in the wild.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "storage/base/octets.hpp"
#include "storage/base/result.hpp"
#include "storage/record/rdata.hpp"
#include "storage/record/rrtype.hpp"

namespace dnshist::zonegen {

inline constexpr std::size_t message_header_octets = 12;  // RFC 1035, section 4.1.1

// Good until the reader reads again, and as long as the message is there.
struct Response {
    static constexpr std::uint16_t class_in = 1;
    static constexpr std::uint8_t opcode_query = 0;
    static constexpr std::uint16_t noerror = 0;
    static constexpr std::uint16_t nxdomain = 3;

    enum class Section : std::uint8_t { answer, authority, additional };

    struct Question {
        Octets name;       // in lower case
        Octets name_sent;  // in the case in which it was sent
        Rrtype type{};
        std::uint16_t rrclass = 0;
    };

    struct Record {
        Section section{};
        Rrtype type{};
        std::uint16_t rrclass = 0;
        std::uint32_t ttl = 0;  // as sent; of OPT it is no time
        Octets owner;           // uncompressed, in lower case
        // Canonical (storage/record/rdata.hpp). Where it is not valid for the type, or the class is
        // not IN, it is as it was sent.
        Octets rdata;
        bool valid = false;
    };

    std::uint16_t id = 0;
    bool is_response = false;  // QR
    std::uint8_t opcode = 0;
    bool authoritative = false;        // AA
    bool truncated = false;            // TC
    bool recursion_desired = false;    // RD
    bool recursion_available = false;  // RA
    std::uint16_t rcode = 0;           // with its upper bits from OPT (RFC 6891, section 6.1.3)
    std::optional<Question> question;  // where there is exactly one
    std::span<const Record> records;   // of all sections, in their order
};

// More than 128 KB, so made once and used again.
class ResponseReader {
  public:
    ResponseReader() = default;
    ResponseReader(const ResponseReader&) = delete;
    ResponseReader& operator=(const ResponseReader&) = delete;

    // Reads one message; a query is read too. The problem says what of it is malformed.
    Result<Response> read(Octets message);

  private:
    // A part of octets_, which moves while it grows.
    struct Place {
        std::size_t offset = 0;
        std::size_t length = 0;
    };
    struct Places {
        Place owner;
        Place rdata;
    };

    Octets at(Place place) const noexcept {
        return Octets(octets_).subspan(place.offset, place.length);
    }
    Place keep(Octets octets);
    bool read_questions(OctetReader& in, unsigned count, Response& response);
    bool read_record(OctetReader& in, Response::Record& record);
    // Into canonical_; `offset` is where the RDATA begins in the message.
    bool read_rdata(const Response::Record& record, Octets rdata, std::size_t offset) noexcept;

    Octets message_;
    Place question_;
    std::vector<std::uint8_t> octets_;  // owners and RDATA, one behind the other
    std::vector<Response::Record> records_;
    std::vector<Places> places_;  // of each record
    Rdata expanded_;
    Rdata canonical_;
};

}  // namespace dnshist::zonegen
