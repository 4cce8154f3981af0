#include "storage/query/query.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <string>

#include "storage/query/hint/time_suggestion.hpp"
#include "storage/query/pattern_label.hpp"
#include "storage/query/subject.hpp"
#include "storage/query/vocabulary.hpp"
#include "storage/record/labels.hpp"
#include "storage/record/personal_type.hpp"
#include "storage/text/characters.hpp"

namespace dnshist {

namespace {

// Reads up to the first label that is a view; null where there is none.
const ViewWord* next_view(Labels& labels) noexcept {
    while (const auto label = labels.next()) {
        if (const ViewWord* const view = find_view(*label)) return view;
    }
    return nullptr;
}

constexpr std::string_view search_topic = "search";

// A label in whose value a dot was perhaps typed as one between labels, and the labels behind it up
// to the view. Both are empty where there is none.
struct CutLabel {
    std::string_view label;
    Octets rest;
};

QueryError no_such_filter(std::string_view label, const CutLabel& cut, Seconds now) {
    return QueryError([&](TextWriter& out) {
        std::array<char, 4 * max_label_octets> room;
        TextWriter suggestion(room);
        if (!cut.label.empty()) {
            write_joined_label(suggestion, cut.label, cut.rest, now);
        } else if (is_present(label)) {
            suggestion.put("on-");
            suggestion.put(label);
        } else if (const std::string meant = meant_pattern(label); !meant.empty()) {
            write_typed(suggestion, meant);
        } else {
            suggestion.put(suggest_word(label));
        }
        out.put("no record type or filter ");
        write_quoted(out, label);
        write_suggestion(out, "", suggestion.text());
    });
}

QueryError wrong_pattern(std::string_view value, std::string_view problem, const CutLabel& cut,
                         Seconds now) {
    return QueryError([&](TextWriter& out) {
        std::array<char, 4 * max_label_octets> room;
        TextWriter suggestion(room);
        out.put("the pattern ");
        write_quoted(out, value);
        out.put(' ');
        out.put(problem);
        if (!cut.rest.empty()) write_joined_label(suggestion, cut.label, cut.rest, now);
        if (suggestion.size() > 0) {
            // As in like-*.example.com.names and re-.*.names.
            write_suggestion(out, "", suggestion.text());
        } else if (consists_of(value, "*")) {
            out.put("; a dot in a pattern is written \\.");
        }
    });
}

QueryError wrong_value(const FilterWord& filter, std::string_view value, Seconds now) {
    return QueryError([&](TextWriter& out) {
        out.put(filter.usage);
        if (!filter.takes_value()) return out.put(" goes without another word of its kind");
        out.put(" takes ");
        out.put(filter.takes);
        out.put(", not ");
        write_quoted(out, value);
        std::array<char, 4 * max_label_octets> room;
        TextWriter suggestion(room);
        // As in line-*owl* and not-regex-owl.
        std::string label(filter.word);
        label += '-';
        label += value;
        if (const std::string meant = meant_pattern(label); !meant.empty()) {
            write_typed(suggestion, meant);
            return write_suggestion(out, "", suggestion.text());
        }
        if (filter.suggest != nullptr) filter.suggest(suggestion, value, now);
        std::array<char, 2 * max_label_octets> word;
        TextWriter before(word);
        before.put(filter.suggested.empty() ? filter.word : filter.suggested);
        before.put('-');
        write_suggestion(out, before.text(), suggestion.text());
    });
}

QueryError given_twice(const FilterWord& filter) {
    return QueryError([&](TextWriter& out) {
        out.put("the filter ");
        out.put(filter.usage);
        out.put(" is given twice");
    });
}

QueryError only_in(std::string_view words, std::string_view views) {
    return QueryError([&](TextWriter& out) {
        out.put(words);
        out.put(" goes with ");
        out.put(views);
    });
}

QueryError no_runs_in(std::string_view view) {
    return QueryError([&](TextWriter& out) {
        out.put("'runs' goes with history and pivot: a line of ");
        out.put(view);
        out.put(" stands for many records");
    });
}

// Whether the filters that go with some views alone go with this one.
std::optional<QueryError> check_view(const Query& query, std::string_view view) {
    if (query.runs && (query.view == View::names || adds_up(query))) return no_runs_in(view);
    if (query.runs && right_of(query.view) != query.view) {
        return only_in("'runs'", "history and pivot");
    }
    if (query.interval != Interval::whole && query.view != View::summary) {
        return only_in("'by-month' or 'by-year'", "summary");
    }
    const bool takes_mailbox = query.scope == Scope::values;
    if (query.mailbox_labels > 0 && !takes_mailbox) {
        return only_in("'mailbox'", "pivot, names, summary, changes and seen");
    }
    return std::nullopt;
}

// Whether a filter of records was given: one that may let none pass.
bool has_filters(const Query& query) noexcept {
    return !query.types.every() || query.further.any || query.nothing || query.min_count > 0 ||
           query.visible != all_time || query.on != all_time || query.first != all_time ||
           query.last != all_time;
}

Order default_order(const Query& query) noexcept {
    if (query.view == View::changes || query.interval != Interval::whole) return Order::oldest;
    return query.view == View::history && query.scope == Scope::name ? Order::last : Order::name;
}

// Reads the one time before `at`.
std::optional<QueryError> read_time_at(Octets labels, Query& query, Seconds now) {
    Labels rest(labels);
    const auto label = rest.next();
    if (!label || !rest.rest().empty()) {
        return QueryError([](TextWriter& out) {
            out.put(
                "the view 'at' wants one time before it and nothing else, as in "
                "2019-06-01.at.NAME");
        });
    }
    if (is_present(*label)) {
        query.further.any = query.further.is_current = true;
        return std::nullopt;
    }
    const auto period = period_from_text(*label, now);
    if (!period) {
        return QueryError([&](TextWriter& out) {
            write_quoted(out, *label);
            out.put(
                " is no time; before 'at' goes 2019, 2019-06, 2019-06-01, "
                "2019-06-01T12:00:00Z, @1559347200, 90d ago, or now");
            std::array<char, max_label_octets> room;
            TextWriter suggestion(room);
            write_time_suggestion(suggestion, *label, now);
            write_suggestion(out, "", suggestion.text());
        });
    }
    query.on = *period;
    return std::nullopt;
}

// Reads the filters of one question, and remembers which it has read.
class FilterReader {
  public:
    FilterReader(Query& query, Seconds now) noexcept : query_(query), now_(now) {}

