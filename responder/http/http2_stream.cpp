#include "responder/http/http2_stream.hpp"

#include <algorithm>

namespace dnshist::responder {

void Http2Stream::make_request(const Client& client) {
    request.client = client;
    request.body = as_octets(content);
    std::string_view host;
    for (const Place& place : places) {
        const std::string_view all = text;
        const HttpField field{all.substr(place.name, place.value - place.name),
                              all.substr(place.value, place.end - place.value)};
        if (field.name == ":method") {
            request.method = field.value;
        } else if (field.name == ":path") {
            const std::size_t mark = std::min(field.value.find('?'), field.value.size());
            request.path = field.value.substr(0, mark);
            request.query = field.value.substr(std::min(mark + 1, field.value.size()));
        } else if (field.name == ":authority") {
            request.authority = field.value;
        } else if (!field.name.starts_with(':')) {
            if (field.name == "host") host = field.value;
            fields.push_back(field);
        }
    }
    if (request.authority.empty()) request.authority = host;
    request.fields = fields;
}

}  // namespace dnshist::responder
