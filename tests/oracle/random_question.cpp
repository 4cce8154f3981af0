#include "tests/oracle/random_question.hpp"

#include <algorithm>
#include <array>

#include "tests/oracle/random_store.hpp"

namespace dnshist::oracle {

namespace {

// Times at the edges of observations, where one second makes the difference.
Time random_edge(Random& random, const Record& record) {
    const Interval run = random.one_of(record.runs);
    const Time edge = random.one_in(2) ? run.begin : run.end;
    return std::clamp<Time>(edge + static_cast<Time>(random.below(3)) - 1, 0, last_second);
}

Time random_time(Random& random, const Store& store) {
    if (store.records().empty() || random.one_in(5)) {
        return static_cast<Time>(random.below(random.one_in(3) ? last_second : now));
    }
    return random_edge(random, random.one_of(store.records()));
}

Moment random_age(Random& random) {
    switch (random.below(7)) {
        case 0:
            return seconds_before(now, static_cast<Time>(random.below(1'000'000'000)));
        case 1:
            return minutes_before(now, static_cast<Time>(random.below(10'000'000)));
        case 2:
            return hours_before(now, static_cast<Time>(random.below(100'000)));
        case 3:
            return days_before(now, static_cast<Time>(random.below(4000)));
        case 4:
            return weeks_before(now, static_cast<Time>(random.below(600)));
        case 5:
            return months_before(now,
                                 static_cast<Time>(random.below(random.one_in(4) ? 672 : 120)));
        default:
            return years_before(now, static_cast<Time>(random.below(56)));
    }
}

// Some form of a time in which `time` lies.
Moment moment_around(Random& random, Time time) {
    switch (random.below(7)) {
        case 0:
            return year_around(time);
        case 1:
            return month_around(time);
        case 2:
            return day_around(time);
        case 3:
            return day_around_without_dashes(time);
        case 4:
            return epoch_at(time);
        case 5:
            return time <= now ? seconds_before(now, now - time) : second_at(time);
        default:
            return second_at(time);
    }
}

Moment random_moment(Random& random, const Store& store) {
    return random.one_in(8) ? random_age(random)
                            : moment_around(random, random_time(random, store));
}

constexpr std::array addresses{"192.0.2.1",   "192.0.2.2",    "192.0.3.0", "10.0.0.1",
                               "2001:db8::1", "198.51.100.7", "::1"};

// A value that a record of the store holds, or any.
std::string random_value(Random& random, const Store& store, char kind) {
    for (int tries = 0; !store.records().empty() && tries < 30; ++tries) {
        const Record& record = random.one_of(store.records());
        if (record.rdata.values.empty()) continue;
        const std::string& value = random.one_of(record.rdata.values);
        if (value[0] == kind) return value;
    }
    return {};
}

Labels name_in_value(const std::string& value) {
    Labels labels;
    for (std::size_t at = 1; value[at] != 0; at += 1 + labels.front().size())
        labels.insert(labels.begin(), value.substr(at + 1, static_cast<std::size_t>(value[at])));
    return labels;
}

// Labels that are taken for a mistyped address or prefix.
bool is_almost_an_address(const std::string& text) {
    const bool digits = text.find_first_not_of("0123456789.") == std::string::npos;
    const bool hexadecimal = text.find_first_not_of("0123456789abcdef.:") == std::string::npos;
    return (digits && std::ranges::count(text, '.') == 3) ||
           (hexadecimal && std::ranges::count(text, ':') > 1) ||
           text.find('/') != std::string::npos;
}

// A text that can be written as labels and is no address, prefix or wildcard.
bool can_be_asked(const Labels& labels) {
    const std::string text = joined_with_dots(labels);
    if (!address_octets(text).empty() || is_almost_an_address(text)) return false;
    if (text.empty() || text.size() > 100 || text.back() == '*' || labels[0] == "*") return false;
    return std::ranges::all_of(
        labels, [](const std::string& label) { return !label.empty() && label.size() <= 63; });
}

std::string random_address(Random& random, const Store& store) {
    for (int tries = 0; !store.records().empty() && tries < 8; ++tries) {
        const Rdata& rdata = random.one_of(store.records()).rdata;
        if (rdata.type == type::A || rdata.type == type::AAAA) return rdata.text;
    }
    return random.one_of(addresses);
}

Subject random_prefix(Random& random, const Store& store) {
    const std::string text = random_address(random, store);
    const unsigned bits = text.find(':') == std::string::npos ? 32 : 128;
    const auto length = static_cast<unsigned>(random.below(bits + 1));
    return of_prefix(text,
                     random.one_in(3) ? bits - static_cast<unsigned>(random.below(9)) : length);
}

Subject random_token(Random& random, const Store& store) {
    std::string token = random_value(random, store, 't');
    if (token.empty()) return of_text({"nothing"});
    token = token.substr(1, token.size() - 2);
    if (random.one_in(4)) {
        // A part of a token, which is mostly no token itself.
        const auto begin = static_cast<std::size_t>(random.below(token.size()));
        const auto size = static_cast<std::size_t>(1 + random.below(token.size()));
        token = token.substr(begin, random.one_in(2) ? std::string::npos : size);
    }
    if (random.one_in(2)) {
        const std::string beginning =
            token.substr(0, 1 + static_cast<std::size_t>(random.below(token.size())));
        const Labels labels = split_at_dots(beginning + '*');
        // Punctuation at the end is not part of a token, a lone star is another question, and
        // numbers are the beginning of an address.
        if (std::string_view(";,").find(beginning.back()) == std::string_view::npos &&
            labels[0] != "*" && beginning.find_first_not_of("0123456789.") != std::string::npos &&
            can_be_asked(split_at_dots(beginning + 'x'))) {
            return of_token_prefix(beginning);
        }
    }
    const Labels labels = split_at_dots(token);
    return can_be_asked(labels) ? of_text(labels) : of_text({"unaskable"});
}

Subject random_mailbox(Random& random, const Store& store) {
    for (int tries = 0; !store.records().empty() && tries < 10; ++tries) {
        const Labels name = name_in_value(random_value(random, store, 'n') + '\0');
        // *@DOMAIN is another question.
        if (name.size() < 2 || name[0] == "*") continue;
        const std::string text = name[0] + '@' + joined_with_dots(parent_of(name));
        if (const Labels labels = split_at_dots(text); can_be_asked(labels)) return of_text(labels);
    }
    return of_text({"admin@example", "com"});
}

Subject random_value_subject(Random& random, const Store& store) {
    constexpr std::array domains{"example.com", "example.net", "com", "inbox.test"};
    switch (random.below(8)) {
        case 7:
            return of_mailboxes(random.one_of(domains));
        case 0:
            return of_address(random_address(random, store));
        case 1:
            return random_prefix(random, store);
        case 2:
            return of_values_below(random_name(random));
        case 3:
            return random_mailbox(random, store);
        case 4:
        case 5:
            return random_token(random, store);
        default: {
            const Labels name = random_name(random);
            return can_be_asked(name) && name[0] != "=" ? of_text(name) : of_values_below(name);
        }
    }
}

Labels random_owner(Random& random, const Store& store) {
    if (store.records().empty() || random.one_in(4)) return random_name(random);
    return random.one_of(store.records()).owner;
}

// Names from the root down to an owner.
Labels random_ancestor(Random& random, const Store& store) {
    Labels name = random_owner(random, store);
    for (std::uint64_t up = random.below(name.size() + 1); up > 0; --up)
        name = parent_of(name);
    return name;
}

// In `at` the only mark is that of an exact name.
Subject of_name_at_a_time(const Labels& name) {
    const bool is_star = !name.empty() && (name[0] == "*" || name[0] == "+");
    return looks_like_another(name) && !is_star ? of_exact_name(name) : of_name(name);
}

Subject random_subject(Random& random, const Store& store, View view) {
    if (view == View::pivot) return random_value_subject(random, store);
    if (view == View::cohost) {
        const Labels name = random_owner(random, store);
        const bool is_one = !name.empty() && !looks_like_another(name);
        return of_name(is_one ? name : Labels{"www", "example", "com"});
    }
    const bool takes_values =
        view == View::summary || view == View::names || view == View::changes || view == View::seen;
    if (takes_values && random.one_in(30)) return of_mailboxes("example.com");
    if (takes_values && random.one_in(view == View::summary ? 3 : 6)) {
        return random.one_in(2) ? of_address(random_address(random, store))
                                : random_prefix(random, store);
    }
    const bool reverse = !takes_values && random.one_in(15);
    if (reverse) return of_reverse_name(random_address(random, store));
    if (view == View::at) return of_name_at_a_time(random_owner(random, store));
    const auto ancestor = [&] {
        const Labels name = random_ancestor(random, store);
        return looks_like_a_value(name) ? parent_of(name) : name;
    };
    if (random.one_in(3)) return of_names_below(ancestor());
    if (random.one_in(5)) return of_names_one_below(ancestor());
    const Labels name =
        view == View::names ? random_ancestor(random, store) : random_owner(random, store);
    const bool exact = looks_like_a_value(name) || random.one_in(20);
    Subject subject = exact ? of_exact_name(name) : of_name(name);
    if (view == View::names) subject.reach = Reach::at_or_below;
    return subject;
}

void choose_types(Random& random, Question& question) {
    constexpr std::array all{type::A,       type::AAAA,  type::NS,  type::MX,
                             type::TXT,     type::SOA,   type::PTR, type::CNAME,
                             type::unknown, type::WHOIS, 33U};
    for (std::uint64_t left = random.below(5); left > 0; --left) {
        const unsigned type = random.one_of(all);
        question.types.push_back(type);
        question.words.push_back(random.one_in(3) ? "type" + std::to_string(type)
                                                  : lower(type_text(type)));
        if (type == 33 && random.one_in(2)) question.words.back() = "srv";
    }
    if (random.one_in(8)) {
        // Registrations are in no answer about any type, so that these are no question.
        question.is_mistake =
            std::ranges::find(question.types, type::WHOIS) != question.types.end();
        question.types.clear();
        question.words.emplace_back("any");
    }
}

void choose_times(Random& random, const Store& store, Question& question) {
    const auto choose = [&](std::optional<Moment>& filter, const char* word, std::uint64_t times) {
        if (!random.one_in(times)) return;
        filter = random_moment(random, store);
        question.words.push_back(word + filter->text);
    };
    choose(question.after, "after-", 4);
    choose(question.before, "before-", 4);
    choose(question.on, "on-", 6);
    choose(question.first_after, "first-after-", 10);
    choose(question.first_before, "first-before-", 10);
    choose(question.last_after, "last-after-", 10);
    choose(question.last_before, "last-before-", 10);
}

void choose_page(Random& random, Question& question) {
    if (random.one_in(2)) {
        question.limit = 1 + random.below(random.one_in(3) ? 99 : 8);
        question.words.push_back("limit-" + std::to_string(*question.limit));
    }
    if (random.one_in(4)) {
        question.page = 1 + random.below(random.one_in(8) ? 1'000'000'000 : 4);
        question.words.push_back("page-" + std::to_string(*question.page));
    }
}

// One word that breaks the language.
void choose_mistake(Random& random, Question& question) {
    constexpr std::array words{"xyzzy",     "mxx",           "limit-0",
                               "limit-100", "limit-",        "page-0",
                               "page-x",    "min-",          "min--1",
                               "sort-size", "after-2019-13", "on-2019-02-30",
                               "after-60y", "on-",           "last-after-@4294967296",
                               "axfr",      "json-1",        "first-before-20190631",
                               "after-12",  "type65536",     "on-2019-06-01t24:00:00z",
                               "last",      "after",         "*"};
    question.is_mistake = true;
    if (random.one_in(4)) {
        question.words.emplace_back("json");
        question.words.emplace_back("json");
    } else if (random.one_in(4)) {
        question.words.emplace_back("after-2019");
        question.words.emplace_back("after-2019");
    } else if (random.one_in(4) &&
               (question.view == View::names || question.view == View::summary)) {
        question.words.emplace_back("runs");
    } else {
        question.words.emplace_back(random.one_of(words));
    }
}

void choose_filters(Random& random, const Store& store, Question& question) {
    if (random.one_in(3)) choose_types(random, question);
    if (random.one_in(3)) choose_times(random, store, question);
    if (random.one_in(8)) {
        question.min = random.below(random.one_in(3) ? 1000 : 8);
        question.words.push_back("min-" + std::to_string(*question.min));
    }
    if (random.one_in(8)) {
        const unsigned type =
            random.one_of(std::array{type::A, type::NS, type::TXT, type::SOA, type::WHOIS});
        question.types_left_out.push_back(type);
        question.words.push_back("not-" + lower(type_text(type)));
    }
    const bool has_part = question.view != View::pivot && question.view != View::cohost;
    if (!question.subject.wants && has_part && random.one_in(8)) {
        question.part = random.one_of(std::array{"a", "ex", "w", "m.e"});
        question.words.push_back("like-*" + question.part + '*');
    }
    if (random.one_in(12)) {
        question.counts = true;
        question.words.emplace_back("count");
    }
    if (random.one_in(2)) choose_page(random, question);
    if (random.one_in(3)) {
        question.order = static_cast<Order>(random.below(6));
        question.words.push_back(std::string("sort-") + word_of(*question.order));
    }
    if (question.view == View::summary && random.one_in(4)) {
        question.sums_by = random.one_in(2) ? "month" : "year";
        question.words.push_back("by-" + question.sums_by);
    }
    const bool may_have_runs = question.view != View::names && question.view != View::summary &&
                               question.view != View::seen && question.view != View::cohost;
    if (may_have_runs && random.one_in(5)) {
        question.runs = true;
        question.words.emplace_back("runs");
    }
    if (random.one_in(6)) {
        question.json = true;
        question.words.emplace_back("json");
    }
    // Addresses, where nothing else is said.
    const bool says_any = std::ranges::find(question.words, "any") != question.words.end();
    if (question.view == View::cohost && question.types.empty() && !says_any) {
        question.types = {type::A, type::AAAA};
    }
    if (random.one_in(40)) choose_mistake(random, question);
    random.shuffle(question.words);
}

// For `at`: a question for A, AAAA or TXT follows an alias.
void choose_time_and_type(Random& random, const Store& store, Question& question) {
    constexpr std::array qtypes{"A",   "A",   "A",     "AAAA",      "NS",  "MX",  "TXT",
                                "SOA", "PTR", "CNAME", "TYPE65280", "ANY", "SRV", "WHOIS"};
    question.qtype = random.one_of(qtypes);
    question.when = random_moment(random, store);
    if (!store.records().empty() && !random.one_in(4)) {
        // A time at which there was a record.
        const Record& record = random.one_of(store.records());
        question.subject = of_name_at_a_time(record.owner);
        if (random.one_in(2)) question.qtype = type_text(record.rdata.type);
        question.when = moment_around(random, random_edge(random, record));
    }
    question.words = {question.when.text};
}

Question any_question(Random& random, const Store& store, View view) {
    Question question;
    question.view = view;
    question.subject = random_subject(random, store, view);
    if (view == View::at) {
        choose_time_and_type(random, store, question);
        return question;
    }
    choose_filters(random, store, question);
    if (random.one_in(20)) question.qtype = "ANY";
    // `seen` alone answers A.
    const bool may_have_a = view != View::seen && random.one_in(2);
    if (!question.is_mistake && random.one_in(40)) question.qtype = may_have_a ? "A" : "SOA";
    return question;
}

}  // namespace

Question random_question(Random& random, const Store& store, std::span<const View> views) {
    const View view = random.one_of(views);
    for (;;) {
        Question question = any_question(random, store, view);
        question.sees_personal = random.one_in(2) || (question.is_refused() && !random.one_in(4));
        if (wire_of(question.name()).size() <= 255) return question;
    }
}

}  // namespace dnshist::oracle
