// Rows of Zeek's dns.log: what their header means, and which record an answer is.
#include "zonegen/sensorlog/zeek_parser.hpp"

#include "tests/support/log_readings.hpp"

BOOST_AUTO_TEST_SUITE(zeek_parser_test)

using namespace dnshist;
using namespace dnshist::zonegen;

namespace {

void check_log(const std::vector<std::string>& items, const std::vector<std::string>& expected,
               Trust trust = Trust::bailiwick) {
    const std::vector resolvers = {address_prefix_from_text("192.0.2.53").value()};
    check_readings<ZeekParser>(items, expected, "", trust, resolvers);
}

const std::string uncertain = "! owner or type not certain: ";
const std::string incomplete = "! not logged with all of its rdata: ";

const std::string fields =
    "#fields\tts\tid.resp_p\tquery\tqclass\tqtype\trcode\tanswers\tRD\tid.resp_h";

std::string row(const std::string& query, const std::string& type, const std::string& answers,
                const std::string& rcode = "0") {
    return "1459468983.75\t53\t" + query + "\t1\t" + type + '\t' + rcode + '\t' + answers +
           "\tT\t192.0.2.53";
}

void check(const std::string& row, const std::vector<std::string>& expected) {
    check_log({fields, row}, expected);
}

void check_json(const std::string& item, const std::vector<std::string>& expected) {
    check_log({item}, expected);
}

std::string json(const std::string& query, const std::string& type, const std::string& answers) {
    return R"({"ts":1504226037.090323,"id.resp_h":"192.0.2.53","id.resp_p":53,"query":")" + query +
           R"(","qclass":1,"RD":true,"RA":true,"qtype":)" + type + R"(,"rcode":0,"answers":[)" +
           answers + "]}";
}

}  // namespace

BOOST_AUTO_TEST_CASE(addresses_belong_to_the_query) {
    check(row("www.example.com", "1", "192.0.2.1,192.0.2.2"),
          {"www.example.com. A 192.0.2.1 1459468983", "www.example.com. A 192.0.2.2 1459468983"});
    check(row("WWW.example.com", "28", "2001:db8::1"),
          {"www.example.com. AAAA 2001:db8::1 1459468983"});
}

BOOST_AUTO_TEST_CASE(a_chain_gives_each_answer_to_its_own_owner) {
    check(row("a.example", "1", "b.example,c.example,192.0.2.1,192.0.2.2"),
          {"a.example. CNAME b.example. 1459468983", "b.example. CNAME c.example. 1459468983",
           "c.example. A 192.0.2.1 1459468983", "c.example. A 192.0.2.2 1459468983"});
    check(row("a.example", "28", "b.example"), {"a.example. CNAME b.example. 1459468983"});
    check(row("a.example", "1", "b.example", "3"), {"a.example. CNAME b.example. 1459468983"});
    check(row("a.example", "1", "<unknown type=39>,b.example,RRSIG 5 example,192.0.2.1"),
          {incomplete + "'<unknown type=39>'", incomplete + "'RRSIG 5 example'",
           "a.example. CNAME b.example. 1459468983", "b.example. A 192.0.2.1 1459468983"});
}

BOOST_AUTO_TEST_CASE(a_name_behind_an_address_makes_all_uncertain) {
    check(row("a.example", "1", "192.0.2.1,b.example,RRSIG 1 example"),
          {uncertain + "'192.0.2.1'", uncertain + "'b.example'", incomplete + "'RRSIG 1 example'"});
}

BOOST_AUTO_TEST_CASE(nothing_follows_a_target_that_is_no_name) {
    check(row("a.example", "1", "b..example,c.example,192.0.2.1"),
          {"! bad rdata: an empty label in the name 'b..example'", uncertain + "'c.example'",
           uncertain + "'192.0.2.1'"});
}

BOOST_AUTO_TEST_CASE(an_address_of_the_other_family_is_of_no_certain_type) {
    check(row("a.example", "28", "192.0.2.1"), {uncertain + "'192.0.2.1'"});
    check(row("a.example", "1", "2001:db8::1"), {uncertain + "'2001:db8::1'"});
}

BOOST_AUTO_TEST_CASE(an_alias_is_certain_where_the_type_has_a_mark_of_its_own) {
    check(row("a.example", "65", "b.example,<unknown type=65>"),
          {incomplete + "'<unknown type=65>'", "a.example. CNAME b.example. 1459468983"});
    check(row("a.example", "48", "DNSKEY 5,RRSIG 48 example"),
          {incomplete + "'DNSKEY 5'", incomplete + "'RRSIG 48 example'"});
}

