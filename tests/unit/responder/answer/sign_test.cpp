// Questions signed with TSIG, and the signatures of their answers.
#include "responder/answer/sign.hpp"

#include <boost/test/unit_test.hpp>
#include <memory>
#include <numeric>
#include <optional>
#include <vector>

#include "tests/support/hex.hpp"
#include "tests/support/tsig_vectors.hpp"
#include "tests/unit/responder/answer/served.hpp"

BOOST_AUTO_TEST_SUITE(sign_test)

using namespace dnshist;
using namespace dnshist::responder;

namespace {

// The vectors ask for help.pdns.local, at `now`.
struct SignedAnswer {
    std::uint8_t rcode;
    bool truncated;
    std::optional<TsigRecord> tsig;
    std::size_t size;
};

SignedAnswer ask_signed(Served& served, std::string_view request,
                        Transport transport = Transport::udp) {
    const Octets answer = served.respond(test::from_hex(request), transport);
    SignedAnswer read{
        static_cast<std::uint8_t>(answer[3] & 15U), (answer[2] & 2U) != 0, {}, answer.size()};
    // It is the last of them: where a record can be read that ends where the message does.
    for (std::size_t at = message_header_octets; at < answer.size() && !read.tsig; ++at)
        read.tsig = read_tsig(answer, at);
    return read;
}

void add_key(Served& served, HmacAlgorithm algorithm) {
    TsigKeys keys;
    std::vector<std::uint8_t> secret(mac_octets(algorithm));
    std::iota(secret.begin(), secret.end(), std::uint8_t{0});
    keys.add({Name::from_text("key.example").value(), algorithm, mac_octets(algorithm),
              Secret(std::move(secret))});
    served.service.keys = std::make_shared<const TsigKeys>(std::move(keys));
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_signed_question_has_a_signed_answer) {
    Served served;
    add_key(served, HmacAlgorithm::sha512);
    for (const auto transport : {Transport::udp, Transport::tcp}) {
        const auto answer = ask_signed(served, vectors::request_sha512, transport);
        BOOST_TEST(answer.rcode == 0);
        BOOST_TEST(answer.truncated == (transport == Transport::udp));
        BOOST_REQUIRE(answer.tsig);
        BOOST_TEST(answer.tsig->mac.size() == 64U);
        BOOST_TEST(answer.tsig->error == 0);
        BOOST_TEST(answer.tsig->time_signed == now.since_epoch);
    }
    // A client that must sign has done so.
    served.service.require_key = AddressSet(std::vector{*address_prefix_from_text("0.0.0.0/0")});
    BOOST_TEST(ask_signed(served, vectors::request_sha512).rcode == 0);
    BOOST_TEST(served.ask("TXT help.pdns.local").front() == "REFUSED");
}

BOOST_AUTO_TEST_CASE(a_question_that_is_wrongly_signed_is_not_answered) {
    Served served;
    const auto badkey = ask_signed(served, vectors::request_sha256, Transport::tcp);
    BOOST_TEST(badkey.rcode == 9);
    BOOST_TEST(badkey.tsig.value().error == 17);
    BOOST_TEST(badkey.tsig->mac.empty());

    add_key(served, HmacAlgorithm::sha256);
    const auto badtime = ask_signed(served, vectors::request_far_future);
    BOOST_TEST(badtime.rcode == 9);
    BOOST_TEST(badtime.tsig.value().error == 18);
    BOOST_TEST(badtime.tsig->mac.size() == 32U);
    BOOST_TEST(badtime.tsig->other.size() == 6U);

    // FORMERR: the header and the question, with neither OPT nor TSIG.
    for (const auto malformed : {vectors::request_mac_0, vectors::request_ttl_1}) {
        const auto formerr = ask_signed(served, malformed);
        BOOST_TEST(formerr.rcode == 1);
        BOOST_TEST(formerr.size == message_header_octets + 21);
    }
}

BOOST_AUTO_TEST_CASE(a_room_that_cannot_hold_a_tsig_gets_no_answer) {
    Served served;
    add_key(served, HmacAlgorithm::sha256);
    const auto message = test::from_hex(vectors::request_sha256);
    constexpr std::size_t least = message_header_octets + 21 + 11 + 84;
    for (const std::size_t size : {least - 1, least}) {
        std::vector<std::uint8_t> room(size);
        BOOST_REQUIRE(served.responder->begin(now));
        const std::size_t length = served.responder->respond(message, {Transport::udp}, room).size;
        served.responder->end();
        BOOST_TEST(length == (size < least ? 0 : least));
    }
}

BOOST_AUTO_TEST_SUITE_END()
