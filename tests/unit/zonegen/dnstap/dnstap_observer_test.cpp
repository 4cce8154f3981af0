// Frames to observations: the kinds that are used, and what a frame says of the query.
#include "zonegen/dnstap/dnstap_observer.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "storage/record/rdata.hpp"
#include "tests/support/dns_message.hpp"
#include "tests/support/dnstap_frames.hpp"

BOOST_AUTO_TEST_SUITE(dnstap_observer_test)

using namespace dnshist;
using namespace dnshist::zonegen;
using namespace dnshist::test;
using namespace std::string_view_literals;

namespace {

constexpr unsigned resolver = 4;
constexpr std::uint64_t time_seen = 1'700'000'000;

// "OWNER RDATA TIME SENSOR BAILIWICK"
std::string shown(const Observation& seen) {
    std::string text = Name::from_wire(seen.owner).value().text();
    text += ' ' + rdata_text(seen.type, seen.rdata);
    text += ' ' + std::to_string(seen.seen.begin.since_epoch);
    BOOST_TEST((seen.seen.begin == seen.seen.end));
    if (seen.source == nullptr) return text;
    return text + ' ' + seen.source->sensor_id + seen.source->origin + ' ' + seen.source->bailiwick;
}

class Observer {
  public:
    explicit Observer(const DnstapOptions& options = {}) : observer_(options, sink_) {}

    Observer& observe(const Protobuf& frame) {
        observer_.observe(++frames_, frame.payload());
        return *this;
    }
    // The results of the last frames.
    std::vector<std::string> take() { return std::exchange(all_, {}); }
    std::string passed_over() const { return observer_.passed_over(); }