BOOST_AUTO_TEST_CASE(types_that_are_logged_like_aliases) {
    check(row("1.2.0.192.in-addr.arpa", "12", "host.example"),
          {"1.2.0.192.in-addr.arpa. PTR host.example. 1459468983"});
    check(row("1.2.0.192.in-addr.arpa", "12", "1.0-25.2.0.192.in-addr.arpa"),
          {uncertain + "'1.0-25.2.0.192.in-addr.arpa'"});
    check(row("1.2.0.192.in-addr.arpa", "12", "host.example,other.example"),
          {uncertain + "'host.example'", uncertain + "'other.example'"});
    check(row("1.2.0.192.in-addr.arpa", "12", "host.example", "3"), {uncertain + "'host.example'"});
    check(row("a.example", "5", "b.example"), {"a.example. CNAME b.example. 1459468983"});
    check(row("a.example", "5", "b.example,c.example"),
          {uncertain + "'b.example'", uncertain + "'c.example'"});
    check(row("example", "2", "ns1.example,ns2.example"),
          {uncertain + "'ns1.example'", uncertain + "'ns2.example'"});
    check(row("example", "15", "mail.example"), {incomplete + "'mail.example'"});
    check(row("example", "6", "ns.example"), {incomplete + "'ns.example'"});
    check(row("example", "255", "ns.example,192.0.2.1"),
          {uncertain + "'ns.example'", uncertain + "'192.0.2.1'"});
}

BOOST_AUTO_TEST_CASE(strings_end_where_their_lengths_say) {
    check(row("a.example", "16", "TXT 5 hello"), {"a.example. TXT \"hello\" 1459468983"});
    check(row("a.example", "16", "b.example,TXT 11 a TXT 1 x y TXT 0 "),
          {"a.example. CNAME b.example. 1459468983",
           "b.example. TXT \"a TXT 1 x y\" \"\" 1459468983"});
    check(row("a.example", "16", "TXT 3 \\xff\\\\\\x2c,TXT 1 \""),
          {"a.example. TXT \"\\255\\\\,\" 1459468983", "a.example. TXT \"\\\"\" 1459468983"});
    check(row("a.example", "99", "SPF 3 abc"), {"a.example. SPF \"abc\" 1459468983"});
    check(row("a.example", "16", "TXT 6 hello"), {incomplete + "'TXT 6 hello'"});
    check(row("a.example", "16", "TXT 4 hello"), {incomplete + "'TXT 4 hello'"});
    check(row("a.example", "16", "SPF 5 hello"), {uncertain + "'SPF 5 hello'"});
    check(row("a.example", "16", "TXT 256 " + std::string(256, 'x')),
          {incomplete + "'TXT 256 " + std::string(72, 'x') + "...'"});
}

BOOST_AUTO_TEST_CASE(rows_without_a_record_in_them) {
    check(row("a.example", "1", "-"), {});
    check(row("a.example", "1", "(empty)"), {});
    check(row("a.example", "1", "192.0.2.1", "2"),
          {"! response code other than NOERROR and NXDOMAIN"});
    check("1\t53\ta.example\t3\t16\t0\tTXT 1 x\tT\t192.0.2.53", {"! class other than IN"});
    check("1\t53\ta.example\t-\t-\t0\t192.0.2.1\tT\t192.0.2.53",
          {uncertain + "Zeek did not see the query"});
    check("1\t5353\ta.local\t1\t1\t0\t192.0.2.1\tT\t192.0.2.53",
          {uncertain + "not from a name server's port"});
    check("x\t53\ta.example\t1\t1\t0\t192.0.2.1\tT\t192.0.2.53",
          {"! bad time: ts is no time: 'x'"});
    check(row("a..example", "1", "192.0.2.1"),
          {"! bad rrname: an empty label in the name 'a..example'"});
    check("1\t2", {"! not in the form of its format: not as many columns as in the header"});
}

BOOST_AUTO_TEST_CASE(updates_are_no_answers) {
    check_log({"#fields\tts\tquery\tqclass\tqtype\tanswers\topcode",
               "1\thost.example\t1\t6\tadd: A host.example 192.0.2.1\t5"},
              {});
}

BOOST_AUTO_TEST_CASE(the_header_says_what_the_columns_are) {
    check_log({"#separator \\x7c", "#set_separator|;", "#empty_field|EMPTY", "#unset_field|NONE",
               "#fields|answers|qtype|qclass|query|ts", "192.0.2.1;192.0.2.2|1|1|a.example|7",
               "NONE|1|1|a.example|7", "EMPTY|1|1|a.example|7", "#close|2016-04-01-00-00-40",
               // Another log behind it, with a header of its own.
               "#separator \\x09", "#fields\tts\tquery\tqclass\tqtype\tanswers",
               "8\tb.example\t1\t1\t192.0.2.3,192.0.2.4"},
              {"a.example. A 192.0.2.1 7", "a.example. A 192.0.2.2 7", "b.example. A 192.0.2.3 8",
               "b.example. A 192.0.2.4 8"});
}

