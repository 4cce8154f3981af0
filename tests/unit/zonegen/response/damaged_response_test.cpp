// Messages that are damaged or made to do harm: pointers, lengths and counts that are wrong.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <random>
#include <string>
#include <vector>

#include "storage/record/name.hpp"
#include "storage/record/rdata.hpp"
#include "tests/support/dns_message.hpp"
#include "tests/support/random_seed.hpp"
#include "tests/unit/zonegen/response/shown_response.hpp"
#include "zonegen/response/response_reader.hpp"

BOOST_AUTO_TEST_SUITE(damaged_response_test)

using namespace dnshist;
using namespace dnshist::zonegen;
using namespace dnshist::test;
using namespace std::string_literals;
using namespace std::string_view_literals;

// A label that begins within RDATA must not end behind it.
BOOST_AUTO_TEST_CASE(a_name_in_rdata_stays_within_it) {
    DnsMessage message = asked();
    message.record(DnsMessage::answer, www, Rrtype::CNAME, "\4ab"sv);
    message.record(DnsMessage::answer, "\0"sv, Rrtype::A, address);
    check(message, {"answer www.example.com. CNAME invalid", "answer . A 192.0.2.1"});
}

BOOST_AUTO_TEST_CASE(a_pointer_leads_strictly_backwards) {
    const auto owner = [](std::string_view name) {
        return asked().record(DnsMessage::answer, name, Rrtype::A, address);
    };
    // The owner begins at 33. To itself, to what follows, to the end, behind it.
    for (const unsigned target : {33U, 34U, 35U, 48U, 49U, 0x3fffU}) {
        const std::string pointer = {static_cast<char>(0xc0U | target >> 8U),
                                     static_cast<char>(target & 0xffU)};
        check_problem(owner(pointer), malformed_answer);
    }
    // To the labels that precede the pointer itself.
    check_problem(owner("\1a\xc0\x21"sv), malformed_answer);
    // Into the header, where octets are that could be a name: QDCOUNT's upper half is the root.
    check_problem(owner("\xc0\x04"sv), malformed_answer);
    check_problem(owner("\xc0\x0b"sv), malformed_answer);
    // The last one before it, which is the lower half of QCLASS: a label of one octet, and so on
    // into the pointer again.
    check_problem(owner("\xc0\x20"sv), malformed_answer);
    // The other kinds of label (RFC 6891, section 5).
    for (const unsigned length : {0x40U, 0x41U, 0x7fU, 0x80U, 0xbfU}) {
        const std::string label(1, static_cast<char>(length));
        check_problem(owner(label + std::string(length, 'x') + '\0'), malformed_answer);
    }
}

BOOST_AUTO_TEST_CASE(two_pointers_to_each_other_end) {
    // At 33 a name that leads to 37, and there one that leads to 33.
    DnsMessage message = asked();
    message.record(DnsMessage::answer, "\1a\xc0\x25"sv, Rrtype::A, "\1b\xc0\x21"sv);
    check_problem(message, malformed_answer);
    DnsMessage inside = asked();
    inside.record(DnsMessage::answer, www, Rrtype{65280}, "\1a\xc0\x31"sv);  // at 45
    inside.record(DnsMessage::answer, "\xc0\x2d"sv, Rrtype::A, address);     // at 49
    check_problem(inside, "record 2 of the answer section cannot be read");
    // Without a label, nothing but the pointers' direction ends it: 45 leads to itself or to 47,
    // which leads back.
    DnsMessage itself = asked();
    itself.record(DnsMessage::answer, www, Rrtype{65280}, "\xc0\x2d"sv);
    itself.record(DnsMessage::answer, "\xc0\x2d"sv, Rrtype::A, address);
    check_problem(itself, "record 2 of the answer section cannot be read");
    DnsMessage pair = asked();
    pair.record(DnsMessage::answer, www, Rrtype{65280}, "\xc0\x2f\xc0\x2d"sv);
    pair.record(DnsMessage::answer, "\xc0\x2f"sv, Rrtype::A, address);
    check_problem(pair, "record 2 of the answer section cannot be read");
}

BOOST_AUTO_TEST_CASE(a_name_has_at_most_255_octets) {
    const auto labels = [](std::size_t octets) {
        std::string name;
        for (; octets > 64; octets -= 64)
            name += '\x3f' + std::string(63, 'x');
        name += static_cast<char>(octets - 1) + std::string(octets - 1, 'x');
        return name;
    };
    const auto owner = [](const std::string& name) {
        return asked().record(DnsMessage::answer, name, Rrtype::A, address);
    };
    BOOST_TEST(read(owner(labels(254) + '\0').octets()).problem == "");
    check_problem(owner(labels(255) + '\0'), malformed_answer);
    // With a pointer to the 17 octets of www.example.com.
    BOOST_TEST(read(owner(labels(238) + std::string(www)).octets()).problem == "");
    check_problem(owner(labels(239) + std::string(www)), malformed_answer);
    // A chain of pointers, each with a label before it, until there are too many.
    DnsMessage chain = asked();
    std::string before(www);
    for (int i = 0; i < 120; ++i) {
        const std::size_t at = chain.size();
        chain.record(DnsMessage::answer, "\1a"s + before, Rrtype::A, address);
        before = {static_cast<char>(0xc0U | at >> 8U), static_cast<char>(at & 0xffU)};
    }
    check_problem(chain, "record 120 of the answer section cannot be read");
}

