// One request of HTTP/2 as it comes, and its answer as it goes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "responder/http/http_message.hpp"

namespace dnshist::responder {

// A request, its response, and how far it was sent.
struct Http2Stream {
    explicit Http2Stream(std::int32_t number) : id(number) {}

    std::int32_t id;
    std::string text;  // names and values of the fields, one behind the other
    struct Place {
        std::size_t name;
        std::size_t value;
        std::size_t end;
    };
    std::vector<Place> places;  // of the fields in it, those of the pseudo-header first
    std::string content;        // of the request
    std::size_t octets = 0;     // of fields, kept or not
    unsigned refused = 0;       // status, where it is too long
    bool whole = false;         // the request is
    bool taken = false;
    bool answered = false;
    HttpRequest request;
    std::vector<HttpField> fields;

    std::string answer;
    std::size_t sent = 0;  // of it
    std::unique_ptr<HttpBody> body;
    bool waits = false;  // the body, for the next write()

    // Makes the request of what was received; only once it is whole.
    void make_request(const Client& client);

    std::size_t received() const noexcept { return text.size() + content.size(); }
    std::size_t held() const noexcept { return answer.size() - sent; }
};

}  // namespace dnshist::responder
