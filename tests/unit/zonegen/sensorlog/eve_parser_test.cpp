// Suricata's DNS events of all versions.
#include "zonegen/sensorlog/eve_parser.hpp"

#include "tests/support/log_readings.hpp"

BOOST_AUTO_TEST_SUITE(eve_parser_test)

using namespace dnshist;
using namespace dnshist::zonegen;

namespace {

void check_log(const std::vector<std::string>& items, const std::vector<std::string>& expected,
               Trust trust = Trust::bailiwick) {
    const std::vector resolvers = {address_prefix_from_text("192.0.2.53").value()};
    check_readings<EveParser>(items, expected, "", trust, resolvers);
}

const std::string uncertain = "! owner or type not certain: ";
const std::string incomplete = "! not logged with all of its rdata: ";

std::string event(const std::string& dns) {
    return R"({"timestamp":"2009-11-24T21:27:09.534255-0100","event_type":"dns",)"
           R"("src_ip":"192.0.2.53","src_port":53,"dest_ip":"192.0.2.7","dest_port":1024,)"
           R"("dns":{"type":"answer",)" +
           dns + "}}";
}

void check(const std::string& dns, const std::vector<std::string>& expected,
           Trust trust = Trust::bailiwick) {
    check_log({event(dns)}, expected, trust);
}

// An event with a list of these records, whoever asked for them.
void check_answers(const std::string& records, const std::vector<std::string>& expected) {
    check(R"("version":2,"rrname":"a.example","rrtype":"A","rcode":"NOERROR","answers":[)" +
              records + "]",
          expected, Trust::everything);
}

}  // namespace

BOOST_AUTO_TEST_CASE(version_1_has_a_record_an_event) {
    check(R"("rcode":"NOERROR","rrname":"a.example","rrtype":"A","ttl":8,"rdata":"192.0.2.1")",
          {"a.example. A 192.0.2.1 1259101629"});
    check(R"("rcode":"NXDOMAIN","rrname":"a.example")", {});
    check(R"("rrname":"a.example","rrtype":"TXT","rdata":"one of some strings")",
          {incomplete + "'a.example. TXT'"});
}

BOOST_AUTO_TEST_CASE(version_2_has_a_list) {
    check_answers(R"({"rrname":"a.example","rrtype":"CNAME","ttl":1,"rdata":"b.example"},)"
                  R"({"rrname":"b.example","rrtype":"A","ttl":1,"rdata":"192.0.2.1"},)"
                  R"({"rrname":"b.example","rrtype":"AAAA","ttl":1,)"
                  R"("rdata":"2001:0db8:0000:0000:0000:0000:0000:0001"})",
                  {"a.example. CNAME b.example. 1259101629", "b.example. A 192.0.2.1 1259101629",
                   "b.example. AAAA 2001:db8::1 1259101629"});
    check_answers("", {});
}

BOOST_AUTO_TEST_CASE(version_3_has_all_sections) {
    check_log(
        {R"({"timestamp":"2025-02-24T10:00:00.000000+0000","event_type":"dns",)"
         R"("src_ip":"192.0.2.7","src_port":1024,"dest_ip":"192.0.2.53","dest_port":53,)"
         R"("dns":{"version":3,"type":"response","opcode":0,"rcode":"NOERROR",)"
         R"("queries":[{"rrname":"a.example","rrtype":"A"}],)"
         R"("answers":[{"rrname":"a.example","rrtype":"A","ttl":1,"rdata":"192.0.2.1"}],)"
         R"("authorities":[{"rrname":"example","rrtype":"NS","ttl":1,"rdata":"ns.example"}],)"
         R"("additionals":[{"rrname":"ns.example","rrtype":"A","ttl":1,"rdata":"192.0.2.53"},)"
         R"({"rrname":"","rrtype":"OPT","ttl":0,"opt":[{"code":10,"data":"00"}]}]}})"},
        {"a.example. A 192.0.2.1 1740391200", "example. NS ns.example. 1740391200",
         "ns.example. A 192.0.2.53 1740391200"});
}

BOOST_AUTO_TEST_CASE(structured_rdata) {
    check_answers(
        R"({"rrname":"example","rrtype":"SOA","soa":{"mname":"ns.example","rname":"a.b.example",)"
        R"("serial":1,"refresh":2,"retry":3,"expire":4,"minimum":5}})",
        {"example. SOA ns.example. a.b.example. 1 2 3 4 5 1259101629"});
    check_answers(
        R"({"rrname":"_x._tcp.example","rrtype":"SRV","srv":{"priority":1,"weight":2,"port":53,)"
        R"("name":"h.example"}})",
        {"_x._tcp.example. SRV 1 2 53 h.example. 1259101629"});
    check_answers(
        R"({"rrname":"h.example","rrtype":"SSHFP","sshfp":{"fingerprint":)"
        R"("00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff:00:11:22:33","algo":1,"type":1}})",
        {"h.example. SSHFP 1 1 00112233445566778899AABBCCDDEEFF00112233 1259101629"});
    check_answers(R"({"rrname":"example","rrtype":"SOA","soa":{"mname":"ns.example"}})",
                  {incomplete + "'example. SOA'"});
    check_answers(
        R"({"rrname":"example","rrtype":"SOA","soa":{"mname":"ns.example","mname_truncated":true,)"
        R"("rname":"a.b.example","serial":1,"refresh":2,"retry":3,"expire":4,"minimum":5}})",
        {incomplete + "'example. SOA'"});
}

