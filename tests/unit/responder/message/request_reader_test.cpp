// The gate that every request passes, and the boundaries that text cannot show.
#include "responder/message/request_reader.hpp"

#include <boost/test/unit_test.hpp>
#include <initializer_list>
#include <string_view>
#include <vector>

BOOST_AUTO_TEST_SUITE(request_reader_test)

using namespace dnshist;
using namespace dnshist::responder;
using namespace std::string_view_literals;

namespace {

// A message as it is put together, octet by octet.
class Message {
  public:
    explicit Message(unsigned flags = 0x0100,
                     std::initializer_list<unsigned> counts = {1, 0, 0, 0}) {
        u16(0xbeef).u16(flags);
        for (const unsigned count : counts)
            u16(count);
    }

    Message& u8(unsigned value) {
        octets_.push_back(static_cast<std::uint8_t>(value));
        return *this;
    }
    Message& u16(unsigned value) { return u8(value >> 8U).u8(value); }
    Message& u32(unsigned value) { return u16(value >> 16U).u16(value); }
    Message& text(std::string_view text) {
        octets_.insert(octets_.end(), text.begin(), text.end());
        return *this;
    }
    Message& question(std::string_view name = "\3com\0"sv, unsigned type = 16,
                      unsigned rrclass = 1) {
        return text(name).u16(type).u16(rrclass);
    }
    Message& record(std::string_view owner, unsigned type, unsigned rrclass, unsigned ttl,
                    std::string_view rdata) {
        text(owner).u16(type).u16(rrclass).u32(ttl).u16(static_cast<unsigned>(rdata.size()));
        return text(rdata);
    }
    Message& opt(unsigned payload = 1232, unsigned ttl = 0, std::string_view options = {}) {
        return record("\0"sv, 41, payload, ttl, options);
    }

    // The octets as they are, so that a read past the end is seen by a sanitizer.
    std::optional<Request> read() const { return read_request(octets_); }
    Rcode rcode() const { return read().value().rcode; }
    const std::vector<std::uint8_t>& octets() const { return octets_; }

