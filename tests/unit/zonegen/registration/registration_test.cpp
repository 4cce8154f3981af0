// Which records are kept of a registration.
#include "zonegen/registration/registration.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/log_readings.hpp"

BOOST_AUTO_TEST_SUITE(registration_test)

using namespace dnshist;
using namespace dnshist::zonegen;

namespace {

Registration owl() {
    Registration registration;
    registration.domain = "owl.example";
    registration.asked = "1714557600";
    return registration;
}

std::vector<std::string> kept(const Registration& registration,
                              std::optional<Seconds> when = std::nullopt) {
    std::vector<std::string> all;
    RegistrationSink sink([&](const Observation& seen) { all.push_back(log_text(seen)); },
                          [&](const Reject& reject) {
                              all.push_back((reject.partial ? "~ " : "! ") + log_text(reject));
                          },
                          "east", when);
    sink.take(registration);
    return all;
}

void check(const Registration& registration, const std::vector<std::string>& expected) {
    BOOST_TEST(kept(registration) == expected, boost::test_tools::per_element());
}

// The record of a registrant whose mailboxes were told so.
std::string registrant(const std::string& mailboxes) {
    Registration registration = owl();
    registration.contact(Role::registrant).mailboxes = mailboxes;
    const auto all = kept(registration);
    return all.size() == 1 ? all.front() : std::to_string(all.size());
}

const std::string head = "owl.example. WHOIS registrant ";
const std::string tail = " 1714557600 [east]";

}  // namespace

BOOST_AUTO_TEST_CASE(a_registration_of_which_nothing_is_told_has_no_record) {
    check(owl(), {});
}

BOOST_AUTO_TEST_CASE(times_are_of_any_form_that_registries_write) {
    for (const char* time :
         {"2019-06-01T12:00:00Z", "2019-06-01 12:00:00", "2019-06-01T12:00:00.5Z",
          "2019-06-01 12:00:00 UTC", " 2019-06-01T14:00:00+02:00\t"}) {
        Registration registration = owl();
        registration.created = time;
        check(registration, {"owl.example. WHOIS registrar . \"\" \"\" "
                             "\"created=20190601T120000Z\"" +
                             tail});
    }
}

BOOST_AUTO_TEST_CASE(a_registration_that_does_not_say_when_is_of_the_time_given) {
    Registration registration = owl();
    registration.asked.clear();
    registration.registrar = "Nest Inc";
    BOOST_TEST(kept(registration, Seconds{7}).front() ==
               "owl.example. WHOIS registrar . \"Nest Inc\" \"Nest Inc\" 7 [east]");
    check(registration, {"! bad time: it does not say when it was asked; --at TIME does"});
}

BOOST_AUTO_TEST_CASE(a_mailbox_is_a_name_as_in_SOA) {
    BOOST_TEST(registrant("J.Doe@Inbox.example") ==
               head + "j\\.doe.inbox.example. \"\" \"\"" + tail);
    BOOST_TEST(registrant("<mailto:a@b.example>") == head + "a.b.example. \"\" \"\"" + tail);
    BOOST_TEST(registrant("a@b@c.example") == head + "a\\@b.c.example. \"\" \"\"" + tail);
}

BOOST_AUTO_TEST_CASE(other_mailboxes_follow_as_texts) {
    BOOST_TEST(registrant("a@b.example, abuse@b.example; c@d.example") ==
               head + "a.b.example. \"\" \"\" \"c@d.example\"" + tail);
    const std::string user(64, 'u');
    BOOST_TEST(registrant(user + "@b.example") ==
               head + ". \"\" \"\" \"" + user + "@b.example\"" + tail);
    BOOST_TEST(registrant("a@b..example") == head + ". \"\" \"\" \"a@b..example\"" + tail);
}

BOOST_AUTO_TEST_CASE(each_mailbox_is_judged_by_itself) {
    const std::string real = head + "j\\.doe.inbox.example. \"\" \"\"" + tail;
    for (const char* list :
         {"privacy@whoisguard.com j.doe@inbox.example", "j.doe@inbox.example,x@whoisguard.com",
          "privacy@whoisguard.com\nj.doe@inbox.example",
          "REDACTED FOR PRIVACY\nj.doe@inbox.example", "n/a, j.doe@inbox.example",
          "\"Doe, J\" <j.doe@inbox.example>", "\"j.doe\"@inbox.example",
          "https://nest.example/form, j.doe@inbox.example"}) {
        BOOST_TEST(registrant(list) == real, list);
    }
    BOOST_TEST(registrant("Please query the RDDS service at rdds@nest.example") == "0");
}

