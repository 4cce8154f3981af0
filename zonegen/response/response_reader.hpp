// Reads a DNS message sent by a server (RFC 1035, section 4) from untrusted octets.
//
// The reader is strict about the structure of a message (names, lengths, counts) and refuses the
// whole message if it is violated: once a record ends wrongly, the start of the next one is
// unknown. One exception: a message with TC set may have been cut within a record, as old servers
// do; the complete records before the cut are kept. Octets behind the last record change nothing
// before them; they are counted.
//
// RDATA that is invalid for its type invalidates only its own record.
//
// A compression pointer must lead strictly backwards, before the start of the labels that precede
// it, and never into the header; so following pointers terminates. They are followed in every name
// of RDATA according to storage/record/rdata_fields.hpp, whether the type may be compressed (RFC
// 1035; RFC 3597, section 4) or not: servers compress them anyway, and the octets have no other
// meaning.
//
// The reader keeps its memory for the next message. A pointer of two octets may stand for a name of
// 255, so a message of 64 KB may take some 8 MB at worst; usual messages take a few KB.
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

// Valid until the reader's next call, and only as long as the message.
struct Response {
    static constexpr std::uint16_t class_in = 1;
    static constexpr std::uint8_t opcode_query = 0;
    static constexpr std::uint16_t noerror = 0;
    static constexpr std::uint16_t nxdomain = 3;

    enum class Section : std::uint8_t { answer, authority, additional };

    struct Question {
        Octets name;       // in lower case
        Octets name_sent;  // in its original case
        Rrtype type{};
        std::uint16_t rrclass = 0;
    };

    struct Record {
        Section section{};
        Rrtype type{};
        std::uint16_t rrclass = 0;
        std::uint32_t ttl = 0;  // as sent; OPT has other fields here
        Octets owner;           // uncompressed, in lower case
        // Canonical (storage/record/rdata.hpp) if valid, else as sent.
        Octets rdata;
        bool valid = false;  // the class is IN and the RDATA fits the type
    };

    std::uint16_t id = 0;
    bool is_response = false;  // QR
    std::uint8_t opcode = 0;
    bool authoritative = false;        // AA
    bool truncated = false;            // TC
    bool recursion_desired = false;    // RD
    bool recursion_available = false;  // RA
    std::uint16_t rcode = 0;           // with the upper bits from OPT (RFC 6891, section 6.1.3)
    std::optional<Question> question;  // if there is exactly one
    std::span<const Record> records;   // of all sections, in order
    std::size_t left_over = 0;         // octets behind the last record
};

// More than 64 KB: create it once and reuse it.
class ResponseReader {
  public:
    ResponseReader() = default;
    ResponseReader(const ResponseReader&) = delete;
    ResponseReader& operator=(const ResponseReader&) = delete;

    // Reads one message, which may also be a query. The problem says what is malformed. In
    // multicast DNS the top bit is no part of a class (RFC 6762): it asks for a unicast response
    // (QU, section 5.4), or says that a record replaces older ones (cache-flush, section 10.2).
    Result<Response> read(Octets message, bool multicast = false);

  private:
    // A part of the message, or of octets_, which may be reallocated while it grows.
    struct Slice {
        enum class Of : std::uint8_t { kept, message };
        Of of{};
        std::size_t offset = 0;
        std::size_t length = 0;
    };
    struct RecordSlices {
        Slice owner;
        Slice rdata;
    };

    // A name of the message that has been expanded, and where it begins; no name begins at 0.
    struct KnownName {
        std::size_t begin = 0;
        Slice expanded;
    };
    struct KnownNames {
        KnownName question;
        KnownName owner;  // the last that was no pointer to either
    };

    Octets at(Slice slice) const noexcept {
        const Octets all = slice.of == Slice::Of::message ? message_ : Octets(octets_);
        return all.subspan(slice.offset, slice.length);
    }
    std::uint16_t class_of(std::uint16_t sent) const noexcept {
        return static_cast<std::uint16_t>(sent & class_bits_);
    }
    Slice keep(Octets octets);
    bool read_questions(OctetReader& in, unsigned count, Response& response);
    bool read_record(OctetReader& in, Response::Record& record);
    std::optional<Slice> take_owner(OctetReader& in);
    std::optional<Slice> read_rdata(const Response::Record& record, Octets rdata, Slice sent);

    Octets message_;
    std::uint16_t class_bits_ = 0;
    Slice question_;
    KnownNames known_names_;
    std::vector<std::uint8_t> octets_;  // owners, and RDATA with names
    std::vector<Response::Record> records_;
    std::vector<RecordSlices> slices_;  // of each record
    Rdata canonical_;
};

}  // namespace dnshist::zonegen
