#include "storage/record/rrtype.hpp"

#include <array>
#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(rrtype_test)

using namespace dnshist;

BOOST_AUTO_TEST_CASE(every_number_is_read_as_it_is_written) {
    for (unsigned value = 0; value <= 65535; ++value) {
        const Rrtype type{static_cast<std::uint16_t>(value)};
        const std::string text = rrtype_text(type);
        const std::optional<Rrtype> read = rrtype_from_text(text);
        BOOST_REQUIRE_MESSAGE(read == type, text << " for " << value);
        BOOST_REQUIRE(rrtype_from_text("TYPE" + std::to_string(value)) == type);
    }
}

BOOST_AUTO_TEST_CASE(mnemonics_are_those_of_the_registry) {
    BOOST_TEST(rrtype_text(Rrtype::A) == "A");
    BOOST_TEST(rrtype_text(Rrtype::NSEC3PARAM) == "NSEC3PARAM");
    BOOST_TEST(rrtype_text(Rrtype::NSAP_PTR) == "NSAP-PTR");
    BOOST_TEST(rrtype_text(Rrtype::CAA) == "CAA");
    BOOST_TEST(rrtype_text(Rrtype{0}) == "TYPE0");
    BOOST_TEST(rrtype_text(Rrtype{54}) == "TYPE54");
    BOOST_TEST(rrtype_text(Rrtype{265}) == "TYPE265");
    BOOST_TEST(rrtype_text(Rrtype{32768}) == "TA");
    BOOST_TEST(rrtype_text(Rrtype{32769}) == "DLV");
    BOOST_TEST(rrtype_text(Rrtype{65535}) == "TYPE65535");
}

BOOST_AUTO_TEST_CASE(reading_ignores_case) {
    BOOST_TEST((rrtype_from_text("aaaa") == Rrtype::AAAA));
    BOOST_TEST((rrtype_from_text("nSeC3pArAm") == Rrtype::NSEC3PARAM));
    BOOST_TEST((rrtype_from_text("type65") == Rrtype::HTTPS));
    BOOST_TEST((rrtype_from_text("any") == Rrtype::ANY));
}

BOOST_AUTO_TEST_CASE(what_is_no_type_is_nothing) {
    for (const char* text :
         {"", "mxx", "M", "*", "TYPE", "TYPE65536", "TYPE99999", "TYPE-1", "TYPE+1", "TYPE 1",
          "TYPE1x", "TYPE01", "TYPE0x1", "AAAAA", "NSEC3PARAMS", "1", " A", "A "}) {
        BOOST_TEST(!rrtype_from_text(text).has_value(), text);
    }
    BOOST_TEST(!rrtype_from_text({"A\0", 2}).has_value());
}

BOOST_AUTO_TEST_CASE(meta_types_are_those_that_no_zone_holds) {
    for (const Rrtype type : {Rrtype::OPT, Rrtype::TSIG, Rrtype::AXFR, Rrtype::ANY}) {
        BOOST_TEST(is_meta_type(type));
    }
    for (const Rrtype type : {Rrtype::A, Rrtype::SPF, Rrtype::URI, Rrtype{65535}}) {
        BOOST_TEST(!is_meta_type(type));
    }
}

BOOST_AUTO_TEST_SUITE_END()