BOOST_AUTO_TEST_CASE(counts_must_be_right) {
    const auto good = asked().record(DnsMessage::answer, www, Rrtype::A, address);
    for (const auto section : {DnsMessage::answer, DnsMessage::authority, DnsMessage::additional}) {
        DnsMessage more = good;
        BOOST_TEST(read(more.count(section).octets()).problem != "");
    }
    DnsMessage question = good;
    BOOST_TEST(read(question.count(DnsMessage::questions).octets()).problem != "");
}

BOOST_AUTO_TEST_CASE(octets_behind_the_last_record_cost_no_record) {
    DnsMessage message = asked().record(DnsMessage::answer, www, Rrtype::A, address);
    ResponseReader reader;
    BOOST_TEST(reader.read(message.octets()).value().left_over == 0U);
    message.u8(0).u16(0);
    BOOST_TEST(reader.read(message.octets()).value().left_over == 3U);
    check(message, {"answer www.example.com. A 192.0.2.1"});
}

BOOST_AUTO_TEST_CASE(a_message_cut_anywhere_is_refused) {
    const auto whole = asked()
                           .record(DnsMessage::answer, www, Rrtype::CNAME, "\3web\xc0\x10"sv)
                           .record(DnsMessage::authority, example, Rrtype::NS, "\2ns\xc0\x10"sv)
                           .record(DnsMessage::additional, "\2ns\xc0\x10"sv, Rrtype::A, address);
    BOOST_TEST(read(whole.octets()).records.size() == 3);
    for (std::size_t size = 0; size < whole.size(); ++size) {
        BOOST_TEST(read(whole.octets().first(size)).problem != "", size);
    }
}

BOOST_AUTO_TEST_CASE(of_a_truncated_message_what_is_complete_stays) {
    DnsMessage message = asked(DnsMessage::response | DnsMessage::truncated);
    const std::size_t none = message.size();
    message.record(DnsMessage::answer, www, Rrtype::A, address);
    const std::size_t one = message.size();
    message.record(DnsMessage::answer, www, Rrtype::A, address);
    message.record(DnsMessage::additional, "\0"sv, Rrtype::OPT, "", 1232);
    for (std::size_t size = 0; size < none; ++size) {
        BOOST_TEST(read(message.octets().first(size)).problem != "", size);
    }
    BOOST_TEST(read(message.octets().first(none)).records.empty());
    BOOST_TEST(read(message.octets().first(one - 1)).records.empty());
    BOOST_TEST(read(message.octets().first(one)).records.size() == 1);
    BOOST_TEST(read(message.octets().first(one + 1)).records.size() == 1);
    BOOST_TEST(read(message.octets()).records.size() == 3);
    BOOST_TEST(read(message.u8(0).octets()).records.size() == 3);
}

// 64 KB of the shortest record that expands to the longest name.
BOOST_AUTO_TEST_CASE(the_largest_expansion_is_read) {
    DnsMessage message;
    message.count(DnsMessage::questions);
    for (int i = 0; i < 127; ++i)
        message.add("\1x"sv);
    message.u8(0).u16(1).u16(1);
    std::size_t records = 0;
    while (message.size() + 14 <= 65535) {
        message.record(DnsMessage::answer, www, Rrtype::NS, www);
        ++records;
    }
    const Reading reading = read(message.octets());
    BOOST_TEST(reading.problem == "");
    BOOST_TEST(reading.records.size() == records);
}

BOOST_AUTO_TEST_CASE(what_is_read_of_damaged_messages_is_valid) {
    const std::uint64_t seed = random_seed();
    BOOST_TEST_CONTEXT("DNSHIST_SEED=" << seed) {
        std::mt19937_64 random(seed);
        const auto whole = asked()
                               .record(DnsMessage::answer, www, Rrtype::CNAME, "\3web\xc0\x10"sv)
                               .record(DnsMessage::authority, example, Rrtype::SOA,
                                       "\xc0\x0c\xc0\x10\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1"sv)
                               .record(DnsMessage::additional, com, Rrtype::MX, "\0\1\xc0\x0c"sv);
        ResponseReader reader;
        for (int i = 0; i < 20'000; ++i) {
            std::vector<std::uint8_t> octets(whole.octets().begin(), whole.octets().end());
            for (int changes = 0; changes < 3; ++changes)
                octets[random() % octets.size()] = static_cast<std::uint8_t>(random());
            const auto response = reader.read(octets);
            if (!response) continue;
            for (const Response::Record& record : response->records) {
                BOOST_REQUIRE(name_length(record.owner) == record.owner.size());
                BOOST_REQUIRE(std::ranges::equal(record.owner, record.owner, {}, to_lower));
                BOOST_REQUIRE(!record.valid || is_valid_rdata(record.type, record.rdata));
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
