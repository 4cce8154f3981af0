#include "responder/query.hpp"

#include <algorithm>
#include <bitset>

#include "responder/labels.hpp"
#include "responder/pivot_subject.hpp"
#include "responder/subject.hpp"
#include "responder/words.hpp"
#include "storage/escape.hpp"

namespace dnshist {

namespace {

void write_quoted(TextWriter& out, std::string_view word) noexcept {
    out.put('\'');
    write_escaped(out, as_octets(word), Escaping::name);
    out.put('\'');
}

Mistake no_such_filter(std::string_view label) {
    return Mistake([&](TextWriter& out) {
        const std::string_view nearest = nearest_word(label);
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
        out.put(filter.usage);
        out.put(" takes ");
        out.put(filter.takes);
        out.put(", not ");
        write_quoted(out, value);
    });
}

Mistake given_twice(const FilterWord& filter) {
    return Mistake([&](TextWriter& out) {
        out.put("the filter ");
        out.put(filter.usage);
        out.put(" is given twice");
    });
}

Mistake view_not_built(std::string_view word) {
    return Mistake([&](TextWriter& out) {
        out.put("this version does not have the view '");
        out.put(word);
        out.put("' yet; it has");
        char before = ' ';
        for (const ViewWord& view : view_words()) {
            if (!view.built) continue;
            out.put(before);
            if (before == ',') out.put(' ');
            out.put(view.word);
            before = ',';
        }
    });
}

void read_name_subject(Octets labels, Query& query) {
    Labels rest(labels);
    const auto first = rest.next();
    if (first == "*" || first == "+") {
        query.reach = first == "*" ? Reach::below : Reach::children;
        query.subject = subject_name(rest.rest());
    } else {
        query.subject = subject_name(labels);
    }
}

// The one time that stands before `at`.
std::optional<Mistake> read_time_at(Octets labels, Query& query, Seconds now) {
    Labels rest(labels);
    const auto label = rest.next();
    if (!label || !rest.rest().empty()) {
        return Mistake([](TextWriter& out) {
            out.put(
                "the view 'at' wants one time before it and nothing else, as in "
                "2019-06-01.at.NAME");
        });
    }
    const auto period = period_from_text(*label, now);
    if (!period) {
        return Mistake([&](TextWriter& out) {
            write_quoted(out, *label);
            out.put(
                " is no time; before 'at' goes 2019, 2019-06, 2019-06-01, "
                "2019-06-01T12:00:00Z, @1559347200, or 90d ago");
        });
    }
    query.on = *period;
    return std::nullopt;
}

// Reads the filters of one question; remembers which it has met.
class FilterReader {
  public:
    FilterReader(Query& query, Seconds now) noexcept : query_(query), now_(now) {}

    std::optional<Mistake> read(std::string_view label) {
        for (std::size_t row = 0; row < filters_.size(); ++row) {
            const FilterWord& filter = filters_[row];
            const auto value = filter_value(filter, label);
            if (!value) continue;
            if (met_.test(row)) return given_twice(filter);
            met_.set(row);
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
    std::span<const FilterWord> filters_ = filter_words();
    Query& query_;
    Seconds now_;
    std::bitset<64> met_;  // one for each row of the table
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
        const std::string_view nearest = nearest_view(*label);
        if (!nearest.empty()) return {nearest};
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
    return every() || std::ranges::binary_search(types(), type);
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

    const std::size_t filter_octets = labels.size() - rest.rest().size() - view->word.size() - 1;
    if (query.view == View::at) {
        // A star is a label like others here: a wildcard had records too.
        query.subject = subject_name(rest.rest());
        if (const auto mistake = read_time_at(labels.first(filter_octets), query, now)) {
            return *mistake;
        }
        return reading;
    }
    Labels filters(labels.first(filter_octets));
    FilterReader reader(query, now);
    while (const auto label = filters.next()) {
        if (const auto mistake = reader.read(*label)) return *mistake;
    }
    reader.finish();

    if (query.view == View::pivot) {
        if (const auto mistake = read_pivot_subject(rest.rest(), query)) return *mistake;
    } else {
        read_name_subject(rest.rest(), query);
    }
    if (!query.order) query.order = query.reach == Reach::name ? Order::last : Order::name;
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

}  // namespace dnshist