  private:
    std::vector<std::string> all_;
    Sink sink_{[this](const Observation& seen) { all_.push_back(shown(seen)); },
               [this](std::uint64_t place, std::string_view record, const Reject& reject) {
                   std::string text = std::to_string(place) + ": ";
                   text += reason_text(reject.reason);
                   if (!reject.detail.empty()) text += ": " + reject.detail;
                   if (!record.empty()) text += ": " + std::string(record);
                   all_.push_back(text);
               }};
    DnstapObserver observer_;
    std::uint64_t frames_ = 0;
};

std::string wire(std::string_view name) {
    return std::string(as_text(Name::from_text(name).value().wire()));
}

DnsMessage answer(std::string_view name = "www.example.com.",
                  std::string_view address = "192.0.2.1") {
    DnsMessage message;
    message.question(name, "A");
    message.record(DnsMessage::answer, std::string(name) + " A " + std::string(address));
    return message;
}

Protobuf message(unsigned kind, const DnsMessage& response = answer()) {
    Protobuf message;
    return message.number(field::kind, kind)
        .number(field::response_time, time_seen)
        .octets(field::response, response.octets());
}

using Texts = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_CASE(what_a_resolver_was_told) {
    Observer observer;
    observer.observe(dnstap(message(resolver).octets(field::zone, wire("example.com.")), "ns1"));
    BOOST_TEST(
        (observer.take() == Texts{"www.example.com. 192.0.2.1 1700000000 ns1 example.com."}));
    BOOST_TEST(observer.passed_over().empty());
}

BOOST_AUTO_TEST_CASE(kinds_that_are_not_wanted_are_counted) {
    Observer observer;
    for (const unsigned kind : {1U, 2U, 3U, 5U, 6U, 6U, 7U, 8U, 10U, 12U, 13U, 99U})
        observer.observe(dnstap(message(kind)));
    BOOST_TEST(observer.take().empty());
    BOOST_TEST(observer.passed_over() == "1 auth, 2 client, 1 forwarder, 1 stub, 1 tool");
}

BOOST_AUTO_TEST_CASE(kinds_that_are_wanted) {
    Observer observer({.types = {DnstapType::client_response, DnstapType::auth_response},
                       .trust = Trust::bailiwick,
                       .sensor = {}});
    observer.observe(dnstap(message(6))).observe(dnstap(message(2)));
    BOOST_TEST(observer.take().size() == 2U);
    observer.observe(dnstap(message(resolver)));
    BOOST_TEST(observer.take().empty());
    BOOST_TEST(observer.passed_over() == "1 resolver");
}

BOOST_AUTO_TEST_CASE(the_zone_that_was_asked_is_the_bailiwick) {
    DnsMessage both = answer();
    both.record(DnsMessage::answer, "www.example.net. A 192.0.2.2");
    Observer observer;
    observer.observe(dnstap(message(resolver, both).octets(field::zone, wire("EXAMPLE.com."))));
    BOOST_TEST(
        (observer.take() == Texts{"www.example.com. 192.0.2.1 1700000000  example.com.",
                                  "1: outside of the bailiwick: www.example.net. A 192.0.2.2"}));
    // A server of another zone has no authority over it.
    observer.observe(dnstap(message(resolver).octets(field::zone, wire("www2.example.com."))));
    BOOST_TEST(
        (observer.take() == Texts{"2: outside of the bailiwick: www.example.com. A 192.0.2.1"}));
    observer.observe(dnstap(message(resolver).octets(field::zone, "\3com"sv)));
    BOOST_TEST((observer.take() ==
                Texts{"3: no dnstap frame that can be used: its query_zone is no name"}));
}

BOOST_AUTO_TEST_CASE(everything_is_taken_where_everything_is_trusted) {
    Observer observer(
        {.types = {DnstapType::resolver_response}, .trust = Trust::everything, .sensor = "ours"});
    observer.observe(dnstap(message(resolver).octets(field::zone, wire("example.net."))));
    // Outside the bailiwick, which is therefore not recorded.
    BOOST_TEST((observer.take() == Texts{"www.example.com. 192.0.2.1 1700000000 ours "}));
}

BOOST_AUTO_TEST_CASE(another_answer_than_to_the_question_is_not_believed) {
    DnsMessage question(0);
    question.question("www.example.com.", "A");
    Observer observer;
    observer.observe(dnstap(message(resolver).octets(field::query, question.octets())));
    BOOST_TEST(observer.take().size() == 1U);
    observer.observe(dnstap(
        message(resolver, answer("evil.example.com.")).octets(field::query, question.octets())));
    BOOST_TEST((observer.take() == Texts{"2: not asked for: evil.example.com. A 192.0.2.1"}));
}

const std::string unknown_question =
    ": a response whose question is not known (--trust unasked takes it): www.example.com. A";

// With neither the zone nor the query, only the sender of the response says what was asked.
BOOST_AUTO_TEST_CASE(a_response_received_without_zone_and_query_is_not_believed) {
    Observer observer({.types = {DnstapType::resolver_response, DnstapType::tool_response},
                       .trust = Trust::bailiwick,
                       .sensor = {}});
    observer.observe(dnstap(message(resolver))).observe(dnstap(message(12)));
    BOOST_TEST((observer.take() == Texts{"1" + unknown_question, "2" + unknown_question}));
    // A malformed query is none.
    for (const std::string_view query :
         {"short"sv, "twelve octets and no name"sv, "\0\0\0\0\0\0\0\0\0\0\0\0"sv}) {
        observer.observe(dnstap(message(resolver).octets(field::query, query)));
        BOOST_TEST(observer.take().size() == 1U);
    }
    Observer told(
        {.types = {DnstapType::resolver_response}, .trust = Trust::unasked, .sensor = "ours"});
    told.observe(dnstap(message(resolver)));
    BOOST_TEST(
        (told.take() == Texts{"www.example.com. 192.0.2.1 1700000000 oursdnshist:unasked "}));
}

// A server's reports of its own responses, and responses from the resolver that it is configured to
// ask.
BOOST_AUTO_TEST_CASE(kinds_that_are_believed_in_all_zones) {
    DnsMessage chain;
    chain.question("www.example.com.", "A");
    chain.record(DnsMessage::answer, "www.example.com. CNAME www.example.net.");
    chain.record(DnsMessage::answer, "www.example.net. A 192.0.2.1");
    Observer observer({.types = {DnstapType::auth_response, DnstapType::client_response,
                                 DnstapType::forwarder_response, DnstapType::stub_response},
                       .trust = Trust::bailiwick,
                       .sensor = {}});
    for (const unsigned kind : {2U, 6U, 8U, 10U}) {
        observer.observe(dnstap(message(kind, chain)));
        BOOST_TEST((observer.take() == Texts{"www.example.com. www.example.net. 1700000000",
                                             "www.example.net. 192.0.2.1 1700000000"}));
    }
}

BOOST_AUTO_TEST_CASE(times) {
    Observer observer;
    const auto at = [&](std::optional<std::uint64_t> query, std::optional<std::uint64_t> response) {
        Protobuf said;
        said.number(field::kind, resolver)
            .octets(field::zone, wire("."))
            .octets(field::response, answer().octets());
        if (query) said.number(field::query_time, *query);
        if (response) said.number(field::response_time, *response);
        const auto all = observer.observe(dnstap(said)).take();
        BOOST_REQUIRE(all.size() == 1U);
        const std::string_view bailiwick = "  .";
        const std::size_t end =
            all[0].ends_with(bailiwick) ? all[0].size() - bailiwick.size() : all[0].size();
        return all[0].substr(0, end).substr(all[0].find(' ') + 1);
    };
    BOOST_TEST(at(5, 6) == "192.0.2.1 6");
    BOOST_TEST(at(5, std::nullopt) == "192.0.2.1 5");
    BOOST_TEST(at(std::nullopt, std::nullopt) == "no dnstap frame that can be used: no time in it");
    BOOST_TEST(at(5, 0) == "no dnstap frame that can be used: no time in it");
    BOOST_TEST(at(5, 0xffffffff) == "192.0.2.1 4294967295");
    BOOST_TEST(at(5, std::uint64_t{1} << 32).starts_with("bad time"));
}

BOOST_AUTO_TEST_CASE(the_identity_is_the_sensor) {
    Observer observer(
        {.types = {DnstapType::resolver_response}, .trust = Trust::bailiwick, .sensor = "ours"});
    const auto sensor = [&](std::string_view identity) {
        const auto all =
            observer.observe(dnstap(message(resolver).octets(field::zone, wire(".")), identity))
                .take();
        BOOST_REQUIRE(all.size() == 1U);
        constexpr std::string_view before = "www.example.com. 192.0.2.1 1700000000 ";
        BOOST_REQUIRE(all[0].starts_with(before));
        BOOST_REQUIRE(all[0].ends_with(" ."));
        return all[0].substr(before.size(), all[0].size() - before.size() - 2);
    };
    BOOST_TEST(sensor("ns1") == "ns1");
    BOOST_TEST(sensor("") == "ours");
    BOOST_TEST(sensor("ns2") == "ns2");
    BOOST_TEST(sensor(std::string(255, 'x')) == std::string(255, 'x'));
    // An identity that cannot be printed is not used.
    BOOST_TEST(sensor(std::string(256, 'x')) == "ours");
    BOOST_TEST(sensor("ns1\n") == "ours");
    BOOST_TEST(sensor("\x1b[2J") == "ours");
}

BOOST_AUTO_TEST_CASE(frames_that_cannot_be_used) {
    Observer observer;
    observer.observe(Protobuf().raw("garbage"));
    BOOST_TEST((observer.take() ==
                Texts{"1: no dnstap frame that can be used: no protocol buffer of dnstap"}));
    observer.observe(
        dnstap(Protobuf().number(field::kind, resolver).number(field::response_time, 1)));
    BOOST_TEST(
        (observer.take() == Texts{"2: no dnstap frame that can be used: no response in it"}));
    Protobuf said;
    said.number(field::kind, resolver).number(field::response_time, 1);
    observer.observe(dnstap(said.octets(field::response, "short")));
    BOOST_TEST((observer.take() == Texts{"3: malformed DNS message: shorter than a header"}));
}

BOOST_AUTO_TEST_SUITE_END()
