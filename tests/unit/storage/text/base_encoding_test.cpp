#include "storage/text/base_encoding.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>

BOOST_AUTO_TEST_SUITE(base_encoding_test)

using namespace dnshist;

namespace {

template <class Read>
std::string read_with(Read read, std::string_view text) {
    const auto out = std::make_unique<OctetBuffer<max_decoded_octets>>();
    return read(text, *out) ? std::string(as_text(out->octets())) : "none";
}

template <class Write>
std::string written_with(Write write, std::string_view octets) {
    std::array<char, 256> room;
    TextWriter out(room);
    write(out, as_octets(octets));
    return std::string(out.text());
}

struct Vector {
    std::string_view octets;
    std::string_view base64;
    std::string_view base32hex;  // without its padding
    std::string_view hex;
};

// RFC 4648, section 10.
constexpr std::array vectors = std::to_array<Vector>({
    {"", "", "", ""},
    {"f", "Zg==", "CO", "66"},
    {"fo", "Zm8=", "CPNG", "666F"},
    {"foo", "Zm9v", "CPNMU", "666F6F"},
    {"foob", "Zm9vYg==", "CPNMUOG", "666F6F62"},
    {"fooba", "Zm9vYmE=", "CPNMUOJ1", "666F6F6261"},
    {"foobar", "Zm9vYmFy", "CPNMUOJ1E8", "666F6F626172"},
});

}  // namespace

BOOST_AUTO_TEST_CASE(the_vectors_of_rfc_4648) {
    for (const Vector& vector : vectors) {
        BOOST_TEST(written_with(write_base64, vector.octets) == vector.base64);
        BOOST_TEST(written_with(write_base32hex, vector.octets) == vector.base32hex);
        BOOST_TEST(written_with(write_hex, vector.octets) == vector.hex);
        BOOST_TEST(read_with(read_base64, vector.base64) == vector.octets);
        BOOST_TEST(read_with(read_base32hex, vector.base32hex) == vector.octets);
        BOOST_TEST(read_with(read_hex, vector.hex) == vector.octets);
    }
}

BOOST_AUTO_TEST_CASE(blanks_may_stand_anywhere_and_case_may_vary) {
    BOOST_TEST(read_with(read_base64, " Zm9v\tYg =\n= ") == "foob");
    BOOST_TEST(read_with(read_hex, "6 66f 6F") == "foo");
    BOOST_TEST(read_with(read_base32hex, "cpnmu") == "foo");
}

BOOST_AUTO_TEST_CASE(what_makes_no_whole_octets_is_refused) {
    for (const char* text :
         {"Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9v=", "Z=g=", "Zm9v====", "Zm-v"}) {
        BOOST_TEST(read_with(read_base64, text) == "none", text);
    }
    for (const char* text : {"6", "666", "6g", "0x66"}) {
        BOOST_TEST(read_with(read_hex, text) == "none", text);
    }
    for (const char* text : {"C", "CP", "CPN", "CW", "CO======"}) {
        BOOST_TEST(read_with(read_base32hex, text) == "none", text);
    }
}

BOOST_AUTO_TEST_CASE(no_more_is_read_than_rdata_holds) {
    const auto out = std::make_unique<OctetBuffer<max_decoded_octets>>();
    BOOST_TEST(read_hex(std::string(2 * max_decoded_octets, '0'), *out));
    BOOST_TEST(out->octets().size() == max_decoded_octets);
    BOOST_TEST(!read_hex("00", *out));
}

BOOST_AUTO_TEST_SUITE_END()
