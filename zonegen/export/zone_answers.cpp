#include "zonegen/export/zone_answers.hpp"

#include <string>
#include <variant>

#include "storage/answer/answer_page.hpp"
#include "zonegen/export/subject_spelling.hpp"

namespace dnshist::zonegen {

namespace {

// What the responder has for the records of an answer over TCP, to a question with EDNS but no
// options: a message less the header, the question and OPT.
std::size_t record_room(const Name& qname) noexcept {
    constexpr std::size_t max_message = 65535;
    constexpr std::size_t header_and_opt = 12 + 11;
    constexpr std::size_t type_and_class = 4;
    return max_message - header_and_opt - type_and_class - qname.wire().size();
}

// A server would take it for a wildcard, wherever it is in a name.
bool has_star(Octets labels) noexcept {
    OctetReader in(labels);
    while (const auto size = in.u8()) {
        const auto label = in.octets(*size);
        if (label && as_text(*label) == "*") return true;
    }
    return false;
}

}  // namespace

std::optional<Name> ZoneAnswers::name_of(std::string_view first, std::string_view view,
                                         Octets subject) {
    if (has_star(subject)) {
        ++result_.not_possible;
        return std::nullopt;
    }
    const auto qname = question_name(first, view, subject, options_.zone);
    if (!qname) ++result_.too_long;
    return qname;
}

std::optional<Query> ZoneAnswers::read(const Name& qname) const {
    const Octets labels = qname.wire().first(qname.wire().size() - options_.zone.wire().size());
    const ParseResult result = read_query(labels, options_.now, default_page_limit);
    const auto* query = std::get_if<Query>(&result);
    return query == nullptr ? std::nullopt : std::optional(*query);
}

// Writes the pages of an answer, going from each to the one that its remark names.
void ZoneAnswers::write_pages(Name qname, Query query) {
    const auto add = [&](std::string_view line) { file_.add_txt(qname, line); };
    for (std::uint64_t page = 1;; ++page) {
        const std::size_t room = record_room(qname);
        const Page found = lookup_.page(query, options_.scan_limit, page_limits_within(room));
        if (found.lines.empty() && !found.end.stopped) return;
        const Continuation more = write_page(qname, query, found, room, LineSink(add));
        if (!more.name || file_.no_reader()) return;
        qname = *more.name;
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
