// RDATA in wire form: what is valid, the names in it, and random octets.
#include "storage/record/rdata.hpp"

#include <boost/test/unit_test.hpp>
#include <random>
#include <string>
#include <vector>

#include "storage/record/rdata_fields.hpp"
#include "tests/unit/storage/record/rdata_types.hpp"

BOOST_AUTO_TEST_SUITE(rdata_test)

using namespace dnshist;
using namespace dnshist::test;
using namespace std::string_literals;

namespace {

// Octets that look like RDATA more often than noise does.
std::string random_octets(std::mt19937& random, Rrtype type) {
    const Layout* const layout = layout_of(type);
    std::string octets;
    const auto noise = [&](std::size_t count) {
        while (count-- > 0)
            octets += static_cast<char>(random());
    };
    if (layout == nullptr || random() % 8 == 0) {
        noise(random() % 40);
        return octets;
    }
    const auto counted = [&](std::size_t limit) {
        const std::size_t count = random() % (limit + 1);
        octets += static_cast<char>(count);
        noise(count);
    };
    const auto name = [&] {
        for (std::size_t labels = random() % 4; labels > 0; --labels) {
            const std::size_t count = 1 + random() % 12;
            octets += static_cast<char>(count);
            noise(count);
        }
        octets += '\0';
    };
    for (const Field field : layout->fields) {
        switch (field) {
            case Field::none:
                return octets;
            case Field::name:
                name();
                break;
            case Field::names:
                for (std::size_t count = random() % 18; count > 0; --count)
                    name();
                break;
            case Field::string:
            case Field::salt:
            case Field::hash:
                counted(40);
                break;
            case Field::strings:
                for (std::size_t count = 1 + random() % 3; count > 0; --count)
                    counted(255);
                break;
            case Field::tag:
                octets += "\5issue";
                break;
            case Field::gateway:
                octets += static_cast<char>(random() % 5);
                octets += '\2';
                random() % 2 == 0 ? name() : noise(random() % 20);
                break;
            case Field::relay:
                octets += static_cast<char>(random() % 5 + random() % 2 * 0x80);
                random() % 2 == 0 ? name() : noise(random() % 20);
                break;
            case Field::chain:
                octets += static_cast<char>(random() % 16 * 8);
                noise(16 - static_cast<unsigned char>(octets.back()) / 8U);
                if (random() % 8 != 0) name();
                break;
            case Field::opaque:
                noise(random() % 20);
                break;
            case Field::host_identity:
                octets += "\2\1\0\3"s;
                noise(5);
                break;
            case Field::location:
                octets += "\0\x12\x16\x13"s;
                for (int i = 0; i < 2; ++i) {
                    octets += static_cast<char>(0x76 + random() % 20);
                    noise(3);
                }
                noise(4);
                break;
            case Field::bitmap:
                if (random() % 4 != 0) octets += "\0\1\x40\1\2\0\1"s;
                break;
            case Field::prefixes:
                octets += "\0\1\x18\x83\xc0\0\2\0\2\x30\4\x20\1\xd\xb8"s;
                break;
            case Field::svc_params: {
                int key = -1;
                for (std::size_t count = random() % 4; count > 0; --count) {
                    key += 1 + static_cast<int>(random() % 9);
                    octets += '\0';
                    octets += static_cast<char>(key);
                    octets += '\0';
                    counted(32);
                }
                break;
            }
            default: {
                OctetReader enough(
                    as_octets(std::string_view("\xff\xff\xff\xff\xff\xff\xff\xff"
                                               "\xff\xff\xff\xff\xff\xff\xff\xff")));
                const auto taken = take_field(field, enough);
                noise(taken && taken->size() < 16 ? taken->size() : 16);
            }
        }
    }
    return octets;
}

}  // namespace

