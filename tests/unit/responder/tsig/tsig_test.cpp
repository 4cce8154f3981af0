// Signed requests and the answers to them, against messages made elsewhere: tsig_vectors.py has
// written them from the RFC with Python's own HMAC, and one was caught from dig.
#include "responder/tsig/tsig.hpp"

#include <boost/test/unit_test.hpp>
#include <cctype>
#include <numeric>

#include "responder/message/request_reader.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/tsig_vectors.hpp"

BOOST_AUTO_TEST_SUITE(tsig_test)

using namespace dnshist;
using namespace dnshist::responder;
using namespace dnshist::vectors;

namespace {

constexpr Seconds now{1767225600};  // 2026-01-01T00:00:00Z, when the requests were signed

Secret counting_octets(std::size_t count) {
    std::vector<std::uint8_t> octets(count);
    std::iota(octets.begin(), octets.end(), std::uint8_t{0});
    return Secret(std::move(octets));
}

TsigKeys keys_with(std::string_view name, HmacAlgorithm algorithm, std::size_t least_mac_octets) {
    TsigKeys keys;
    keys.add({Name::from_text(name).value(), algorithm, least_mac_octets,
              counting_octets(mac_octets(algorithm))});
    return keys;
}

TsigKeys keys_with(HmacAlgorithm algorithm) {
    return keys_with("key.example", algorithm, mac_octets(algorithm));
}

// A request, and what is found of it.
struct Verified {
    std::vector<std::uint8_t> octets;
    std::optional<Request> request;
    TsigVerdict verdict;

    Verified(std::vector<std::uint8_t> message, const TsigKeys& keys, Seconds at = now)
        : octets(std::move(message)), request(read_request(octets)) {
        if (request && request->tsig) {
            verdict = tsig.verify(octets, *request->tsig, keys, at);
        } else {
            verdict.rcode = request ? request->rcode : Rcode::servfail;
        }
    }
    Verified(std::string_view message, const TsigKeys& keys, Seconds at = now)
        : Verified(test::from_hex(message), keys, at) {}

    bool is(Rcode rcode, TsigError error, bool is_signed) const {
        return verdict.rcode == rcode && verdict.error == error &&
               (verdict.key != nullptr) == is_signed;
    }
    bool ok() const { return is(Rcode::noerror, TsigError::noerror, true); }
    // The answer to it, signed.
    std::string answer(std::string_view response, Seconds at = now) {
        std::vector<std::uint8_t> room = test::from_hex(response);
        const std::size_t size = room.size();
        room.resize(size + verdict.octets);
        BOOST_TEST(tsig.sign(room, size, *request->tsig, verdict, at) == room.size());
        return test::hex(room);
    }

