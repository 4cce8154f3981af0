#include "storage/pivot.hpp"

#include <boost/test/unit_test.hpp>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "storage/address.hpp"
#include "storage/rdata.hpp"

using namespace dnshist;
using namespace std::string_literals;

namespace {

// A value as a person would write it: its first character, a colon, and the rest as text.
std::string shown(const PivotValue& value) {
    const Octets rest = value.octets().subspan(1);
    std::array<char, 2048> room;
    TextWriter out(room);
    switch (value.octets()[0]) {
        case '4':
            BOOST_TEST_REQUIRE(rest.size() == 4U);
            write_ipv4(out, rest);
            return "4:" + std::string(out.text());
        case '6':
            BOOST_TEST_REQUIRE(rest.size() == 16U);
            write_ipv6(out, rest);
            return "6:" + std::string(out.text());
        case 'n':
            BOOST_TEST_REQUIRE(Name::from_key(rest).has_value());
            return "n:" + Name::from_key(rest)->text();
        default:
            BOOST_TEST_REQUIRE(value.octets()[0] == 't');
            BOOST_TEST_REQUIRE(rest.back() == 0);
            return "t:" + std::string(as_text(rest.first(rest.size() - 1)));
    }
}

std::vector<std::string> values_of(Rrtype type, Octets rdata) {
    std::vector<std::string> values;
    for_each_pivot_value(type, rdata,
                         [&](const PivotValue& value) { values.push_back(shown(value)); });
    return values;
}

// The values in the order of their coming, a blank between.
std::string values(Rrtype type, std::string_view text) {
    const auto rdata = std::make_unique<Rdata>();
    const Result<void> read = rdata_from_text(type, text, *rdata);
    BOOST_REQUIRE_MESSAGE(read.has_value(), text);
    std::string all;
    for (const std::string& value : values_of(type, rdata->octets())) {
        all += (all.empty() ? "" : " ") + value;
    }
    return all;
}

}  // namespace

BOOST_AUTO_TEST_CASE(addresses_and_names_are_values) {
    BOOST_TEST(values(Rrtype::A, "192.0.2.1") == "4:192.0.2.1");
    BOOST_TEST(values(Rrtype::AAAA, "2001:db8::1") == "6:2001:db8::1");
    BOOST_TEST(values(Rrtype::NS, "Ns1.Example.") == "n:ns1.example.");
    BOOST_TEST(values(Rrtype::MX, "10 mail.example.") == "n:mail.example.");
    BOOST_TEST(values(Rrtype::SRV, "1 2 3 a.") == "n:a.");
    BOOST_TEST(values(Rrtype::SOA, "ns1.a. admin.b. 1 2 3 4 5") == "n:ns1.a. n:admin.b.");
    BOOST_TEST(values(Rrtype::HTTPS, "1 svc.a. ipv6hint=::1,::2 ipv4hint=1.2.3.4") ==
               "n:svc.a. 4:1.2.3.4 6:::1 6:::2");
    BOOST_TEST(values(Rrtype::HINFO, "PC Linux") == "");
    BOOST_TEST(values(Rrtype{65280}, "\\# 3 016100") == "");
}

BOOST_AUTO_TEST_CASE(the_root_and_names_of_signatures_are_not) {
    BOOST_TEST(values(Rrtype::MX, "0 .") == "");
    BOOST_TEST(values(Rrtype::HTTPS, "1 . alpn=h2") == "");
    BOOST_TEST(values(Rrtype::RRSIG, "A 8 0 1 1 1 1 signer. AAAA") == "");
    BOOST_TEST(values(Rrtype::NSEC, "next.example. A") == "");
}

BOOST_AUTO_TEST_CASE(text_is_split_into_tokens_in_lower_case) {
    BOOST_TEST(values(Rrtype::TXT, "\"One two\\009THREE\\200\"") == "t:one t:two t:three\xc8");
    BOOST_TEST(values(Rrtype::TXT, "\"google-site-verification=AbC_1\"") ==
               "t:google-site-verification=abc_1 t:abc_1");
    BOOST_TEST(values(Rrtype::TXT, "\"v=DMARC1; p=none; rua=mailto:A@b.c\"") ==
               "t:v=dmarc1 t:dmarc1 t:p=none t:none t:rua=mailto:a@b.c t:mailto:a@b.c t:a@b.c");
    BOOST_TEST(values(Rrtype::TXT, "\"k=AQ== ; ,\"") == "t:k=aq== t:aq==");
    BOOST_TEST(values(Rrtype::TXT, "\"\"") == "");
    BOOST_TEST(values(Rrtype::TXT, "\"  \"") == "");
    BOOST_TEST(values(Rrtype::TXT, "\"a=b=c=d=e=f=g=h=i=j=k\"").ends_with(" t:i=j=k"));
}

BOOST_AUTO_TEST_CASE(the_character_strings_of_a_record_are_one_text) {
    BOOST_TEST(values(Rrtype::TXT, "\"one tw\" \"o three\"") == "t:one t:two t:three");
    BOOST_TEST(values(Rrtype::TXT, "\"v=sp\" \"f1 ip4:192\" \".0.2.1\"") ==
               "4:192.0.2.1 t:v=spf1 t:spf1 t:ip4:192.0.2.1 t:192.0.2.1");
}

