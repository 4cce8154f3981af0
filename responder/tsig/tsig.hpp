// Signed transactions (TSIG, RFC 8945): whether a request comes from somebody who has a key of
// ours, and the signature of the answer.
//
//     request   key known?  MAC right?  sent now?  MAC long enough?      the answer
//               no                                                       NOTAUTH, BADKEY, unsigned
//               yes         no                                           NOTAUTH, BADSIG, unsigned
//               yes         yes         no                               NOTAUTH, BADTIME, signed
//               yes         yes         yes        no                    NOTAUTH, BADTRUNC, signed
//               yes         yes         yes        yes                   as ever, signed
//
// A TSIG that cannot be read or has a MAC of a length that cannot be is a FORMERR without TSIG, as
// is one that is not the last record (section 5.1; request_reader.cpp sees to that). A request
// whose opcode we do not have is turned away before its TSIG is looked at.
#pragma once

#include <cstdint>
#include <span>

#include "responder/message/request_reader.hpp"
#include "responder/message/tsig_record.hpp"
#include "responder/tsig/hmac.hpp"
#include "responder/tsig/tsig_key.hpp"
#include "storage/text/time.hpp"

namespace dnshist::responder {

// The field Error (RFC 8945, section 3).
enum class TsigError : std::uint16_t {
    noerror = 0,
    badsig = 16,
    badkey = 17,
    badtime = 18,
    badtrunc = 22,
};

// How a signed request is to be answered.
struct TsigVerdict {
    Rcode rcode = Rcode::noerror;  // noerror: go on; notauth or formerr: answer that and no more
    TsigError error = TsigError::noerror;
    const TsigKey* key = nullptr;  // that signs the answer; nullptr: the answer is unsigned
    std::size_t octets = 0;        // that the answer's TSIG takes; 0 where there is none
};

// Verifies and signs; has what it needs for that, so each thread has one of its own.
class Tsig {
  public:
    // `message` is the whole request, `record` its TSIG. `now` is this server's clock.
    TsigVerdict verify(Octets message, const TsigRecord& record, const TsigKeys& keys, Seconds now);

    // Adds the TSIG to the response that the first `size` octets of `room` hold, with room for
    // verdict.octets more; the length of the response with it. `request` and `verdict` are what
    // verify() had and said.
    std::size_t sign(std::span<std::uint8_t> room, std::size_t size, const TsigRecord& request,
                     const TsigVerdict& verdict, Seconds now);

  private:
    Hmac hmac_;
};

}  // namespace dnshist::responder
