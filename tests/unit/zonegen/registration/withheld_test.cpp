// What stands where a person's data would be.
#include "zonegen/registration/withheld.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(withheld_test)

using namespace dnshist::zonegen;

BOOST_AUTO_TEST_CASE(words_that_say_nothing_are_withheld) {
    for (const char* text : {"", " \t", "REDACTED FOR PRIVACY", "Redacted for privacy purposes",
                             "Domains By Proxy, LLC", "Contact Privacy Inc. Customer 0123456789",
                             "GDPR Masked", "n/a", "None"}) {
        BOOST_TEST(is_withheld(text), text);
    }
    for (const char* text : {"Owl Ltd", "Privacy Lawyers of Owltown", "Nonesuch", "N/A Ltd"})
        BOOST_TEST(!is_withheld(text), text);
}

BOOST_AUTO_TEST_CASE(mailboxes_of_services_and_for_complaints_are_withheld) {
    for (const char* text :
         {"owl.example@domainsbyproxy.com", "x@y.WhoisGuard.com", "a@contactprivacy.com.",
          "abuse@nest.example", "domain-abuse@nest.example", "gdpr-masking@gdpr-masked.com",
          "tieredaccess@tucows.com", "xx@1337services.com", "redacted@redacted.invalid",
          "whoisprotection@nest.example", "whois-privacy@nest.example", "x@redacted-data.example",
          "whois+owl.example@njal.la", "x@private-registration.example"}) {
        BOOST_TEST(is_withheld_mailbox(text), text);
    }
    for (const char* text :
         {"j.doe@inbox.example", "x@notwhoisguard.com", "x@whoisguard.com.example", "x@tucows.com",
          "privacy@nest.example", "x@privacy.example", "j.proxy@inbox.example",
          "x@data-protection.example", "x@unredacted.example", "redactedly@inbox.example",
          "x@gdpr-lawyers.example", "x@mail.masked.example"}) {
        BOOST_TEST(!is_withheld_mailbox(text), text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
