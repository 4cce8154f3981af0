#include "storage/query/vocabulary.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "storage/query/suggestion.hpp"
#include "storage/query/time_suggestion.hpp"

namespace dnshist {

namespace {

// The views, in the order in which help lists them.
constexpr std::array view_table{
    ViewWord{"history", View::history, "a line for each record seen at a name",
             "mx.history.example.com"},
    ViewWord{"pivot", View::pivot, "a line for each record that points at a value",
             "pivot.192.0.2.0/24"},
    ViewWord{"names", View::names, "a line for each name at or below a name", "names.example.com"},
    ViewWord{"summary", View::summary, "a line for each record type of a name or a value",
             "summary.example.com"},
    ViewWord{"changes", View::changes, "what appeared at a name and what went away",
             "changes.example.com"},
    ViewWord{"at", View::at, "real records of a name as they were at a time",
             "2019-06-01.at.www.example.com"},
};

template <class Number>
std::optional<Number> read_number(std::string_view text, Number least, Number most) noexcept {
    Number value{};
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stop != end || value < least || value > most) return std::nullopt;
    return value;
}

constexpr unsigned max_page = 1'000'000'000;

bool read_limit(Query& query, std::string_view value, Seconds) noexcept {
    const auto limit = read_number<unsigned>(value, 1, max_limit);
    if (limit) query.limit = *limit;
    return limit.has_value();
}

bool read_page(Query& query, std::string_view value, Seconds) noexcept {
    const auto page = read_number<unsigned>(value, 1, max_page);
    if (page) query.page = *page;
    return page.has_value();
}

bool read_min(Query& query, std::string_view value, Seconds) noexcept {
    const auto count =
        read_number<std::uint64_t>(value, 0, std::numeric_limits<std::uint64_t>::max());
    if (count) query.min_count = *count;
    return count.has_value();
}

bool read_on(Query& query, std::string_view value, Seconds now) noexcept {
    const auto period = period_from_text(value, now);
    if (period) query.on = *period;
    return period.has_value();
}

// A year, month or day is that whole period: "after" means from its start.
template <Period Query::*fence>
bool read_after(Query& query, std::string_view value, Seconds now) noexcept {
    const auto period = period_from_text(value, now);
    if (period) (query.*fence).begin = period->begin;
    return period.has_value();
}

// "before" means before the period's start; nothing was seen before the first second of all.
template <Period Query::*fence>
bool read_before(Query& query, std::string_view value, Seconds now) noexcept {
    const auto period = period_from_text(value, now);
    if (!period) return false;
    if (period->begin == all_time.begin) {
        query.nothing = true;
    } else {
        (query.*fence).end = Seconds{period->begin.since_epoch - 1};
    }
    return true;
}

struct SortWord {
    std::string_view word;
    Order order;
};
constexpr std::array sort_table{SortWord{"last", Order::last}, SortWord{"first", Order::first},
                                SortWord{"count", Order::count}, SortWord{"name", Order::name},
                                SortWord{"data", Order::data}};

bool read_sort(Query& query, std::string_view value, Seconds) noexcept {
    const auto* const row = std::ranges::find(sort_table, value, &SortWord::word);
    if (row == sort_table.end()) return false;
    query.order = row->order;
    return true;
}

void suggest_sort(TextWriter& out, std::string_view value, Seconds) noexcept {
    Suggestion suggestion(value);
    for (const SortWord& row : sort_table)
        suggestion.offer(row.word);
    out.put(suggestion.best());
}

bool read_from(Query& query, std::string_view value, Seconds) noexcept {
    return read_resume_point(value, query.from);
}

bool read_json(Query& query, std::string_view, Seconds) noexcept {
    query.json = true;
    return true;
}

bool read_runs(Query& query, std::string_view, Seconds) noexcept {
    query.runs = true;
    return true;
}

constexpr std::string_view a_time =
    "a time (2019, 2019-06, 2019-06-01, 2019-06-01T12:00:00Z, @1559347200, or 90d ago)";

// The filters that are not record types. Where one word begins another ("first", "first-after"),
// the dash and the form of the value keep them apart.
constexpr std::array filter_table{
    FilterWord{"after", "after-T", a_time, "seen at some time at or after T",
               read_after<&Query::visible>, write_time_suggestion},
    FilterWord{"before", "before-T", a_time, "seen at some time before T",
               read_before<&Query::visible>, write_time_suggestion},
    FilterWord{"on", "on-T", a_time, "seen at some time during T", read_on, write_time_suggestion},
    FilterWord{"first-after", "first-after-T", a_time, "first seen at or after T",
               read_after<&Query::first>, write_time_suggestion},
    FilterWord{"first-before", "first-before-T", a_time, "first seen before T",
               read_before<&Query::first>, write_time_suggestion},
    FilterWord{"last-after", "last-after-T", a_time, "last seen at or after T",
               read_after<&Query::last>, write_time_suggestion},
    FilterWord{"last-before", "last-before-T", a_time, "last seen before T",
               read_before<&Query::last>, write_time_suggestion},
    FilterWord{"min", "min-N", "a number", "observed at least N times", read_min},
    FilterWord{"limit", "limit-N", "a number from 1 to 99",
               "N lines a page; 50 if nothing is said, 99 at most", read_limit},
    FilterWord{"page", "page-N", "a number from 1", "page N of the lines", read_page},
    FilterWord{"sort", "sort-X", "last, first, count, name or data",
               "lines in the order of X: last, first, count, name or data", read_sort,
               suggest_sort},
    FilterWord{"runs", "runs", "", "a line for each interval in which a record was seen",
               read_runs},
    FilterWord{"json", "json", "", "each line as a COF object", read_json},
    FilterWord{"from", "from-X", "a place, as a remark '# more:' names it",
               "begin at the place that a '# more:' remark named", read_from, nullptr, true},
};

// Types that are worth suggesting to who misspelt one.
constexpr std::array<std::string_view, 28> common_types{
    "a",     "aaaa",  "ns",  "mx",         "cname", "soa",   "txt",     "ptr",       "srv", "any",
    "caa",   "dname", "ds",  "dnskey",     "https", "svcb",  "naptr",   "tlsa",      "spf", "sshfp",
    "hinfo", "loc",   "cds", "nsec3param", "rrsig", "afsdb", "cdnskey", "openpgpkey"};

// What of a misspelt label is compared with the filter's word: "befor" of "befor-2019" with
// "before", "frist-after" of "frist-after-2019" with "first-after".
std::string_view word_of(std::string_view label, const FilterWord& filter) noexcept {
    if (!filter.takes_value()) return label;
    std::size_t dash = label.find('-');
    const bool two_words = filter.word.find('-') != std::string_view::npos;
    if (two_words && dash != std::string_view::npos) dash = label.find('-', dash + 1);
    return label.substr(0, dash);
}

}  // namespace

