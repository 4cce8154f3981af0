// The language on a screen (help.ZONE), and a topic at length (help.TOPIC.ZONE): each view, and the
// filters.
#include <algorithm>
#include <array>
#include <span>

#include "storage/answer/builtin_lines.hpp"
#include "storage/query/vocabulary.hpp"

namespace dnshist {

namespace {

constexpr std::string_view times =
    "T is 2019, 2019-06, 2019-06-01, 20190601, 2019-06-01T12:00:00Z, @1559347200, or an age: 12h, "
    "90d, 3w, 6mo, 2y";

// Puts the number before each line.
class HelpLines {
  public:
    HelpLines(const Name& zone, LineSink sink) noexcept : zone_(zone), sink_(sink) {}

    // Calls write(BuiltinLine&).
    template <class Write>
    void add(Write&& write) {
        ++number_;
        BuiltinLine line(zone_, sink_);
        line << std::string_view(number_ < 10 ? "0" : "") << std::uint64_t{number_} << " ";
        write(line);
    }
    void say(std::string_view text) {
        add([text](BuiltinLine& line) { line << text; });
    }

  private:
    const Name& zone_;
    LineSink sink_;
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

constexpr std::array<std::string_view, 7> topics{"history", "pivot", "names",  "summary",
                                                 "changes", "at",    "filters"};
// In the same order; the filters have a table of their own.
constexpr std::array<std::span<const Saying>, topics.size() - 1> topic_sayings{
    history_sayings, pivot_sayings, names_sayings, summary_sayings, changes_sayings, at_sayings};

void add_filters(HelpLines& lines) {
    lines.say("TYPE: a, mx, type65 ...; several make a union, any is the default");
    for (const FilterWord& filter : filter_words()) {
        lines.add([&](BuiltinLine& line) { line << filter.usage << ": " << filter.meaning; });
    }
    lines.say(times);
    lines.say("a year, month or day is all of it: after begins at its start, before ends there");
    lines.say("in changes, after, before and on choose events by their time");
}

}  // namespace

void write_help(const Name& zone, LineSink sink) {
    HelpLines lines(zone, sink);
    lines.add([](BuiltinLine& line) {
        (line << "dnshist: what the DNS used to say. Ask for TXT of [filter.]... view.subject")
            .zone();
    });
    for (const ViewWord& view : view_words()) {
        lines.add([&](BuiltinLine& line) {
            const std::string_view type = view.view == View::at ? "A" : "TXT";
            (line << view.word << ": " << view.meaning << ": dig " << type << " ")
                .name(view.example);
        });
    }
    lines.say("filters, in any order: record types (a, mx, type65 ...; several make a union)");
    lines.add([](BuiltinLine& line) {
        for (const FilterWord& filter : filter_words())
            line << filter.usage << (&filter == &filter_words().back() ? "" : " ");
    });
    lines.say(times);
    lines.say("a line is FIRST LAST COUNT OWNER TYPE RDATA; one that begins with # is a remark");
    lines.add([](BuiltinLine& line) {
        line << "more about a view, or the filters: dig TXT ";
        line.name("help.pivot");
        line << ", help.filters";
        line.zone();
    });
    lines.add([](BuiltinLine& line) { (line << "what is stored: dig TXT ").name("stats"); });
    lines.add(
        [](BuiltinLine& line) { (line << "which program this is: dig TXT ").name("version"); });
}

std::span<const std::string_view> help_topics() noexcept {
    return topics;
}

bool write_help_topic(const Name& zone, std::string_view topic, LineSink sink) {
    const auto* const found = std::ranges::find(topics, topic);
    if (found == topics.end()) return false;
    HelpLines lines(zone, sink);
    const auto place = static_cast<std::size_t>(found - topics.begin());
    if (place == topic_sayings.size()) {
        add_filters(lines);
        return true;
    }
    for (const Saying& saying : topic_sayings[place]) {
        lines.add([&](BuiltinLine& line) {
            line << saying.text;
            if (saying.example.empty()) return;
            (line << ": dig " << saying.type << " ").name(saying.example);
        });
    }
    return true;
}

}  // namespace dnshist
