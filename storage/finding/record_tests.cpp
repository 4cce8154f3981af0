#include "storage/finding/record_tests.hpp"

#include <algorithm>

#include "storage/pivot/pivot_value.hpp"
#include "storage/record/labels.hpp"
#include "storage/record/visibility.hpp"
#include "storage/text/address.hpp"

namespace dnshist {

namespace {

constexpr std::uint64_t source_cost = 2;  // of a source that is read, in units of WorkBudget

bool sensor_matches(std::string_view wanted, std::string_view sensor) noexcept {
    const bool is_prefix = wanted.ends_with('*');
    if (is_prefix) wanted.remove_suffix(1);
    if (sensor.size() < wanted.size() || (!is_prefix && sensor.size() > wanted.size()))
        return false;
    return std::ranges::equal(wanted, sensor.substr(0, wanted.size()), [](char a, char b) {
        return static_cast<std::uint8_t>(a) == to_lower(static_cast<std::uint8_t>(b));
    });
}

}  // namespace

bool RecordTests::pass(const Query& query, const StoredRecord& record) {
    const FurtherConditions& conditions = query.further;
    const TypeSet& left_out = conditions.types_left_out;
    if (!left_out.every() && left_out.has(record.type)) return false;
    if (conditions.is_current && !is_current(record)) return false;
    if (!conditions.rdata.empty() && !equal(record.rdata, conditions.rdata.octets())) return false;
    const bool of_owner = query.scope != Scope::values && !conditions.patterns.empty();
    if (of_owner && !owner_matches(record.owner)) return false;
    const bool of_source =
        !conditions.sensor.empty() || conditions.bailiwick || conditions.bailiwick_labels;
    return !of_source || source_passes(conditions, record);
}

bool RecordTests::is_current(const StoredRecord& record) const noexcept {
    return joins(record.seen, {newest_, newest_}, gap_);
}

// The labels of a key form from the left, with dots between them, and one at the end where that is
// asked for, as octets; the root is that dot alone.
std::string_view RecordTests::name_text(Octets key, NameText& room) const noexcept {
    std::size_t begin = room.size();
    for (const std::string_view label : Labels(key)) {
        if (begin < room.size() || final_dots_) room[--begin] = '.';
        begin -= label.size();
        std::ranges::copy(label, room.begin() + static_cast<std::ptrdiff_t>(begin));
    }
    if (begin == room.size() && final_dots_) room[--begin] = '.';
    return {room.data() + begin, room.size() - begin};
}

bool RecordTests::matches_text(std::string_view text) {
    cost_ += patterns_.cost(text.size());
    return patterns_.match(text);
}

bool RecordTests::owner_matches(Octets owner) {
    if (owner_.empty() || !equal(owner, owner_.octets())) {
        owner_.assign(owner);
        NameText room;
        owner_matched_ = matches_text(name_text(owner, room));
    }
    return owner_matched_;
}

bool RecordTests::matches(Octets pivot_value) {
    NameText room;
    TextWriter out(room);
    const Octets value = pivot_value.subspan(1);
    switch (static_cast<char>(pivot_value.front())) {
        case '4':
            write_ipv4(out, value);
            return matches_text(out.text());
        case '6':
            write_ipv6(out, value);
            return matches_text(out.text());
        case 'n':
            return matches_text(name_text(value, room));
        default:
            return matches_text(as_text(value.first(value.size() - 1)));
    }
}

// One source must pass all conditions: seen by this sensor in an answer for that zone.
bool RecordTests::source_passes(const FurtherConditions& conditions, const StoredRecord& record) {
    const std::string_view sensor = as_text(conditions.sensor.octets());
    return std::ranges::any_of(record.sources(), [&](std::uint32_t number) {
        cost_ += source_cost;
        const auto source = snapshot_.source(number, record.owner);
        if (!source || (!sensor.empty() && !sensor_matches(sensor, source->sensor_id)))
            return false;
        if (!conditions.bailiwick && !conditions.bailiwick_labels) return true;
        const auto bailiwick = Name::from_text(source->bailiwick);
        if (!bailiwick) return false;
        if (conditions.bailiwick) return *bailiwick == *conditions.bailiwick;
        return bailiwick->label_count() == *conditions.bailiwick_labels &&
               starts_with(record.owner, bailiwick->key().subtree());
    });
}

}  // namespace dnshist
