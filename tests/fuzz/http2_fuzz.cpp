// Any octets behind the preface of HTTP/2, whole and in pieces.
#include "tests/fuzz/http_conversation.hpp"

using namespace dnshist;
using namespace dnshist::responder;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    for (const std::size_t piece : {std::size_t{5}, std::size_t{4096}}) {
        const auto session = make_http2_session({}, {});
        session->receive(as_octets(http2_preface));
        fuzz::converse(*session, {data, size}, piece);
    }
    return 0;
}