BOOST_AUTO_TEST_CASE(spf_terms_are_names_and_addresses_too) {
    const std::string all =
        values(Rrtype::TXT,
               "\"V=SPF1 +a -A:a.example/24 ?mx:mx.example//64 ~include:_spf.Example ptr:p.example "
               "exists:%{i}.x.example exists:e.example ip4:192.0.2.0/24 ip6:2001:db8::/32 ip4:999 "
               "redirect=r.example a:a\\\\.b include: -all\"");
    const std::string first = all.substr(0, all.find(" t:"));
    BOOST_TEST(first ==
               "n:a.example. n:mx.example. n:_spf.example. n:p.example. n:e.example. "
               "4:192.0.2.0 6:2001:db8:: n:r.example.");
    BOOST_TEST(values(Rrtype::SPF, "\"v=spf1\"") == "t:v=spf1 t:spf1");
    BOOST_TEST(values(Rrtype::TXT, "\"v=spf10 a:b\"") == "t:v=spf10 t:spf10 t:a:b t:b");
}

BOOST_AUTO_TEST_CASE(an_issuer_of_caa_is_a_name) {
    BOOST_TEST(values(Rrtype::CAA, "0 issue \"letsencrypt.org\"") ==
               "n:letsencrypt.org. t:letsencrypt.org");
    BOOST_TEST(values(Rrtype::CAA, "0 IssueWild \" ca.example ; policy=ev\"") ==
               "n:ca.example. t:ca.example t:policy=ev t:ev");
    BOOST_TEST(values(Rrtype::CAA, "0 issue \";\"") == "");
    BOOST_TEST(values(Rrtype::CAA, "0 iodef \"mailto:a@b.c\"") == "t:mailto:a@b.c t:a@b.c");
}

BOOST_AUTO_TEST_CASE(a_long_token_is_cut_and_completed_by_its_digest) {
    const std::string fits(max_token_octets, 'x');
    BOOST_TEST(shown(PivotValue::token(as_octets(fits))) == "t:" + fits);
    const auto cut = [](const std::string& text) {
        return shown(PivotValue::token(as_octets(text)));
    };
    // sha256sum of 201 and 5000 times 'x', the first 16 octets.
    BOOST_TEST(cut(std::string(201, 'X')) == "t:" + fits + "84a0678c90937f5dcf9994d5866668da");
    BOOST_TEST(cut(std::string(5000, 'x')) == "t:" + fits + "c59d3c0480cc2d71d8f646e735e92da6");
    BOOST_TEST(cut(std::string(201, 'x')) == cut(std::string(201, 'x') + ";"));
    BOOST_TEST(PivotValue::token(as_octets(std::string(70000, 'y'))).octets().size() <=
               max_pivot_octets);
}

BOOST_AUTO_TEST_CASE(a_token_never_holds_the_octet_that_closes_it) {
    const PivotValue value = PivotValue::token(as_octets("a\0B;"s));
    BOOST_TEST(as_text(value.octets()) == "ta\1b\0"s);
}

BOOST_AUTO_TEST_CASE(names_of_any_length_are_values) {
    std::string text;
    for (int i = 0; i < 127; ++i)
        text += "a.";
    BOOST_TEST(values(Rrtype::NS, text) == "n:" + text);
}

BOOST_AUTO_TEST_CASE(a_record_has_no_more_values_than_allowed) {
    std::string text;
    for (int i = 0; i < 3000; ++i)
        text += "t" + std::to_string(i) + " ";
    const auto rdata = std::make_unique<Rdata>();
    std::string wire;
    for (std::size_t at = 0; at < text.size(); at += 255) {
        const std::string piece = text.substr(at, 255);
        wire += static_cast<char>(piece.size());
        wire += piece;
    }
    BOOST_TEST_REQUIRE(rdata_from_wire(Rrtype::TXT, as_octets(wire), *rdata));
    const auto all = values_of(Rrtype::TXT, rdata->octets());
    BOOST_TEST(all.size() == max_values_per_record);
    BOOST_TEST(std::set<std::string>(all.begin(), all.end()).size() == max_values_per_record);
}

BOOST_AUTO_TEST_CASE(random_octets_never_make_more_than_values) {
    const unsigned seed = std::random_device{}();
    BOOST_TEST_CONTEXT("seed " << seed) {
        std::mt19937 random(seed);
        const std::vector<Rrtype> types = {Rrtype::A,   Rrtype::NS,    Rrtype::SOA, Rrtype::TXT,
                                           Rrtype::CAA, Rrtype::HTTPS, Rrtype::HIP, Rrtype{65280}};
        const std::string likely = "\0\1\2\3 =:;v=spf1 include:a:ip4:1.2"s;
        std::size_t count = 0;
        for (int round = 0; round < 30000; ++round) {
            std::string rdata;
            for (std::size_t size = random() % 60; size > 0; --size) {
                rdata += random() % 3 == 0 ? static_cast<char>(random())
                                           : likely[random() % likely.size()];
            }
            const Rrtype type = types[random() % types.size()];
            if (type == Rrtype::TXT) rdata.insert(0, 1, static_cast<char>(rdata.size()));
            count += values_of(type, as_octets(rdata)).size();
        }
        BOOST_TEST(count > 1000U);
    }
}
