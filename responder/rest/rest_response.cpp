#include "responder/rest/rest_response.hpp"

#include <utility>

#include "storage/query/vocabulary.hpp"

namespace dnshist::responder {

namespace {

HttpResponse response_of(unsigned status, std::string type) {
    HttpResponse response;
    response.status = status;
    response.fields = {{"content-type", std::move(type)},
                       {"cache-control", "no-store"},
                       {"x-content-type-options", "nosniff"}};
    return response;
}

constexpr const char* lines_type = "application/x-ndjson";

}  // namespace

HttpResponse rest_error(const RestError& error) {
    HttpResponse response = response_of(error.status, "text/plain; charset=utf-8");
    response.content = "Error: " + error.text + "\n";
    return response;
}

HttpResponse rest_content(std::string type, std::string content) {
    HttpResponse response = response_of(200, std::move(type));
    response.content = std::move(content);
    return response;
}

HttpResponse rest_stream(std::unique_ptr<SlicedBody> body) {
    if (body->failed()) return rest_error(no_store);
    HttpResponse response = response_of(200, lines_type);
    if (body->ended()) {
        response.content = body->take_text();
    } else {
        response.body = std::move(body);
    }
    return response;
}

std::optional<RestError> refusal(const Selection& selection, Rights rights) {
    for (const Query& query : selection.queries) {
        if (const auto view = rights.lack(query)) {
            return RestError{403, "this needs the right to the view '" +
                                      std::string(view_word(*view)) +
                                      "', which you do not have here"};
        }
    }
    return std::nullopt;
}

}  // namespace dnshist::responder
