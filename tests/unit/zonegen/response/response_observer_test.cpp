// From octets to observations: the accepted records, and the refused ones with their reasons.
#include "zonegen/response/response_observer.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "storage/record/rdata.hpp"
#include "tests/support/dns_message.hpp"

BOOST_AUTO_TEST_SUITE(response_observer_test)

using namespace dnshist;
using namespace dnshist::zonegen;
using namespace dnshist::test;
using namespace std::string_literals;
using namespace std::string_view_literals;
using Outcome = ResponseObserver::Outcome;

namespace {

// "OWNER TYPE RDATA TIME [SENSOR|ORIGIN|BAILIWICK]"
std::string shown(const Observation& seen) {
    std::string text = Name::from_wire(seen.owner).value().text();
    text += ' ' + rrtype_text(seen.type) + ' ' + rdata_text(seen.type, seen.rdata);
    text += " @" + std::to_string(seen.seen.begin.since_epoch);
    if (seen.source != nullptr) {
        text += " [" + seen.source->sensor_id + '|' + seen.source->origin + '|' +
                seen.source->bailiwick + ']';
    }
    BOOST_TEST((seen.seen.begin == seen.seen.end));
    BOOST_TEST(seen.count == 1);
    BOOST_TEST((seen.witness == Witness::sensor));
    return text;
}

class Observer {
  public:
    explicit Observer(Trust trust = Trust::bailiwick)
        : observer_(
              trust,
              [this](const Observation& observation) { observed.push_back(shown(observation)); },
              [this](std::string_view record, const Reject& reject) {
                  std::string text(reason_text(reject.reason));
                  if (!reject.detail.empty()) text += ": " + reject.detail;
                  if (!record.empty()) text += ": " + std::string(record);
                  refused.push_back(text);
              }) {}

    Outcome observe(const DnsMessage& message, const QueryContext& context = {},
                    const Source* source = nullptr) {
        observed.clear();
        refused.clear();
        return observer_.observe(message.octets(), Seconds{1000}, context, source);
    }

    void check(const std::vector<std::string>& observations,
               const std::vector<std::string>& rejects) const {
        BOOST_TEST(observed == observations, boost::test_tools::per_element());
        BOOST_TEST(refused == rejects, boost::test_tools::per_element());
    }

    std::vector<std::string> observed;
    std::vector<std::string> refused;

  private:
    ResponseObserver observer_;
};

DnsMessage answered(unsigned flags = DnsMessage::response) {
    return DnsMessage(flags)
        .question("www.example.com", "A")
        .record(DnsMessage::answer, "www.example.com A 192.0.2.1");
}

QueryContext asked_of(std::string_view zone) {
    QueryContext context;
    context.zone = Name::from_text(zone).value();
    return context;
}

}  // namespace

BOOST_AUTO_TEST_CASE(gives_what_is_believed_and_refuses_the_rest) {
    Observer observer;
    const auto message = answered()
                             .record(DnsMessage::answer, "mail.example.com A 192.0.2.2")
                             .record(DnsMessage::additional, "www.bank.example A 192.0.2.66");
    BOOST_TEST((observer.observe(message) == Outcome::used));
    observer.check({"www.example.com. A 192.0.2.1 @1000"},
                   {"not asked for: mail.example.com. A 192.0.2.2",
                    "outside of the bailiwick: www.bank.example. A 192.0.2.66"});
}

BOOST_AUTO_TEST_CASE(may_believe_everything) {
    Observer observer(Trust::everything);
    const auto message = answered()
                             .record(DnsMessage::answer, "mail.example.com A 192.0.2.2")
                             .record(DnsMessage::additional, "www.bank.example A 192.0.2.66");
    BOOST_TEST((observer.observe(message, asked_of("example.com")) == Outcome::used));
    // Without the bailiwick, since the record is not in it.
    observer.check({"www.example.com. A 192.0.2.1 @1000 [||example.com.]",
                    "mail.example.com. A 192.0.2.2 @1000 [||example.com.]",
                    "www.bank.example. A 192.0.2.66 @1000"},
                   {});
    const auto unanswerable =
        DnsMessage().record(DnsMessage::answer, "www.example.com A 192.0.2.1");
    observer.observe(unanswerable);
    observer.check({"www.example.com. A 192.0.2.1 @1000"}, {});
}

