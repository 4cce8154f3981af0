// Prints questions, in the format of dnsperf, for the history of a store with the records of
// make_feed: half for A and half for MX records, one in ten for a domain that was never seen.
//
//     make_questions DOMAINS COUNT
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "tests/bench/synthetic.hpp"

namespace {

bool read_number(std::string_view text, std::uint64_t& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() && number != 0;
}

}  // namespace

int main(int argc, char** argv) {
    std::uint64_t domains = 0;
    std::uint64_t count = 0;
    if (argc != 3 || !read_number(argv[1], domains) || !read_number(argv[2], count)) {
        std::fputs("usage: make_questions DOMAINS COUNT\n", stderr);
        return 2;
    }
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::string question = dnshist::bench::history_question(i, domains);
        if (std::fwrite(question.data(), 1, question.size(), stdout) != question.size()) return 1;
    }
    return std::fflush(stdout) == 0 ? 0 : 1;
}