    // `behind` are the labels between this one and the view.
    std::optional<QueryError> read(std::string_view label, Octets behind) {
        for (std::uint64_t rows = filters_from(label.front()); rows != 0; rows &= rows - 1) {
            const FilterWord& filter = filters_[static_cast<std::size_t>(std::countr_zero(rows))];
            const auto value = filter_value(filter, label);
            if (!value) continue;
            const std::uint64_t row = rows & -rows;
            if ((seen_ & row) != 0 && !filter.repeats) return given_twice(filter);
            seen_ |= row;
            if (!filter.read(query_, *value, now_)) {
                const std::string_view problem = filter.problem ? filter.problem(*value) : "";
                if (problem.empty()) return wrong_value(filter, *value, now_);
                return wrong_pattern(*value, problem, {label, behind}, now_).about(search_topic);
            }
            if (filter.is_paging()) {
                query_.paging_octets =
                    static_cast<std::uint8_t>(query_.paging_octets + 1U + label.size());
            }
            cut_ = may_have_dots(filter) ? CutLabel{label, behind} : CutLabel{};
            return std::nullopt;
        }
        if (label == "any") {
            every_type_ = true;
            return std::nullopt;
        }
        const auto type = rrtype_from_text(label);
        if (!type || is_meta_type(*type)) {
            const auto topic = is_pattern_label(cut_.label) ? search_topic : std::string_view{};
            return no_such_filter(label, cut_, now_).about(topic);
        }
        cut_ = {};
        types_.add(*type);
        return std::nullopt;
    }

    // To be called after the last filter. With "any" among the types, every type passes but
    // personal ones.
    std::optional<QueryError> finish() {
        if (!every_type_) {
            query_.types = types_;
        } else if (!types_.every() && types_.has(whois_type)) {
            return QueryError([](TextWriter& out) {
                out.put("'any' has no registrations: ask for 'whois' without 'any'");
            });
        }
        // What is on the same addresses, if nothing else is said.
        if (query_.view == View::cohost && !every_type_ && types_.every()) {
            query_.types.add(Rrtype::A);
            query_.types.add(Rrtype::AAAA);
        }
        return std::nullopt;
    }