std::span<const ViewWord> view_words() noexcept {
    return view_table;
}

std::span<const FilterWord> filter_words() noexcept {
    return filter_table;
}

const ViewWord* find_view(std::string_view word) noexcept {
    const auto* const row = std::ranges::find(view_table, word, &ViewWord::word);
    return row == view_table.end() ? nullptr : row;
}

std::optional<std::string_view> filter_value(const FilterWord& filter,
                                             std::string_view label) noexcept {
    if (!label.starts_with(filter.word)) return std::nullopt;
    label.remove_prefix(filter.word.size());
    if (!filter.takes_value()) return label.empty() ? std::optional(label) : std::nullopt;
    if (!label.starts_with('-')) return std::nullopt;
    return label.substr(1);
}

std::string_view suggest_word(std::string_view label) noexcept {
    Suggestion suggestion(label);
    for (const FilterWord& filter : filter_table) {
        suggestion.offer(filter.word, word_of(label, filter), filter.usage);
    }
    for (const std::string_view type : common_types)
        suggestion.offer(type);
    for (const ViewWord& view : view_table)
        suggestion.offer(view.word);
    return suggestion.best();
}

std::string_view suggest_view(std::string_view label) noexcept {
    Suggestion suggestion(label);
    for (const ViewWord& view : view_table)
        suggestion.offer(view.word);
    return suggestion.best();
}

}  // namespace dnshist