BOOST_AUTO_TEST_CASE(rows_without_a_header_cannot_be_read) {
    const std::string no = "! no #fields line before it that names what is needed";
    check_log({"1\ta.example\t1\t1\t192.0.2.1"}, {no});
    check_log({"#fields\tts\tuid\tproto", "1\tx\tudp"}, {no + ": no query in the last one"});
    check_log({fields, "#separator \\x09", row("a.example", "1", "192.0.2.1")}, {no});
}

BOOST_AUTO_TEST_CASE(json_says_the_same) {
    check_json(json("a.example", "1", R"("b.example","192.0.2.1")"),
               {"a.example. CNAME b.example. 1504226037", "b.example. A 192.0.2.1 1504226037"});
    check_json(R"({"ts":"2019-08-27T21:00:00.058798Z","query":"a.example","qclass":1,"qtype":28,)"
               R"("answers":["2001:db8::1"]})",
               {"a.example. AAAA 2001:db8::1 1566939600"});
    check_json(R"({"ts":1,"query":"a.example","qclass":1,"qtype":1})", {});
    check_json(R"({"ts":1,"query":"a.example","qclass":1,"qtype":1,"answers":[]})", {});
    check_json(json("a.example", "1", "7"),
               {"! not in the form of its format: an answer that is no text"});
    check_json("{", {"! not JSON: The JSON document has an improper structure: missing or "
                     "superfluous commas, braces, missing keys, etc"});
}

BOOST_AUTO_TEST_CASE(octets_that_are_no_characters) {
    // Zeek's own escapes in JSON, of today and of before version 3.
    check_json(json(R"(\\xffa.example)", "1", R"("192.0.2.1")"),
               {"\\255a.example. A 192.0.2.1 1504226037"});
    check_json(json(R"(\u00d1\u0036.example)", "1", R"("192.0.2.1")"),
               {"\\2096.example. A 192.0.2.1 1504226037"});
    check_json(json("\xc3\x91.example", "1", R"("192.0.2.1")"),
               {"\\195\\145.example. A 192.0.2.1 1504226037"});
    // A backslash is one, and no escape of presentation form.
    check_json(json(R"(a\\.example)", "1", R"("192.0.2.1")"),
               {"a\\\\.example. A 192.0.2.1 1504226037"});
    check(row("a\\\\\\x07.example", "1", "192.0.2.1"),
          {"a\\\\\\007.example. A 192.0.2.1 1459468983"});
    // In a string the length decides.
    check_json(json("a.example", "16", R"("TXT 1 \\xff")"),
               {"a.example. TXT \"\\255\" 1504226037"});
    check_json(json("a.example", "16", R"("TXT 4 \\xff")"),
               {"a.example. TXT \"\\\\xff\" 1504226037"});
}

// The flags are the server's own word: of what it is they are no evidence.
BOOST_AUTO_TEST_CASE(a_server_is_believed_in_the_domain_asked_for) {
    const std::string chain =
        "1\t53\twww.example.com\t1\t1\t0\tb.example.com,c.example.net,192.0.2.1";
    const std::vector<std::string> all = {"www.example.com. CNAME b.example.com. 1",
                                          "b.example.com. CNAME c.example.net. 1",
                                          "c.example.net. A 192.0.2.1 1"};
    const std::vector<std::string> own = {all[0], all[1],
                                          "! outside of the bailiwick: 'c.example.net. A'"};
    check_log({fields, chain + "\tT\t192.0.2.53"}, all);
    for (const std::string server : {"\tT\t192.0.2.54", "\tT\t2001:db8::53", "\tT\t-"})
        check_log({fields, chain + server}, own);
    check_log({fields, chain + "\tT\t192.0.2.54"}, all, Trust::everything);
    const std::string with_flags = fields.substr(0, fields.find("\tRD")) + "\tRD\tRA";
    check_log({with_flags, chain + "\tT\tT"}, own);
    const std::string object =
        R"({"ts":1,"query":"a.example","qclass":1,"qtype":1,"RD":true,"RA":true,"answers":)"
        R"(["b.example","192.0.2.1"]})";
    check_json(object,
               {"a.example. CNAME b.example. 1", "! outside of the bailiwick: 'b.example. A'"});
}

BOOST_AUTO_TEST_SUITE_END()
