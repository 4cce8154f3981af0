#include "tests/oracle/answer.hpp"

#include <algorithm>
#include <map>
#include <sstream>

#include "tests/oracle/lines.hpp"
#include "tests/oracle/time_machine.hpp"

namespace dnshist::oracle {

namespace {

// Whether a record holds what the subject is about; without `personal`, one that is no
// registration.
bool is_pointed_at(const Store& store, const Subject& subject, bool personal) {
    return std::ranges::any_of(store.records(), [&](const Record& record) {
        return (personal || !record.is_personal()) && is_about(subject, record);
    });
}

// Whether a record holds a mailbox whose user has some of the name's labels: mailbox-N may be asked
// for.
bool is_mailbox(const Store& store, const Question& question) {
    if (question.view == View::history || question.view == View::at ||
        question.view == View::cohost) {
        return false;
    }
    const Labels& name = question.subject.name;
    for (std::size_t user = 1; user <= 4 && user < name.size(); ++user) {
        const auto domain = name.begin() + static_cast<std::ptrdiff_t>(user);
        const Subject mailbox =
            of_text(split_at_dots(joined_with_dots(Labels(name.begin(), domain)) + '@' +
                                  joined_with_dots(Labels(domain, name.end()))));
        if (is_pointed_at(store, mailbox, question.sees_personal)) return true;
    }
    return false;
}

bool is_known(const Store& store, const Question& question) {
    // Filters do not matter: what is below a name that does not exist does not exist either.
    const Subject& subject = question.subject;
    // The root is there even if nothing is: help.VIEW stands below its questions.
    return subject.name.empty() || store.knows(subject.name, question.sees_personal) ||
           is_mailbox(store, question) ||
           (subject.wants && is_pointed_at(store, subject, question.sees_personal));
}

bool asks_for_text(const Question& question) {
    return question.qtype == "TXT" || question.qtype == "ANY";
}

// A walk in the order of the lines stops at the first line after the page, and then knows no total.
// The lines are in that order if it is the store's and they belong to more than one name.
bool may_stop_early(const Question& question) {
    const bool one_name = !question.subject.wants && question.subject.reach == Reach::name;
    switch (question.view) {
        case View::history:
        case View::pivot:
            return !one_name && question.order.value_or(Order::name) == Order::name;
        case View::names:
            return !question.subject.wants && question.order.value_or(Order::name) == Order::name;
        case View::changes:
            return !one_name && question.order == Order::name;
        case View::cohost:
            return question.order.value_or(Order::name) == Order::name;
        case View::summary:
        case View::seen:
        case View::at:
            return false;
    }
    return false;
}

// The same question, asked for another page.
std::string with_page(const Question& question, std::uint64_t page) {
    Question next = question;
    std::erase_if(next.words, [](const std::string& word) { return word.starts_with("page-"); });
    next.words.insert(next.words.begin(), "page-" + std::to_string(page));
    const Labels name = next.name();
    if (wire_of(name).size() > 255) {
        return "; the next page's name would be longer than 255 octets, ask with fewer filters";
    }
    return "; next: " + lower(text_of(name));
}

std::vector<std::string> no_such_page(std::uint64_t page, std::uint64_t lines,
                                      std::uint64_t limit) {
    const auto counted = [](std::uint64_t number, const char* what, const char* verb_one,
                            const char* verb_many) {
        return std::to_string(number) + ' ' + what +
               (number == 1 ? verb_one : std::string("s") + verb_many);
    };
    const std::string problem = "there is no page " + std::to_string(page) + ": " +
                                counted(lines, "line", " is ", " are ") +
                                counted((lines + limit - 1) / limit, "page", "", "") +
                                " (dig TXT help.pdns.local)";
    return {"NOERROR aa", "5 " + shown("# error: " + problem), "ede: 0 \"" + problem + '"'};
}

// Whether the answer says that something points at the address whose reverse name was asked for.
bool has_note_of_pivot(const Store& store, const Question& question) {
    if (question.subject.address.empty() || question.view != View::history) return false;
    // The question that the note names has no registrations.
    return is_pointed_at(store, of_address(question.subject.address), false);
}

}  // namespace

std::string hint_of_pivot(const Store& store, const Question& question) {
    const std::string& address = question.subject.address;
    if (address.empty() || !is_pointed_at(store, of_address(address), false)) return {};
    return "ede: 0 \"nothing was found at the reverse name; for what points at the address: "
           "pivot." +
           address + ".pdns.local.\"";
}

namespace {

std::vector<std::string> page_of(const Store& store, const Question& question,
                                 const std::vector<std::string>& lines) {
    const std::uint64_t limit = question.limit.value_or(default_limit);
    const std::uint64_t page = question.page.value_or(1);
    const std::uint64_t begin = (page - 1) * limit;
    const std::uint64_t end = std::min<std::uint64_t>(begin + limit, lines.size());
    if (begin >= lines.size()) return no_such_page(page, lines.size(), limit);
    std::vector<std::string> out{"NOERROR aa"};
    for (std::uint64_t i = begin; i < end; ++i)
        out.push_back(shown(lines[static_cast<std::size_t>(i)]));
    if (end < lines.size()) {
        const std::string total =
            may_stop_early(question) ? "" : std::to_string(lines.size()) + " lines, ";
        out.push_back(shown("# more: " + total + "this is " + std::to_string(begin + 1) + '-' +
                            std::to_string(end) + with_page(question, page + 1)));
    }
    if (page == 1 && has_note_of_pivot(store, question)) {
        out.push_back(
            shown("# note: these records are at the reverse name; for what points at the "
                  "address: pivot." +
                  question.subject.address + ".pdns.local."));
    }
    return out;
}

bool has_filters(const Question& question) {
    constexpr Interval all{0, last_second};
    return !question.types.empty() || !question.types_left_out.empty() || !question.part.empty() ||
           question.min.value_or(0) > 0 || window(question.after, question.before) != all ||
           window(question.on) != all ||
           window(question.first_after, question.first_before) != all ||
           window(question.last_after, question.last_before) != all;
}

// Whether `seen` says of a name without records that names below it have some.
bool has_note_of_names_below(const Store& store, const Question& question) {
    const Subject& subject = question.subject;
    return question.view == View::seen && !subject.wants && subject.reach == Reach::name &&
           !has_filters(question) &&
           std::ranges::any_of(store.records(), [&](const Record& record) {
               return !record.is_personal() && is_at_or_below(record.owner, subject.name);
           });
}

// Whether who may see registrations is told that there are such, and nothing else.
bool has_hint_of_registrations(const Store& store, const Question& question) {
    const bool may_have = question.sees_personal && asks_for_text(question) &&
                          question.types.empty() && question.view != View::cohost &&
                          question.view != View::changes && question.sums_by.empty() &&
                          is_known(store, question);
    if (!may_have) return false;
    Question registrations = question;
    registrations.types = {type::WHOIS};
    return !all_lines(store, registrations).empty();
}

std::vector<std::string> count_of(const Question& question, std::size_t lines) {
    const std::string number = std::to_string(lines);
    return {"NOERROR aa", shown(question.json ? "{\"lines\":" + number + '}' : number)};
}

}  // namespace

bool is_about_the_root_alone(const Question& question) {
    constexpr std::size_t most = 200;
    return !question.part.empty() && !question.subject.wants && question.subject.labels.empty() &&
           question.subject.reach == Reach::name &&
           text_of(question.name()).size() + std::string_view("*").size() <= most;
}

std::vector<std::string> all_lines(const Store& store, const Question& question) {
    switch (question.view) {
        case View::history:
        case View::pivot:
            return history_lines(store, question);
        case View::names:
            return names_lines(store, question);
        case View::summary:
            return question.sums_by.empty() ? summary_lines(store, question)
                                            : interval_lines(store, question);
        case View::seen:
            return seen_lines(store, question);
        case View::changes:
            return changes_lines(store, question);
        case View::cohost:
            return cohost_lines(store, question);
        case View::at:
            break;
    }
    return {};
}

std::vector<std::string> answer(const Store& store, const Question& question) {
    if (question.is_mistake) return {"NOERROR aa", "5 \"# error: "};
    if (question.is_refused()) {
        return {"REFUSED", "ede: 18 \"this client may not see records of type WHOIS\""};
    }
    if (question.view == View::at) return records_at(store, question);
    const std::vector<std::string> lines =
        asks_for_text(question) ? all_lines(store, question) : std::vector<std::string>{};
    const bool has_hint = lines.empty() && has_hint_of_registrations(store, question);
    const auto hinted = [has_hint](std::vector<std::string> out) {
        if (has_hint) out.emplace_back(hint_of_registrations);
        return out;
    };
    if (lines.empty() && asks_for_text(question) && is_about_the_root_alone(question) &&
        !has_note_of_names_below(store, question)) {
        return {"NOERROR aa", "5 \"# error: without a name this is about the root alone; "};
    }
    if (question.counts && asks_for_text(question) &&
        (!lines.empty() || is_known(store, question))) {
        return hinted(count_of(question, lines.size()));
    }
    if (!lines.empty()) return page_of(store, question, lines);
    if (asks_for_text(question) && has_note_of_names_below(store, question)) {
        return hinted({"NOERROR aa",
                       shown("# note: this name was not seen itself, but names below it were")});
    }
    std::vector<std::string> out = hinted(nothing(is_known(store, question)));
    if (!asks_for_text(question)) out.emplace_back("ede: 0 \"ask for TXT\"");
    if (asks_for_text(question) && !has_hint && question.view == View::history) {
        const std::string hint = hint_of_pivot(store, question);
        if (!hint.empty()) out.push_back(hint);
    }
    return out;
}

std::vector<std::string> nothing(bool known) {
    return {known ? "NOERROR aa" : "NXDOMAIN aa",
            "authority: pdns.local. 60 SOA pdns.local. hostmaster.pdns.local. " +
                std::to_string(written) + " 3600 900 604800 60"};
}

std::string shown(const std::string& line) {
    std::string out;
    for (std::size_t at = 0; at < line.size(); at += 255) {
        out += (at == 0 ? "" : " ") + ('"' + escaped(line.substr(at, 255), "\"\\") + '"');
    }
    return out;
}

std::vector<std::string> summed_up(const std::vector<std::string>& summary_lines) {
    struct Row {
        std::string first, last;
        std::uint64_t count = 0;
        std::uint64_t values = 0;
    };
    std::map<std::string, Row> rows;
    for (const std::string& line : summary_lines) {
        std::istringstream in(line);
        Row row;
        std::string type;
        in >> row.first >> row.last >> row.count >> row.values >> type;
        Row& sum = rows.try_emplace(type, Row{row.first, row.last}).first->second;
        sum.first = std::min(sum.first, row.first);
        sum.last = std::max(sum.last, row.last);
        sum.count += row.count;
        sum.values += row.values;
    }
    std::vector<std::string> out;
    for (const auto& [type, row] : rows) {
        out.push_back(row.first + ' ' + row.last + ' ' + std::to_string(row.count) + ' ' +
                      std::to_string(row.values) + ' ' + type);
    }
    return out;
}

}  // namespace dnshist::oracle