BOOST_AUTO_TEST_CASE(wire_form_is_validated_and_names_fold) {
    const auto rdata = std::make_unique<Rdata>();
    const auto takes = [&](Rrtype type, const std::string& wire) {
        return rdata_from_wire(type, as_octets(wire), *rdata);
    };
    BOOST_TEST(takes(Rrtype::MX, "\0\12\1A\0"s));
    BOOST_TEST(as_text(rdata->octets()) == "\0\12\1a\0"s);
    BOOST_TEST(takes(Rrtype::TXT, "\1A"s));
    BOOST_TEST(as_text(rdata->octets()) == "\1A"s);
    BOOST_TEST(takes(Rrtype{65280}, "\1A"s));
    BOOST_TEST(takes(Rrtype::IPSECKEY, "\12\3\2\1A\0K"s));
    BOOST_TEST(as_text(rdata->octets()) == "\12\3\2\1a\0K"s);

    BOOST_TEST(!takes(Rrtype::A, "\1\2\3"s));
    BOOST_TEST(!takes(Rrtype::A, "\1\2\3\4\5"s));
    BOOST_TEST(!takes(Rrtype::MX, "\0\12"s));
    BOOST_TEST(!takes(Rrtype::MX, "\0\12\xc0\14"s));
    BOOST_TEST(!takes(Rrtype::NS, "\1a\0\0"s));
    BOOST_TEST(!takes(Rrtype::TXT, ""s));
    BOOST_TEST(!takes(Rrtype::TXT, "\3ab"s));
    BOOST_TEST(!takes(Rrtype::NSEC, "\0\1\1\x40\0\1\x40"s));  // windows descend
    BOOST_TEST(!takes(Rrtype::NSEC, "\0\0\0"s));
    BOOST_TEST(!takes(Rrtype::NSEC, "\0\0\1\0"s));
    BOOST_TEST(!takes(Rrtype::NSEC, "\0\0\41"s + std::string(33, '\1')));
    BOOST_TEST(!takes(Rrtype::CAA, "\0\0x"s));
    BOOST_TEST(!takes(Rrtype::HTTPS, "\0\1\0\0\3\0\1\0"s));            // a port of one octet
    BOOST_TEST(!takes(Rrtype::HTTPS, "\0\1\0\0\3\0\2\0\1\0\2\0\0"s));  // keys descend
    BOOST_TEST(!takes(Rrtype::HTTPS, "\0\1\0\0\1\0\3\3h2"s));          // a protocol cut short
    BOOST_TEST(!takes(Rrtype::HTTPS, "\0\1\0\0\4\0\0"s));              // no address
    BOOST_TEST(!takes(Rrtype::LOC, "\1"s + std::string(15, '\0')));
    BOOST_TEST(!takes(Rrtype::APL, "\0\1\41\1\1"s));
    BOOST_TEST(takes(Rrtype::AMTRELAY, "\12\x83\1A\0"s));
    BOOST_TEST(as_text(rdata->octets()) == "\12\x83\1a\0"s);
    BOOST_TEST(takes(Rrtype::A6, "\x40\0\0\0\0\0\0\0\1\1A\0"s));
    BOOST_TEST(as_text(rdata->octets()) == "\x40\0\0\0\0\0\0\0\1\1a\0"s);
    BOOST_TEST(!takes(Rrtype::AMTRELAY, "\12"s));
    BOOST_TEST(!takes(Rrtype::AMTRELAY, "\12\0\0"s));      // a relay of type 0
    BOOST_TEST(!takes(Rrtype::AMTRELAY, "\12\1\1\2\3"s));  // an address cut short
    BOOST_TEST(!takes(Rrtype::AMTRELAY, "\12\x82\1\2\3\4"s));
    BOOST_TEST(!takes(Rrtype::AMTRELAY, "\12\3\1a"s));
    BOOST_TEST(!takes(Rrtype::AMTRELAY, "\12\4\1\2\3\4"s));  // a type of nobody's
    BOOST_TEST(!takes(Rrtype::WKS, "\1\2\3\4"s));
    BOOST_TEST(!takes(Rrtype::A6, "\x81"s));
    BOOST_TEST(!takes(Rrtype::A6, "\x40\0\0\0"s));
    BOOST_TEST(!takes(Rrtype::A6, "\x80"s));
    BOOST_TEST(!takes(Rrtype{65280}, std::string(65536, 'x')));
}

BOOST_AUTO_TEST_CASE(damaged_rdata_is_written_in_generic_form) {
    BOOST_TEST(printed(Rrtype::A, as_octets("\1\2\3"s)) == "\\# 3 010203");
    BOOST_TEST(printed(Rrtype::MX, as_octets("\0\12\xc0\14"s)) == "\\# 4 000AC00C");
    BOOST_TEST(printed(Rrtype::TXT, as_octets("\1a\3b"s)) == "\\# 4 01610362");
    BOOST_TEST(printed(Rrtype::LOC, as_octets("x"s)) == "\\# 1 78");
    BOOST_TEST(printed(Rrtype::AAAA, {}) == "\\# 0");
}