BOOST_AUTO_TEST_CASE(only_answers_to_queries_are_looked_at) {
    Observer observer(Trust::everything);
    for (const unsigned flags : {0x0000U, 0x8000U | 4U << 11U, 0x8000U | 5U << 11U, 0x8001U,
                                 0x8002U, 0x8004U, 0x8005U, 0x8006U, 0x8009U}) {
        BOOST_TEST((observer.observe(answered(flags)) == Outcome::ignored), flags);
        observer.check({}, {});
    }
    // The lower bits of BADVERS are those of NOERROR.
    const auto badvers =
        answered().record(DnsMessage::additional, "\0"sv, Rrtype::OPT, "", 1232, 0x01000000);
    BOOST_TEST((observer.observe(badvers) == Outcome::ignored));
    observer.check({}, {});
}

BOOST_AUTO_TEST_CASE(nxdomain_at_the_end_of_a_chain) {
    Observer observer;
    const auto message = DnsMessage(0x8403)
                             .question("www.example.com", "A")
                             .record(DnsMessage::answer, "www.example.com CNAME gone.example.com")
                             .record(DnsMessage::authority,
                                     "example.com SOA ns.example.com a.example.com 1 2 3 4 5");
    BOOST_TEST((observer.observe(message) == Outcome::used));
    observer.check({"www.example.com. CNAME gone.example.com. @1000",
                    "example.com. SOA ns.example.com. a.example.com. 1 2 3 4 5 @1000"},
                   {});
}

BOOST_AUTO_TEST_CASE(what_no_zone_holds_is_passed_over_in_silence) {
    for (const Trust trust : {Trust::bailiwick, Trust::everything}) {
        Observer observer(trust);
        const std::string sig0 = "\0\0\5\0\0\0\0\0\0\0\0\2\0\0\0\3\0\4\0\1"s;
        const auto message = answered()
                                 .record(DnsMessage::additional, "\0"sv, Rrtype::OPT, "", 1232)
                                 .record(DnsMessage::additional, "\0"sv, Rrtype::TKEY, "x", 255)
                                 .record(DnsMessage::additional, "\0"sv, Rrtype::SIG, sig0)
                                 .record(DnsMessage::answer, "\0"sv, Rrtype::ANY, "")
                                 .record(DnsMessage::answer, "\0"sv, Rrtype{0}, "")
                                 .record(DnsMessage::additional, "\0"sv, Rrtype::TSIG, "x", 255);
        BOOST_TEST((observer.observe(message) == Outcome::used));
        observer.check({"www.example.com. A 192.0.2.1 @1000"}, {});
    }
}

BOOST_AUTO_TEST_CASE(other_classes_and_invalid_rdata_are_refused) {
    for (const Trust trust : {Trust::bailiwick, Trust::everything}) {
        Observer observer(trust);
        const auto message =
            DnsMessage()
                .question("version.bind", "TXT")
                .record(DnsMessage::answer, "\7version\4bind\0"sv, Rrtype::TXT, "\1x"sv, 3)
                .record(DnsMessage::answer, "\7version\4bind\0"sv, Rrtype::A, "\1x"sv);
        BOOST_TEST((observer.observe(message) == Outcome::used));
        observer.check({}, {"class other than IN: version.bind. TXT \"x\"",
                            "bad rdata: version.bind. A \\# 2 0178"});
    }
}

BOOST_AUTO_TEST_CASE(a_malformed_message_is_refused_as_a_whole) {
    Observer observer(Trust::everything);
    BOOST_TEST((observer.observe(answered().count(DnsMessage::additional)) == Outcome::malformed));
    observer.check({},
                   {"malformed DNS message: record 1 of the additional section cannot be read"});
}

BOOST_AUTO_TEST_CASE(octets_behind_the_last_record_are_refused_alone) {
    Observer observer;
    BOOST_TEST((observer.observe(answered().u16(0)) == Outcome::used));
    observer.check({"www.example.com. A 192.0.2.1 @1000"},
                   {"malformed DNS message: 2 octets behind the last record"});
}

BOOST_AUTO_TEST_CASE(a_record_that_is_there_twice_is_seen_once) {
    for (const Trust trust : {Trust::bailiwick, Trust::everything}) {
        Observer observer(trust);
        const auto message = answered()
                                 .record(DnsMessage::answer, "www.example.com A 192.0.2.2")
                                 .record(DnsMessage::answer, "WWW.example.com A 192.0.2.1")
                                 .record(DnsMessage::answer, "www.example.com NS ns.example.com")
                                 .record(DnsMessage::answer, "www.example.com NS NS.example.com")
                                 .record(DnsMessage::additional, "www.example.com A 192.0.2.1");
        observer.observe(message);
        observer.check({"www.example.com. A 192.0.2.1 @1000", "www.example.com. A 192.0.2.2 @1000",
                        "www.example.com. NS ns.example.com. @1000"},
                       {});
    }
}

