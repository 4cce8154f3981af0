// The language on a screen (help.ZONE), and a topic at length (help.TOPIC.ZONE): each view, and the
// filters.
//
// Lines begin with a number, because a resolver on the way may put them in any order: sort them.
#include <algorithm>
#include <array>
#include <span>

#include "queries/nearest.hpp"
#include "queries/words.hpp"
#include "responder/answer.hpp"
#include "responder/own_names.hpp"

namespace dnshist {

namespace {

constexpr std::string_view times =
    "T is 2019, 2019-06, 2019-06-01, 20190601, 2019-06-01T12:00:00Z, @1559347200, or an age: 12h, "
    "90d, 3w, 6mo, 2y";

// Puts the number before each line.
class HelpLines {
  public:
    explicit HelpLines(Exchange& exchange) noexcept : exchange_(exchange) {}

    // Calls write(Line&).
    template <class Write>
    void add(Write&& write) {
        ++number_;
        Line line(exchange_);
        line << std::string_view(number_ < 10 ? "0" : "") << std::uint64_t{number_} << " ";
        write(line);
    }
    void say(std::string_view text) {
        add([text](Line& line) { line << text; });
    }

  private:
    Exchange& exchange_;
    unsigned number_ = 0;
};

// What it says, and a question's name without the zone that shows it, or none.
struct Saying {
    std::string_view text;
    std::string_view example = {};
    std::string_view type = "TXT";
};

constexpr std::array history_sayings{
    Saying{"history.NAME: a line for each record seen at NAME, the newest first",
           "history.www.example.com"},
    Saying{"of one or several types", "a.aaaa.cname.history.www.example.com"},
    Saying{"of all names below one, in the order of names", "history.*.example.com"},
    Saying{"of the names one label below", "history.+.example.com"},
    Saying{"of an address: its reverse name", "ptr.history.192.0.2.1"},
    Saying{"as it was in a month", "on-2019-06.history.example.com"},
    Saying{"each interval in which a record was there", "runs.mx.history.example.com"},
    Saying{"a line is FIRST LAST COUNT OWNER TYPE RDATA; 'cut -d\" \" -f4-' makes records of them"},
};

constexpr std::array pivot_sayings{
    Saying{"pivot.VALUE: a line for each record whose data holds VALUE, whatever its name"},
    Saying{"an address, in A, AAAA, SPF, hints of HTTPS and others", "pivot.192.0.2.1"},
    Saying{"a prefix of any length", "pivot.192.0.2.0/24"},
    Saying{"and of IPv6", "pivot.2001:db8::/32"},
    Saying{"a name, in NS, MX, CNAME, PTR, SRV, SOA, SPF and others", "ns.pivot.ns1.example.com"},
    Saying{"the names below one", "mx.pivot.*.example.com"},
    Saying{"a mailbox, in SOA and RP", "soa.pivot.hostmaster@example.com"},
    Saying{"a word of a text, or what follows = or : in one", "txt.pivot.v=spf1"},
    Saying{"words that begin so", "txt.pivot.google-site-verification=ab*"},
    Saying{"the number of each type, for an address or a prefix", "summary.192.0.2.0/24"},
};

constexpr std::array names_sayings{
    Saying{"names.NAME: a line for each name at or below NAME that was seen", "names.example.com"},
    Saying{"only below it", "names.*.example.com"},
    Saying{"only one label below it", "names.+.example.com"},
    Saying{"those that had mail servers in 2019", "on-2019.mx.names.example.com"},
    Saying{"the newest first", "sort-first.names.example.com"},
    Saying{"a line is FIRST LAST COUNT OWNER TYPE[,TYPE]..., of the records that pass the filters"},
};

constexpr std::array summary_sayings{
    Saying{"summary.NAME: a line for each record type seen at NAME", "summary.example.com"},
    Saying{"of all names below one", "summary.*.example.com"},
    Saying{"of what pointed at an address", "summary.192.0.2.1"},
    Saying{"of what pointed into a prefix", "summary.192.0.2.0/24"},
    Saying{"a line is FIRST LAST COUNT VALUES TYPE; VALUES: how many distinct records"},
};

constexpr std::array changes_sayings{
    Saying{"changes.NAME: what appeared at NAME and what went away, the oldest first",
           "changes.example.com"},
    Saying{"of its name servers since 2019", "after-2019.ns.changes.example.com"},
    Saying{"of all names below it on a day", "on-2019-06-01.changes.*.example.com"},
    Saying{"the latest ten", "sort-last.limit-10.changes.example.com"},
    Saying{"a line is TIME + OWNER TYPE RDATA, or TIME - OWNER TYPE RDATA where it was last seen"},
    Saying{"what was not seen for longer than the store's gap, 30 days, has gone away"},
};

constexpr std::array at_sayings{
    Saying{"T.at.NAME: the records of NAME as they were at T, for any client",
           "2019.at.example.com", "MX"},
    Saying{"a day, or any other form of time", "2019-06-01.at.www.example.com", "A"},
    Saying{"a year ago", "1y.at.www.example.com", "AAAA"},
    Saying{"an alias leads to its target at the same time, eight times at most"},
    Saying{times},
};

struct Topic {
    std::string_view word;
    std::span<const Saying> sayings;
};
constexpr std::array topics{
    Topic{"history", history_sayings},
    Topic{"pivot", pivot_sayings},
    Topic{"names", names_sayings},
    Topic{"summary", summary_sayings},
    Topic{"changes", changes_sayings},
    Topic{"at", at_sayings},
    Topic{"filters", {}},
};

void add_filters(HelpLines& lines) {
    lines.say("TYPE: a, mx, type65 ...; several make a union, any is the default");
    for (const FilterWord& filter : filter_words()) {
        lines.add([&](Line& line) { line << filter.usage << ": " << filter.meaning; });
    }
    lines.say(times);
    lines.say("a year, month or day is all of it: after begins at its start, before ends there");
    lines.say("in changes, after, before and on choose events by their time");
}

void add_topic(HelpLines& lines, const Topic& topic) {
    if (topic.sayings.empty()) return add_filters(lines);
    for (const Saying& saying : topic.sayings) {
        lines.add([&](Line& line) {
            line << saying.text;
            if (saying.example.empty()) return;
            (line << ": dig " << saying.type << " ").name(saying.example);
        });
    }
}

}  // namespace

std::size_t answer_help(Exchange& exchange) {
    if (!asks_for_text(exchange.question)) return answer_other_type(exchange);
    HelpLines lines(exchange);
    lines.add([](Line& line) {
        (line << "dnshist: what the DNS used to say. Ask for TXT of [filter.]... view.subject")
            .zone();
    });
    for (const ViewWord& view : view_words()) {
        lines.add([&](Line& line) {
            const std::string_view type = view.view == View::at ? "A" : "TXT";
            (line << view.word << ": " << view.meaning << ": dig " << type << " ")
                .name(view.example);
        });
    }
    lines.say("filters, in any order: record types (a, mx, type65 ...; several make a union)");
    lines.add([](Line& line) {
        for (const FilterWord& filter : filter_words())
            line << filter.usage << (&filter == &filter_words().back() ? "" : " ");
    });
    lines.say(times);
    lines.say("a line is FIRST LAST COUNT OWNER TYPE RDATA; one that begins with # is a remark");
    lines.add([](Line& line) {
        line << "more about a view, or the filters: dig TXT ";
        line.name("help.pivot");
        line << ", help.filters";
        line.zone();
    });
    lines.add([](Line& line) { (line << "what is stored: dig TXT ").name("stats"); });
    lines.add([](Line& line) { (line << "which program this is: dig TXT ").name("version"); });
    return exchange.response.finish(Rcode::noerror);
}

std::size_t answer_help_topic(Exchange& exchange, std::string_view word) {
    const auto* const topic = std::ranges::find(topics, word, &Topic::word);
    if (topic == topics.end()) {
        if (!asks_for_text(exchange.question)) return answer_unfinished(exchange, {});
        return answer_mistake(exchange, Mistake([&](TextWriter& out) {
                                  out.put("no help on ");
                                  write_quoted(out, word);
                                  Nearest nearest(word);
                                  for (const Topic& each : topics)
                                      nearest.offer(each.word);
                                  write_suggestion(out, "help.", nearest.best());
                              }));
    }
    if (!asks_for_text(exchange.question)) return answer_other_type(exchange);
    HelpLines lines(exchange);
    add_topic(lines, *topic);
    return exchange.response.finish(Rcode::noerror);
}

}  // namespace dnshist
