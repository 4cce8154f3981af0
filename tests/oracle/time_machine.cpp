#include "tests/oracle/time_machine.hpp"

#include <algorithm>

#include "tests/oracle/answer.hpp"

namespace dnshist::oracle {

namespace {

constexpr std::size_t max_aliases = 8;

std::vector<const Record*> visible(const Store& store, const Labels& owner, Interval when) {
    std::vector<const Record*> records;
    for (const Record& record : store.records()) {
        const auto meets = [when](Interval run) { return has_common_second(run, when); };
        if (record.owner == owner && std::ranges::any_of(record.runs, meets)) {
            records.push_back(&record);
        }
    }
    return records;
}

// If there are several aliases: the one seen last, and of those the last in the store's order.
const Record* alias_of(const std::vector<const Record*>& records) {
    const Record* alias = nullptr;
    for (const Record* record : records) {
        if (record->rdata.type != type::CNAME) continue;
        if (alias == nullptr || record->last() >= alias->last()) alias = record;
    }
    return alias;
}

Labels target_of(const Record& alias) {
    return labels_of(alias.rdata.text);
}

// ldns escapes less in a name than we do.
std::string name_as_shown(const Labels& name) {
    std::string text;
    for (const std::string& label : name) {
        std::string part = escaped(label, ".\\;()\"");
        for (std::size_t at = part.find(' '); at != std::string::npos; at = part.find(' '))
            part.replace(at, 1, "\\032");
        text += part + '.';
    }
    return text;
}

}  // namespace

std::vector<std::string> records_at(const Store& store, const Question& question) {
    const auto moved = [&](const Labels& name) {
        Labels words{lower(question.when.text), "at"};
        const bool marked = looks_like_another(name) && name[0] != "*" && name[0] != "+";
        if (marked) words.emplace_back("=");
        return concatenated(concatenated(words, name), zone);
    };
    std::vector<std::string> out{"NOERROR aa"};
    const std::string qname = name_as_shown(question.name());
    std::string owner = qname;
    const auto show = [&](unsigned type, const std::string& text) {
        if (type == type::TXT && owner == qname) {
            out.push_back(text);
        } else {
            std::string shown = text;
            for (std::size_t at = shown.find("\\@"); at != std::string::npos;
                 at = shown.find("\\@"))
                shown.erase(at, 1);  // which ldns does not escape
            const std::string shown_type = type == type::WHOIS ? "TYPE65300" : type_text(type);
            out.push_back("answer: " + owner + " 300 " + shown_type + ' ' + shown);
        }
    };

    std::vector<Labels> passed;
    Labels subject = question.subject.name;
    while (true) {
        passed.push_back(subject);
        const auto records = visible(store, subject, question.when.period);
        const Record* const alias = alias_of(records);
        bool found = false;
        for (const Record* record : records) {
            const bool wanted = question.qtype == "ANY"
                                    ? !record->is_personal()
                                    : question.qtype == type_text(record->rdata.type);
            if (!wanted || record->rdata.type == type::CNAME) continue;
            // A resolver would follow them.
            if (record->rdata.type == type::NS) continue;
            // As a client shows a type for private use.
            show(record->rdata.type,
                 record->is_personal() ? unknown_text(record->rdata.octets) : record->rdata.text);
            found = true;
        }
        if (found && question.qtype != "ANY") return out;
        if (alias == nullptr && found) return out;
        if (alias == nullptr) {
            std::vector<std::string> end = nothing(store.knows(subject, question.sees_personal));
            out[0] = end[0];
            out.push_back(end[1]);
            const bool leaves_ns_out = (question.qtype == "NS" || question.qtype == "ANY") &&
                                       std::ranges::any_of(records, [](const Record* record) {
                                           return record->rdata.type == type::NS;
                                       });
            const std::string hint = hint_of_pivot(store, question);
            if (passed.size() == 1 && !leaves_ns_out && !hint.empty()) out.push_back(hint);
            return out;
        }
        if (passed.size() > max_aliases) return out;
        subject = target_of(*alias);
        show(type::CNAME, name_as_shown(moved(subject)));
        // A question for the alias itself, or for everything, gets it.
        if (question.qtype == "CNAME" || question.qtype == "ANY") return out;
        if (std::ranges::find(passed, subject) != passed.end()) return out;
        owner = name_as_shown(moved(subject));
    }
}

}  // namespace dnshist::oracle