BOOST_AUTO_TEST_CASE(rdata_that_is_not_all_there) {
    check_answers(R"({"rrname":"example","rrtype":"MX","rdata":"mail.example"})",
                  {incomplete + "'example. MX'"});
    check_answers(R"({"rrname":"example","rrtype":"DS"})", {incomplete + "'example. DS'"});
    check_answers(R"({"rrname":"example","rrtype":"HTTPS"})", {incomplete + "'example. HTTPS'"});
    check_answers(R"({"rrname":"a.example","rrtype":"NS","rdata":"n","rdata_truncated":true})",
                  {incomplete + "'a.example. NS'"});
    check_answers(R"({"rrname":"a.example","rrname_truncated":true,"rrtype":"A","rdata":"::"})",
                  {"! bad rrname: cut short"});
}

BOOST_AUTO_TEST_CASE(a_string_alone_is_a_record) {
    check_answers(R"({"rrname":"a.example","rrtype":"TXT","rdata":"a \"b\" \u0001"},)"
                  R"({"rrname":"b.example","rrtype":"TXT","rdata":"one"},)"
                  R"({"rrname":"b.example","rrtype":"TXT","rdata":"two"},)"
                  R"({"rrname":"c.example","rrtype":"TXT","rdata":"\\xff"},)"
                  R"({"rrname":"d.example","rrtype":"TXT","rdata":"c:\\windows"})",
                  {incomplete + "'b.example. TXT'", incomplete + "'b.example. TXT'",
                   incomplete + "'c.example. TXT'", R"(a.example. TXT "a \"b\" \001" 1259101629)",
                   R"(d.example. TXT "c:\\windows" 1259101629)"});
}

BOOST_AUTO_TEST_CASE(groups_belong_to_the_end_of_the_chain) {
    const std::string query = R"("version":2,"rrname":"a.example","rrtype":"A",)";
    check(query + R"("grouped":{"A":["192.0.2.1","192.0.2.2"],"CNAME":["b.example"]})",
          {"a.example. CNAME b.example. 1259101629", "b.example. A 192.0.2.1 1259101629",
           "b.example. A 192.0.2.2 1259101629"});
    check(query + R"("grouped":{"A":["192.0.2.1"]})", {"a.example. A 192.0.2.1 1259101629"});
    check(query + R"("grouped":{"A":["192.0.2.1"],"CNAME":["b.example","c.example"]})",
          {uncertain + "several CNAMEs, grouped"});
    check(R"("version":2,"grouped":{"A":["192.0.2.1"]})",
          {uncertain + "grouped, and without the query"});
    check(R"("version":3,"queries":[{"rrname":"a.example","rrtype":"TXT"}],)"
          R"("grouped":{"TXT":["one"],"MX":["m.example"],"SRV":[{"priority":1}],"A":7})",
          {incomplete + "'a.example. MX'", incomplete + "'a.example. SRV'",
           "! not in the form of its format: a group that is no list",
           "a.example. TXT \"one\" 1259101629"});
    check(query + R"("grouped":{"TXT":["one","two"]})",
          {incomplete + "'a.example. TXT'", incomplete + "'a.example. TXT'"});
}

BOOST_AUTO_TEST_CASE(with_both_forms_the_list_counts) {
    check(
        R"("version":2,"rrname":"a.example","rrtype":"A","answers":[)"
        R"({"rrname":"a.example","rrtype":"A","rdata":"192.0.2.1"}],"grouped":{"A":["192.0.2.1"]})",
        {"a.example. A 192.0.2.1 1259101629"});
}

BOOST_AUTO_TEST_CASE(servers_speak_of_themselves_in_another_class) {
    check_answers(R"({"rrname":"version.bind","rrtype":"TXT","rdata":"9.18"})",
                  {"! class other than IN: 'version.bind. TXT'"});
    check_answers(R"({"rrname":"id.server","rrtype":"TXT","rdata":"x"})",
                  {"! class other than IN: 'id.server. TXT'"});
    check_answers(R"({"rrname":"xbind","rrtype":"TXT","rdata":"x"})",
                  {"xbind. TXT \"x\" 1259101629"});
}

BOOST_AUTO_TEST_CASE(names_are_octets) {
    check_answers(R"({"rrname":"\\xffA\u0000\\.example","rrtype":"NS","rdata":""})",
                  {"\\255a\\000\\\\.example. NS . 1259101629"});
}