  private:
    std::vector<std::uint8_t> octets_;
};

constexpr std::string_view root = "\0"sv;

BOOST_AUTO_TEST_CASE(a_plain_query_is_read) {
    const Message message = Message(0x0100).question("\3wWw\3com\0"sv, 16, 1);
    const auto request = message.read();
    BOOST_REQUIRE(request);
    BOOST_TEST(request->id == 0xbeef);
    BOOST_TEST(request->opcode == 0);
    BOOST_TEST(request->recursion_desired);
    BOOST_TEST((request->rcode == Rcode::noerror));
    BOOST_REQUIRE(request->question);
    BOOST_TEST(as_text(request->question->name) == "\3wWw\3com\0"sv);
    BOOST_TEST(as_text(request->question->octets) == "\3wWw\3com\0\0\x10\0\1"sv);
    BOOST_TEST((request->question->type == Rrtype::TXT));
    BOOST_TEST((request->question->rrclass == Rrclass::IN));
    BOOST_TEST(!request->edns);
}

BOOST_AUTO_TEST_CASE(runts_and_responses_are_dropped) {
    const std::vector<std::uint8_t> whole = Message().question().octets();
    for (std::size_t length = 0; length < message_header_octets; ++length) {
        BOOST_TEST(!read_request(Octets(whole).first(length)));
    }
    BOOST_TEST(read_request(Octets(whole).first(message_header_octets)).has_value());
    BOOST_TEST(!Message(0x8000).question().read());
    // Even one that would be turned away.
    BOOST_TEST(!Message(0xa800, {0, 9, 9, 9}).read());
}

BOOST_AUTO_TEST_CASE(every_opcode_but_query_is_not_implemented) {
    for (unsigned opcode = 1; opcode < 16; ++opcode) {
        const auto request = Message(0x0100 | opcode << 11U, {1, 2, 3, 4}).question().read();
        BOOST_REQUIRE(request);
        BOOST_TEST((request->rcode == Rcode::notimp));
        BOOST_TEST(request->opcode == opcode);
        BOOST_TEST(!request->question);
    }
}

BOOST_AUTO_TEST_CASE(a_query_has_one_question_and_nothing_said_to_it) {
    BOOST_TEST((Message(0, {0, 0, 0, 0}).rcode() == Rcode::formerr));
    const auto two = Message(0, {2, 0, 0, 0}).question().question().read();
    BOOST_TEST((two->rcode == Rcode::formerr));
    BOOST_TEST(!two->question);

    // The question is there to be echoed, but what else the message says is not read.
    const auto answered = Message(0, {1, 1, 0, 0}).question().record(root, 1, 1, 0, "1234").read();
    BOOST_TEST((answered->rcode == Rcode::formerr));
    BOOST_TEST(answered->question.has_value());
    const auto ixfr = Message(0, {1, 0, 1, 0}).question().record(root, 6, 1, 0, "").read();
    BOOST_TEST((ixfr->rcode == Rcode::formerr));
}

BOOST_AUTO_TEST_CASE(flags_that_mean_nothing_in_a_query_are_not_looked_at) {
    // AA, TC, RA, Z, AD, CD, RCODE.
    const auto request = Message(0x06ff).question().read();
    BOOST_TEST((request->rcode == Rcode::noerror));
    BOOST_TEST(!request->recursion_desired);
}

BOOST_AUTO_TEST_CASE(a_question_cut_short_anywhere_is_malformed) {
    const std::vector<std::uint8_t> whole = Message().question("\3www\3com\0"sv).octets();
    for (std::size_t length = message_header_octets; length < whole.size(); ++length) {
        const std::vector<std::uint8_t> cut(whole.begin(),
                                            whole.begin() + static_cast<std::ptrdiff_t>(length));
        const auto request = read_request(cut);
        BOOST_REQUIRE(request);
        BOOST_TEST((request->rcode == Rcode::formerr));
        BOOST_TEST(!request->question);
    }
    BOOST_TEST((read_request(whole)->rcode == Rcode::noerror));
}

BOOST_AUTO_TEST_CASE(names_that_are_none_are_malformed) {
    const auto rcode = [](std::string_view name) { return Message().question(name).rcode(); };
    BOOST_TEST((rcode("\xc0\x0c"sv) == Rcode::formerr));       // a pointer to itself
    BOOST_TEST((rcode("\3www\xc0\x0c"sv) == Rcode::formerr));  // to its own beginning
    BOOST_TEST((rcode("\x40"
                      "a\0"sv) == Rcode::formerr));  // extended label types
    BOOST_TEST((rcode("\x80"
                      "a\0"sv) == Rcode::formerr));
    BOOST_TEST((rcode("\0"sv) == Rcode::noerror));  // the root

    std::string longest;
    for (int i = 0; i < 3; ++i)
        longest += '\x3f' + std::string(63, 'a');
    const std::string name_255 = longest + '\x3d' + std::string(61, 'a') + '\0';
    const std::string name_256 = longest + '\x3e' + std::string(62, 'a') + '\0';
    BOOST_REQUIRE(name_255.size() == 255);
    BOOST_TEST((rcode(name_255) == Rcode::noerror));
    BOOST_TEST((rcode(name_256) == Rcode::formerr));
}

BOOST_AUTO_TEST_CASE(nothing_follows_what_the_counts_announce) {
    BOOST_TEST((Message().question().u8(0).rcode() == Rcode::formerr));
    BOOST_TEST((Message(0, {1, 0, 1, 1}).question().opt().rcode() == Rcode::formerr));
    BOOST_TEST((Message(0, {1, 0, 0, 1}).question().opt().u8(0).rcode() == Rcode::formerr));
    BOOST_TEST((Message(0, {1, 0, 0, 0}).question().opt().rcode() == Rcode::formerr));
    BOOST_TEST((Message(0, {1, 0, 0, 2}).question().opt().rcode() == Rcode::formerr));
    BOOST_TEST((Message(0, {1, 0, 0, 0xffff}).question().opt().rcode() == Rcode::formerr));
}

BOOST_AUTO_TEST_CASE(edns_is_read) {
    const auto request = Message(0, {1, 0, 0, 1}).question().opt(4096, 0x8000).read();
    BOOST_TEST((request->rcode == Rcode::noerror));
    BOOST_REQUIRE(request->edns);
    BOOST_TEST(request->edns->payload == 4096);
    BOOST_TEST(request->edns->dnssec_ok);

    const auto small = Message(0, {1, 0, 0, 1}).question().opt(100).read();
    BOOST_TEST(small->edns.value().payload == 512);
    BOOST_TEST(!small->edns->dnssec_ok);
}

BOOST_AUTO_TEST_CASE(edns_options_fill_their_room_exactly) {
    const auto rcode = [](std::string_view options) {
        return Message(0, {1, 0, 0, 1}).question().opt(1232, 0, options).rcode();
    };
    BOOST_TEST((rcode("\0\x63\0\2ab"sv) == Rcode::noerror));
    BOOST_TEST((rcode("\0\x63\0\2ab\xff\xff\0\0"sv) == Rcode::noerror));
    BOOST_TEST((rcode("\0\x63\0\3ab"sv) == Rcode::formerr));
    BOOST_TEST((rcode("\0\x63\xff\xff"
                      "ab"sv) == Rcode::formerr));
    BOOST_TEST((rcode("\0\x63\0"sv) == Rcode::formerr));
    BOOST_TEST((rcode("\0"sv) == Rcode::formerr));
}

BOOST_AUTO_TEST_CASE(cookies_have_few_lengths) {
    for (std::size_t size = 0; size <= 64; ++size) {
        std::string option("\0\x0a\0", 3);
        option += static_cast<char>(size);
        option.append(size, 'c');
        const bool good = size == 8 || (size >= 16 && size <= 40);
        const auto request = Message(0, {1, 0, 0, 1}).question().opt(1232, 0, option).read();
        BOOST_TEST((request->rcode == (good ? Rcode::noerror : Rcode::formerr)));
        if (good) BOOST_TEST(request->edns.value().cookie.size() == size);
    }
}

BOOST_AUTO_TEST_CASE(of_an_option_that_comes_twice_the_first_counts) {
    const Message message = Message(0, {1, 0, 0, 1})
                                .question()
                                .opt(1232, 0,
                                     "\0\x0a\0\x8"
                                     "aaaaaaaa"
                                     "\0\x3\0\0"
                                     "\0\x0a\0\x8"
                                     "bbbbbbbb"sv);
    const auto request = message.read();
    BOOST_TEST(as_text(request->edns.value().cookie) == "aaaaaaaa");
    BOOST_TEST(request->edns->nsid);
    BOOST_TEST(!request->edns->keepalive.has_value());
}

BOOST_AUTO_TEST_CASE(there_is_one_opt_and_the_root_owns_it) {
    BOOST_TEST((Message(0, {1, 0, 0, 2}).question().opt().opt().rcode() == Rcode::formerr));
    BOOST_TEST((Message(0, {1, 0, 0, 1}).question().record("\1a\0"sv, 41, 1232, 0, "").rcode() ==
                Rcode::formerr));
    BOOST_TEST((Message(0, {1, 0, 0, 1}).question().record("\xc0\x0c"sv, 41, 1232, 0, "").rcode() ==
                Rcode::formerr));
    const auto malformed = Message(0, {1, 0, 0, 2}).question().opt().opt().read();
    BOOST_TEST(malformed->question.has_value());
    BOOST_TEST(!malformed->edns);
}

BOOST_AUTO_TEST_CASE(an_unknown_edns_version_is_told_so) {
    const auto request = Message(0, {1, 0, 0, 1}).question().opt(1232, 0x018000, "?").read();
    // The form of its options is not known here.
    BOOST_TEST((request->rcode == Rcode::badvers));
    BOOST_TEST(request->edns.value().dnssec_ok);
    BOOST_TEST(request->question.has_value());
}

BOOST_AUTO_TEST_CASE(other_additional_records_are_passed_over) {
    BOOST_TEST((Message(0, {1, 0, 0, 3})
                    .question()
                    .record("\1a\xc0\x0c"sv, 1, 1, 0, "1234")
                    .opt()
                    .record("\xc0\x0c"sv, 1, 1, 0, "1234")
                    .rcode() == Rcode::noerror));
    // A pointer goes back, and not into the header.
    const auto owner = [](std::string_view name) {
        return Message(0, {1, 0, 0, 1}).question().record(name, 1, 1, 0, "1234").rcode();
    };
    BOOST_TEST((owner("\xc0\x0b"sv) == Rcode::formerr));
    BOOST_TEST((owner("\xc0\x15"sv) == Rcode::formerr));
    BOOST_TEST((owner("\xff\xff"sv) == Rcode::formerr));
    BOOST_TEST((owner("\xc0"sv) == Rcode::formerr));
    BOOST_TEST((owner("\x40"sv) == Rcode::formerr));
}

BOOST_AUTO_TEST_CASE(a_tsig_comes_last) {
    const std::string_view tsig =
        "\1a\0\0\0\0\0\0\0\1\x2c\0\2??\xbe\xef\0\0\0\0"sv;  // as short as one can be
    const auto with = [tsig](std::string_view rdata_end) {
        return Message(0, {1, 0, 0, 2})
            .question()
            .opt()
            .record("\3key\0"sv, 250, 255, 0, std::string(tsig) + std::string(rdata_end))
            .read();
    };
    const auto request = with("");
    BOOST_TEST((request->rcode == Rcode::noerror));
    BOOST_REQUIRE(request->tsig);
    BOOST_TEST(request->tsig->key.text() == "key.");
    BOOST_TEST(request->tsig->position == message_header_octets + 9 + 11);
    BOOST_TEST(request->edns.has_value());

    const auto wrong = with("x");
    BOOST_TEST((wrong->rcode == Rcode::formerr));
    BOOST_TEST(!wrong->tsig);
    BOOST_TEST(!wrong->edns);
    BOOST_TEST(
        (Message(0, {1, 0, 0, 2}).question().record("\3key\0"sv, 250, 255, 0, tsig).opt().rcode() ==
         Rcode::formerr));
    BOOST_TEST((Message(0, {1, 0, 0, 2})
                    .question()
                    .record("\3key\0"sv, 250, 255, 0, tsig)
                    .record("\3key\0"sv, 250, 255, 0, tsig)
                    .rcode() == Rcode::formerr));
    // Other faults of the request are told all the same.
    const auto badvers = Message(0, {1, 0, 0, 2})
                             .question()
                             .opt(1232, 0x010000)
                             .record("\3key\0"sv, 250, 255, 0, tsig)
                             .read();
    BOOST_TEST((badvers->rcode == Rcode::badvers));
    BOOST_TEST(badvers->tsig.has_value());
}

}  // namespace

BOOST_AUTO_TEST_SUITE_END()
