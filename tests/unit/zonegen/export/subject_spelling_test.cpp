// Keys of the store as labels of a question, and keys that have no such form.
#include "zonegen/export/subject_spelling.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "storage/pivot/pivot_values.hpp"
#include "storage/text/address.hpp"

BOOST_AUTO_TEST_SUITE(subject_spelling_test)

using namespace dnshist;
using namespace dnshist::zonegen;

namespace {

// The labels with bars between them; "none" where there is no spelling.
std::string shown(const std::optional<SubjectSpelling>& spelling) {
    if (!spelling) return "none";
    std::string text;
    OctetReader in(spelling->labels());
    while (const auto size = in.u8()) {
        if (in.position() > 1) text += '|';
        text += as_text(in.octets(*size).value());
    }
    return text;
}

Name name(std::string_view text) {
    return Name::from_text(text).value();
}

std::string reversed(std::string_view text) {
    return shown(spell_reversed(name(text).key().octets()));
}

std::string token(const std::string& text) {
    return shown(spell_value(PivotValue::token(as_octets(text)).octets()));
}

std::string mailbox(std::string_view text) {
    return shown(spell_mailbox(PivotValue::name(name(text).wire()).octets()));
}

std::string times(std::size_t count, const std::string& text) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i)
        all += text;
    return all;
}

}  // namespace

BOOST_AUTO_TEST_CASE(names_are_their_labels) {
    BOOST_TEST(shown(spell_name(name("www.example.com").key().octets())) == "www|example|com");
    BOOST_TEST(shown(spell_name(name(".").key().octets())).empty());
    BOOST_TEST(shown(spell_value(PivotValue::name(name("a\\.b.c").wire()).octets())) == "a.b|c");
}

BOOST_AUTO_TEST_CASE(reverse_names_are_addresses) {
    BOOST_TEST(reversed("1.2.0.192.in-addr.arpa") == "192|0|2|1");
    BOOST_TEST(reversed("2.0.192.in-addr.arpa") == "none");
    BOOST_TEST(reversed("9.1.2.0.192.in-addr.arpa") == "none");
    BOOST_TEST(reversed("1.2.0.192.in-addr.example") == "none");
    const std::string zeros = times(23, ".0");
    BOOST_TEST(reversed("1" + zeros + ".8.b.d.0.1.0.0.2.ip6.arpa") == "2001:db8::1");
    BOOST_TEST(reversed("g" + zeros + ".8.b.d.0.1.0.0.2.ip6.arpa") == "none");
    BOOST_TEST(reversed("8.b.d.0.1.0.0.2.ip6.arpa") == "none");
    BOOST_TEST(reversed("0.1" + zeros + ".8.b.d.0.1.0.0.2.ip6.arpa") == "none");
}

BOOST_AUTO_TEST_CASE(addresses_are_written_as_they_are_shown) {
    BOOST_TEST(shown(spell_value(PivotValue::ipv4(*ipv4_from_text("192.0.2.1")).octets())) ==
               "192|0|2|1");
    BOOST_TEST(shown(spell_value(PivotValue::ipv6(*ipv6_from_text("2001:db8::1")).octets())) ==
               "2001:db8::1");
    BOOST_TEST(shown(spell_value(PivotValue::ipv6(*ipv6_from_text("::ffff:192.0.2.1")).octets())) ==
               "::ffff:192|0|2|1");
}

BOOST_AUTO_TEST_CASE(tokens_end_their_labels_at_dots) {
    BOOST_TEST(token("v=spf1") == "v=spf1");
    BOOST_TEST(token("A.b@c.example") == "a|b@c|example");
    BOOST_TEST(token("a..b") == "none");
    BOOST_TEST(token(".a") == "none");
    BOOST_TEST(token(times(63, "x")) == times(63, "x"));
    BOOST_TEST(token(times(64, "x")) == "none");
    // Completed by a digest.
    BOOST_TEST(token(times(60, "abc.") + "d") == "none");
}

BOOST_AUTO_TEST_CASE(mailboxes_have_their_dots_before_the_at) {
    BOOST_TEST(mailbox("hostmaster.example.com") == "hostmaster@example|com");
    BOOST_TEST(mailbox("j\\.doe.example.com") == "j|doe@example|com");
    BOOST_TEST(mailbox("j\\.\\.doe.example.com") == "none");
    BOOST_TEST(mailbox("root") == "none");
    BOOST_TEST(mailbox(times(40, "u") + '.' + times(40, "d") + ".example") == "none");
}

BOOST_AUTO_TEST_CASE(what_is_no_value_has_no_spelling) {
    for (const std::string_view value : {"", "4", "4abc", "6abcd", "n", "n\3ab", "t", "x\1a"})
        BOOST_TEST(!spell_value(as_octets(value)).has_value());
    BOOST_TEST(!spell_mailbox(as_octets("t\1a")).has_value());
}

BOOST_AUTO_TEST_CASE(questions_are_no_longer_than_names) {
    const auto asked = [](std::string_view first, std::size_t label) {
        const std::string long_label = times(63, "l");
        SubjectSpelling subject;
        for (int i = 0; i < 3; ++i)
            BOOST_TEST_REQUIRE(subject.add_label(long_label));
        BOOST_TEST_REQUIRE(subject.add_label(times(label, "x")));
        return question_name(first, "history", subject.labels(), name("pdns.local")).has_value();
    };
    // 8 for the view, 3 * 64 and 1 for the subject, 12 for the zone.
    BOOST_TEST(asked("", 42));
    BOOST_TEST(!asked("", 43));
    BOOST_TEST(asked("mx", 39));
    BOOST_TEST(!asked("mx", 40));
    BOOST_TEST(question_name("mx", "history", {}, Name())->text() == "mx.history.");
}

BOOST_AUTO_TEST_SUITE_END()