    static Tsig tsig;  // one for all, as a worker has it
};

Tsig Verified::tsig;

BOOST_AUTO_TEST_CASE(a_signed_request_is_verified_and_its_answer_signed) {
    const auto check = [](HmacAlgorithm algorithm, std::string_view request,
                          std::string_view response) {
        const TsigKeys keys = keys_with(algorithm);
        Verified verified(request, keys);
        BOOST_TEST(verified.ok());
        BOOST_TEST(verified.answer(plain_response, Seconds{now.since_epoch + 1}) == response);
    };
    check(HmacAlgorithm::sha256, request_sha256, response_sha256);
    check(HmacAlgorithm::sha384, request_sha384, response_sha384);
    check(HmacAlgorithm::sha512, request_sha512, response_sha512);
}

// dig -y hmac-sha256:monitor.pdns.local:AAEC...HR4f TXT help.pdns.local, BIND 9.18.49.
BOOST_AUTO_TEST_CASE(what_dig_sends_is_verified) {
    const TsigKeys keys = keys_with("monitor.pdns.local", HmacAlgorithm::sha256, 32);
    BOOST_TEST(
        Verified("2acc012000010000000000020468656c700470646e73056c6f63616c000010000100002904d0"
                 "000000000000076d6f6e69746f720470646e73056c6f63616c0000fa00ff00000000003d0b68"
                 "6d61632d7368613235360000006b053c82012c00203006cfdc0812dde1037d8b05e4e30a9641"
                 "cd7fa6cf43be51a8776351731e7b882acc00000000",
                 keys, Seconds{0x6b053c82})
            .ok());
}

BOOST_AUTO_TEST_CASE(the_fields_are_read) {
    const auto message = test::from_hex(request_with_other_data);
    const auto tsig = read_request(message).value().tsig;
    BOOST_REQUIRE(tsig);
    BOOST_TEST(tsig->key.text() == "key.example.");
    BOOST_TEST(tsig->algorithm.text() == "hmac-sha256.");
    BOOST_TEST(tsig->time_signed == now.since_epoch);
    BOOST_TEST(tsig->fudge == 300);
    BOOST_TEST(tsig->mac.size() == 32U);
    BOOST_TEST(tsig->original_id == 0xbeef);
    BOOST_TEST(tsig->error == 7);
    BOOST_TEST(as_text(tsig->other) == "other");
    BOOST_TEST(tsig->position == test::from_hex(request_sha256).size() - 84);
    BOOST_TEST(Verified(request_with_other_data, keys_with(HmacAlgorithm::sha256)).ok());
}

// A forwarder gives a request an ID of its own (section 5.5): the one that was signed is restored.
BOOST_AUTO_TEST_CASE(the_id_may_have_changed_on_the_way) {
    const TsigKeys keys = keys_with(HmacAlgorithm::sha256);
    const Verified verified(request_forwarded, keys);
    BOOST_TEST(verified.request->id == 0x1234);
    BOOST_TEST(verified.ok());
}

BOOST_AUTO_TEST_CASE(the_owner_may_be_compressed) {
    const TsigKeys keys = keys_with("pdns.local", HmacAlgorithm::sha256, 32);
    const Verified verified(request_pointer, keys);
    BOOST_TEST(verified.request->tsig->key.text() == "pdns.local.");
    BOOST_TEST(verified.ok());
    // But only by what stands before it.
    for (const auto wrong :
         {request_pointer_forward, request_pointer_to_itself, request_pointer_into_header}) {
        BOOST_TEST(Verified(wrong, keys).is(Rcode::formerr, TsigError::noerror, false));
    }
}

BOOST_AUTO_TEST_CASE(a_key_that_is_not_known) {
    for (const TsigKeys& keys :
         {TsigKeys{}, keys_with("key.example.net", HmacAlgorithm::sha256, 32),
          keys_with(HmacAlgorithm::sha512)}) {
        Verified verified(request_sha256, keys);
        BOOST_TEST(verified.is(Rcode::notauth, TsigError::badkey, false));
        BOOST_TEST(verified.answer(plain_response) == response_badkey);
    }
    const TsigKeys keys = keys_with(HmacAlgorithm::sha256);
    BOOST_TEST(Verified(request_sha1, keys).is(Rcode::notauth, TsigError::badkey, false));
    BOOST_TEST(Verified(request_md5, keys).is(Rcode::notauth, TsigError::badkey, false));
}

BOOST_AUTO_TEST_CASE(a_mac_that_is_not_right) {
    TsigKeys keys;
    keys.add(
        {Name::from_text("key.example").value(), HmacAlgorithm::sha256, 32, counting_octets(31)});
    Verified verified(request_sha256, keys);
    BOOST_TEST(verified.is(Rcode::notauth, TsigError::badsig, false));
    BOOST_TEST(verified.answer(plain_response) == response_badsig);
    // At another time too: who cannot sign is not told ours by BADTIME.
    BOOST_TEST(
        Verified(request_sha256, keys, Seconds{0}).is(Rcode::notauth, TsigError::badsig, false));
}

BOOST_AUTO_TEST_CASE(clocks_that_are_apart) {
    const TsigKeys keys = keys_with(HmacAlgorithm::sha256);
    BOOST_TEST(Verified(request_sha256, keys, Seconds{now.since_epoch + 300}).ok());
    BOOST_TEST(Verified(request_sha256, keys, Seconds{now.since_epoch - 300}).ok());
    BOOST_TEST(Verified(request_sha256, keys, Seconds{now.since_epoch - 301})
                   .is(Rcode::notauth, TsigError::badtime, true));
    const Seconds late{now.since_epoch + 301};
    Verified verified(request_sha256, keys, late);
    BOOST_TEST(verified.is(Rcode::notauth, TsigError::badtime, true));
    // Signed, with the client's time as when and the server's beside it.
    BOOST_TEST(verified.answer(plain_response, late) == response_badtime);
    // 48 bits and a fudge that would wrap around.
    BOOST_TEST(Verified(request_far_future, keys).is(Rcode::notauth, TsigError::badtime, true));
}

BOOST_AUTO_TEST_CASE(a_mac_may_be_cut_as_far_as_the_key_says) {
    const TsigKeys whole = keys_with(HmacAlgorithm::sha256);
    const TsigKeys shorter = keys_with("key.example", HmacAlgorithm::sha256, 16);
    // A MAC of an impossible length (section 5.2.2.1): nothing else is said.
    for (const auto wrong : {request_mac_33, request_mac_15, request_mac_0}) {
        for (const TsigKeys* keys : {&whole, &shorter}) {
            const Verified verified(wrong, *keys);
            BOOST_TEST(verified.is(Rcode::formerr, TsigError::noerror, false));
            BOOST_TEST(verified.verdict.octets == 0U);
        }
    }
    BOOST_TEST(Verified(request_mac_32, whole).ok());
    for (const auto request : {request_mac_31, request_mac_16}) {
        BOOST_TEST(Verified(request, whole).is(Rcode::notauth, TsigError::badtrunc, true));
        BOOST_TEST(Verified(request, shorter).ok());
    }
    // The answer's MAC is whole, and made with the request's as it came.
    BOOST_TEST(Verified(request_mac_16, shorter).answer(plain_response) == response_to_mac_16);
    BOOST_TEST(Verified(request_mac_16, whole).answer(plain_response) == response_badtrunc);
    // A wrong one is no better for being short, and its time is looked at first.
    auto wrong = test::from_hex(request_mac_16);
    wrong[12] ^= 1;
    BOOST_TEST(Verified(wrong, whole).is(Rcode::formerr, TsigError::noerror, false));
    wrong[12] ^= 1;
    wrong[13] ^= 1;
    BOOST_TEST(Verified(wrong, whole).is(Rcode::notauth, TsigError::badsig, false));
    BOOST_TEST(
        Verified(request_mac_16, whole, Seconds{0}).is(Rcode::notauth, TsigError::badtime, true));
}

BOOST_AUTO_TEST_CASE(a_record_that_is_not_as_it_should_be) {
    const TsigKeys keys = keys_with(HmacAlgorithm::sha256);
    for (const auto wrong : {request_class_in, request_ttl_1, request_two_tsigs}) {
        const Verified verified(wrong, keys);
        BOOST_TEST(verified.is(Rcode::formerr, TsigError::noerror, false));
        BOOST_TEST(!verified.request->tsig);
        BOOST_TEST(!verified.request->edns);
        BOOST_TEST(verified.request->question.has_value());
    }
}

BOOST_AUTO_TEST_CASE(a_record_that_is_cut_short) {
    const auto whole = test::from_hex(request_sha256);
    const std::size_t begin = whole.size() - 84;
    for (std::size_t size = begin; size < whole.size(); ++size) {
        auto cut = whole;
        cut.resize(size);
        BOOST_TEST((read_request(cut)->rcode == Rcode::formerr));
        BOOST_TEST(!read_tsig(cut, begin));
        // As long as RDLENGTH says, but with fields that want more.
        const std::size_t rdlength = begin + 13 + 8;
        if (size < rdlength + 2) continue;
        const std::size_t left = size - rdlength - 2;
        cut[rdlength] = static_cast<std::uint8_t>(left >> 8);
        cut[rdlength + 1] = static_cast<std::uint8_t>(left);
        BOOST_TEST(!read_tsig(cut, begin));
        BOOST_TEST((read_request(cut)->rcode == Rcode::formerr));
    }
    auto longer = whole;
    longer.push_back(0);
    BOOST_TEST(!read_tsig(longer, begin));
    BOOST_TEST(!read_tsig(whole, whole.size()));
    BOOST_TEST(!read_tsig(whole, whole.size() + 1));
}

// No bit can be changed on the way but in the ID, and in the case of the two names.
BOOST_AUTO_TEST_CASE(every_bit_is_signed) {
    const TsigKeys keys = keys_with(HmacAlgorithm::sha256);
    const auto whole = test::from_hex(request_sha256);
    const std::size_t begin = whole.size() - 84;
    std::size_t accepted = 0;
    for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
        auto changed = whole;
        const std::size_t at = bit / 8;
        changed[at] ^= static_cast<std::uint8_t>(1U << bit % 8);
        if (!Verified(changed, keys).ok()) continue;
        ++accepted;
        const bool case_of_a_name =
            at >= begin && bit % 8 == 5 && std::isalpha(static_cast<int>(whole[at])) != 0;
        BOOST_TEST((at < 2 || case_of_a_name), "octet " << at << ", bit " << bit % 8);
    }
    BOOST_TEST(accepted == 16U + 10U + 7U);  // the ID; key, example; hmac, sha
}