  private:
    std::span<const FilterWord> filters_ = filter_words();
    Query& query_;
    Seconds now_;
    std::uint64_t seen_ = 0;  // a bit for each row of the table
    bool every_type_ = false;
    TypeSet types_;
    CutLabel cut_;  // the label read last, if its value may have dots
};

// Reads a question with a view: the filters before it and the subject after it.
std::optional<QueryError> read_view(const ViewWord& view, Octets filters, Octets subject,
                                    Query& query, Seconds now) {
    query.view = view.view;
    if (query.view == View::at) {
        // Here a star is an ordinary label, because wildcards have records too.
        read_name(subject, query);
        return read_time_at(filters, query, now);
    }
    Labels rest(filters);
    FilterReader reader(query, now);
    while (const auto label = rest.next()) {
        if (auto error = reader.read(*label, rest.rest())) return error;
    }
    if (auto error = reader.finish()) return error;

    if (auto error = read_subject(subject, query)) return error;
    if (auto error = check_view(query, view.word)) return error;
    query.is_narrowed = has_filters(query);
    if (!query.order) query.order = default_order(query);
    return std::nullopt;
}

QueryError no_time_before_asof(std::string_view label, Seconds now) {
    return QueryError([&](TextWriter& out) {
        write_quoted(out, label);
        out.put(
            " is no time; before 'asof' go a name and a time, as in "
            "www.example.com.2019-06-01.asof");
        std::array<char, max_label_octets> room;
        TextWriter suggestion(room);
        write_time_suggestion(suggestion, label, now);
        write_suggestion(out, "", suggestion.text());
    });
}

// NAME.T.asof, whatever words NAME has. False where the labels do not end so; T.asof alone is a
// name on the way to a question.
bool read_asof(Octets labels, Seconds now, ParseResult& result) noexcept {
    constexpr std::string_view word = "asof";
    constexpr std::size_t word_octets = 1 + word.size();
    if (labels.size() < word_octets || !as_text(labels).ends_with(word)) return false;
    std::size_t time = 0;
    std::size_t last = 0;
    for (std::size_t at = 0; at < labels.size(); at += 1U + labels[at]) {
        time = last;
        last = at;
    }
    if (last + word_octets != labels.size()) return false;
    if (last == 0) {
        result = Unfinished{};
        return true;
    }
    const std::string_view text = as_text(labels.subspan(time + 1, labels[time]));
    const auto period = period_from_text(text, now);
    const bool is_now = is_present(text);
    if (!period && !is_now) {
        if (view_of(labels)) return false;  // of a name that ends in this word
        result = no_time_before_asof(text, now);
        return true;
    }
    if (time == 0) {
        result = Unfinished{};
        return true;
    }
    Query& query = result.emplace<Query>();
    query.view = View::at;
    query.is_suffix = true;
    query.order = Order::name;
    query.limit = 1;
    query.subject = Name::from_labels(labels.first(time));
    if (period) query.on = *period;
    query.further.any = query.further.is_current = is_now;
    return true;
}

Unfinished unfinished(Octets labels) noexcept {
    // Short words are similar to too many others, and a view comes early in a name.
    constexpr std::size_t min_octets = 4;
    constexpr int max_labels = 8;
    Labels rest(labels);
    for (int i = 0; i < max_labels; ++i) {
        const auto label = rest.next();
        if (!label) break;
        if (label->size() < min_octets) continue;
        const std::string_view suggestion = suggest_view(*label);
        if (!suggestion.empty()) return {*label, suggestion};
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

bool TypeSet::has(Rrtype type) const noexcept {
    return every() ? !is_personal(type) : std::ranges::binary_search(types(), type);
}

std::optional<View> view_of(Octets labels) noexcept {
    Labels rest(labels);
    const ViewWord* const view = next_view(rest);
    return view == nullptr ? std::nullopt : std::optional(view->view);
}

bool is_filter(std::string_view label, Seconds now) noexcept {
    for (std::uint64_t rows = filters_from(label.front()); rows != 0; rows &= rows - 1) {
        const FilterWord& filter = filter_words()[static_cast<std::size_t>(std::countr_zero(rows))];
        const auto value = filter_value(filter, label);
        if (!value) continue;
        Query query;
        return filter.read(query, *value, now);
    }
    const auto type = rrtype_from_text(label);
    return label == "any" || (type && !is_meta_type(*type));
}

void read_query(Octets labels, Seconds now, unsigned default_limit, ParseResult& result) noexcept {
    if (read_asof(labels, now, result)) return;
    const Octets asked = labels;
    QuestionLabels room;
    labels = without_doubled_backslashes(labels, room);
    Labels rest(labels);
    const ViewWord* const view = next_view(rest);
    if (view == nullptr) {
        result = unfinished(asked);
        return;
    }
    Query& query = result.emplace<Query>();
    query.limit = std::clamp(default_limit, 1U, max_limit);
    const std::size_t filter_octets = labels.size() - rest.rest().size() - view->word.size() - 1;
    const auto error = read_view(*view, labels.first(filter_octets), rest.rest(), query, now);
    if (error) result = *error;
}

}  // namespace dnshist
