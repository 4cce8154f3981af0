// The query language on one screen (help.ZONE), and its topics in detail (help.TOPIC.ZONE): each
// view, and the filters.
#include <algorithm>
#include <array>
#include <span>

#include "storage/answer/builtin_lines.hpp"
#include "storage/query/vocabulary.hpp"

namespace dnshist {

namespace {

constexpr std::string_view times =
    "T is 2019, 2019-06, 2019-06-01, 20190601, 2019-06-01T12:00:00Z, @1559347200, "
    "unix-1559347200, or an age: 12h, 90d, 3w, 6mo, 2y; on-T, T.at: also now";

// Numbers the lines.
class HelpWriter {
  public:
    HelpWriter(const Name& zone, LineSink sink) noexcept : zone_(zone), sink_(sink) {}
    BuiltinLine line() { return BuiltinLine(zone_, sink_, ++number_); }

  private:
    const Name& zone_;
    LineSink sink_;
    unsigned number_ = 0;
};

// A text, and an example question without the zone, if any.
struct HelpLine {
    std::string_view text;
    std::string_view example = {};
    std::string_view type = "TXT";
};

constexpr std::array history_lines{
    HelpLine{"history.NAME: a line for each record seen at NAME, the newest first",
             "history.www.example.com"},
    HelpLine{"of one or several types", "a.aaaa.cname.history.www.example.com"},
    HelpLine{"of all names below one, in the order of names", "history.*.example.com"},
    HelpLine{"of the names one label below", "history.+.example.com"},
    HelpLine{"of one name that is written like these, or like an address",
             "history.=.*.example.com"},
    HelpLine{"of an address: its reverse name", "ptr.history.192.0.2.1"},
    HelpLine{"as it was in a month", "on-2019-06.history.example.com"},
    HelpLine{"each interval in which a record was there", "runs.mx.history.example.com"},
    HelpLine{
        "a line is FIRST LAST COUNT OWNER TYPE RDATA; 'cut -d\" \" -f4-' makes records of them"},
};

constexpr std::array pivot_lines{
    HelpLine{"pivot.VALUE: a line for each record whose data holds VALUE, whatever its name"},
    HelpLine{"an address, in A, AAAA, SPF, hints of HTTPS and others", "pivot.192.0.2.1"},
    HelpLine{"a prefix of any length; a range is 192.0.2.5-192.0.2.40", "pivot.192.0.2.0/24"},
    HelpLine{"and of IPv6", "pivot.2001:db8::/32"},
    HelpLine{"a name, in NS, MX, CNAME, PTR, SRV, SOA, SPF and others", "ns.pivot.ns1.example.com"},
    HelpLine{"the names below one", "mx.pivot.*.example.com"},
    HelpLine{"a mailbox, in SOA and RP", "soa.pivot.hostmaster@example.com"},
    HelpLine{"in registrations, for those who may see them", "whois.pivot.j.doe@example.com"},
    HelpLine{"a word of a text, or what follows = or : in one", "txt.pivot.v=spf1"},
    HelpLine{"words that begin so", "txt.pivot.google-site-verification=ab*"},
    HelpLine{"the number of each type, for an address or a prefix", "summary.192.0.2.0/24"},
    HelpLine{"in letters, digits and hyphens alone", "pivot.prefix-24.192.0.2.0"},
};

constexpr std::array names_lines{
    HelpLine{"names.NAME: a line for each name at or below NAME that was seen",
             "names.example.com"},
    HelpLine{"only below it", "names.*.example.com"},
    HelpLine{"only one label below it", "names.+.example.com"},
    HelpLine{"those that had mail servers in 2019", "on-2019.mx.names.example.com"},
    HelpLine{"the newest first", "sort-first.names.example.com"},
    HelpLine{
        "a line is FIRST LAST COUNT OWNER TYPE[,TYPE]..., of the records that pass the filters"},
};

constexpr std::array summary_lines{
    HelpLine{"summary.NAME: a line for each record type seen at NAME", "summary.example.com"},
    HelpLine{"of all names below one", "summary.*.example.com"},
    HelpLine{"of what pointed at an address", "summary.192.0.2.1"},
    HelpLine{"of what pointed into a prefix", "summary.192.0.2.0/24"},
    HelpLine{"of each year, or of each month with by-month", "by-year.mx.summary.example.com"},
    HelpLine{"a line is FIRST LAST COUNT VALUES TYPE; VALUES: how many distinct records"},
};

constexpr std::array changes_lines{
    HelpLine{"changes.NAME: what appeared at NAME and what went away, the oldest first",
             "changes.example.com"},
    HelpLine{"of its name servers since 2019", "after-2019.ns.changes.example.com"},
    HelpLine{"of all names below it on a day", "on-2019-06-01.changes.*.example.com"},
    HelpLine{"the latest ten", "sort-last.limit-10.changes.example.com"},
    HelpLine{
        "a line is TIME + OWNER TYPE RDATA, or TIME - OWNER TYPE RDATA where it was last seen"},
    HelpLine{"what was not seen for longer than the store's gap, 30 days, has gone away"},
};

constexpr std::array at_lines{
    HelpLine{"T.at.NAME: the records of NAME as they were at T, for any client",
             "2019.at.example.com", "MX"},
    HelpLine{"a day, or any other form of time", "2019-06-01.at.www.example.com", "A"},
    HelpLine{"a year ago", "1y.at.www.example.com", "AAAA"},
    HelpLine{"NS are left out, as resolvers would follow them", "on-2019.ns.history.example.com"},
    HelpLine{"with the time behind it, for a search domain or a whole resolver",
             "www.example.com.2019.asof", "A"},
    HelpLine{"an alias leads to its target at the same time, eight times at most"},
    HelpLine{times},
};

constexpr std::array seen_lines{
    HelpLine{"seen.NAME: FIRST LAST COUNT of all records at NAME", "seen.www.example.com"},
    HelpLine{"of what points at an address, a prefix, a mailbox or a text", "seen.192.0.2.1"},
    HelpLine{"127.0.0.2 if it was seen, or a name below it", "seen.www.example.com", "A"},
    HelpLine{"with any filter", "mx.on-2019.seen.example.com", "A"},
    HelpLine{"whether it is still there", "on-now.seen.www.example.com", "A"},
};

constexpr std::array lookalike_lines{
    HelpLine{"lookalike.NAME: a line for each name that was seen and may be mistaken for NAME",
             "lookalike.example.com"},
    HelpLine{"those that were first seen since", "first-after-30d.lookalike.example.com"},
    HelpLine{"those with mail servers", "mx.lookalike.example.com"},
    HelpLine{
        "a line is FIRST LAST COUNT OWNER TYPE[,TYPE]... TRICK, and the name in its own letters"},
    HelpLine{"a name that has no records itself is shown by the first name below it"},
};

constexpr std::array cohost_lines{
    HelpLine{"cohost.NAME: records of other names on NAME's addresses while it was there",
             "cohost.www.example.com"},
    HelpLine{"those that were there longest", "sort-duration.cohost.www.example.com"},
    HelpLine{"on its name servers", "ns.cohost.example.com"},
    HelpLine{"on its mail servers in 2019", "on-2019.mx.cohost.example.com"},
    HelpLine{"a line is FIRST LAST SECONDS OWNER TYPE RDATA: when both were there, and how long"},
};

constexpr std::array<std::string_view, 11> topics{"history", "pivot",   "names", "summary",
                                                  "changes", "at",      "seen",  "lookalike",
                                                  "cohost",  "filters", "search"};
// In the same order; those of the filters are made from the vocabulary.
constexpr std::array<std::span<const HelpLine>, topics.size() - 2> topic_lines{
    history_lines, pivot_lines, names_lines,     summary_lines, changes_lines,
    at_lines,      seen_lines,  lookalike_lines, cohost_lines};

// The filters fill two answers over UDP: the second has those from this one on.
constexpr std::string_view first_of_search = "count";

std::span<const FilterWord> filters_of(bool search) noexcept {
    const auto all = filter_words();
    const auto place = std::ranges::find(all, first_of_search, &FilterWord::word);
    const auto before = static_cast<std::size_t>(place - all.begin());
    return search ? all.subspan(before) : all.first(before);
}

void write_search(HelpWriter& help) {
    for (const FilterWord& filter : filters_of(true))
        help.line() << filter.usage << ": " << filter.meaning;
    help.line()
        << "X of a pattern is one label: 'like-*paypal*.names', 're-^pay-?pal[0-9]+$.names.com'; "
           "a dot in it is \\. for like, [\\.] for re";
}

void write_filters(HelpWriter& help) {
    help.line() << "TYPE: a, mx, type65 ...; several make a union, any is the default";
    for (const FilterWord& filter : filters_of(false))
        help.line() << filter.usage << ": " << filter.meaning;
    // With the other times it would not fit what is usual with EDNS.
    help.line() << "T: 2019, 2019-06, 2019-06-01, 2019-06-01T12:00:00Z, @1559347200, "
                   "unix-1559347200, 12h, 90d, 6mo, 2y; on-T: now";
    help.line()
        << "a year, month or day is all of it: after begins at its start, before ends there";
    help.line() << "in changes, after, before and on choose events by their time";
}

}  // namespace

void write_help(const Name& zone, LineSink sink) {
    HelpWriter help(zone, sink);
    (help.line() << "dnshist: what the DNS used to say. Ask for TXT of [filter.]... view.subject")
        .zone();
    for (const ViewWord& view : view_words()) {
        const std::string_view type = view.view == View::at ? "A" : "TXT";
        (help.line() << view.word << ": " << view.meaning << ": dig " << type << " ")
            .name(view.example);
    }
    help.line() << "filters, in any order: record types (a, mx, type65 ...; several make a union)";
    {
        BuiltinLine usages = help.line();
        for (const FilterWord& filter : filter_words())
            usages << filter.usage << (&filter == &filter_words().back() ? "" : " ");
    }
    help.line() << times;
    help.line()
        << "a line is FIRST LAST COUNT OWNER TYPE RDATA; one that begins with # is a remark";
    (((help.line() << "more about a view, or the filters: dig TXT ").name("help.pivot")
      << ", help.filters")
         .zone()
     << ", ")
        .name("help.search");
    (help.line() << "what is stored: dig TXT ").name("stats");
    (help.line() << "which program this is: dig TXT ").name("version");
}

std::span<const std::string_view> help_topics() noexcept {
    return topics;
}

std::string_view help_topic_of(std::string_view word) noexcept {
    struct Other {
        std::string_view word;
        std::string_view topic;
    };
    static constexpr std::array others{
        Other{"asof", "at"},       Other{"whois", "pivot"},  Other{"time", "filters"},
        Other{"times", "filters"}, Other{"now", "filters"},  Other{"latest", "filters"},
        Other{"types", "filters"}, Other{"type", "filters"}, Other{"glob", "search"},
        Other{"regex", "search"},
    };
    if (std::ranges::find(topics, word) != topics.end()) return word;
    const auto* const other = std::ranges::find(others, word, &Other::word);
    if (other != others.end()) return other->topic;
    for (const bool search : {false, true}) {
        const auto filters = filters_of(search);
        if (std::ranges::find(filters, word, &FilterWord::word) != filters.end()) {
            return search ? "search" : "filters";
        }
    }
    return {};
}

bool write_help_topic(const Name& zone, std::string_view topic, LineSink sink) {
    const auto* const found = std::ranges::find(topics, help_topic_of(topic));
    if (found == topics.end()) return false;
    HelpWriter help(zone, sink);
    const auto index = static_cast<std::size_t>(found - topics.begin());
    if (index >= topic_lines.size()) {
        *found == "filters" ? write_filters(help) : write_search(help);
        return true;
    }
    for (const auto& [text, example, type] : topic_lines[index]) {
        BuiltinLine line = help.line();
        line << text;
        if (!example.empty()) (line << ": dig " << type << " ").name(example);
    }
    return true;
}

}  // namespace dnshist
