#include "responder/answer/answer.hpp"

#include <algorithm>
#include <array>

#include "responder/answer/builtin_names.hpp"
#include "storage/answer/answer_page.hpp"
#include "storage/answer/builtin_lines.hpp"
#include "storage/answer/line_writer.hpp"
#include "storage/query/pivot_subject.hpp"
#include "storage/query/subject.hpp"
#include "storage/query/suggested_question.hpp"
#include "storage/query/vocabulary.hpp"
#include "storage/record/labels.hpp"
#include "storage/record/personal_type.hpp"

namespace dnshist::responder {

namespace {

// The right to what the question asks for that its client lacks, if any. A mistake tells nothing of
// what is stored, and takes the right to its view alone.
std::optional<View> lacking_right(const Exchange& exchange, const ParsedRequest& parsed) noexcept {
    const Access& access = exchange.service.access;
    if (!access.restricts_views()) return std::nullopt;
    if (const Query* const query = parsed.query()) return access.lacks(*query, exchange.client);
    const auto view = view_of(parsed.labels);
    return view && !access.may_use(*view, exchange.client) ? view : std::nullopt;
}

// Whether the question is about records of a personal type: T.at.NAME names it by QTYPE alone.
bool asks_for_personal(const Exchange& exchange, const Query& query) noexcept {
    return query.types.has(whois_type) ||
           (query.view == View::at && is_personal(exchange.question.type));
}

// `is_asked` where the view of that right is the question's.
Verdict answer_lacking_right(Exchange& exchange, View right, bool is_asked) {
    std::array<char, 128> text;
    TextWriter out(text);
    if (is_asked) {
        out.put("this client may not use this view");
    } else {
        out.put("this client may not use the view '");
        out.put(view_word(right));
        out.put("', and this question tells the same");
    }
    return answer_refused(exchange.response, {Ede::Code::prohibited, out.text()});
}

// Whether something points at a mailbox whose user has some labels of the name. Then the name
// exists, as mailbox-N may be asked below it.
bool is_mailbox(Exchange& exchange, const Query& query) {
    if (query.view != View::pivot && !takes_values(query.view)) return false;
    Octets labels = query.subject.labels();
    if (take_mark(labels, exact_mark)) return false;
    for (unsigned user = 1; user <= max_mailbox_labels; ++user) {
        Query mailbox;
        mailbox.view = View::pivot;
        mailbox.mailbox_labels = user;
        const bool is_one = !read_pivot_subject(query.subject.labels(), mailbox);
        if (is_one && exchange.store.points_at(mailbox.values, exchange.sees_personal())) {
            return true;
        }
    }
    return false;
}

// Whether something points at octets (hex-X) as RDATA of one of all types: the type may be asked
// for in front of the name.
bool is_rdata(Exchange& exchange, const Query& query) {
    if (query.scope != Scope::values) return false;
    return any_of_octets(query.subject.labels(), [&](const PivotRanges& values) {
        return exchange.store.points_at(values, exchange.sees_personal());
    });
}

// Whether the query's one pattern is its subject's (*@example.com): it takes some of the values.
bool takes_some_values(const Query& query) {
    const Octets patterns = query.further.patterns.octets();
    return patterns.size() > 2 && patterns.size() == 2U + patterns[1] &&
           query.scope == Scope::values && query.subject.label_count() > 0 &&
           std::ranges::any_of(query.values.all(),
                               [](const PivotRange& range) { return range.prefix().size() == 1; });
}

// Whether the names of a list (NAME.*, lookalikes) have lines, whatever the filters: they are below
// the question without them. Nothing where the work limit did not tell. For a question that gets no
// lines, this would cost as much as the lines: NODATA is right for any name.
std::optional<bool> has_listed(Exchange& exchange, const Query& query, bool personal) {
    const bool is_told = asks_for_text(exchange.question) ||
                         (query.view == View::seen && exchange.question.type == Rrtype::A);
    if (!is_told) return true;
    Query whole;
    whole.view = query.view == View::lookalike ? View::lookalike : View::names;
    whole.scope = query.scope;
    whole.subject = query.subject;
    const auto any = exchange.store.has_any(whole, exchange.work);
    if (!personal || any != false) return any;
    whole.types.add(whois_type);
    return exchange.store.has_any(whole, exchange.work);
}

// Whether anything points at the query's subject. Nothing where the work limit did not tell.
std::optional<bool> is_pointed_at(Exchange& exchange, const Query& query, bool personal) {
    if (has_list(query)) return has_listed(exchange, query, personal);
    if (!takes_some_values(query)) return exchange.store.points_at(query.values, personal);
    Query whole;
    whole.scope = Scope::values;
    whole.values = query.values;
    whole.further.any = true;
    whole.further.patterns = query.further.patterns;
    const auto any = exchange.store.has_any(whole, exchange.work);
    if (!personal || any != false) return any;
    whole.types.add(whois_type);
    return exchange.store.has_any(whole, exchange.work);
}

// Nothing to show: NODATA where the subject, or anything below it, has been seen, and NXDOMAIN
// where not. NXDOMAIN says that there is nothing below the name either (RFC 8020). What can be
// asked below is the subject with more filters, which only narrow, or a longer name that has this
// one in it as a view and its subject ("history.history.com"), which is a name below the subject.
Verdict answer_nothing(Exchange& exchange, const Query& query) {
    // The root is there even if nothing is: names of our own are below its questions (help.VIEW).
    const bool personal = exchange.sees_personal();
    const auto any = is_pointed_at(exchange, query, personal);
    if (!any && exchange.can_wait) return Verdict::defer;
    const bool pointed_at = any.value_or(true);
    const bool known = query.subject.label_count() == 0 || pointed_at ||
                       exchange.store.knows(query.subject, personal) ||
                       is_mailbox(exchange, query) || is_rdata(exchange, query);
    Remark hint;
    if (known && hint_at_registrations(exchange, query, hint) == Verdict::defer) {
        return Verdict::defer;
    }
    if (const auto verdict = known ? answer_vain_search(exchange, query) : std::nullopt) {
        return *verdict;
    }
    if (known && query.counts && asks_for_text(exchange.question)) {
        std::array<char, 32> text;
        TextWriter out(text);
        write_count_line(out, query, 0);
        exchange.response.add_txt(exchange.service.ttl, out.text());
        return finish(exchange.response, Rcode::noerror);
    }
    const bool is_unseen = !known || (query.scope == Scope::values && !pointed_at);
    if (is_unseen) {
        const bool may_end_in_star = query.scope == Scope::suffixes;
        if (const auto verdict = answer_suggestion(exchange, known, may_end_in_star)) {
            return *verdict;
        }
        if (const auto verdict = answer_value_mistake(exchange, query.types)) return *verdict;
    }
    if (query.of_address && asks_for_text(exchange.question) && !exchange.response.has_ede()) {
        hint_at_pivot(exchange, hint);
    }
    add_negative_soa(exchange);
    return finish(exchange.response, known ? Rcode::noerror : Rcode::nxdomain);
}

Verdict answer_no_such_page(Exchange& exchange, const Query& query, const Page& page) {
    std::array<char, remark_octets> text;
    TextWriter out(text);
    out.put("there is no page ");
    out.put_decimal(query.page);
    out.put(": ");
    out.put_decimal(page.found);
    out.put(page.found == 1 ? " line is " : " lines are ");
    const std::uint64_t pages = (page.found + query.limit - 1) / query.limit;
    out.put_decimal(pages);
    out.put(pages == 1 ? " page" : " pages");
    return answer_error(exchange, out.text());
}

// Over UDP a page fits as a whole or is truncated; over TCP as many lines are sent as fit.
PageLimits room_for_lines(const Exchange& exchange) {
    const std::size_t remaining = exchange.response.remaining();
    if (exchange.client.transport == Transport::udp) return {max_line_octets, remaining};
    return page_limits_within(remaining);
}

// The history of an address is that of its reverse name; what points at it is perhaps what was
// meant.
void add_note_of_pivot(Exchange& exchange, const Page& page) {
    constexpr std::size_t most_lines = 97;  // and three remarks make a whole RRset
    std::array<char, remark_octets> text;
    TextWriter out(text);
    out.put("# note: these records are at the reverse name; ");
    if (page.lines.size() > most_lines || !write_pivot_of_address(out, exchange)) return;
    exchange.response.add_txt(exchange.service.ttl, out.text());
}

Verdict answer_page(Exchange& exchange, const Query& query, const Page& page) {
    const bool over_tcp = exchange.client.transport != Transport::udp;
    const auto add = [&](std::string_view line) {
        exchange.response.add_txt(exchange.service.ttl, line);
    };
    write_page(exchange.store, exchange.qname, query, page,
               over_tcp ? exchange.response.remaining() : any_octets, LineSink(add));
    if (query.of_address && query.page == 1 && !query.counts) add_note_of_pivot(exchange, page);
    return finish(exchange.response, Rcode::noerror);
}

}  // namespace

Verdict answer_question(Exchange& exchange, const ParsedRequest& parsed, QueryKind& kind) {
    exchange.response.set_authoritative();
    kind = QueryKind::own;
    switch (parsed.builtin) {
        case BuiltinName::apex:
            return answer_apex(exchange);
        case BuiltinName::help:
            return answer_help(exchange);
        case BuiltinName::topic:
            return answer_help_topic(exchange, parsed.topic);
        case BuiltinName::stats:
            return answer_statistics(exchange);
        case BuiltinName::version:
            return answer_version(exchange);
        case BuiltinName::none:
            break;
    }
    kind = QueryKind::none;
    if (const auto right = lacking_right(exchange, parsed)) {
        return answer_lacking_right(exchange, *right, view_of(parsed.labels) == right);
    }
    if (const Query* const query = parsed.query()) {
        if (asks_for_personal(exchange, *query) && !exchange.sees_personal()) {
            return answer_refused(
                exchange.response,
                {Ede::Code::prohibited, "this client may not see records of type WHOIS"});
        }
        kind = kind_of(query->view);
        if (query->view == View::at) return answer_at(exchange, *query);
        exchange.store.expect(parsed.first_seek);
        return answer_lines(exchange, *query);
    }
    if (const auto* error = std::get_if<QueryError>(&parsed.meaning)) {
        return answer_mistake(exchange, *error);
    }
    return answer_unfinished(exchange, *std::get_if<Unfinished>(&parsed.meaning));
}

// For a list of addresses (RFC 5782): 127.0.0.2 where there is something, NODATA where not, and
// NXDOMAIN where there is nothing at all.
Verdict answer_listed(Exchange& exchange, const Query& query) {
    const auto any = exchange.store.has_any(query, exchange.work);
    if (!any && exchange.can_wait) return Verdict::defer;
    if (!any) {
        exchange.response.set_ede({Ede::Code::other, "stopped at the work limit"});
        return answer_nodata(exchange);
    }
    if (!*any) return answer_nothing(exchange, query);
    constexpr std::array<std::uint8_t, 4> listed{127, 0, 0, 2};
    exchange.response.add_record(exchange.qname.wire(), Rrtype::A, exchange.service.ttl, listed);
    return finish(exchange.response, Rcode::noerror);
}

// For a name that was never seen itself, while names below it were.
Verdict answer_seen_below(Exchange& exchange, const Query& query) {
    Remark hint;
    if (hint_at_registrations(exchange, query, hint) == Verdict::defer) return Verdict::defer;
    std::array<char, remark_octets> text;
    TextWriter out(text);
    out.put("# note: this name was not seen itself, but names below it were");
    exchange.response.add_txt(exchange.service.ttl, out.text());
    return finish(exchange.response, Rcode::noerror);
}

// Nothing was found below the suffixes for which there was room.
Verdict answer_names_cut(Exchange& exchange) {
    std::array<char, remark_octets> text;
    TextWriter out(text);
    write_names_cut(out);
    exchange.response.set_ede({Ede::Code::other, out.text()});
    return answer_nodata(exchange);
}

Verdict answer_lines(Exchange& exchange, const Query& query) {
    if (!query.further.patterns.empty()) {
        if (const auto problem = exchange.store.use_patterns(query)) {
            return answer_error(exchange, *problem, "search");
        }
    }
    if (query.view == View::seen && exchange.question.type == Rrtype::A) {
        return answer_listed(exchange, query);
    }
    if (!asks_for_text(exchange.question)) {
        exchange.response.set_ede(ask_for_txt);
        return answer_nothing(exchange, query);
    }
    const Page page = exchange.store.page(query, exchange.work, room_for_lines(exchange));
    if (page.end.stopped && exchange.can_wait) return Verdict::defer;
    if (page.too_long) {
        exchange.response.truncate();
        return finish(exchange.response, Rcode::noerror);
    }
    if (page.lines.empty() && !page.end.stopped) {
        const bool may_be_below = query.view == View::seen && !query.is_narrowed && !query.counts &&
                                  query.scope == Scope::name && page.found == 0;
        if (may_be_below && exchange.store.has_any(query, exchange.work) == true) {
            return answer_seen_below(exchange, query);
        }
        if (page.end.names_cut) return answer_names_cut(exchange);
        return page.found == 0 ? answer_nothing(exchange, query)
                               : answer_no_such_page(exchange, query, page);
    }
    return answer_page(exchange, query, page);
}

Verdict answer_refused(ResponseWriter& response, Ede ede) {
    response.restart();
    response.set_ede(ede);
    return finish(response, Rcode::refused);
}

Verdict answer_no_store(ResponseWriter& response) {
    response.restart();
    response.set_ede({Ede::Code::not_ready, "the store cannot be read"});
    return finish(response, Rcode::servfail);
}

}  // namespace dnshist::responder