BOOST_AUTO_TEST_CASE(a_mailbox_that_cannot_be_read_is_refused) {
    Registration registration = owl();
    registration.contact(Role::tech).mailboxes = "@inbox.example, j.doe@inbox.example, owl@";
    check(registration,
          {"~ bad rdata: the mailbox of the tech is not of the form user@domain: '@inbox.example'",
           "~ bad rdata: the mailbox of the tech is not of the form user@domain: 'owl@'",
           "owl.example. WHOIS tech j\\.doe.inbox.example. \"\" \"\"" + tail});
    registration.contact(Role::tech).mailboxes = "not an address\nj.doe@inbox.example";
    check(registration,
          {"~ bad rdata: the mailbox of the tech is not of the form user@domain: 'not an address'",
           "owl.example. WHOIS tech j\\.doe.inbox.example. \"\" \"\"" + tail});
}

BOOST_AUTO_TEST_CASE(domains_have_A_labels) {
    Registration registration = owl();
    registration.domain = "Bücher.test";
    registration.contact(Role::registrant).mailboxes = "büro@BÜCHER.test";
    check(registration, {"xn--bcher-kva.test. WHOIS registrant b\\195\\188ro.xn--bcher-kva.test. "
                         "\"\" \"\"" +
                         tail});
}

BOOST_AUTO_TEST_CASE(what_is_no_domain_is_refused) {
    const auto refused = [](const char* domain) {
        Registration registration = owl();
        registration.domain = domain;
        registration.registrar = "Nest Inc";
        return kept(registration).front();
    };
    BOOST_TEST(refused("http://u.test/") ==
               "! bad rrname: a URL, and not a domain: 'http://u.test/'");
    BOOST_TEST(refused("j.doe@u.test") ==
               "! bad rrname: a mailbox, and not a domain: "
               "'j.doe@u.test'");
    BOOST_TEST(refused("u test") == "! bad rrname: a domain has no ' ': 'u test'");
    BOOST_TEST(refused("b\xfc"
                       "cher.test")
                   .starts_with("! bad rrname: neither ASCII nor a name that IDNA permits: "));
    BOOST_TEST(refused("0/25.2.0.192.in-addr.arpa").starts_with("0/25.2.0.192.in-addr.arpa. "));
}

BOOST_AUTO_TEST_CASE(what_is_no_mailbox_is_refused_and_the_rest_kept) {
    Registration registration = owl();
    registration.contact(Role::tech) = {"nobody", "Owl Ltd"};
    check(registration,
          {"~ bad rdata: the mailbox of the tech is not of the form user@domain: 'nobody'",
           "owl.example. WHOIS tech . \"Owl Ltd\" \"\"" + tail});
    registration.contact(Role::tech).mailboxes = "https://nest.example/contact?owl";
    check(registration, {"owl.example. WHOIS tech . \"Owl Ltd\" \"\"" + tail});
}

BOOST_AUTO_TEST_CASE(a_text_of_more_than_255_octets_is_refused) {
    Registration registration = owl();
    registration.contact(Role::admin) = {"a@b.example", std::string(256, 'o')};
    const auto all = kept(registration);
    BOOST_REQUIRE(all.size() == 2);
    BOOST_TEST(all[0].starts_with("~ bad rdata: a text of the admin is longer than 255 octets"));
    BOOST_TEST(all[1] == "owl.example. WHOIS admin a.b.example. \"\" \"\"" + tail);
}

BOOST_AUTO_TEST_CASE(mailboxes_beyond_the_sixty_fourth_text_are_counted) {
    Registration registration = owl();
    for (int i = 0; i < 70; ++i)
        registration.contact(Role::billing).mailboxes += "u" + std::to_string(i) + "@b.example ";
    const auto all = kept(registration);
    BOOST_REQUIRE(all.size() == 2);
    BOOST_TEST(all[0] ==
               "~ too many observations in one element: 6 mailboxes of the billing beyond 64");
}

BOOST_AUTO_TEST_SUITE_END()
