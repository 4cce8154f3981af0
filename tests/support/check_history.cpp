// check_history < LOG: runs the checker of histories (history_checker.hpp) over what writers and
// readers of a test have noted, a line for each event, in the order in which they happened:
//
//     send BATCH KEY=COUNT...     a writer begins to send it
//     acknowledge BATCH           it was told that the batch is in the store
//     begin READER                a read begins
//     end READER KEY=COUNT...     and has found that
//     last KEY=COUNT...           a read once all is over
//
// Prints a sentence; the status is 1 where there is a fault, 2 where the log is malformed.
#include <charconv>
#include <cstdio>
#include <iostream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>

#include "tests/support/history_checker.hpp"

namespace {

using dnshist::test::HistoryChecker;

HistoryChecker::Counts read_counts(std::istringstream& words) {
    HistoryChecker::Counts counts;
    for (std::string word; words >> word;) {
        const auto at = word.rfind('=');
        if (at == std::string::npos) throw std::runtime_error("no count: " + word);
        const char* const end = word.data() + word.size();
        std::uint64_t count = 0;
        const auto [stop, error] = std::from_chars(word.data() + at + 1, end, count);
        if (error != std::errc{} || stop != end) throw std::runtime_error("no number: " + word);
        counts[word.substr(0, at)] += count;
    }
    return counts;
}

struct Log {
    HistoryChecker checker;
    std::map<std::string, std::size_t> batches;
    std::map<std::string, HistoryChecker::Counts> least;  // of reads that have begun, by reader
    std::size_t acknowledged = 0;
    std::size_t reads = 0;

    void add(const std::string& line) {
        std::istringstream words(line);
        std::string event;
        std::string who;
        words >> event;
        if (event != "last") words >> who;
        if (event == "send") {
            batches[who] = checker.send(read_counts(words));
        } else if (event == "acknowledge") {
            checker.acknowledge(batches.at(who));
            ++acknowledged;
        } else if (event == "begin") {
            least[who] = checker.begin_read();
        } else if (event == "end") {
            checker.end_read(who, least.at(who), read_counts(words));
            ++reads;
        } else if (event == "last") {
            checker.end(read_counts(words));
            ++reads;
        } else {
            throw std::runtime_error("unknown: " + line);
        }
    }
};

}  // namespace

int main() {
    try {
        Log log;
        for (std::string line; std::getline(std::cin, line);)
            log.add(line);
        if (const auto& fault = log.checker.fault()) {
            std::printf("%s\n", fault->c_str());
            return 1;
        }
        std::printf("no fault in %zu reads of %zu batches\n", log.reads, log.acknowledged);
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "check_history: %s\n", error.what());
        return 2;
    }
}
