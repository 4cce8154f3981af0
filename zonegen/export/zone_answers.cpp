#include "zonegen/export/zone_answers.hpp"

#include <algorithm>
#include <string>
#include <variant>

#include "storage/answer/answer_page.hpp"
#include "storage/record/labels.hpp"
#include "zonegen/export/subject_spelling.hpp"

namespace dnshist::zonegen {

namespace {

// The octets for the records of an answer over TCP to a question with EDNS but no options: a
// message without its header, question and OPT.
std::size_t record_room(const Name& qname) noexcept {
    constexpr std::size_t max_message = 65535;
    constexpr std::size_t header_and_opt = 12 + 11;
    constexpr std::size_t type_and_class = 4;
    return max_message - header_and_opt - type_and_class - qname.wire().size();
}

// A server would take such a label for a wildcard, wherever it is in a name.
bool has_star(Octets octets) noexcept {
    Labels labels(octets);
    while (const auto label = labels.next()) {
        if (*label == "*") return true;
    }
    return false;
}

// "type65"; empty without a type.
std::string filter_word(std::optional<Rrtype> type) {
    std::string word = type ? rrtype_text(*type) : "";
    std::ranges::transform(word, word.begin(), [](char c) {
        return static_cast<char>(to_lower(static_cast<std::uint8_t>(c)));
    });
    return word;
}

}  // namespace

std::optional<Name> ZoneAnswers::name_of(std::optional<Rrtype> type, std::string_view view,
                                         Octets subject) {
    if (has_star(subject)) {
        leave_out();
        return std::nullopt;
    }
    const auto qname = question_name(filter_word(type), view, subject, options_.zone);
    if (!qname) ++result_.too_long;
    return qname;
}

std::optional<Query> ZoneAnswers::read(const Name& qname) const {
    const Octets labels = qname.wire().first(qname.wire().size() - options_.zone.wire().size());
    ParseResult result = read_query(labels, options_.now, default_page_limit);
    auto* const query = std::get_if<Query>(&result);
    if (query == nullptr) return std::nullopt;
    query->set_name(qname);
    return *query;
}

// Writes the pages of an answer; the remark on each names the next.
void ZoneAnswers::write_pages(Name qname, Query query) {
    const auto add = [&](std::string_view line) { file_.add_txt(qname, line); };
    for (std::uint64_t page = 1;; ++page) {
        const std::size_t room = record_room(qname);
        const Page found = lookup_.page(query, options_.scan_limit, page_limits_within(room));
        if (found.lines.empty() && !found.end.stopped) return;
        const auto next_name = write_page(lookup_, qname, query, found, room, LineSink(add));
        if (!next_name || file_.no_reader()) return;
        qname = *next_name;
        if (page >= options_.pages) break;
        const auto next = read(qname);
        if (!next) return;
        query = *next;
    }
    ++result_.cut;
    add("# note: this zone has the first " + std::to_string(options_.pages) +
        (options_.pages == 1 ? " page" : " pages") +
        " of each answer; dnshist-responder has the rest");
}

}  // namespace dnshist::zonegen
