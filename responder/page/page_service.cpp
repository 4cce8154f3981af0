#include "responder/page/page_service.hpp"

#include <string>

#include "responder/page/page_files.hpp"
#include "storage/base/json.hpp"

namespace dnshist::responder {

namespace {

constexpr std::string_view settings_path = "/page.json";

// The page runs nothing and asks nobody but what came with it, and no other site can show or read
// it. There is no Cross-Origin-Opener-Policy: it makes a browser begin another process before it
// paints (0.3 s), and a window that opened the page finds no frame in it and nobody who listens.
void add_fields(HttpResponse& response) {
    auto& fields = response.fields;
    fields.emplace_back("content-security-policy",
                        "default-src 'self'; base-uri 'none'; form-action 'none'; "
                        "frame-ancestors 'none'");
    fields.emplace_back("x-content-type-options", "nosniff");
    fields.emplace_back("referrer-policy", "no-referrer");
    fields.emplace_back("cross-origin-resource-policy", "same-origin");
}

// True where a field's list of values, as "gzip, br;q=0.5", has this one and does not refuse it.
bool lists(std::string_view field, std::string_view value) {
    while (!field.empty()) {
        const std::size_t comma = field.find(',');
        std::string_view each = field.substr(0, comma);
        field.remove_prefix(comma == std::string_view::npos ? field.size() : comma + 1);
        const std::size_t parameter = each.find(';');
        const bool refused =
            parameter != std::string_view::npos &&
            each.substr(parameter).find_first_of("123456789") == std::string_view::npos;
        each = each.substr(0, parameter);
        while (!each.empty() && each.front() == ' ')
            each.remove_prefix(1);
        while (!each.empty() && each.back() == ' ')
            each.remove_suffix(1);
        if (each == value) return !refused;
    }
    return false;
}

HttpResponse file_response(const HttpRequest& request, const PageFile& file) {
    HttpResponse response;
    add_fields(response);
    response.fields.emplace_back("etag", file.etag);
    response.fields.emplace_back("cache-control", "no-cache");
    response.fields.emplace_back("vary", "accept-encoding");
    if (lists(request.field("if-none-match"), file.etag)) {
        response.status = 304;
        return response;
    }
    response.fields.emplace_back("content-type", file.content_type);
    Octets octets = file.octets;
    if (lists(request.field("accept-encoding"), "gzip")) {
        response.fields.emplace_back("content-encoding", "gzip");
        octets = file.gzipped;
    }
    response.content.assign(octets.begin(), octets.end());
    return response;
}

}  // namespace

PageService::PageService(std::span<const std::string> zones, std::span<const std::string> listen) {
    const auto append = [](std::string& out, std::span<const std::string> values) {
        out += '[';
        for (const std::string& value : values) {
            if (&value != values.data()) out += ',';
            append_json_string(out, value);
        }
        out += ']';
    };
    JsonObject object(settings_);
    append(object.member("zones"), zones);
    append(object.member("listen"), listen);
    object.close();
}

std::optional<HttpResponse> PageService::answer(const HttpRequest& request) const {
    const PageFile* const file = find_page_file(request.path);
    if (file == nullptr && request.path != settings_path) return {};
    HttpResponse response;
    if (request.method != "GET" && request.method != "HEAD") {
        response.status = 405;
        response.fields.emplace_back("allow", "GET, HEAD");
        response.fields.emplace_back("content-type", "text/plain; charset=utf-8");
        response.content = "Error: the page is read with GET\n";
        return response;
    }
    if (file != nullptr) return file_response(request, *file);
    add_fields(response);
    response.fields.emplace_back("content-type", "application/json");
    response.fields.emplace_back("cache-control", "no-store");
    response.content = settings_;
    return response;
}

}  // namespace dnshist::responder