BOOST_AUTO_TEST_CASE(names_inside_are_found_in_order) {
    const auto rdata = std::make_unique<Rdata>();
    const auto names = [&](Rrtype type, std::string_view text) {
        BOOST_TEST_REQUIRE(rdata_from_text(type, text, *rdata).has_value());
        std::string found;
        for_each_name(type, rdata->octets(),
                      [&](Octets wire) { found += Name::from_wire(wire)->text() + " "; });
        return found;
    };
    BOOST_TEST(names(Rrtype::A, "192.0.2.1") == "");
    BOOST_TEST(names(Rrtype::TXT, "a.b.c.") == "");
    BOOST_TEST(names(Rrtype::MX, "10 Mail.example.") == "mail.example. ");
    BOOST_TEST(names(Rrtype::SOA, "a. b.c. 1 2 3 4 5") == "a. b.c. ");
    BOOST_TEST(names(Rrtype::HTTPS, "1 svc. port=1") == "svc. ");
    BOOST_TEST(names(Rrtype::NAPTR, "1 1 u s r a.b.") == "a.b. ");
    BOOST_TEST(names(Rrtype::RRSIG, "A 8 0 1 1 1 1 s. AAAA") == "s. ");
    BOOST_TEST(names(Rrtype::IPSECKEY, "10 3 2 g.a. AQNRU3mG") == "g.a. ");
    BOOST_TEST(names(Rrtype::IPSECKEY, "10 0 2 . AQNRU3mG") == "");
    BOOST_TEST(names(Rrtype::AMTRELAY, "10 1 3 R.a.") == "r.a. ");
    BOOST_TEST(names(Rrtype::AMTRELAY, "10 1 1 192.0.2.1") == "");
    BOOST_TEST(names(Rrtype::A6, "64 ::1 P.a.") == "p.a. ");
    BOOST_TEST(names(Rrtype::A6, "0 ::1") == "");
    BOOST_TEST(names(Rrtype::DSYNC, "CDS NOTIFY 1 t.a.") == "t.a. ");
    BOOST_TEST(names(Rrtype::HIP, "2 2001 AQID a. b. c.") == "a. b. c. ");
}

BOOST_AUTO_TEST_CASE(names_of_damaged_rdata_are_none) {
    BOOST_TEST(detail::find_names(Rrtype::SOA, as_octets("\1a\0\1b"s)).count == 0U);
    BOOST_TEST(detail::find_names(Rrtype{65280}, as_octets("\1a\0"s)).count == 0U);
}

BOOST_AUTO_TEST_CASE(the_longest_rdata_goes_through) {
    const auto rdata = std::make_unique<Rdata>();
    std::string wire;
    for (int i = 0; i < 255; ++i)
        wire += "\xff" + std::string(255, '\1');
    wire += "\xfe" + std::string(254, '\2');
    BOOST_TEST_REQUIRE(wire.size() == max_rdata_octets);
    BOOST_TEST_REQUIRE(rdata_from_wire(Rrtype::TXT, as_octets(wire), *rdata));
    const std::string text = rdata_text(Rrtype::TXT, rdata->octets());
    BOOST_TEST_REQUIRE(rdata_from_text(Rrtype::TXT, text, *rdata).has_value());
    BOOST_TEST((as_text(rdata->octets()) == wire));
    BOOST_TEST(rdata_from_text(Rrtype::TXT, text + " x", *rdata).has_error());
}

BOOST_AUTO_TEST_CASE(random_octets_are_refused_or_come_back_from_their_text) {
    const unsigned seed = std::random_device{}();
    const std::vector<Rrtype> types = every_type();
    const auto rdata = std::make_unique<Rdata>();
    const auto again = std::make_unique<Rdata>();
    BOOST_TEST_CONTEXT("seed " << seed) {
        std::mt19937 random(seed);
        std::size_t valid = 0;
        for (int round = 0; round < 30000; ++round) {
            const Rrtype type = types[random() % types.size()];
            const std::string wire = random_octets(random, type);
            const std::string text = printed(type, as_octets(wire));
            detail::find_names(type, as_octets(wire));
            if (!rdata_from_wire(type, as_octets(wire), *rdata)) {
                BOOST_TEST_REQUIRE(text.starts_with("\\# "));
                continue;
            }
            ++valid;
            BOOST_TEST_CONTEXT(rrtype_text(type) << " " << text) {
                const std::string canonical = rdata_text(type, rdata->octets());
                const Result<void> read = rdata_from_text(type, canonical, *again);
                BOOST_REQUIRE_MESSAGE(read.has_value(), reason(read));
                BOOST_TEST_REQUIRE(equal(rdata->octets(), again->octets()));
            }
        }
        // Noise that is never valid would test nothing.
        BOOST_TEST(valid > 10000U);
    }
}

BOOST_AUTO_TEST_SUITE_END()
