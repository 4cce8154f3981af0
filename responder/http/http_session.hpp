// The server's side of one HTTP connection as octets: what was received goes in, requests come out;
// responses go in, and the octets to send come out. No socket and no clock.
//
// What a client can make a session hold is bounded: the head and the body of a request have limits,
// and so has the number of requests begun. Responses are held until they are sent, so the caller
// takes no further request while held() is large.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "responder/http/http_message.hpp"
#include "storage/answer/lookup.hpp"
#include "storage/base/octets.hpp"
#include "storage/text/time.hpp"

namespace dnshist::responder {

struct HttpLimits {
    std::size_t head = 8192;    // octets of the request line and all fields (else 431)
    std::size_t fields = 64;    // of a request (else 431)
    std::size_t body = 4096;    // octets of a request (else 413)
    std::size_t streams = 100;  // of HTTP/2: requests begun and not answered
};

inline constexpr unsigned body_reads = 4;  // in one write()

class HttpSession {
  public:
    // Names a request within the session.
    using StreamId = std::int32_t;

    virtual ~HttpSession() = default;

    // Whether octets from the client are to be read now.
    virtual bool wants_octets() const = 0;
    // Takes octets that were received.
    virtual void receive(Octets octets) = 0;

    // Takes the next request that is whole from those that wait; nothing where there is none.
    virtual std::optional<StreamId> next_request() = 0;
    virtual bool has_request() const = 0;
    // A request that was taken and has no response; null where the client has given it up.
    virtual const HttpRequest* request(StreamId stream) = 0;
    // Ends the request; ignored where the client has given it up.
    virtual void respond(StreamId stream, HttpResponse response) = 0;

    // Writes octets to send; how many. `store` and `now` are for bodies that are made meanwhile.
    virtual std::size_t write(std::span<std::uint8_t> room, Lookup* store, Seconds now) = 0;
    // Whether write() has more at once, without anything from the client.
    virtual bool wants_write() const = 0;
    // The reason for which all that write() would have waits.
    virtual HttpBody::Rest rest() const = 0;
    // Whether write() reads from a body.
    virtual bool has_bodies() const = 0;
    // Octets of answers that were written since the session began; of HTTP/2, those of DATA.
    virtual std::uint64_t answered() const = 0;
    // Octets of responses that are held.
    virtual std::size_t held() const = 0;

    // Whether a request has begun and is not whole.
    virtual bool has_begun() const = 0;
    // Whether every request has its answer, and all of it was written.
    virtual bool idle() const = 0;
    // No further request is taken, and the connection ends as soon as all are answered.
    virtual void shut_down() = 0;
    // The client took too long: what is left to say to it.
    virtual void time_out() = 0;
    // To be closed as soon as all that was written is sent.
    virtual bool finished() const = 0;
    // Whether the last response ended within its body, which failed.
    virtual bool broken() const { return false; }
    // Whether a client takes the end of the connection for that of the last response.
    virtual bool unframed() const { return false; }
};

// How a connection in the clear begins where the client speaks HTTP/2 (RFC 9113, section 3.4).
inline constexpr std::string_view http2_preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

std::unique_ptr<HttpSession> make_http1_session(const Client& client, const HttpLimits& limits);
std::unique_ptr<HttpSession> make_http2_session(const Client& client, const HttpLimits& limits);

// "Not Found".
std::string_view reason_phrase(unsigned status) noexcept;
// A response of one line, which says what is wrong and what to do.
HttpResponse plain_response(unsigned status, std::string line);

}  // namespace dnshist::responder
