// Any octets to the server's side of a connection of HTTP/1.1, whole and in pieces.
#include "tests/fuzz/http_conversation.hpp"

using namespace dnshist;
using namespace dnshist::responder;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{4096}})
        fuzz::converse(*make_http1_session({}, {}), {data, size}, piece);
    return 0;
}
