// The names that are listed for a name, and the tricks that make them.
#include "storage/finding/lookalike.hpp"

#include <utility>

#include "tests/unit/storage/finding/seen_names.hpp"

BOOST_AUTO_TEST_SUITE(lookalike_test)

using namespace dnshist;
using dnshist::test::SeenNames;

namespace {

BOOST_AUTO_TEST_CASE(a_name_below_every_domain_of_the_store) {
    SeenNames names({"a.de", "b.dk", "c.com", "d.con", "e.uk"});
    const auto tricks = names.lookalikes_of("harbour.com");
    for (const char* name :
         {"harbour.de", "harbour.dk", "harbour.con", "harbour.uk", "harbour.co.uk"})
        BOOST_TEST(tricks.contains(name), name);
}

BOOST_AUTO_TEST_CASE(characters_of_other_scripts_in_two_places) {
    // harb[o with acute][u with diaeresis]r, rnississippi with dotless i in all places but one,
    // paypal in Cyrillic, and one that looks like neither: h[o]rbour with ae.
    SeenNames names({"xn--harbr-3ta7d.com", "xn--hrbour-pua.com", "xn--80aa0cbo65f.com"});
    const auto harbour = names.lookalikes_of("www.harbour.com");
    BOOST_TEST(harbour.contains("xn--harbr-3ta7d.com"));
    BOOST_TEST(!harbour.contains("xn--hrbour-pua.com"));
    BOOST_TEST(names.lookalikes_of("paypal.com").contains("xn--80aa0cbo65f.com"));
}

BOOST_AUTO_TEST_CASE(a_label_of_other_characters_is_varied_as_it_is_read) {
    SeenNames names({"a.de"});
    const auto tricks = names.lookalikes_of("xn--mnchen-3ya.de");
    // Omissions of n and of the u with diaeresis, the letters without its marks, and a hyphen.
    BOOST_TEST(tricks.at("xn--mchen-kva.de") == "omission");
    BOOST_TEST(tricks.at("mnchen.de") == "omission");
    BOOST_TEST(tricks.at("munchen.de") == "homoglyph");
    BOOST_TEST(tricks.at("xn--mn-chen-n2a.de") == "hyphenation");
    BOOST_TEST(tricks.at("xn--mnchen-3ya.de").empty());
}

BOOST_AUTO_TEST_CASE(suffixes_in_the_label) {
    SeenNames names({"a.com"});
    const auto tricks = names.lookalikes_of("longisland.co.uk");
    for (const char* name : {"longisland.uk", "longislandco.uk", "longisland-co.com"})
        BOOST_TEST(tricks.contains(name), name);
}

BOOST_AUTO_TEST_CASE(long_labels_have_few_lookalikes) {
    SeenNames names({"a.com"});
    for (const char letter : {'a', 'm', 's'}) {
        for (const std::size_t size : {24U, 25U, 63U}) {
            const auto tricks = names.lookalikes_of(std::string(size, letter) + ".com");
            BOOST_TEST(tricks.size() > 200U);
            BOOST_TEST(tricks.size() <= 8001U);
        }
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE_END()
