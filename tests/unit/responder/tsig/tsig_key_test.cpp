// Key files: both forms as the tools write them, what is allowed beside that, and a line number for
// everything else.
#include "responder/tsig/tsig_key.hpp"

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "tests/support/hex.hpp"
#include "tests/support/temporary_directory.hpp"

BOOST_AUTO_TEST_SUITE(tsig_key_test)

using namespace dnshist;
using namespace dnshist::responder;

namespace {

TsigKeys read(std::string_view text) {
    TsigKeys keys;
    const auto problem = add_tsig_keys(keys, text, "k");
    BOOST_TEST(!problem.has_value(), (problem ? problem->text : ""));
    return keys;
}

std::string problem(std::string_view text) {
    TsigKeys keys;
    const auto problem = add_tsig_keys(keys, text, "k");
    return problem ? problem->text : "none";
}

const TsigKey& find(const TsigKeys& keys, std::string_view name) {
    const TsigKey* key = keys.find(Name::from_text(name).value());
    BOOST_REQUIRE(key != nullptr);
    return *key;
}

std::string secret_of(const TsigKeys& keys, std::string_view name) {
    return std::string(as_text(find(keys, name).secret.octets()));
}

BOOST_AUTO_TEST_CASE(what_tsig_keygen_writes) {
    const TsigKeys keys = read(
        "key \"Monitor.Example\" {\n"
        "\talgorithm hmac-sha256;\n"
        "\tsecret \"DqlahOzTGboYlbeB3i1wOCEVT4bCuYUKRRAKr00FIg4=\";\n"
        "};\n");
    BOOST_TEST(keys.size() == 1U);
    const TsigKey& key = find(keys, "monitor.example");
    BOOST_TEST((key.algorithm == HmacAlgorithm::sha256));
    BOOST_TEST(key.least_mac_octets == 32U);
    BOOST_TEST(test::hex(key.secret.octets()) ==
               "0ea95a84ecd319ba1895b781de2d703821154f86c2b9850a45100aaf4d05220e");
}

BOOST_AUTO_TEST_CASE(what_keymgr_writes) {
    const std::string_view written =
        "# hmac-sha512:Monitor.Example:VoF3NBnNHgDS84rseciJ/FQEx2JarspYBarGo89KI4A=\n"
        "key:\n"
        "  - id: Monitor.Example\n"
        "    algorithm: hmac-sha512\n"
        "    secret: VoF3NBnNHgDS84rseciJ/FQEx2JarspYBarGo89KI4A=\n";
    const TsigKeys keys = read(written);
    BOOST_TEST(keys.size() == 1U);
    const TsigKey& key = find(keys, "monitor.example");
    BOOST_TEST((key.algorithm == HmacAlgorithm::sha512));
    BOOST_TEST(test::hex(key.secret.octets()).starts_with("5681773419cd1e00d2f38aec"));
    // One after the other in a file: the section begins again.
    BOOST_TEST(read(std::string(written) +
                    "key:\n- id: b\n  algorithm: hmac-sha256\n  secret: YWJj\n"
                    "\n- id: 'c'  # third\n  secret: \"YWJj\"\r\n  algorithm: hmac-sha384\n")
                   .size() == 3U);
}

BOOST_AUTO_TEST_CASE(binds_form_has_comments_and_any_order) {
    const TsigKeys keys = read(
        "# one\n// two\n/* three\n * { \" */ key a{secret YWI= /* four */;algorithm\n"
        "HMAC-SHA384;} ;key \"b.\"\t{ algorithm \"hmac-sha512\"; // five\n secret \"YWJj\"; # "
        "}\n};");
    BOOST_TEST(keys.size() == 2U);
    BOOST_TEST(secret_of(keys, "a") == "ab");
    BOOST_TEST((find(keys, "a").algorithm == HmacAlgorithm::sha384));
    BOOST_TEST(secret_of(keys, "B") == "abc");
    BOOST_TEST(keys.find(Name::from_text("c").value()) == nullptr);
}

std::string bind_key(std::string_view algorithm, std::string_view secret = "YWJj") {
    return "key k {\nalgorithm " + std::string(algorithm) + ";\nsecret \"" + std::string(secret) +
           "\";\n};\n";
}

BOOST_AUTO_TEST_CASE(a_key_may_have_shorter_macs) {
    BOOST_TEST(find(read(bind_key("hmac-sha256-128")), "k").least_mac_octets == 16U);
    BOOST_TEST(find(read(bind_key("hmac-sha256-256")), "k").least_mac_octets == 32U);
    BOOST_TEST(find(read(bind_key("hmac-sha512-264")), "k").least_mac_octets == 33U);
    // Half of it at least, in whole octets.
    for (const char* wrong :
         {"hmac-sha256-120", "hmac-sha256-129", "hmac-sha256-264", "hmac-sha512-128",
          "hmac-sha256-", "hmac-sha256-x", "hmac-sha256--1"}) {
        BOOST_TEST(problem(bind_key(wrong)).starts_with("k:2: the algorithm of the key k. is none"),
                   wrong);
    }
}

BOOST_AUTO_TEST_CASE(old_algorithms_are_none) {
    for (const char* old : {"hmac-md5", "hmac-md5.sig-alg.reg.int", "hmac-sha1", "hmac-sha224",
                            "sha256", "gss-tsig"}) {
        BOOST_TEST(problem(bind_key(old)) ==
                       "k:2: the algorithm of the key k. is none of hmac-sha256, hmac-sha384 and "
                       "hmac-sha512, nor one of them with a length such as hmac-sha256-128",
                   old);
    }
}

BOOST_AUTO_TEST_CASE(secrets_are_strict_base64) {
    const auto secret = [](std::string_view text) {
        return secret_of(read(bind_key("hmac-sha256", text)), "k");
    };
    BOOST_TEST(secret("YQ==") == "a");
    BOOST_TEST(secret("YWI=") == "ab");
    BOOST_TEST(secret("YWJj") == "abc");
    BOOST_TEST(secret("+/+/") == "\xfb\xff\xbf");
    for (const char* wrong :
         {"Y", "YQ", "YQ=", "YQ===", "=", "====", "Y===", "YQ==YQ==", "YW Jj", "YWJ-", "YWJj\\n"}) {
        BOOST_TEST(problem(bind_key("hmac-sha256", wrong)) ==
                       "k:3: the secret of the key k. is not base64",
                   wrong);
    }
    BOOST_TEST(problem(bind_key("hmac-sha256", "")) == "k:3: the value is missing");
}

BOOST_AUTO_TEST_CASE(what_is_wrong_with_binds_form) {
    BOOST_TEST(problem("") == "k: there is no key in it");
    BOOST_TEST(problem("# key\n") == "k: there is no key in it");
    BOOST_TEST(problem("\n\nkeys { };") == "k:3: expected: key \"NAME\" { ... };");
    BOOST_TEST(problem("key {") == "k:1: expected the name of the key");
    BOOST_TEST(problem("key \"a..b\" { algorithm hmac-sha256; secret \"YWJj\"; };") ==
               "k:1: the name of the key is no domain name");
    BOOST_TEST(problem("key a\nalgorithm") == "k:2: expected { after the name of the key");
    BOOST_TEST(problem("key a {\n secrets \"YWJj\";") ==
               "k:2: a key has an algorithm and a secret, and this is neither");
    BOOST_TEST(problem("key a {\n \"YWJj\";") == "k:2: expected algorithm, secret or }");
    BOOST_TEST(problem("key a {\n secret;\n") == "k:2: expected a value");
    BOOST_TEST(problem("key a {\n secret YWJj\n };") == "k:3: expected ; after the value");
    BOOST_TEST(problem("key a {\n secret YWJj;\n secret YWJj;\n };") ==
               "k:3: the key has this twice");
    BOOST_TEST(problem("key a {\n secret YWJj; };") == "k:1: the key has no algorithm");
    BOOST_TEST(problem("key a {\n algorithm hmac-sha256; };") == "k:1: the key has no secret");
    BOOST_TEST(problem("key a {\n algorithm hmac-sha256; secret YWJj;\n") ==
               "k:3: expected algorithm, secret or }");
    BOOST_TEST(problem("key a {\n algorithm hmac-sha256; secret YWJj;\n}") ==
               "k:3: expected ; after }");
    BOOST_TEST(problem("key a {\n secret \"YWJj;\n};") ==
               "k:2: the closing quotation mark is missing");
    BOOST_TEST(problem("\n/* key a") == "k:2: the comment has no end");
    BOOST_TEST(problem(bind_key("hmac-sha256") + bind_key("hmac-sha512")) ==
               "k:5: there is a key k. already");
}

BOOST_AUTO_TEST_CASE(what_is_wrong_with_knots_form) {
    const auto with = [](std::string_view lines) { return problem("key:\n" + std::string(lines)); };
    const std::string good = "- id: a\n  algorithm: hmac-sha256\n  secret: YWJj\n";
    BOOST_TEST(with(good) == "none");
    BOOST_TEST(with("") == "k: there is no key in it");
    BOOST_TEST(with("  id: a\n") == "k:2: a key begins with: - id: NAME");
    BOOST_TEST(with("- algorithm: hmac-sha256\n") == "k:2: a key begins with: - id: NAME");
    BOOST_TEST(with("- id:\n") == "k:2: the value is missing");
    BOOST_TEST(with("- id\n") == "k:2: expected a field, such as id: NAME");
    BOOST_TEST(with("- id: a\n  secret: YWJj\n") == "k:2: the key has no algorithm");
    BOOST_TEST(with("- id: a\n  algorithm: hmac-sha256\n- id: b\n") ==
               "k:2: the key has no secret");
    BOOST_TEST(with("- id: a\n  secret: YWJj\n  secret: YWJj\n") == "k:4: the key has this twice");
    BOOST_TEST(with("- id: a\n  storage: x\n") ==
               "k:3: a key has an algorithm and a secret, and this is neither");
    BOOST_TEST(with(good + "server:\n  listen: 127.0.0.1\n") ==
               "k:5: only the section key: can stand in a file of keys");
    BOOST_TEST(with(good + good) == "k:5: there is a key a. already");
    BOOST_TEST(with("- id: a\n  algorithm: hmac-md5\n  secret: YWJj\n")
                   .starts_with("k:3: the algorithm of the key a. is none"));
    BOOST_TEST(with("- id: a\n  algorithm: hmac-sha256\n  secret: YWJ\n") ==
               "k:4: the secret of the key a. is not base64");
}

// Wherever the secret stands.
BOOST_AUTO_TEST_CASE(no_problem_tells_a_secret) {
    const std::string secret = "c2VjcmV0c2VjcmV0";
    for (const std::string& text : {
             "key a { algorithm " + secret + "; secret x; };",
             "key a { " + secret + "; };",
             "key a { secret " + secret + "!; algorithm hmac-sha256; };",
             "key a { secret x " + secret + "; };",
             secret,
             "key:\n- id: a\n  algorithm: " + secret + "\n  secret: x\n",
             "key:\n- id: a\n  " + secret + ": x\n",
             "key:\n- " + secret + "\n",
             "key:\n" + secret + "\n",
         }) {
        const std::string said = problem(text);
        BOOST_TEST(said != "none");
        BOOST_TEST(said.find(secret) == std::string::npos, said);
    }
}

BOOST_AUTO_TEST_CASE(files) {
    const test::TemporaryDirectory directory;
    const auto one = directory.path() / "one";
    const auto two = directory.path() / "two";
    std::ofstream(one) << bind_key("hmac-sha256");
    std::ofstream(two) << "key:\n- id: other\n  algorithm: hmac-sha256\n  secret: YWJj\n";
    ::chmod(one.c_str(), 0640);
    ::chmod(two.c_str(), 0644);
    const auto read = read_tsig_keys({one, two});
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST(read->keys.size() == 2U);
    BOOST_REQUIRE(read->warnings.size() == 1U);
    BOOST_TEST(read->warnings[0].starts_with(two.string() + " holds secrets and can be read by"));

    BOOST_TEST(read_tsig_keys({one, one}).error().text ==
               one.string() + ":1: there is a key k. already");
    BOOST_TEST(read_tsig_keys({directory.path() / "none"}).error().text ==
               (directory.path() / "none").string() +
                   ": cannot be read: No such file or directory");
    BOOST_TEST(read_tsig_keys({directory.path()}).error().text ==
               directory.path().string() + ": cannot be read: Is a directory");
    BOOST_TEST(read_tsig_keys({}).value().keys.empty());
}

}  // namespace

BOOST_AUTO_TEST_SUITE_END()
