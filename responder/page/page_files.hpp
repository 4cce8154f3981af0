// The files of the page as they are compiled into the program: bundle/, which build.mjs makes.
#pragma once

#include <string_view>

#include "storage/base/octets.hpp"

namespace dnshist::responder {

struct PageFile {
    std::string_view path;  // "/page.js"
    std::string_view content_type;
    Octets octets;
    Octets gzipped;         // the same, compressed (RFC 1952)
    std::string_view etag;  // with its quotes (RFC 9110, 8.8.3); changes with the octets
};

// The file of a request's path, "/" among them; null where the page has none of that name. The
// first call works out the etags.
const PageFile* find_page_file(std::string_view path);

}  // namespace dnshist::responder