// An owner of as many octets as a name may have, in pieces that point at each other.
BOOST_AUTO_TEST_CASE(an_owner_is_a_name) {
    std::vector<std::uint8_t> message(12);
    const auto put = [&message](std::size_t label_octets) {
        message.push_back(static_cast<std::uint8_t>(label_octets));
        message.insert(message.end(), label_octets, 'a');
    };
    put(63);
    put(63);
    put(63);
    message.push_back(0);
    const std::size_t size_of_tail = message.size() - 12;
    BOOST_TEST(size_of_tail == 193U);
    const auto read_with = [&](std::size_t label_octets) {
        auto with = message;
        const std::size_t begin = with.size();
        with.push_back(static_cast<std::uint8_t>(label_octets));
        with.insert(with.end(), label_octets, 'b');
        for (const unsigned octet : {0xc0U, 12U})
            with.push_back(static_cast<std::uint8_t>(octet));
        const auto tsig = test::from_hex(request_sha256);
        with.insert(with.end(), tsig.end() - 71, tsig.end());
        return read_tsig(with, begin);
    };
    BOOST_REQUIRE(read_with(61));
    BOOST_TEST(read_with(61)->key.wire().size() == 255U);
    BOOST_TEST(!read_with(62));
    BOOST_TEST(!read_with(64));
}

}  // namespace

BOOST_AUTO_TEST_SUITE_END()
