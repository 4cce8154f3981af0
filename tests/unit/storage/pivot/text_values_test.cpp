// The values in text: tokens, and the names and addresses in them.
#include "storage/pivot/text_values.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "storage/pivot/pivot_values.hpp"
#include "tests/unit/storage/pivot/shown_values.hpp"

BOOST_AUTO_TEST_SUITE(text_values_test)

using namespace dnshist;
using namespace dnshist::test;
using namespace std::string_literals;

BOOST_AUTO_TEST_CASE(mailboxes_of_a_list_are_each_a_token_and_their_hosts_names) {
    BOOST_TEST(values(Rrtype::TXT, "\"rua=mailto:a@x.example,mailto:b@y.example!10m\"") ==
               "t:a@x.example n:x.example. t:b@y.example n:y.example. "
               "t:rua=mailto:a@x.example,mailto:b@y.example!10m "
               "t:rua=mailto:a@x.example t:mailto:a@x.example t:mailto:b@y.example!10m "
               "t:b@y.example!10m");
    // Without white space behind the semicolons.
    BOOST_TEST(values(Rrtype::TXT, "\"v=DMARC1;p=none;rua=mailto:a@b.c\"") ==
               "t:a@b.c n:b.c. t:v=dmarc1;p=none;rua=mailto:a@b.c t:v=dmarc1 t:dmarc1 t:p=none "
               "t:none t:rua=mailto:a@b.c t:mailto:a@b.c");
}

BOOST_AUTO_TEST_CASE(stops_and_addresses_are_no_part_of_a_token) {
    BOOST_TEST(values(Rrtype::TXT, "\"see ns1.example.com. ...\"") == "t:see t:ns1.example.com");
    BOOST_TEST(values(Rrtype::TXT, "\"ip=192.0.2.1, 192.0.2.0/24 (2001:db8::1)\"") ==
               "4:192.0.2.1 4:192.0.2.0 6:2001:db8::1 t:ip=192.0.2.1 t:(2001:db8::1) t:db8::1) "
               "t:1)");
}

BOOST_AUTO_TEST_CASE(text_is_split_into_tokens_in_lower_case) {
    BOOST_TEST(values(Rrtype::TXT, "\"One two\\009THREE\\200\"") == "t:one t:two t:three\xc8");
    BOOST_TEST(values(Rrtype::TXT, "\"google-site-verification=AbC_1\"") ==
               "t:google-site-verification=abc_1 t:abc_1");
    BOOST_TEST(values(Rrtype::TXT, "\"v=DMARC1; p=none; rua=mailto:A@b.c\"") ==
               "t:a@b.c n:b.c. t:v=dmarc1 t:dmarc1 t:p=none t:none t:rua=mailto:a@b.c "
               "t:mailto:a@b.c");
    BOOST_TEST(values(Rrtype::TXT, "\"k=AQ== ; ,\"") == "t:k=aq== t:aq==");
    BOOST_TEST(values(Rrtype::TXT, "\"\"") == "");
    BOOST_TEST(values(Rrtype::TXT, "\"  \"") == "");
    BOOST_TEST(values(Rrtype::TXT, "\"a=b=c=d=e=f=g=h=i=j=k\"").ends_with(" t:i=j=k"));
}

BOOST_AUTO_TEST_CASE(the_character_strings_of_a_record_are_one_text) {
    BOOST_TEST(values(Rrtype::TXT, "\"one tw\" \"o three\"") == "t:one t:two t:three");
    BOOST_TEST(values(Rrtype::TXT, "\"v=sp\" \"f1 ip4:192\" \".0.2.1\"") ==
               "4:192.0.2.1 t:v=spf1 t:spf1 t:ip4:192.0.2.1");
}