// Whether it is believed may depend on its section.
BOOST_AUTO_TEST_CASE(a_record_that_is_refused_first_may_be_seen_later) {
    Observer observer;
    observer.observe(DnsMessage()
                         .question("example.com", "NS")
                         .record(DnsMessage::answer, "example.com NS ns.example.com")
                         .record(DnsMessage::authority, "ns.example.com A 192.0.2.1")
                         .record(DnsMessage::additional, "ns.example.com A 192.0.2.1"));
    observer.check({"example.com. NS ns.example.com. @1000", "ns.example.com. A 192.0.2.1 @1000"},
                   {"not asked for: ns.example.com. A 192.0.2.1"});
}

// Somebody else than the sender must tell what was asked.
BOOST_AUTO_TEST_CASE(a_response_whose_question_is_not_known_is_refused) {
    QueryContext unknown;
    unknown.asked = false;
    unknown.recursive = true;
    const auto message = answered()
                             .record(DnsMessage::answer, "mail.example.com A 192.0.2.2")
                             .record(DnsMessage::additional, "www.bank.example A 192.0.2.66");
    const Source sensor{"s1", "", ""};
    Observer believing;
    BOOST_TEST((believing.observe(message, unknown, &sensor) == Outcome::unasked));
    believing.check({}, {"a response whose question is not known (--trust unasked takes it): "
                         "www.example.com. A"});
    // It is no source of history in any case.
    BOOST_TEST((believing.observe(answered(0x8002), unknown) == Outcome::ignored));
    believing.check({}, {});

    Observer told(Trust::unasked);
    told.observe(message, unknown, &sensor);
    told.check({"www.example.com. A 192.0.2.1 @1000 [s1|dnshist:unasked|]"},
               {"not asked for: mail.example.com. A 192.0.2.2",
                "outside of the bailiwick: www.bank.example. A 192.0.2.66"});
    told.observe(answered(), {}, &sensor);
    told.check({"www.example.com. A 192.0.2.1 @1000 [s1||]"}, {});

    Observer all(Trust::everything);
    all.observe(answered(), unknown);
    all.check({"www.example.com. A 192.0.2.1 @1000 [|dnshist:unasked|]"}, {});
}

// RFC 5936, section 2.2.1.
BOOST_AUTO_TEST_CASE(a_zone_transfer_may_leave_its_question_out) {
    QueryContext asked;
    asked.name = Name::from_text("example.com").value();
    Observer observer;
    const auto message = DnsMessage().record(DnsMessage::answer, "a.example.com A 192.0.2.1");
    observer.observe(message, asked);
    observer.check({}, {"not asked for: a.example.com. A 192.0.2.1"});
    asked.type = Rrtype::AXFR;
    observer.observe(message, asked);
    observer.check({"a.example.com. A 192.0.2.1 @1000"}, {});
}

BOOST_AUTO_TEST_CASE(the_zone_asked_becomes_the_bailiwick_of_the_source) {
    Observer observer;
    const Source sensor{"s1", "https://sensor.example", ""};
    const Source other{"s2", "", ""};
    observer.observe(answered(), asked_of("example.com"), &sensor);
    observer.check({"www.example.com. A 192.0.2.1 @1000 [s1|https://sensor.example|example.com.]"},
                   {});
    observer.observe(answered(), asked_of("com"), &sensor);
    observer.check({"www.example.com. A 192.0.2.1 @1000 [s1|https://sensor.example|com.]"}, {});
    observer.observe(answered(), asked_of("."), &other);
    observer.check({"www.example.com. A 192.0.2.1 @1000 [s2||.]"}, {});
    observer.observe(answered(), asked_of("com"));
    observer.check({"www.example.com. A 192.0.2.1 @1000 [||com.]"}, {});
    observer.observe(answered(), {}, &sensor);
    observer.check({"www.example.com. A 192.0.2.1 @1000 [s1|https://sensor.example|]"}, {});
    BOOST_TEST(sensor.bailiwick.empty());
}

BOOST_AUTO_TEST_CASE(a_record_too_long_to_be_shown_is_named) {
    Observer observer;
    const auto message =
        DnsMessage()
            .question("www.example.com", "A")
            .record(DnsMessage::answer, "\0"sv, Rrtype{65280}, std::string(40'000, 'x'));
    observer.observe(message);
    observer.check({}, {"outside of the bailiwick: . TYPE65280"});
}

BOOST_AUTO_TEST_SUITE_END()
