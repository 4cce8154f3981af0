// An HTTP request and its response, as the services behind HTTP see them: of HTTP/1.1 and HTTP/2
// alike (RFC 9110).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "responder/message/client.hpp"
#include "storage/answer/lookup.hpp"
#include "storage/base/octets.hpp"
#include "storage/text/time.hpp"

namespace dnshist::responder {

struct HttpUser;  // responder/policy/http_users.hpp

struct HttpField {
    std::string_view name;  // of a request in lower case
    std::string_view value;
};

// Views into the connection's memory: good until the response is returned.
struct HttpRequest {
    std::string_view method;     // "GET"
    std::string_view path;       // as it was sent, percent-encoded; begins with '/'
    std::string_view query;      // behind the '?', as it was sent
    std::string_view authority;  // the host that the client thinks it asks
    std::span<const HttpField> fields;
    Octets body;
    Client client;
    const HttpUser* user = nullptr;  // whose key came with the request, once that is known

    // The value of the first such field; empty where there is none.
    std::string_view field(std::string_view name) const noexcept {
        for (const HttpField& each : fields)
            if (each.name == name) return each.value;
        return {};
    }
};

// A response's body that is made while it is sent.
class HttpBody {
  public:
    // When a body that has nothing more at once is to be read again; the earliest first.
    enum class Rest : std::uint8_t {
        none,   // in the next turn
        pause,  // when some time has passed
        wake,   // when its connection is woken
    };
    struct Piece {
        std::size_t octets = 0;  // written
        bool ended = false;      // that was the last of it
        bool failed = false;     // the body cannot be ended as it should; the connection says so
        Rest rest = Rest::none;
    };

    virtual ~HttpBody() = default;
    // Writes the next octets, at most what the room holds and what a short turn of work gives; an
    // empty piece that has not ended is asked again later. The client is served when it has read
    // what came before, so nothing of `store` (its newest state, null where it cannot be read) may
    // be kept from call to call.
    virtual Piece read(std::span<std::uint8_t> room, Lookup* store, Seconds now) = 0;
};

struct HttpResponse {
    unsigned status = 200;
    std::vector<std::pair<std::string, std::string>> fields;  // names in lower case
    std::string content;                                      // the whole body, or
    std::unique_ptr<HttpBody> body;                           // one in pieces
};

}  // namespace dnshist::responder
