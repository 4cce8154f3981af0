#include "tests/oracle/lines.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "storage/text/time.hpp"

namespace dnshist::oracle {

namespace {

// Whether the record was visible at some time within the window.
bool was_seen_during(const Record& record, Interval window) {
    const auto meets = [window](Interval run) { return has_common_second(run, window); };
    return std::ranges::any_of(record.runs, meets);
}

bool passes(const Question& question, const Record& record) {
    if (!passes_filters(question, record)) return false;
    // In the view changes, these choose events and not records.
    return question.view == View::changes ||
           (was_seen_during(record, window(question.after, question.before)) &&
            was_seen_during(record, window(question.on)));
}

std::string json_member(const char* name, std::uint64_t value) {
    return '"' + std::string(name) + "\":" + std::to_string(value);
}

std::string json_member(const char* name, std::string_view value) {
    return '"' + std::string(name) + "\":" + json_string(value);
}

std::string json_time(const char* name, Time time) {
    return json_member(name, static_cast<std::uint64_t>(time));
}

// ,"runs":[[FIRST,LAST],...] where there is more than one.
std::string json_runs(const char* name, const std::vector<Interval>& runs) {
    if (runs.size() < 2) return {};
    std::string out;
    for (const Interval run : runs) {
        out += (out.empty() ? "[[" : ",[") + std::to_string(run.begin) + ',' +
               std::to_string(run.end) + ']';
    }
    return ",\"" + std::string(name) + "\":" + out + ']';
}

// A record, whole or one of its runs as if that were all there is.
struct Finding {
    const Record* record;
    Interval seen;
};

// The intervals within the run, as one.
std::vector<Interval> within(Interval run, std::vector<Interval> intervals) {
    std::erase_if(intervals, [run](Interval interval) {
        return interval.begin < run.begin || interval.end > run.end;
    });
    return joined(intervals, last_second);
}

// The store has no count of one of several runs.
bool has_count(const Record& record, bool is_run) {
    return !is_run || record.runs.size() == 1;
}

std::string history_json(const Finding& finding, bool is_run) {
    const Record& record = *finding.record;
    const bool counted = has_count(record, is_run);
    std::vector<Interval> sensor = record.sensor_runs;
    std::vector<Interval> zone = record.zone_runs;
    if (is_run) {
        sensor = within(finding.seen, sensor);
        zone = within(finding.seen, zone);
    }
    std::string out;
    if (counted) {
        out += ',' + json_member("count", sensor.empty() ? record.zone_count : record.sensor_count);
    }
    if (!sensor.empty()) {
        out += ',' + json_time("time_first", sensor.front().begin) + ',' +
               json_time("time_last", sensor.back().end);
    }
    if (!zone.empty()) {
        out += ',' + json_time("zone_time_first", zone.front().begin) + ',' +
               json_time("zone_time_last", zone.back().end);
    }
    out += ',' + json_record(record);
    if (counted && !sensor.empty() && !zone.empty()) {
        out += ',' + json_member("zone_count", record.zone_count);
    }
    out.front() = '{';
    return out + json_runs("runs", sensor) + json_runs("zone_runs", zone) + '}';
}

bool is_of_one_name(const Question& question) {
    return !question.subject.wants && question.subject.reach == Reach::name;
}

}  // namespace

bool passes_filters(const Question& question, const Record& record) {
    // Registrations have to be named.
    const bool of_type =
        question.types.empty()
            ? !record.is_personal()
            : std::ranges::find(question.types, record.rdata.type) != question.types.end();
    const bool is_left_out = std::ranges::find(question.types_left_out, record.rdata.type) !=
                             question.types_left_out.end();
    // In a pivot, a part is for the values; no question of ours asks for that.
    const bool has_part = joined_with_dots(record.owner).find(question.part) != std::string::npos;
    return of_type && !is_left_out && has_part && record.count() >= question.min.value_or(0) &&
           is_within(record.first(), window(question.first_after, question.first_before)) &&
           is_within(record.last(), window(question.last_after, question.last_before));
}

void Sum::add(const Record& record) {
    first = std::min(first, record.first());
    last = std::max(last, record.last());
    count += record.count();
    ++records;
}

std::string Sum::text() const {
    return time_text_of(first) + ' ' + time_text_of(last) + ' ' + std::to_string(count);
}

std::string Sum::json(const char* what) const {
    return json_member(what, count) + ',' + json_time("time_first", first) + ',' +
           json_time("time_last", last);
}

bool stands_before(Order order, const Sum& a, const Sum& b) {
    switch (order) {
        case Order::last:
            return std::tie(a.last, a.first) > std::tie(b.last, b.first);
        case Order::first:
            return std::tie(a.first, a.last) > std::tie(b.first, b.last);
        case Order::count:
            return std::tie(a.count, a.last) > std::tie(b.count, b.last);
        case Order::duration:
            return std::tuple(a.last - a.first, a.last) > std::tuple(b.last - b.first, b.last);
        case Order::name:
        case Order::data:
            return false;
    }
    return false;
}

std::string beginning(const Rdata& rdata) {
    std::string octets = rdata.octets.substr(0, 8);
    octets.resize(8);
    return octets;
}

std::string json_record(const Record& record) {
    return json_member("rrname", record.owner_text) + ',' +
           json_member("rrtype", type_text(record.rdata.type)) + ',' +
           json_member("rdata", record.rdata.text);
}

std::string time_text_of(Time time) {
    return time_text(Seconds{static_cast<std::uint32_t>(time)});
}

std::string json_string(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

std::vector<const Record*> found_records(const Store& store, const Question& question) {
    std::vector<const Record*> found;
    for (const Record& record : store.records()) {
        if (passes(question, record) && is_about(question.subject, record)) {
            found.push_back(&record);
        }
    }
    if (question.subject.wants) {
        // At one value by type, then by owner, then by RDATA.
        std::ranges::stable_sort(found, {}, [&](const Record* record) {
            return std::tuple(met_at(question.subject, *record), record->rdata.type);
        });
    }
    return found;
}

std::vector<std::string> history_lines(const Store& store, const Question& question) {
    std::vector<Finding> findings;
    for (const Record* record : found_records(store, question)) {
        if (question.runs) {
            for (const Interval run : record->runs)
                findings.push_back({record, run});
        } else {
            findings.push_back({record, {record->first(), record->last()}});
        }
    }
    const bool one_name = is_of_one_name(question);
    const Order order = question.order.value_or(one_name ? Order::last : Order::name);
    std::ranges::stable_sort(findings, [&](const Finding& a, const Finding& b) {
        if (order == Order::data) {
            return !one_name && beginning(a.record->rdata) < beginning(b.record->rdata);
        }
        const auto sum = [](const Finding& f) {
            return Sum{f.seen.begin, f.seen.end, f.record->count(), 1};
        };
        return stands_before(order, sum(a), sum(b));
    });
    std::vector<std::string> lines;
    for (const Finding& finding : findings) {
        lines.push_back(question.json ? history_json(finding, question.runs)
                                      : time_text_of(finding.seen.begin) + ' ' +
                                            time_text_of(finding.seen.end) + ' ' +
                                            (has_count(*finding.record, question.runs)
                                                 ? std::to_string(finding.record->count())
                                                 : "-") +
                                            ' ' + finding.record->resource_record);
    }
    return lines;
}

std::vector<std::string> names_lines(const Store& store, const Question& question) {
    std::map<std::string, Sum> sums;  // by the owner's key
    std::map<std::string, std::set<unsigned>> types;
    std::map<std::string, std::string> texts;
    for (const Record* record : found_records(store, question)) {
        sums[record->owner_key].add(*record);
        types[record->owner_key].insert(record->rdata.type);
        texts[record->owner_key] = record->owner_text;
    }
    std::vector<std::pair<std::string, Sum>> sorted(sums.begin(), sums.end());
    std::ranges::stable_sort(sorted, [&](const auto& a, const auto& b) {
        return stands_before(question.order.value_or(Order::name), a.second, b.second);
    });
    std::vector<std::string> lines;
    for (const auto& [key, sum] : sorted) {
        std::string listed;
        for (const unsigned type : types[key]) {
            listed += listed.empty() ? "" : ",";
            listed += question.json ? json_string(type_text(type)) : type_text(type);
        }
        lines.push_back(question.json ? '{' + sum.json() + ',' + json_member("rrname", texts[key]) +
                                            ",\"rrtype\":[" + listed + "]}"
                                      : sum.text() + ' ' + texts[key] + ' ' + listed);
    }
    return lines;
}

std::vector<std::string> summary_lines(const Store& store, const Question& question) {
    std::map<unsigned, Sum> sums;
    for (const Record* record : found_records(store, question))
        sums[record->rdata.type].add(*record);
    std::vector<std::pair<unsigned, Sum>> sorted(sums.begin(), sums.end());
    std::ranges::stable_sort(sorted, [&](const auto& a, const auto& b) {
        return stands_before(question.order.value_or(Order::name), a.second, b.second);
    });
    std::vector<std::string> lines;
    for (const auto& [type, sum] : sorted) {
        lines.push_back(
            question.json ? '{' + sum.json() + ',' + json_member("rrtype", type_text(type)) + ',' +
                                json_member("values", sum.records) + '}'
                          : sum.text() + ' ' + std::to_string(sum.records) + ' ' + type_text(type));
    }
    return lines;
}

std::vector<std::string> seen_lines(const Store& store, const Question& question) {
    Sum sum;
    for (const Record* record : found_records(store, question))
        sum.add(*record);
    if (sum.records == 0) return {};
    return {question.json ? '{' + sum.json() + '}' : sum.text()};
}

// Each month (or year) of all time is looked at, and in it each record.
std::vector<std::string> interval_lines(const Store& store, const Question& question) {
    const std::vector<const Record*> found = found_records(store, question);
    const Interval seen = window(question.after, question.before);
    const Interval on = window(question.on);
    const Interval asked{std::max(seen.begin, on.begin), std::min(seen.end, on.end)};
    struct Row {
        std::string when;
        unsigned type;
        Sum sum;
    };
    std::vector<Row> rows;
    const bool by_month = question.sums_by == "month";
    for (int year = 1970; year <= 2106; ++year) {
        const Interval all_year{midnight({year, 1, 1}), midnight({year + 1, 1, 1}) - 1};
        const auto in_year = [&](const Record* record) {
            return was_seen_during(*record, all_year);
        };
        if (std::ranges::none_of(found, in_year)) continue;
        for (int month = 1; month <= (by_month ? 12 : 1); ++month) {
            const Date next =
                by_month && month < 12 ? Date{year, month + 1, 1} : Date{year + 1, 1, 1};
            const Interval whole{midnight({year, month, 1}),
                                 std::min(midnight(next) - 1, last_second)};
            const Interval part{std::max(whole.begin, asked.begin), std::min(whole.end, asked.end)};
            std::map<unsigned, std::uint64_t> values;
            for (const Record* record : found)
                if (was_seen_during(*record, part)) ++values[record->rdata.type];
            std::string when = std::to_string(year);
            if (by_month) when += (month < 10 ? "-0" : "-") + std::to_string(month);
            for (const auto& [type, count] : values)
                rows.push_back({when, type, {whole.begin, whole.end, count, count}});
        }
    }
    if (question.order) {
        std::ranges::stable_sort(rows, [&](const Row& a, const Row& b) {
            return stands_before(*question.order, a.sum, b.sum);
        });
    }
    std::vector<std::string> lines;
    for (const Row& row : rows) {
        const std::string type = type_text(row.type);
        lines.push_back(question.json
                            ? '{' + json_member(question.sums_by.c_str(), row.when) + ',' +
                                  json_member("rrtype", type) + ',' +
                                  json_member("values", row.sum.count) + '}'
                            : row.when + ' ' + std::to_string(row.sum.count) + ' ' + type);
    }
    return lines;
}

std::vector<std::string> changes_lines(const Store& store, const Question& question) {
    struct Change {
        Event event;
        const Record* record;
    };
    std::vector<Change> changes;
    for (const Record* record : found_records(store, question)) {
        for (const Event& event : record->events) {
            if (is_within(event.time, window(question.after, question.before)) &&
                is_within(event.time, window(question.on))) {
                changes.push_back({event, record});
            }
        }
    }
    std::ranges::stable_sort(changes, [&](const Change& a, const Change& b) {
        if (!question.order) {
            if (a.event.time != b.event.time) return a.event.time < b.event.time;
            return a.event.appeared && !b.event.appeared;
        }
        switch (*question.order) {
            case Order::last:
            case Order::first:
                if (a.event.time != b.event.time) return a.event.time > b.event.time;
                return !a.event.appeared && b.event.appeared;
            case Order::count:
                return std::tuple(a.record->count(), a.event.time) >
                       std::tuple(b.record->count(), b.event.time);
            case Order::duration: {
                const auto duration = [](const Record& record) {
                    return std::tuple(record.last() - record.first(), record.last());
                };
                return duration(*a.record) > duration(*b.record);
            }
            case Order::name:
            case Order::data:
                return false;
        }
        return false;
    });
    std::vector<std::string> lines;
    for (const Change& change : changes) {
        const std::string sign = change.event.appeared ? "+" : "-";
        lines.push_back(question.json ? '{' + json_time("time", change.event.time) + ',' +
                                            json_member("change", sign) + ',' +
                                            json_record(*change.record) + '}'
                                      : time_text_of(change.event.time) + ' ' + sign + ' ' +
                                            change.record->resource_record);
    }
    return lines;
}

}  // namespace dnshist::oracle
