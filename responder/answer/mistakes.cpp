// Questions that are none, or that find nothing: what is wrong with them, and what was probably
// meant.
#include <algorithm>
#include <array>

#include "responder/answer/answer.hpp"
#include "responder/answer/builtin_names.hpp"
#include "storage/query/pivot_subject.hpp"
#include "storage/query/subject.hpp"
#include "storage/query/suggested_question.hpp"
#include "storage/query/value_mistake.hpp"
#include "storage/query/vocabulary.hpp"
#include "storage/record/labels.hpp"
#include "storage/record/personal_type.hpp"

namespace dnshist::responder {

namespace {

constexpr std::uint32_t error_ttl = 5;  // seconds: a wrong question is soon corrected

void write_pointer_to_help(TextWriter& out, const Name& zone, std::string_view topic) {
    out.put(" (dig TXT ");
    std::array<char, 32> room;
    TextWriter word(room);
    word.put("help");
    if (!topic.empty()) word.put('.');
    word.put(topic);
    write_builtin_name(out, word.text(), zone);
    out.put(')');
}

// "; did you mean 'QUESTION'?", with the zone. False, and nothing written, where the question is
// too long to be read.
bool write_asked_instead(TextWriter& out, const Exchange& exchange, Octets labels) {
    std::array<char, 200> room;
    TextWriter question(room);
    write_question(question, labels);
    if (exchange.zone.label_count() > 0) {
        question.put('.');
        write_question(question, exchange.zone.labels());
    }
    if (!question.overflowed()) write_suggestion(out, "", question.text());
    return !question.overflowed();
}

// Likewise; or what there is to ask for where that is impossible.
bool write_meant(TextWriter& out, const Exchange& exchange, const SuggestedQuestion& meant) {
    if (!meant.labels.empty()) return write_asked_instead(out, exchange, meant.labels.octets());
    out.put(
        ": a '*' goes alone before a name (*.example.com), alone behind one (www.example.*, not in "
        "cohost and lookalike), or in a pivot behind the beginning of a text (ab*)");
    return true;
}

// The labels behind the view.
Octets subject_of(const Exchange& exchange) noexcept {
    Labels rest(exchange.labels);
    for (auto label = rest.next(); label && find_view(*label) == nullptr; label = rest.next()) {
    }
    return rest.rest();
}

// Whether there is anything to be found by a question that was perhaps meant, for this client.
bool finds_something(Exchange& exchange, const SuggestedQuestion& meant) {
    ParseResult read;
    read_query(meant.labels.octets(), exchange.now, default_page_limit, read);
    const auto* const query = std::get_if<Query>(&read);
    if (query == nullptr || exchange.service.access.lacks(*query, exchange.client)) return false;
    const bool personal = exchange.sees_personal();
    return query->scope == Scope::values ? exchange.store.points_at(query->values, personal)
                                         : exchange.store.knows(query->subject, personal);
}

// The question with the type of registrations in front, and without 'any'.
std::optional<Name> with_registrations(Octets labels) {
    NameBuilder name;
    name.add_label("whois");
    bool is_filter = true;
    for (const std::string_view label : Labels(labels)) {
        is_filter = is_filter && find_view(label) == nullptr;
        if (!is_filter || label != "any") name.add_label(label);
    }
    return name.name();
}

}  // namespace

Verdict answer_nodata(Exchange& exchange) {
    add_negative_soa(exchange);
    return finish(exchange.response, Rcode::noerror);
}

Verdict answer_error(Exchange& exchange, std::string_view problem, std::string_view topic) {
    constexpr std::string_view prefix = "# error: ";
    std::array<char, 2 * remark_octets> line;
    TextWriter out(line);
    out.put(prefix);
    out.put(problem);
    write_pointer_to_help(out, exchange.zone, topic);
    exchange.response.set_ede({Ede::Code::other, out.text().substr(prefix.size())});
    if (!asks_for_text(exchange.question)) return answer_nodata(exchange);
    exchange.response.add_txt(error_ttl, out.text());
    return finish(exchange.response, Rcode::noerror);
}

// A question for text comes from a person who forgot the view or mistyped it; any other is a
// resolver on its way to a longer name.
Verdict answer_unfinished(Exchange& exchange, const Unfinished& unfinished) {
    if (!asks_for_text(exchange.question)) return answer_nodata(exchange);
    std::array<char, remark_octets> text;
    TextWriter out(text);
    out.put("no view in this name");
    if (!unfinished.suggestion.empty()) {
        out.put(": ");
        write_quoted(out, unfinished.label);
        out.put(" is none");
        write_suggestion(out, "", unfinished.suggestion);
    } else if (as_text(exchange.labels).ends_with("\4asof")) {
        out.put("; before 'asof' go a name and a time, as in www.example.com.2019-06-01.asof");
    } else if (const auto meant = suggest_question(exchange.labels, exchange.now);
               !meant || !write_meant(out, exchange, *meant)) {
        out.put("; a view such as 'history' goes before what the question is about");
    }
    return answer_error(exchange, out.text());
}

std::optional<Verdict> answer_suggestion(Exchange& exchange, bool known, bool may_end_in_star) {
    if (is_ordinary(exchange.labels, exchange.now)) return std::nullopt;
    const auto meant = suggest_question(exchange.labels, exchange.now);
    if (!meant || (may_end_in_star && meant->labels.empty())) return std::nullopt;
    std::array<char, remark_octets> text;
    TextWriter out(text);
    if (meant->is_certain) {
        if (known) return std::nullopt;
        out.put("nothing was found for this as it is written");
        write_meant(out, exchange, *meant);
        return answer_error(exchange, out.text());
    }
    if (!asks_for_text(exchange.question) || !finds_something(exchange, *meant)) {
        return std::nullopt;
    }
    out.put(known ? "nothing points at this" : "this was never seen");
    write_meant(out, exchange, *meant);
    exchange.response.set_ede({Ede::Code::other, out.text()});
    add_negative_soa(exchange);
    return finish(exchange.response, known ? Rcode::noerror : Rcode::nxdomain);
}

std::optional<Verdict> answer_value_mistake(Exchange& exchange, const TypeSet& types) {
    const auto mistake = value_mistake(subject_of(exchange), types);
    if (!mistake) return std::nullopt;
    return answer_error(exchange, mistake->text());
}

bool write_pivot_of_address(TextWriter& out, const Exchange& exchange) {
    const Octets subject = subject_of(exchange);
    Query pivot;
    pivot.view = View::pivot;
    if (read_pivot_subject(subject, pivot) || !exchange.store.points_at(pivot.values, false)) {
        return false;
    }
    out.put("for what points at the address: pivot.");
    write_question(out, subject);
    out.put('.');
    write_name(out, exchange.zone.wire());
    return true;
}

void hint_at_pivot(Exchange& exchange, Remark& room) {
    TextWriter out(room);
    out.put("nothing was found at the reverse name; ");
    if (write_pivot_of_address(out, exchange)) {
        exchange.response.set_ede({Ede::Code::other, out.text()});
    }
}

std::optional<Verdict> answer_vain_search(Exchange& exchange, const Query& query) {
    const std::string_view patterns = as_text(query.further.patterns.octets());
    if (patterns.empty() || query.scope == Scope::values || !query.from.empty() ||
        !asks_for_text(exchange.question)) {
        return std::nullopt;
    }
    std::array<char, remark_octets> text;
    TextWriter out(text);
    if (query.scope == Scope::name && subject_of(exchange).empty()) {
        NameBuilder all;
        all.add_labels(exchange.labels);
        all.add_label(below_mark);
        out.put("without a name this is about the root alone");
        if (!write_asked_instead(out, exchange, all.labels())) return std::nullopt;
        return answer_error(exchange, out.text(), "search");
    }
    const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
    if (std::ranges::all_of(patterns, is_ascii)) return std::nullopt;
    out.put(
        "nothing matches: names have letters beyond ASCII in another form (xn--), which "
        "like-*xn--* finds");
    return answer_error(exchange, out.text(), "search");
}

Verdict hint_at_registrations(Exchange& exchange, const Query& query, Remark& room) {
    // A record that passes the filters makes a line in these views; it may have been seen in none
    // of the months that are asked for.
    const bool makes_lines = query.view != View::cohost && query.view != View::lookalike &&
                             query.view != View::changes && query.interval == Interval::whole;
    const bool may_have = exchange.sees_personal() && makes_lines && query.types.every() &&
                          asks_for_text(exchange.question);
    if (!may_have) return Verdict::send;
    Query registrations = query;
    registrations.types.add(whois_type);
    registrations.is_narrowed = true;
    const auto any = exchange.store.has_any(registrations, exchange.work);
    if (!any && exchange.can_wait) return Verdict::defer;
    const auto name = with_registrations(exchange.labels);
    TextWriter out(room);
    out.put("only registrations were found");
    if (any == true && name && write_asked_instead(out, exchange, name->labels())) {
        exchange.response.set_ede({Ede::Code::other, out.text()});
    }
    return Verdict::send;
}

// Most errors say by themselves which word was meant; others, that words are in the wrong order.
Verdict answer_mistake(Exchange& exchange, const QueryError& error) {
    std::array<char, remark_octets> text;
    TextWriter out(text);
    out.put(error.text());
    if (!error.suggests()) {
        const auto meant = suggest_question(exchange.labels, exchange.now);
        // One that is certain says what to do about the subject, or that another view takes it.
        const bool of_view = meant && view_of(meant->labels.octets()) != view_of(exchange.labels);
        if (meant && !meant->labels.empty() && (!meant->is_certain || of_view)) {
            write_asked_instead(out, exchange, meant->labels.octets());
        }
    }
    return answer_error(exchange, out.text(), error.topic());
}

}  // namespace dnshist::responder
