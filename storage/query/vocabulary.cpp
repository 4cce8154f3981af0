#include "storage/query/vocabulary.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <type_traits>

#include "storage/query/hint/suggestion.hpp"
#include "storage/query/hint/time_suggestion.hpp"
#include "storage/query/pivot_subject.hpp"
#include "storage/search/patterns.hpp"
#include "storage/text/characters.hpp"
#include "storage/text/number.hpp"

namespace dnshist {

namespace {

// In the order in which help lists them.
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
    ViewWord{"seen", View::seen, "whether a name or a value was ever seen, and when",
             "seen.www.example.com"},
    ViewWord{"lookalike", View::lookalike, "names that were seen and look like a name",
             "lookalike.example.com"},
    ViewWord{"cohost", View::cohost, "what was on the addresses of a name while it was there",
             "cohost.www.example.com"},
};

template <auto Query::*member, std::uint64_t least, std::uint64_t most>
bool read_number(Query& query, std::string_view value, Seconds) noexcept {
    using Number = std::remove_reference_t<decltype(query.*member)>;
    const auto number = number_from_text<Number>(value);
    if (!number || std::clamp<std::uint64_t>(*number, least, most) != *number) return false;
    query.*member = *number;
    return true;
}

template <bool Query::*flag>
bool read_flag(Query& query, std::string_view, Seconds) noexcept {
    query.*flag = true;
    return true;
}

constexpr unsigned max_page = 1'000'000'000;

bool read_on(Query& query, std::string_view value, Seconds now) noexcept {
    if (is_present(value)) {
        query.further.any = query.further.is_current = true;
        return true;
    }
    const auto period = period_from_text(value, now);
    if (period) query.on = *period;
    return period.has_value();
}

// A year, month or day is a whole period: "after" means from its start.
template <Period Query::*period>
bool read_after(Query& query, std::string_view value, Seconds now) noexcept {
    const auto time = period_from_text(value, now);
    if (time) (query.*period).begin = time->begin;
    return time.has_value();
}

// "before" means before the period's start; nothing was seen before second 0.
template <Period Query::*period>
bool read_before(Query& query, std::string_view value, Seconds now) noexcept {
    const auto time = period_from_text(value, now);
    if (!time) return false;
    if (time->begin == all_time.begin) {
        query.nothing = true;
    } else {
        (query.*period).end = Seconds{time->begin.since_epoch - 1};
    }
    return true;
}

// Types worth suggesting.
constexpr std::array<std::string_view, 29> common_types{
    "a",     "aaaa",  "ns",      "mx",         "cname", "soa",    "txt",   "ptr",
    "srv",   "any",   "caa",     "dname",      "ds",    "dnskey", "https", "svcb",
    "naptr", "tlsa",  "spf",     "sshfp",      "hinfo", "loc",    "cds",   "nsec3param",
    "rrsig", "afsdb", "cdnskey", "openpgpkey", "whois"};

struct SortWord {
    std::string_view word;
    Order order;
};
constexpr std::array sort_table{
    SortWord{"last", Order::last},   SortWord{"first", Order::first},
    SortWord{"count", Order::count}, SortWord{"name", Order::name},
    SortWord{"data", Order::data},   SortWord{"duration", Order::duration}};

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

template <ResumePoint Query::*point>
bool read_place(Query& query, std::string_view value, Seconds) noexcept {
    return read_resume_point(value, query.*point);
}

// A time is meant for after-T. Less is too little to be one.
void suggest_after(TextWriter& out, std::string_view value, Seconds now) noexcept {
    constexpr std::size_t fewest = 4;
    if (value.size() >= fewest || period_from_text(value, now)) {
        write_time_suggestion(out, value, now);
    }
}

bool read_type_left_out(Query& query, std::string_view value, Seconds) noexcept {
    const auto type = rrtype_from_text(value);
    if (!type || is_meta_type(*type)) return false;
    query.further.any = true;
    query.further.types_left_out.add(*type);
    return true;
}

void suggest_type(TextWriter& out, std::string_view value, Seconds) noexcept {
    Suggestion suggestion(value);
    for (const std::string_view type : common_types)
        if (type != "any") suggestion.offer(type);
    out.put(suggestion.best());
}

template <PatternKind kind>
std::string_view problem_of(std::string_view value) noexcept {
    return pattern_problem(kind, value);
}

template <PatternKind kind>
bool read_pattern(Query& query, std::string_view value, Seconds) noexcept {
    if (!pattern_problem(kind, value).empty()) return false;
    query.further.any = true;
    auto& patterns = query.further.patterns;
    return patterns.append(static_cast<std::uint8_t>(kind)) &&
           patterns.append(static_cast<std::uint8_t>(value.size())) &&
           patterns.append(as_octets(value));
}

bool read_sensor(Query& query, std::string_view value, Seconds) noexcept {
    query.further.any = true;
    return !value.empty() && query.further.sensor.append(as_octets(value));
}

// A name, or a number of labels.
bool read_bailiwick(Query& query, std::string_view value, Seconds) noexcept {
    constexpr unsigned most_labels = max_name_octets / 2;
    query.further.any = true;
    if (consists_of(value, "0123456789")) {
        const auto labels = number_from_text<unsigned>(value);
        if (labels) query.further.bailiwick_labels = *labels;
        return labels && *labels > 0 && *labels <= most_labels;
    }
    const auto name = Name::from_text(value);
    if (name) query.further.bailiwick = *name;
    return name.has_value();
}

bool read_interval(Query& query, std::string_view value, Seconds) noexcept {
    query.interval = value == "month" ? Interval::month : Interval::year;
    return value == "month" || value == "year";
}

template <Scope scope>
bool read_scope(Query& query, std::string_view, Seconds) noexcept {
    const bool is_first = !query.asked_scope;
    query.asked_scope = scope;
    return is_first;
}

bool read_mailbox(Query& query, std::string_view, Seconds) noexcept {
    query.mailbox_labels = 1;
    return true;
}

constexpr std::string_view a_glob =
    "a pattern in one label, such as *paypal* or shop-??[0-9]*, and \\. for a dot";
constexpr std::string_view an_expression =
    "a regular expression in one label, such as ^pay-?pal[0-9]+$, with [\\.] for a dot";

constexpr std::string_view a_time =
    "a time (2019, 2019-06, 2019-06-01, 2019-06-01T12:00:00Z, @1559347200, or 90d ago)";
constexpr std::string_view a_time_or_now =
    "a time (2019, 2019-06, 2019-06-01, 2019-06-01T12:00:00Z, @1559347200, 90d ago, or now)";

// The filters other than record types.
constexpr std::array filter_table{
    FilterWord{"after", "after-T", a_time, "seen at some time at or after T",
               read_after<&Query::visible>, write_time_suggestion},
    FilterWord{"before", "before-T", a_time, "seen at some time before T",
               read_before<&Query::visible>, write_time_suggestion},
    FilterWord{"on", "on-T", a_time_or_now, "seen at some time during T", read_on,
               write_time_suggestion},
    FilterWord{"first-after", "first-after-T", a_time, "first seen at or after T",
               read_after<&Query::first>, write_time_suggestion},
    FilterWord{"first-before", "first-before-T", a_time, "first seen before T",
               read_before<&Query::first>, write_time_suggestion},
    FilterWord{"last-after", "last-after-T", a_time, "last seen at or after T",
               read_after<&Query::last>, write_time_suggestion},
    FilterWord{"last-before", "last-before-T", a_time, "last seen before T",
               read_before<&Query::last>, write_time_suggestion},
    FilterWord{"min", "min-N", "a number", "observed at least N times",
               read_number<&Query::min_count, 0, UINT64_MAX>},
    FilterWord{"limit", "limit-N", "a number from 1 to 99",
               "N lines a page, 1 to 99; 50 if not given",
               read_number<&Query::limit, 1, max_limit>},
    FilterWord{"page", "page-N", "a number from 1", "page N",
               read_number<&Query::page, 1, max_page>},
    FilterWord{"sort", "sort-X", "last, first, count, name, data or duration",
               "lines by last, first, count, name, data or duration", read_sort, suggest_sort},
    FilterWord{"runs", "runs", "", "a line for each interval; COUNT - if several",
               read_flag<&Query::runs>},
    FilterWord{"json", "json", "", "each line as a COF object", read_flag<&Query::json>},
    FilterWord{"from", "from-X", "a place, as a remark '# more:' names it",
               "begin at the place X of '# more:'", read_place<&Query::from>, suggest_after, true,
               "after"},
    FilterWord{"line", "line-X", "a line, as a remark '# more:' names it",
               "begin page N at its line X", read_place<&Query::line>, nullptr, true},
    FilterWord{"count", "count", "", "one line: how many lines there are",
               read_flag<&Query::counts>},
    FilterWord{"like",
               "like-X",
               a_glob,
               "names that match X, or values in a pivot; *, ? and [a-z]",
               read_pattern<PatternKind::like>,
               nullptr,
               true,
               {},
               problem_of<PatternKind::like>},
    FilterWord{"re",
               "re-X",
               an_expression,
               "the same with a regular expression",
               read_pattern<PatternKind::re>,
               nullptr,
               true,
               {},
               problem_of<PatternKind::re>},
    FilterWord{"not-like",
               "not-like-X",
               a_glob,
               "names or values that do not match X",
               read_pattern<PatternKind::not_like>,
               nullptr,
               true,
               {},
               problem_of<PatternKind::not_like>},
    FilterWord{"not-re",
               "not-re-X",
               an_expression,
               "the same with a regular expression",
               read_pattern<PatternKind::not_re>,
               nullptr,
               true,
               {},
               problem_of<PatternKind::not_re>},
    FilterWord{"not", "not-TYPE", "a record type", "records of other types", read_type_left_out,
               suggest_type, true},
    FilterWord{"sensor", "sensor-X", "the name of a sensor, or its beginning and '*'",
               "seen by the sensor X", read_sensor},
    FilterWord{"in", "in-X",
               "a bailiwick, such as example\\.com, or a number of labels from 1 to 127",
               "seen in answers for the zone X, or the owner's last X labels", read_bailiwick},
    FilterWord{"by", "by-X", "month or year", "a summary of each month or year", read_interval},
    FilterWord{"below", "below", "", "the same as *. before a name", read_scope<Scope::below>},
    FilterWord{"children", "children", "", "the same as +. before a name",
               read_scope<Scope::children>},
    FilterWord{"mailbox", "mailbox", "", "the first label of a value is the user of a mailbox",
               read_mailbox},
    FilterWord{"mailbox", "mailbox-N", "a number from 1 to 4", "the first N labels are",
               read_number<&Query::mailbox_labels, 1, max_mailbox_labels>},
};

// By the first character of the word.
constexpr auto filters_by_letter = [] {
    static_assert(filter_table.size() <= 64);
    std::array<std::uint64_t, 26> rows{};
    for (std::size_t i = 0; i < filter_table.size(); ++i)
        rows[static_cast<std::size_t>(filter_table[i].word.front() - 'a')] |= std::uint64_t{1} << i;
    return rows;
}();

// The part of a misspelt label that is compared with the filter's word: "befor" of "befor-2019"
// with "before", "frist-after" of "frist-after-2019" with "first-after".
std::string_view word_part(std::string_view label, const FilterWord& filter) noexcept {
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

std::uint64_t filters_from(char first) noexcept {
    return first >= 'a' && first <= 'z' ? filters_by_letter[static_cast<std::size_t>(first - 'a')]
                                        : 0;
}

const ViewWord* find_view(std::string_view word) noexcept {
    const auto* const row = std::ranges::find(view_table, word, &ViewWord::word);
    return row == view_table.end() ? nullptr : row;
}

bool is_present(std::string_view word) noexcept {
    return word == "now" || word == "latest";
}

std::string_view view_word(View view) noexcept {
    const auto* const row = std::ranges::find(view_table, view, &ViewWord::view);
    return row == view_table.end() ? std::string_view{} : row->word;
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
        suggestion.offer(filter.word, word_part(label, filter), filter.usage);
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
