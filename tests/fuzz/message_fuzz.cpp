// Any octets as a request: it is read within its bounds, and what is written in answer is a message
// with the same question again.
#include <array>
#include <cstdlib>

#include "responder/message/request_reader.hpp"
#include "responder/message/response_writer.hpp"

using namespace dnshist;
using namespace dnshist::responder;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

// The response as a request, so that the same reader can say what it thinks of it.
void read_back(std::span<std::uint8_t> response, const Request& request) {
    require(response.size() >= message_header_octets && (response[2] & 0x80U) != 0);
    const bool records = response[7] != 0 || response[9] != 0;
    response[2] = 0;  // neither response nor opcode
    const auto read = read_request(response);
    require(read.has_value() && read->id == request.id);
    require(read->question.has_value() == request.question.has_value());
    if (read->question) require(equal(read->question->octets, request.question->octets));
    if (request.question && !records) {
        require(read->rcode == Rcode::noerror);
        require(read->edns.has_value() == request.edns.has_value());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Octets message(data, size);
    const auto request = read_request(message);
    if (!request) return 0;
    require(request->rcode != Rcode::noerror || request->question);
    if (request->question) {
        const Octets question = request->question->octets;
        require(question.data() == data + message_header_octets &&
                question.size() <= size - message_header_octets);
    }
    std::array<std::uint8_t, min_udp_octets> room;
    ResponseWriter empty(*request, room, 1232);
    empty.set_ede({Ede::Code::other, "text"});
    read_back(std::span(room).first(empty.finish(request->rcode)), *request);
    if (!request->question) return 0;

    ResponseWriter full(*request, room, 1232);
    full.set_ede({Ede::Code::other, as_text(message)});
    full.add_txt(300, as_text(message));
    full.add_authority_soa(60, 1, {1, 2, 3, 4, 5});
    const std::size_t length = full.finish(Rcode::nxdomain);
    require(length <= room.size());
    read_back(std::span(room).first(length), *request);
    return 0;
}