BOOST_AUTO_TEST_CASE(what_is_no_answer_is_passed_over) {
    check_log({R"({"timestamp":"x","event_type":"flow"})",
               R"({"timestamp":"x","event_type":"alert","dns":{"query":[{"rrname":"a"}]}})",
               R"({"timestamp":"x","event_type":"dns","dns":{"type":"query","rrname":"a"}})",
               R"({"timestamp":"x","event_type":"dns","dns":{"version":3,"type":"request"}})",
               R"({"timestamp":"x","event_type":"dns","dns":{"type":"answer","opcode":5}})"},
              {});
    check(R"("rcode":"SERVFAIL","rrname":"a.example","rrtype":"A")", {});
}

BOOST_AUTO_TEST_CASE(what_is_wrong_in_an_event_is_said) {
    check_log({R"({"a":1})"}, {"! not in the form of its format: no event_type"});
    check_log({"[]"}, {"! not a JSON object"});
    check_log({R"({"timestamp":"2009-11-24T21:","event_type":"dns","dns":{"type":"answer"}})"},
              {"! bad time: timestamp is no time: '2009-11-24T21:'"});
    check(R"("rcode":"REFUSED","answers":[])",
          {"! response code other than NOERROR and NXDOMAIN: 'REFUSED'"});
    check_answers(R"(7,{"rrtype":"A","rdata":"192.0.2.1"},{"rrname":"a.example"},)"
                  R"({"rrname":"a.example","rrtype":"A","rdata":"x"},)"
                  R"({"rrname":"a.example","rrtype":"Q","rdata":"x"})",
                  {"! not in the form of its format: a record that is no object", "! no rrname",
                   "! no rrtype", "! bad rdata: not an IPv4 address: 'x'", "! bad rrtype: 'Q'"});
}

BOOST_AUTO_TEST_CASE(what_was_not_asked_for_is_not_believed) {
    const auto answers = [](const std::string& ends, const std::string& owner) {
        return R"({"timestamp":"1","event_type":"dns",)" + ends +
               R"("dns":{"type":"answer","rd":true,"ra":true,"rrname":"www.example.com","rrtype":"A","answers":[{"rrname":"www.example.com",)"
               R"("rrtype":"CNAME","rdata":"www.example.net"},{"rrname":")" +
               owner + R"(","rrtype":"A","rdata":"192.0.2.1"}]}})";
    };
    const auto ends = [](const std::string& source, const std::string& port) {
        return R"("src_ip":")" + source + R"(","src_port":)" + port +
               R"(,"dest_ip":"192.0.2.53","dest_port":53,)";
    };
    const std::string resolver = ends("192.0.2.7", "1024");
    const std::string alias = "www.example.com. CNAME www.example.net. 1";
    check_log({answers(resolver, "www.example.net")}, {alias, "www.example.net. A 192.0.2.1 1"});
    // The flags say that each of them is a resolver. With both ports 53 neither end is certain.
    for (const std::string& other : {std::string(), ends("192.0.2.7", "53")}) {
        check_log({answers(other, "www.example.net")},
                  {alias, "! outside of the bailiwick: 'www.example.net. A'"});
    }
    check_log({answers(resolver, "bank.example")}, {alias, "! not asked for: 'bank.example. A'"});
    check_log({answers("", "bank.example")}, {alias, "bank.example. A 192.0.2.1 1"},
              Trust::everything);
}

// The sender of the response chooses what its question says.
BOOST_AUTO_TEST_CASE(without_a_question_that_can_be_read_nothing_is_believed) {
    const std::string answers =
        R"("rcode":"NOERROR","answers":[{"rrname":"bank.test","rrtype":"A","rdata":"192.0.2.66"}])";
    const std::string record = "bank.test. A 192.0.2.66 1259101629";
    for (
        const char* const question :
        {R"("version":3,"queries":[{"rrname":"a.example","rrtype":"A"},{"rrname":"bank.test","rrtype":"A"}],)",
         R"("version":3,"queries":[],)", R"("version":2,"rrname":"a..example","rrtype":"A",)",
         R"("version":2,"rrname":"a.example","rrtype":"",)", R"("version":2,)"}) {
        check(question + answers, {uncertain + "the query cannot be read"});
        check(question + answers, {uncertain + "the query cannot be read"}, Trust::unasked);
        check(question + answers, {record}, Trust::everything);
    }
}

BOOST_AUTO_TEST_CASE(a_bailiwick_limits_what_is_believed_though_unasked_is_taken) {
    const std::string dns =
        R"("version":2,"rrname":"a.example","rrtype":"A","rcode":"NOERROR","answers":[)"
        R"({"rrname":"bank.test","rrtype":"A","rdata":"192.0.2.66"}])";
    const auto by_stranger = [&](Trust trust, const std::vector<std::string>& expected) {
        check_readings<EveParser>({event(dns)}, expected, "", trust, std::vector<AddressPrefix>());
    };
    for (const Trust trust : {Trust::bailiwick, Trust::unasked})
        by_stranger(trust, {"! outside of the bailiwick: 'bank.test. A'"});
    by_stranger(Trust::everything, {"bank.test. A 192.0.2.66 1259101629"});
}

BOOST_AUTO_TEST_SUITE_END()
