// The oracle of lookalike: of twenty names, all that Debian's dnstwist lists without a dictionary
// and without a list of top-level domains. Its module is asked, which resolves nothing, other than
// the program.
#include <array>
#include <cstdio>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>

#include "tests/unit/storage/finding/seen_names.hpp"

using namespace dnshist;
using dnshist::test::SeenNames;

namespace {

constexpr const char* command = R"(timeout 120 /usr/bin/python3 -c '
import dnstwist
for name in ("harbour.example", "owl.com", "paypal.com", "my-bank.de", "hotels24.com", "mississippi.org",
             "longisland.co.uk", "xn--mnchen-3ya.de", "a.com", "ab.com", "quiz.org", "vivid.com",
             "jazz-funk.com", "0123456789.com", "bookkeeper.com", "wave.de", "nightowl.example",
             "kiosk.com", "dnshistory12.com", "zoo.org"):
    fuzzer = dnstwist.Fuzzer(name)
    fuzzer.generate()
    for found in fuzzer.permutations():
        print(name, found["fuzzer"], found["domain"])
' 2>/dev/null)";

struct Candidate {
    std::string fuzzer;
    std::string name;
};

// By the name that they look like; empty where there is no dnstwist.
std::map<std::string, std::vector<Candidate>> candidates() {
    std::map<std::string, std::vector<Candidate>> all;
    const std::unique_ptr<FILE, int (*)(FILE*)> output(::popen(command, "r"), ::pclose);
    std::array<char, 512> line;
    while (output && std::fgets(line.data(), line.size(), output.get()) != nullptr) {
        std::istringstream words(line.data());
        std::string of;
        Candidate candidate;
        words >> of >> candidate.fuzzer >> candidate.name;
        all[of].push_back(std::move(candidate));
    }
    return all;
}

BOOST_AUTO_TEST_CASE(has_what_dnstwist_lists) {
    const auto all = candidates();
    if (all.empty()) {
        std::cerr << "SKIPPED: dnstwist is not installed\n";
        return;
    }
    BOOST_TEST_REQUIRE(all.size() == 20U);
    std::vector<std::string> seen;
    for (const auto& [of, names] : all) {
        for (const Candidate& candidate : names)
            seen.push_back(candidate.name);
    }
    SeenNames store(seen);
    for (const auto& [of, names] : all) {
        const auto tricks = store.lookalikes_of(of);
        BOOST_TEST(names.size() > 40U, of);
        for (const Candidate& candidate : names) {
            if (candidate.fuzzer == "*original") continue;
            BOOST_TEST(tricks.contains(candidate.name),
                       of << ": " << candidate.fuzzer << " " << candidate.name);
        }
    }
}

}  // namespace
