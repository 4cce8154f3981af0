// An oracle for the query language: random stores, random questions, and each answer compared with
// what an implementation in memory says that is too simple to be wrong (answer.hpp). It shares no
// code with the responder.
//
// Some questions are answered once, line for line, in order, with code and remarks. Some are
// followed, as a client would, from page to page by what `# more:` says is next, under a work limit
// that may stop each: together the pages have each line once.
//
// DNSHIST_SEED=N repeats a run; DNSHIST_ORACLE_QUESTIONS=N asks so many questions.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <string>
#include <vector>

#include "tests/oracle/answer.hpp"
#include "tests/oracle/random_question.hpp"
#include "tests/oracle/random_store.hpp"
#include "tests/oracle/server.hpp"
#include "tests/unit/random_seed.hpp"

namespace {

using namespace dnshist::oracle;

// What this version of the language has.
constexpr bool has_names = false;
constexpr bool has_summary = false;
constexpr bool has_changes = false;
// Whether an answer that the work limit stopped says how to go on (from-X).
constexpr bool goes_on_after_the_work_limit = false;

// Whether a token is known that stands in records of other types than those asked for; where it is
// not, NXDOMAIN is said of ns.pivot.TOKEN though txt.ns.pivot.TOKEN has lines (RFC 8020).
constexpr bool knows_tokens_whatever_the_type = false;

constexpr std::size_t questions_of_a_store = 500;
constexpr std::uint64_t one_followed_in = 10;

std::vector<View> views_to_ask() {
    // Some more often.
    std::vector<View> views{View::history, View::history, View::history,
                            View::pivot,   View::pivot,   View::at};
    if (has_names) views.push_back(View::names);
    if (has_summary) views.push_back(View::summary);
    if (has_changes) views.insert(views.end(), 2, View::changes);
    return views;
}

struct Tally {
    std::uint64_t questions = 0;
    std::uint64_t with_lines = 0;
    std::uint64_t lines = 0;
};
using Tallies = std::array<Tally, view_count>;

bool is_remark(const std::string& shown_line) {
    return shown_line.find("\"# ") < 3;
}

bool is_line(const std::string& shown_line) {
    return shown_line.starts_with('"') || shown_line.starts_with("answer: ");
}

std::uint64_t count_lines(const std::vector<std::string>& response) {
    return static_cast<std::uint64_t>(std::ranges::count_if(
        response, [](const auto& line) { return is_line(line) && !is_remark(line); }));
}

// A disagreement: the question that made it, and both sides.
struct Failure {
    std::string question;
    std::vector<std::string> expected;
    std::vector<std::string> got;
};

// One answer, compared to the letter.
std::optional<Failure> ask_once(Random& random, Server& server, const Store& store,
                                const Question& question, Tally& tally) {
    std::vector<std::string> expected = answer(store, question);
    std::vector<std::string> got =
        server.ask(random_case(random, wire_of(question.name())), question.qtype, Server::enough);
    tally.lines += count_lines(got);
    if (count_lines(got) > 0) ++tally.with_lines;
    // Names keep the question's case where they point at it.
    for (auto* side : {&expected, &got}) {
        for (std::string& line : *side) {
            if (line.starts_with("answer: ") || line.starts_with("authority: ")) {
                line = lower(line);
            }
        }
    }
    if (!knows_tokens_whatever_the_type && question.subject.wants && !question.types.empty() &&
        expected[0] == "NOERROR aa" && got[0] == "NXDOMAIN aa") {
        return std::nullopt;
    }
    const bool same = question.is_mistake ? got.size() == 3 && got[0] == expected[0] &&
                                                got[1].starts_with(expected[1])
                                          : got == expected;
    if (same) return std::nullopt;
    return Failure{question.qtype + ' ' + text_of(question.name()), expected, got};
}

// A TXT record's text, out of its quotes.
std::string text_of_shown(const std::string& shown_line) {
    std::string text;
    bool quoted = false;
    for (std::size_t i = 0; i < shown_line.size(); ++i) {
        if (shown_line[i] == '"') {
            quoted = !quoted;
        } else if (quoted) {
            if (shown_line[i] == '\\') ++i;
            text += shown_line[i];
        }
    }
    return text;
}

// All pages, each asked for by the name that the one before gave.
std::optional<Failure> follow(Random& random, Server& server, const Store& store, Question question,
                              Tally& tally) {
    std::erase_if(question.words, [](const auto& word) { return word.starts_with("page-"); });
    std::erase(question.words, "json");
    question.page.reset();
    question.json = false;
    const std::uint64_t scan_limit =
        goes_on_after_the_work_limit && random.one_in(2) ? 30 + random.below(270) : Server::enough;

    std::vector<std::string> expected = all_lines(store, question);
    std::vector<std::string> got;
    std::string name = wire_of(question.name());
    std::string asked = text_of(question.name());
    for (std::size_t step = 0; !name.empty(); ++step) {
        const auto response = server.ask(name, "TXT", scan_limit);
        name.clear();
        for (const std::string& line : response) {
            const std::string text = text_of_shown(line);
            if (line.starts_with("5 \"# error") || step > 2000) {
                return Failure{
                    "TXT " + asked + " (followed, work limit " + std::to_string(scan_limit) + ')',
                    {step > 2000 ? "an end" : "no error"},
                    response};
            }
            if (line.starts_with("\"# more: ")) {
                const std::size_t next = text.find("next: ");
                if (next == std::string::npos) return std::nullopt;  // the name would be too long
                asked = text.substr(next + 6);
                name = wire_of(labels_of(asked));
            } else if (is_line(line) && !is_remark(line)) {
                got.push_back(text);
            }
        }
    }
    tally.lines += got.size();
    if (!got.empty()) ++tally.with_lines;
    if (question.view == View::summary) {
        expected = summed_up(expected);
        got = summed_up(got);
    }
    // One after the other, in order; where the work limit comes in between, order holds within each
    // stretch alone.
    if (scan_limit != Server::enough) {
        std::ranges::sort(expected);
        std::ranges::sort(got);
    }
    if (got == expected) return std::nullopt;
    return Failure{"TXT " + text_of(question.name()) + " (followed, work limit " +
                       std::to_string(scan_limit) + ')',
                   expected, got};
}

void show(std::uint64_t seed, const Store& store, const Failure& failure) {
    std::printf("DNSHIST_SEED=%llu\ngiven\n", static_cast<unsigned long long>(seed));
    for (const std::string& line : store.given())
        std::printf("%s\n", line.c_str());
    std::printf("query %s tcp\n----\n", failure.question.c_str());
    for (const std::string& line : failure.expected)
        std::printf("%s\n", line.c_str());
    std::printf("\nbut the answer is\n");
    for (const std::string& line : failure.got)
        std::printf("%s\n", line.c_str());
    std::size_t same = 0;
    while (same < failure.expected.size() && same < failure.got.size() &&
           failure.expected[same] == failure.got[same]) {
        ++same;
    }
    std::printf("\nwhich differs from line %zu on\n\n", same + 1);
}

// Questions that find nothing prove little.
bool has_found_enough(const Tallies& tallies, const std::vector<View>& views) {
    bool enough = true;
    for (std::size_t view = 0; view < view_count; ++view) {
        const Tally& tally = tallies[view];
        if (std::ranges::find(views, static_cast<View>(view)) == views.end()) continue;
        std::printf("%-8s %7llu questions, %7llu with lines, %9llu lines\n",
                    word_of(static_cast<View>(view)),
                    static_cast<unsigned long long>(tally.questions),
                    static_cast<unsigned long long>(tally.with_lines),
                    static_cast<unsigned long long>(tally.lines));
        enough = enough && tally.with_lines * 8 > tally.questions;
    }
    if (!enough) std::printf("too few questions found anything\n");
    return enough;
}

bool run(std::uint64_t seed, std::uint64_t questions) {
    constexpr int failures_shown = 3;
    Random random(seed);
    const std::vector<View> views = views_to_ask();
    Tallies tallies;
    int failures = 0;
    std::uint64_t asked = 0;
    while (asked < questions && failures < failures_shown) {
        const Store store = random_store(random);
        Server server(store);
        for (std::size_t i = 0; i < questions_of_a_store && asked < questions; ++i, ++asked) {
            const Question question = random_question(random, store, views);
            Tally& tally = tallies[static_cast<std::size_t>(question.view)];
            ++tally.questions;
            const bool followed =
                random.one_in(one_followed_in) && question.view != View::at && !question.is_mistake;
            const auto failure = followed ? follow(random, server, store, question, tally)
                                          : ask_once(random, server, store, question, tally);
            if (!failure) continue;
            show(seed, store, *failure);
            if (++failures == failures_shown) break;
        }
    }
    std::printf("seed %llu: %llu questions\n", static_cast<unsigned long long>(seed),
                static_cast<unsigned long long>(asked));
    // A few questions cannot be expected to find much.
    const bool enough = has_found_enough(tallies, views) || questions < 1000;
    return failures == 0 && enough;
}

}  // namespace

int main() {
    const std::uint64_t seed = dnshist::test::random_seed();
    try {
        const char* const given = std::getenv("DNSHIST_ORACLE_QUESTIONS");
        return run(seed, given != nullptr ? std::strtoull(given, nullptr, 10) : 100'000) ? 0 : 1;
    } catch (const std::exception& error) {
        std::printf("DNSHIST_SEED=%llu: %s\n", static_cast<unsigned long long>(seed), error.what());
        return 1;
    }
}
