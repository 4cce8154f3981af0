#include "responder/query.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "responder/nearest.hpp"
#include "storage/escape.hpp"

namespace dnshist {

namespace {

// The views, in the order in which help lists them.
constexpr std::array view_table{
    ViewWord{"history", View::history, true, "a line for each record seen at a name",
             "mx.history.example.com"},
    ViewWord{"pivot", View::pivot, false, "a line for each record that points at a value",
             "pivot.192.0.2.0/24"},
    ViewWord{"names", View::names, false, "a line for each name at or below a name",
             "names.example.com"},
    ViewWord{"summary", View::summary, false, "a line for each record type of a name or a value",
             "summary.example.com"},
    ViewWord{"changes", View::changes, false, "what appeared at a name and what went away",
             "changes.example.com"},
    ViewWord{"at", View::at, false, "real records of a name as they were at a time",
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

// "before" means before the period's start; there is nothing before the first second of all.
template <Period Query::*fence>
bool read_before(Query& query, std::string_view value, Seconds now) noexcept {
    const auto period = period_from_text(value, now);
    if (!period || period->begin == all_time.begin) return false;
    (query.*fence).end = Seconds{period->begin.since_epoch - 1};
    return true;
}

bool read_sort(Query& query, std::string_view value, Seconds) noexcept {
    struct Row {
        std::string_view word;
        Order order;
    };
    constexpr std::array rows{Row{"last", Order::last}, Row{"first", Order::first},
                              Row{"count", Order::count}, Row{"name", Order::name},
                              Row{"data", Order::data}};
    const auto* const row = std::ranges::find(rows, value, &Row::word);
    if (row == rows.end()) return false;
    query.order = row->order;
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
    FilterWord{"after", "T", a_time, "seen at some time at or after T",
               read_after<&Query::visible>},
    FilterWord{"before", "T", a_time, "seen at some time before T", read_before<&Query::visible>},
    FilterWord{"on", "T", a_time, "seen at some time during T", read_on},
    FilterWord{"first-after", "T", a_time, "first seen at or after T", read_after<&Query::first>},
    FilterWord{"first-before", "T", a_time, "first seen before T", read_before<&Query::first>},
    FilterWord{"last-after", "T", a_time, "last seen at or after T", read_after<&Query::last>},
    FilterWord{"last-before", "T", a_time, "last seen before T", read_before<&Query::last>},
    FilterWord{"min", "N", "a number", "observed at least N times", read_min},
    FilterWord{"limit", "N", "a number from 1 to 99", "N lines a page", read_limit},
    FilterWord{"page", "N", "a number from 1", "page N of the lines", read_page},
    FilterWord{"sort", "X", "last, first, count, name or data",
               "lines in the order of X: last, first, count, name or data", read_sort},
    FilterWord{"runs", "", "", "a line for each interval in which a record was seen", read_runs},
    FilterWord{"json", "", "", "each line as a COF object", nullptr},
};

// Types that are worth suggesting to who misspelt one.
constexpr std::array<std::string_view, 28> common_types{
    "a",     "aaaa",  "ns",  "mx",         "cname", "soa",   "txt",     "ptr",       "srv", "any",
    "caa",   "dname", "ds",  "dnskey",     "https", "svcb",  "naptr",   "tlsa",      "spf", "sshfp",
    "hinfo", "loc",   "cds", "nsec3param", "rrsig", "afsdb", "cdnskey", "openpgpkey"};

// Goes through the labels of a wire-form name without its closing zero.
class Labels {
  public:
    explicit Labels(Octets octets) noexcept : rest_(octets) {}

    std::optional<std::string_view> next() noexcept {
        if (rest_.empty() || rest_.size() < 1U + rest_[0]) return std::nullopt;
        const std::string_view label = as_text(rest_.subspan(1, rest_[0]));
        rest_ = rest_.subspan(1 + label.size());
        return label;
    }
    Octets rest() const noexcept { return rest_; }

  private:
    Octets rest_;
};

void write_quoted(TextWriter& out, std::string_view word) noexcept {
    out.put('\'');
    write_escaped(out, as_octets(word), Escaping::name);
    out.put('\'');
}

const ViewWord* find_view(std::string_view word) noexcept {
    const auto* const row = std::ranges::find(view_table, word, &ViewWord::word);
    return row == view_table.end() ? nullptr : row;
}

// The value in a label that is this filter: "5" in "limit-5", nothing where it is another word.
std::optional<std::string_view> filter_value(const FilterWord& filter,
                                             std::string_view label) noexcept {
    if (!label.starts_with(filter.word)) return std::nullopt;
    label.remove_prefix(filter.word.size());
    if (filter.value.empty()) return label.empty() ? std::optional(label) : std::nullopt;
    if (!label.starts_with('-')) return std::nullopt;
    return label.substr(1);
}

// A misspelt filter with a value is compared by its words alone: "befor-2019" with "before".
std::string_view nearest_word(std::string_view label, std::span<char> usages) noexcept {
    Nearest nearest(label);
    TextWriter out(usages);
    for (const FilterWord& filter : filter_table) {
        const std::size_t begin = out.size();
        write_usage(out, filter);
        const std::string_view usage = out.text().substr(begin);
        if (filter.value.empty()) {
            nearest.offer(filter.word);
            continue;
        }
        std::size_t dash = label.find('-');
        if (filter.word.find('-') != std::string_view::npos && dash != std::string_view::npos) {
            dash = label.find('-', dash + 1);
        }
        nearest.offer(filter.word, label.substr(0, dash), usage);
    }
    for (const std::string_view type : common_types)
        nearest.offer(type);
    for (const ViewWord& view : view_table)
        nearest.offer(view.word);
    return nearest.best();
}

Mistake no_such_filter(std::string_view label) {
    return Mistake([&](TextWriter& out) {
        std::array<char, 16 * filter_table.size()> usages;
        const std::string_view nearest = nearest_word(label, usages);
        out.put("no record type or filter ");
        write_quoted(out, label);
        if (nearest.empty()) return;
        out.put("; did you mean '");
        out.put(nearest);
        out.put("'?");
    });
}

Mistake wrong_value(const FilterWord& filter, std::string_view value) {
    return Mistake([&](TextWriter& out) {
        write_usage(out, filter);
        out.put(" takes ");
        out.put(filter.takes);
        out.put(", not ");
        write_quoted(out, value);
    });
}

Mistake given_twice(const FilterWord& filter) {
    return Mistake([&](TextWriter& out) {
        out.put("the filter ");
        write_usage(out, filter);
        out.put(" is given twice");
    });
}

Mistake filter_not_built(std::string_view word) {
    return Mistake([&](TextWriter& out) {
        out.put("this version does not have the filter '");
        out.put(word);
        out.put("' yet");
    });
}

Mistake view_not_built(std::string_view word) {
    return Mistake([&](TextWriter& out) {
        out.put("this version does not have the view '");
        out.put(word);
        out.put("' yet; it has");
        char before = ' ';
        for (const ViewWord& view : view_table) {
            if (!view.built) continue;
            out.put(before);
            if (before == ',') out.put(' ');
            out.put(view.word);
            before = ',';
        }
    });
}

Mistake subject_not_built(std::string_view label) {
    return Mistake([&](TextWriter& out) {
        out.put("this version does not have subjects that begin with '");
        out.put(label);
        out.put(".' yet");
    });
}

// Whether the label begins a subject of many names, as "*.example.com" does.
bool is_subject_mark(std::string_view label) noexcept {
    return label == "*" || label == "+";
}

// The reverse name (RFC 1035, section 3.5; RFC 3596, section 2.5) where the labels are an address.
std::optional<Name> reverse_name(Octets labels) noexcept {
    std::array<char, INET6_ADDRSTRLEN> text;
    TextWriter dotted(text);
    Labels rest(labels);
    while (const auto label = rest.next()) {
        if (dotted.size() > 0) dotted.put('.');
        dotted.put(*label);
    }
    dotted.put('\0');
    // The text that follows is for inet_pton(), which reads up to the first zero.
    if (dotted.overflowed() || dotted.text().find('\0') != dotted.size() - 1) return std::nullopt;
    std::array<std::uint8_t, 16> address;
    std::array<std::uint8_t, max_name_octets> wire;
    std::uint8_t* next = wire.data();
    const auto put_label = [&next](std::string_view label) {
        *next++ = static_cast<std::uint8_t>(label.size());
        next = std::copy(label.begin(), label.end(), next);
    };
    if (inet_pton(AF_INET, text.data(), address.data()) == 1) {
        for (std::size_t i = 4; i-- > 0;) {
            std::array<char, 4> digits;
            TextWriter out(digits);
            out.put_decimal(address[i]);
            put_label(out.text());
        }
        put_label("in-addr");
    } else if (inet_pton(AF_INET6, text.data(), address.data()) == 1) {
        constexpr std::string_view hex = "0123456789abcdef";
        for (std::size_t i = 16; i-- > 0;) {
            put_label(hex.substr(address[i] & 0xfU, 1));
            put_label(hex.substr(address[i] >> 4U, 1));
        }
        put_label("ip6");
    } else {
        return std::nullopt;
    }
    put_label("arpa");
    *next++ = 0;
    return Name::from_wire({wire.data(), next});
}

// The name that the labels spell. They are part of a valid name, so it is one.
Name subject_name(Octets labels) noexcept {
    std::array<std::uint8_t, max_name_octets> wire;
    if (labels.size() >= wire.size()) return {};
    std::copy(labels.begin(), labels.end(), wire.begin());
    wire[labels.size()] = 0;
    return Name::from_wire({wire.data(), labels.size() + 1}).value_or(Name());
}

std::optional<Mistake> read_subject(Octets labels, Query& query) {
    const auto first = Labels(labels).next();
    if (first && is_subject_mark(*first)) return subject_not_built(*first);
    if (const auto reverse = reverse_name(labels)) {
        query.subject = *reverse;
    } else {
        query.subject = subject_name(labels);
    }
    return std::nullopt;
}

// Reads the filters of one question; remembers which it has met.
class FilterReader {
  public:
    FilterReader(Query& query, Seconds now) noexcept : query_(query), now_(now) {}

    std::optional<Mistake> read(std::string_view label) {
        for (std::size_t row = 0; row < filter_table.size(); ++row) {
            const FilterWord& filter = filter_table[row];
            const auto value = filter_value(filter, label);
            if (!value) continue;
            if (filter.read == nullptr) return filter_not_built(filter.word);
            if ((met_ >> row & 1U) != 0) return given_twice(filter);
            met_ |= 1U << row;
            if (!filter.read(query_, *value, now_)) return wrong_value(filter, *value);
            return std::nullopt;
        }
        if (label == "any") {
            every_type_ = true;
            return std::nullopt;
        }
        const auto type = rrtype_from_text(label);
        if (!type || is_meta_type(*type)) return no_such_filter(label);
        types_.add(*type);
        return std::nullopt;
    }

    // Once all are read: the union of the types, of which "any" makes every type.
    void finish() noexcept {
        if (!every_type_) query_.types = types_;
    }

  private:
    static_assert(filter_table.size() <= 32);

    Query& query_;
    Seconds now_;
    std::uint32_t met_ = 0;  // a bit for each row of the table
    bool every_type_ = false;
    TypeSet types_;
};

Unfinished unfinished(Octets labels) noexcept {
    // A short word is near to too many others; a long name is nobody's slip of the finger.
    constexpr std::size_t shortest = 4;
    constexpr int looked_at = 8;
    Labels rest(labels);
    for (int i = 0; i < looked_at; ++i) {
        const auto label = rest.next();
        if (!label) break;
        if (label->size() < shortest) continue;
        Nearest nearest(*label);
        for (const ViewWord& view : view_table)
            nearest.offer(view.word);
        if (!nearest.best().empty()) return {nearest.best()};
    }
    return {};
}

}  // namespace

void TypeSet::add(Rrtype type) noexcept {
    const auto end = types_.begin() + count_;
    const auto place = std::lower_bound(types_.begin(), end, type);
    if ((place != end && *place == type) || count_ == types_.size()) return;
    std::copy_backward(place, end, end + 1);
    *place = type;
    ++count_;
}

Reading read_query(Octets labels, Seconds now, unsigned default_limit) noexcept {
    const ViewWord* view = nullptr;
    Labels rest(labels);
    while (const auto label = rest.next()) {
        view = find_view(*label);
        if (view != nullptr) break;
    }
    if (view == nullptr) return unfinished(labels);
    if (!view->built) return view_not_built(view->word);

    Reading reading(std::in_place_type<Query>);
    Query& query = *std::get_if<Query>(&reading);
    query.view = view->view;
    query.limit = std::clamp(default_limit, 1U, max_limit);
    if (const auto mistake = read_subject(rest.rest(), query)) return *mistake;

    const std::size_t filter_octets = labels.size() - rest.rest().size() - view->word.size() - 1;
    Labels filters(labels.first(filter_octets));
    FilterReader reader(query, now);
    while (const auto label = filters.next()) {
        if (const auto mistake = reader.read(*label)) return *mistake;
    }
    reader.finish();
    return reading;
}

std::optional<Name> page_name(const Name& qname, std::optional<unsigned> limit,
                              std::uint64_t page) {
    std::array<std::uint8_t, 2 * max_name_octets> wire;
    std::size_t size = 0;
    const auto put_label = [&](std::string_view label) {
        wire[size++] = static_cast<std::uint8_t>(label.size());
        std::ranges::copy(label, wire.begin() + static_cast<std::ptrdiff_t>(size));
        size += label.size();
    };
    const auto put_filter = [&](std::string_view word, std::uint64_t value) {
        std::array<char, max_label_octets> label;
        TextWriter out(label);
        out.put(word);
        out.put_decimal(value);
        put_label(out.text());
    };
    put_filter("page-", page);
    if (limit) put_filter("limit-", *limit);

    Labels rest(qname.wire().first(qname.wire().size() - 1));
    bool filters = true;
    while (const auto label = rest.next()) {
        if (find_view(*label) != nullptr) filters = false;
        const bool replaced =
            label->starts_with("page-") || (limit && label->starts_with("limit-"));
        if (!filters || !replaced) put_label(*label);
    }
    wire[size++] = 0;
    return Name::from_wire({wire.data(), size});
}

std::span<const ViewWord> view_words() noexcept {
    return view_table;
}

std::span<const FilterWord> filter_words() noexcept {
    return filter_table;
}

void write_usage(TextWriter& out, const FilterWord& filter) noexcept {
    out.put(filter.word);
    if (filter.value.empty()) return;
    out.put('-');
    out.put(filter.value);
}

}  // namespace dnshist
