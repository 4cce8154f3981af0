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
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/oracle/answer.hpp"
#include "tests/oracle/random_question.hpp"
#include "tests/oracle/random_store.hpp"
#include "tests/oracle/server.hpp"
#include "tests/oracle/walk.hpp"
#include "tests/support/line_places.hpp"
#include "tests/support/random_seed.hpp"

namespace {

using namespace dnshist::oracle;

constexpr std::size_t questions_of_a_store = 500;
constexpr std::uint64_t one_followed_in = 6;

// Some more often than others.
constexpr std::array views{View::history, View::history, View::history, View::pivot,
                           View::pivot,   View::names,   View::summary, View::changes,
                           View::changes, View::at,      View::seen,    View::cohost};

struct Tally {
    std::uint64_t questions = 0;
    std::uint64_t with_lines = 0;
    std::uint64_t lines = 0;
    std::uint64_t stopped = 0;  // followed from one stop of the work limit to the next
    std::uint64_t torn = 0;
};
using Tallies = std::array<Tally, view_count>;

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

// The suggestions of the responder for a question that finds nothing are not modelled here
// (tests/system/suggestions_test.py): an EDE beside the answer, or an error instead of NXDOMAIN.
bool is_a_guess(const std::vector<std::string>& expected, std::vector<std::string>& got) {
    const bool is_error =
        got.size() == 3 && got[1].starts_with("5 \"# error: nothing was found for this");
    if (is_error || (got.size() == 3 && got[0] == "NOERROR aa" &&
                     got[2].starts_with("ede: 0 \"nothing was found for this"))) {
        return expected[0] == "NXDOMAIN aa";
    }
    std::erase_if(got, [](const std::string& line) {
        return line.starts_with("ede: 0 \"this was never seen; did you mean") ||
               line.starts_with("ede: 0 \"nothing points at this; did you mean") ||
               line.starts_with("ede: 0 \"no NS here");
    });
    return false;
}

// The remark without the place of the line with which the next page begins, and as one string.
std::string without_place(const std::string& line) {
    if (!line.starts_with("\"# more: ")) return line;
    const auto without = [](std::string text, std::string_view part) {
        for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos;)
            text.erase(at, part.size());
        return text;
    };
    return without(dnshist::test::with_any_place(without(line, "\" \"")), "line-*.");
}

const char* asked_by(const Question& question) {
    return question.sees_personal ? " (by one who sees registrations)" : "";
}

// One answer, compared to the letter.
std::optional<Failure> ask_once(Random& random, Server& server, const Store& store,
                                const Question& question, Tally& tally) {
    std::vector<std::string> expected = answer(store, question);
    std::vector<std::string> got =
        server.ask(random_case(random, wire_of(question.name())), question.qtype, Server::enough,
                   question.sees_personal);
    tally.lines += count_lines(got);
    if (count_lines(got) > 0) ++tally.with_lines;
    // Names keep the question's case where they point at it.
    for (auto* side : {&expected, &got}) {
        for (std::string& line : *side) {
            if (line.starts_with("answer: ") || line.starts_with("authority: ")) {
                line = lower(line);
            }
            line = without_place(line);
            if (line.starts_with(hint_of_registrations)) line = hint_of_registrations;
        }
    }
    const bool is_error = expected.size() == 2 && expected[1].starts_with("5 \"# error: ");
    const bool same =
        is_error ? got.size() == 3 && got[0] == expected[0] && got[1].starts_with(expected[1])
                 : is_a_guess(expected, got) || got == expected;
    if (same) return std::nullopt;
    return Failure{question.qtype + ' ' + text_of(question.name()) + asked_by(question), expected,
                   got};
}

// The work limit does not tear apart the records of one name in `names`, unless they are more than
// the limit by themselves. The answer says so then, and may say so only then.
std::uint64_t largest_name(const Store& store) {
    constexpr std::uint64_t reads = 200;  // the work of finding it
    std::map<Labels, std::uint64_t> records;
    std::uint64_t most = 0;
    for (const Record& record : store.records())
        most = std::max(most, ++records[record.owner]);
    return most + reads;
}

// The work of seeking each type, or all that a text may be (a name, a mailbox, a token, an
// address); with less an answer may end before the first record. A configuration has 1000 or more.
std::uint64_t least_limit(const Question& question) {
    constexpr std::uint64_t read_cost = 20;
    constexpr std::uint64_t values_of_a_text = 4;
    const std::uint64_t values = question.subject.wants ? values_of_a_text : 0;
    return 30 + read_cost * (question.types.size() + values);
}

