// Any octets as a signed request: its TSIG is read and verified within bounds, and the answer's is
// one that is read again.
#include <array>
#include <cstdlib>

#include "responder/message/request_reader.hpp"
#include "responder/message/response_writer.hpp"
#include "responder/tsig/tsig.hpp"

using namespace dnshist;
using namespace dnshist::responder;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

TsigKeys some_keys() {
    TsigKeys keys;
    add_tsig_keys(keys,
                  "key key.example { algorithm hmac-sha256-128; secret "
                  "\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\"; };"
                  "key pdns.local { algorithm hmac-sha512; secret \"AAEC\"; };",
                  "");
    return keys;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const TsigKeys keys = some_keys();
    static Tsig tsig;
    const Octets message(data, size);
    const auto request = read_request(message);
    if (!request || !request->tsig) return 0;
    require(request->rcode != Rcode::formerr && request->rcode != Rcode::notimp);
    require(request->tsig->position < size);

    // At the time that it has, and at another.
    for (const std::uint64_t at : {request->tsig->time_signed, std::uint64_t{1767225600}}) {
        const Seconds now{static_cast<std::uint32_t>(at)};
        const TsigVerdict verdict = tsig.verify(message, *request->tsig, keys, now);
        if (verdict.rcode == Rcode::formerr) continue;
        require((verdict.rcode == Rcode::noerror) == (verdict.error == TsigError::noerror));

        std::array<std::uint8_t, 2048> room;
        const std::size_t least = ResponseWriter::least_octets(*request);
        ResponseWriter response(*request, std::span(room).first(least), 1232);
        const std::size_t plain = response.finish(verdict.rcode);
        require(plain == least && least + verdict.octets <= room.size());
        const std::size_t whole = tsig.sign(room, plain, *request->tsig, verdict, now);
        require(whole == plain + verdict.octets);
        const auto read = read_tsig(Octets(room).first(whole), plain);
        require(read.has_value() && read->key == request->tsig->key);
        require(read->error == static_cast<std::uint16_t>(verdict.error));
        require(read->mac.empty() == (verdict.key == nullptr));
    }
    return 0;
}
