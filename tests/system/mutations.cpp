#include "tests/system/mutations.hpp"

#include <algorithm>
#include <array>

#include "responder/message/request_reader.hpp"
#include "tests/support/notation.hpp"

namespace dnshist::test {

using namespace responder;

namespace {

// As notation.hpp has them.
constexpr std::array questions{
    "0000 0100 0001 0000 0000 0000 history.www.example.com.pdns.local. TXT IN",
    "0000 0120 0001 0000 0000 0001 history.www.example.com.pdns.local. TXT IN "
    "00 OPT u16:1232 00 00 8000 [ ]",
    "0000 0100 0001 0000 0000 0001 mx.limit-5.page-2.history.*.example.com.pdns.local. TXT IN "
    "00 OPT u16:4096 00 00 0000 [ 000a [ 0102030405060708 ] 0003 [ ] 000b [ ] ]",
    "0000 0100 0001 0000 0000 0001 pivot.192.0.2.0/24.pdns.local. TXT IN "
    "00 OPT u16:512 00 00 0000 [ 0008 [ 0001 18 00 c00002 ] 000c [ {00*40} ] ]",
    "0000 0000 0001 0000 0000 0001 after-2019.changes.example.com.pdns.local. ANY IN "
    "00 OPT u16:1232 00 01 0000 [ ]",
    "0000 0000 0001 0000 0000 0001 2020-06-01.at.alias.example.com.pdns.local. A IN "
    "00 OPT u16:1232 00 00 0000 [ 000a [ 0102030405060708 {01*16} ] ]",
    "0000 0000 0001 0000 0000 0000 names.example.com.pdns.local. TXT IN",
    "0000 0000 0001 0000 0000 0000 json.runs.summary.192.0.2.1.pdns.local. TXT IN",
    "0000 0000 0001 0000 0000 0000 help.pdns.local. TXT IN",
    "0000 0000 0001 0000 0000 0000 stats.pdns.local. TXT IN",
    "0000 0000 0001 0000 0000 0000 pdns.local. SOA IN",
    "0000 0000 0001 0000 0000 0000 version.bind. TXT CH",
    "0000 0000 0001 0000 0000 0000 pdns.local. AXFR IN",
    "0000 0000 0001 0000 0001 0000 pdns.local. IXFR IN c00c SOA IN u32:0 "
    "[ 00 00 u32:1 u32:0 u32:0 u32:0 u32:0 ]",
    "0000 2400 0001 0000 0000 0000 pdns.local. SOA IN",
    "0000 2800 0001 0000 0001 0000 pdns.local. SOA IN label:new c00c A IN u32:60 [ c0000201 ]",
    "0000 0000 0001 0000 0000 0002 history.www.example.com.pdns.local. TXT IN "
    "00 OPT u16:1232 00 00 0000 [ ] "
    "key. TSIG ANY u32:0 [ hmac-sha256. 000069556f00 012c [ {5a*32} ] 0000 0000 0000 ]",
    "0000 0000 0001 0000 0000 0000 label:history {0161*50} label:pdns label:local 00 TXT IN",
    "0000 0000 0001 0000 0000 0000 label:history label:{a*63} label:{b*63} label:{c*50} "
    "label:{d*55} label:pdns label:local 00 TXT IN",
};

// Numbers at the edge of something.
constexpr std::array<std::uint8_t, 14> edges{0,    1,    2,    4,    5,    0x0c, 0x29,
                                             0x3f, 0x40, 0x7f, 0x80, 0xc0, 0xfa, 0xff};
constexpr std::array<std::size_t, 6> counts_and_flags{2, 4, 5, 7, 9, 11};

}  // namespace

std::vector<Message> good_questions() {
    std::vector<Message> out;
    for (const char* question : questions)
        out.push_back(octets_of(parts_from_text(question, {})));
    return out;
}

Message Mutations::next() {
    Message message;
    if (below(20) == 0) {  // nothing but chance
        message.resize(below(below(10) == 0 ? 4096 : 100));
        std::ranges::generate(message, [this] { return octet(); });
        return message;
    }
    message = any_good();
    for (std::size_t i = below(4) + 1; i > 0; --i)
        mutate(message);
    if (message.size() > 4096) message.resize(4096);
    return message;
}

void Mutations::mutate(Message& message) {
    if (message.empty()) message.push_back(octet());
    const std::size_t at = below(message.size());
    const auto here = message.begin() + static_cast<std::ptrdiff_t>(at);
    switch (below(10)) {
        case 0:
            message[at] ^= static_cast<std::uint8_t>(1U << below(8));
            break;
        case 1:
            message[at] = octet();
            break;
        case 2:
            message[at] = edges[below(edges.size())];
            break;
        case 3: {
            const std::size_t header = counts_and_flags[below(counts_and_flags.size())];
            if (header < message.size()) message[header] = edges[below(edges.size())];
            break;
        }
        case 4:
            message.resize(at);
            break;
        case 5:  // octets behind
            for (std::size_t i = below(30); i > 0; --i)
                message.push_back(octet());
            break;
        case 6:
            message.insert(here, edges[below(edges.size())]);
            break;
        case 7:
            message.erase(here);
            break;
        case 8: {  // a part of it again
            const Message part(here, message.begin() + static_cast<std::ptrdiff_t>(
                                                           at + below(message.size() - at) + 1));
            message.insert(message.begin() + static_cast<std::ptrdiff_t>(below(message.size())),
                           part.begin(), part.end());
            break;
        }
        default: {  // goes on as another one
            const Message& other = any_good();
            message.resize(at);
            const auto begin = static_cast<std::ptrdiff_t>(std::min(at, other.size()));
            message.insert(message.end(), other.begin() + begin, other.end());
        }
    }
}

}  // namespace dnshist::test