// Lines that are in the store's order stay so over all stretches of a walk.
bool is_in_stores_order(const Question& question) {
    const bool many = question.subject.wants || question.subject.reach != Reach::name;
    const Order otherwise = many ? Order::name : Order::last;
    switch (question.view) {
        case View::history:
        case View::pivot:
            return question.order.value_or(otherwise) == Order::name;
        case View::names:
            return question.order.value_or(Order::name) == Order::name;
        case View::changes:
            return question.order == Order::name || question.order == Order::data;
        case View::cohost:
        case View::summary:
        case View::seen:
        case View::at:
            return false;
    }
    return false;
}

// What a stretch of the walk has is a part of a line, and no line can tell what it is a part of.
bool can_be_followed(const Question& question) {
    return question.view != View::at && question.view != View::seen &&
           question.view != View::cohost && question.sums_by.empty() && !question.is_mistake &&
           !question.is_refused() && !is_about_the_root_alone(question);
}

// All pages of the answer have together what the question finds, each line once.
std::optional<Failure> ask_all(Random& random, Server& server, const Store& store,
                               Question question, Tally& tally) {
    std::erase_if(question.words, [](const auto& word) { return word.starts_with("page-"); });
    question.page.reset();
    if (question.view == View::summary) {
        // To be added up.
        std::erase(question.words, "json");
        question.json = false;
    }
    const bool limited = random.one_in(2);
    const std::uint64_t scan_limit =
        limited ? least_limit(question) + random.below(random.one_in(2) ? 30 : 270)
                : Server::enough;
    const std::string asked = "TXT " + text_of(question.name()) + " (followed, scan_limit " +
                              std::to_string(scan_limit) + ')' + asked_by(question);

    Walk walk(server, scan_limit, question.sees_personal);
    if (!walk.follow(question.name())) {
        return Failure{asked, {"no error, and an end; at " + text_of(walk.asked())}, walk.page()};
    }
    tally.lines += walk.lines().size();
    if (!walk.lines().empty()) ++tally.with_lines;
    if (walk.stopped()) ++tally.stopped;
    if (walk.cut_short()) return std::nullopt;
    // Each stretch has its own total, and an owner of values may be in several.
    const bool of_values = question.view == View::names && question.subject.wants;
    if (question.counts || (of_values && walk.stopped())) return std::nullopt;
    if (walk.torn() && question.view == View::names && scan_limit < largest_name(store)) {
        ++tally.torn;
        return std::nullopt;
    }
    std::vector<std::string> expected = all_lines(store, question);
    std::vector<std::string> got = walk.lines();
    if (question.view == View::summary) {
        expected = summed_up(expected);
        got = summed_up(got);
    }
    if (walk.stopped() && !is_in_stores_order(question)) {
        // Each stretch is in order by itself.
        std::ranges::sort(expected);
        std::ranges::sort(got);
    }
    if (got == expected && !(walk.torn() || (walk.stopped() && !limited))) return std::nullopt;
    return Failure{asked, expected, got};
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
bool has_found_enough(const Tallies& tallies) {
    constexpr auto at = static_cast<std::size_t>(View::at);
    constexpr auto seen = static_cast<std::size_t>(View::seen);
    constexpr auto cohost = static_cast<std::size_t>(View::cohost);
    bool enough = true;
    for (std::size_t view = 0; view < view_count; ++view) {
        const Tally& tally = tallies[view];
        std::printf(
            "%-8s %7llu questions, %7llu with lines, %9llu lines, %6llu stopped, %5llu torn\n",
            word_of(static_cast<View>(view)), static_cast<unsigned long long>(tally.questions),
            static_cast<unsigned long long>(tally.with_lines),
            static_cast<unsigned long long>(tally.lines),
            static_cast<unsigned long long>(tally.stopped),
            static_cast<unsigned long long>(tally.torn));
        const bool is_followed = view != at && view != seen && view != cohost;
        enough = enough && tally.with_lines * 8 > tally.questions &&
                 (!is_followed || tally.stopped > 2 * tally.torn);
    }
    if (!enough) std::printf("too few questions found anything\n");
    return enough;
}

bool run(std::uint64_t seed, std::uint64_t questions) {
    constexpr int failures_shown = 3;
    Random random(seed);
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
            const bool followed = random.one_in(one_followed_in) && can_be_followed(question);
            const auto failure = followed ? ask_all(random, server, store, question, tally)
                                          : ask_once(random, server, store, question, tally);
            if (!failure) continue;
            show(seed, store, *failure);
            if (++failures == failures_shown) break;
        }
    }
    std::printf("seed %llu: %llu questions\n", static_cast<unsigned long long>(seed),
                static_cast<unsigned long long>(asked));
    // A few questions cannot be expected to find much.
    const bool enough = has_found_enough(tallies) || questions < 1000;
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
