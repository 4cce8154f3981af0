// The view cohost: what held a value of a name while the name had it.
#include <algorithm>
#include <map>
#include <tuple>

#include "tests/oracle/lines.hpp"

namespace dnshist::oracle {

namespace {

// The runs of the name with each of its values, by type and value.
using Held = std::map<std::pair<unsigned, std::string>, std::vector<Interval>>;

Interval whole_window(const Question& question) {
    const Interval seen = window(question.after, question.before);
    const Interval on = window(question.on);
    return {std::max(seen.begin, on.begin), std::min(seen.end, on.end)};
}

bool is_asked_for(const Question& question, unsigned type) {
    const auto has = [type](const std::vector<unsigned>& types) {
        return std::ranges::find(types, type) != types.end();
    };
    return question.types.empty() ? type != type::WHOIS : has(question.types);
}

Held held_by_subject(const Store& store, const Question& question) {
    Held held;
    const Interval asked = whole_window(question);
    for (const Record& record : store.records()) {
        const auto meets = [asked](Interval run) { return has_common_second(run, asked); };
        if (record.owner != question.subject.name || !is_asked_for(question, record.rdata.type) ||
            std::ranges::none_of(record.runs, meets)) {
            continue;
        }
        for (const std::string& value : record.rdata.values) {
            auto& runs = held[{record.rdata.type, value}];
            runs.insert(runs.end(), record.runs.begin(), record.runs.end());
        }
    }
    for (auto& [value, runs] : held)
        runs = joined(runs, 0);
    return held;
}

// When both had the value, and for how many seconds. Without records where they never had.
Sum shared(const std::vector<Interval>& ours, const std::vector<Interval>& theirs, Interval asked) {
    Sum sum;
    for (const Interval a : ours) {
        for (const Interval b : theirs) {
            const Time begin = std::max({a.begin, b.begin, asked.begin});
            const Time end = std::min({a.end, b.end, asked.end});
            if (begin > end) continue;
            sum.first = std::min(sum.first, begin);
            sum.last = std::max(sum.last, end);
            sum.count += static_cast<std::uint64_t>(end - begin);
            ++sum.records;
        }
    }
    return sum;
}

bool is_wider(const Sum& a, const Sum& b) {
    return a.first < b.first || (a.first == b.first && a.last > b.last);
}

struct Row {
    const Record* record;
    Sum sum;
    std::string least;  // of its values, the first that the name had at all
};

}  // namespace

std::vector<std::string> cohost_lines(const Store& store, const Question& question) {
    const Held held = held_by_subject(store, question);
    const auto is_held = [&held](const std::string& value) {
        return std::ranges::any_of(held,
                                   [&](const auto& each) { return each.first.second == value; });
    };
    std::vector<Row> rows;
    for (const Record& record : store.records()) {
        if (record.owner == question.subject.name || !passes_filters(question, record)) continue;
        Row row{&record, {}, {}};
        for (const std::string& value : record.rdata.values) {
            if (row.least.empty() && is_held(value)) row.least = value;
            const auto ours = held.find({record.rdata.type, value});
            if (ours == held.end()) continue;
            const Sum sum = shared(ours->second, record.runs, whole_window(question));
            const bool is_better = row.sum.records == 0 || sum.count > row.sum.count ||
                                   (sum.count == row.sum.count && is_wider(sum, row.sum));
            if (sum.records > 0 && is_better) row.sum = sum;
        }
        if (row.sum.records > 0) rows.push_back(row);
    }
    // At one value by type, then by owner, then by RDATA.
    std::ranges::stable_sort(
        rows, {}, [](const Row& row) { return std::tuple(row.least, row.record->rdata.type); });
    // How long they were there together is what the count says.
    const Order asked = question.order.value_or(Order::name);
    const Order order = asked == Order::duration ? Order::count : asked;
    std::ranges::stable_sort(rows, [order](const Row& a, const Row& b) {
        if (order == Order::data) return beginning(a.record->rdata) < beginning(b.record->rdata);
        return stands_before(order, a.sum, b.sum);
    });
    std::vector<std::string> lines;
    for (const Row& row : rows) {
        lines.push_back(question.json
                            ? '{' + row.sum.json("seconds") + ',' + json_record(*row.record) + '}'
                            : row.sum.text() + ' ' + row.record->resource_record);
    }
    return lines;
}

}  // namespace dnshist::oracle