BOOST_AUTO_TEST_CASE(character_strings_that_are_not_one_text_are_words) {
    BOOST_TEST(values(Rrtype::WALLET, "\"BTC\" \"Bc1q\"") == "t:btc t:bc1q");
    BOOST_TEST(values(Rrtype::RESINFO, "qnamemin exterr=15-17") ==
               "t:qnamemin t:exterr=15-17 t:15-17");
    // As a zone file without quotes has it.
    BOOST_TEST(values(Rrtype::TXT, "\"v=spf1\" \"include:a.example\" \"ip4:192.0.2.1\" \"-all\"") ==
               "n:a.example. 4:192.0.2.1 t:v=spf1 t:spf1 t:include:a.example t:a.example "
               "t:ip4:192.0.2.1 t:-all");
    // Nothing is lost here.
    BOOST_TEST(values(Rrtype::TXT, "\"v=spf1\" \" a:a.exa\" \"mple\"") ==
               "n:a.example. t:v=spf1 t:spf1 t:a:a.example t:a.example");
    BOOST_TEST(values(Rrtype::TXT, "\"see\" \"192.0.2.1\"") == "4:192.0.2.1 t:see192.0.2.1");
}

BOOST_AUTO_TEST_CASE(spf_terms_are_names_and_addresses_too) {
    const std::string all =
        values(Rrtype::TXT,
               "\"V=SPF1 +a -A:a.example/24 ?mx:mx.example//64 ~include:_spf.Example ptr:p.example "
               "exp=why.example exists:%{i}.x.example exists:e.example ip4:192.0.2.0/24 "
               "ip6:2001:db8::/32 ip4:999 "
               "redirect=r.example a:a\\\\.b include: -all\"");
    const std::string first = all.substr(0, all.find(" t:"));
    BOOST_TEST(first ==
               "n:a.example. n:mx.example. n:_spf.example. n:p.example. n:why.example. "
               "n:e.example. n:r.example. 4:192.0.2.0 6:2001:db8::");
    BOOST_TEST(values(Rrtype::TXT, "\"v=spf1 ip6:2001:db8::1 a:192.0.2.1\"") ==
               "6:2001:db8::1 4:192.0.2.1 t:v=spf1 t:spf1 t:ip6:2001:db8::1 t:a:192.0.2.1");
    BOOST_TEST(values(Rrtype::SPF, "\"v=spf1\"") == "t:v=spf1 t:spf1");
    BOOST_TEST(values(Rrtype::TXT, "\"v=spf10 a:b\"") == "t:v=spf10 t:spf10 t:a:b t:b");
}

BOOST_AUTO_TEST_CASE(an_issuer_of_caa_is_a_name) {
    BOOST_TEST(values(Rrtype::CAA, "0 issue \"letsencrypt.org\"") ==
               "n:letsencrypt.org. t:letsencrypt.org");
    BOOST_TEST(values(Rrtype::CAA, "0 IssueWild \" ca.example ; policy=ev\"") ==
               "n:ca.example. t:ca.example t:policy=ev t:ev");
    BOOST_TEST(values(Rrtype::CAA, "0 issue \";\"") == "");
    BOOST_TEST(values(Rrtype::CAA, "0 iodef \"mailto:a@b.c\"") == "t:a@b.c n:b.c. t:mailto:a@b.c");
    BOOST_TEST(values(Rrtype::CAA, "0 iodef \"https://Iodef.Example/x\"") ==
               "n:iodef.example. t:https://iodef.example/x");
    BOOST_TEST(values(Rrtype::CAA, "0 issuemail \"a.example\"") == "n:a.example. t:a.example");
    BOOST_TEST(values(Rrtype::CAA, "0 issue \"%%%%%\"") == "t:%%%%%");
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

BOOST_AUTO_TEST_CASE(types_with_text_have_text_tokens) {
    for (const Rrtype type : {Rrtype::TXT, Rrtype::SPF, Rrtype::CAA, Rrtype::URI, Rrtype::NAPTR}) {
        BOOST_TEST(has_text_tokens(type));
    }
    for (const Rrtype type : {Rrtype::A, Rrtype::MX, Rrtype::HTTPS, Rrtype{65280}}) {
        BOOST_TEST(!has_text_tokens(type));
    }
}

BOOST_AUTO_TEST_SUITE_END()
