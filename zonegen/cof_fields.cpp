#include "zonegen/cof_fields.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "storage/quote.hpp"

namespace dnshist::cof {

namespace {

constexpr std::array<std::string_view, field_count> names = {"rrname",
                                                             "rrtype",
                                                             "rrclass",
                                                             "rdata",
                                                             "time_first",
                                                             "time_last",
                                                             "zone_time_first",
                                                             "zone_time_last",
                                                             "count",
                                                             "zone_count",
                                                             "runs",
                                                             "zone_runs",
                                                             "sources",
                                                             "sensor_id",
                                                             "origin",
                                                             "bailiwick",
                                                             "obj",
                                                             "message",
                                                             "cond",
                                                             "msg"};

struct Key {
    std::string_view text;
    Field field;
};

// Of the keys, sorted by length, those of one length lie together.
struct Keys {
    std::array<Key, field_count + 1> all{};
    std::array<std::uint8_t, 17> begin{};  // of each length, and behind the longest

    constexpr Keys() {
        for (std::size_t i = 0; i < field_count; ++i)
            all[i] = {names[i], static_cast<Field>(i)};
        all[field_count] = {"rrdata", rdata};  // Robtex
        std::ranges::sort(all, {}, [](const Key& key) { return key.text.size(); });
        for (const Key& key : all) {
            for (std::size_t longer = key.text.size() + 1; longer < begin.size(); ++longer)
                ++begin[longer];
        }
    }
};
constexpr Keys keys;

std::optional<Field> field_of(std::string_view text) noexcept {
    if (text.size() + 1 >= keys.begin.size()) return std::nullopt;
    for (std::size_t i = keys.begin[text.size()]; i < keys.begin[text.size() + 1]; ++i) {
        if (text == keys.all[i].text) return keys.all[i].field;
    }
    return std::nullopt;
}

// The whole text as a decimal number.
std::errc read_decimal(std::string_view text, std::uint64_t& number) noexcept {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) return error;
    return end == text.data() + text.size() ? std::errc{} : std::errc::invalid_argument;
}

Read<Seconds> seconds_from(Field field, std::uint64_t number) {
    if (number <= end_of_time.since_epoch) return Seconds{static_cast<std::uint32_t>(number)};
    if (number / 1000 <= end_of_time.since_epoch) {
        return bad_time(field, std::to_string(number) +
                                   " is too large: are these milliseconds? Seconds are expected");
    }
    return bad_time(field, std::to_string(number) + " is beyond the year 2106");
}

Reject bad_count(Field field, std::string_view problem) {
    return refusal(Reason::bad_count, in_words(field_name(field), problem));
}

}  // namespace

std::string in_words(std::string_view what, std::string_view problem) {
    std::string text(what);
    text += ' ';
    text += problem;
    return text;
}

std::string_view field_name(Field field) noexcept {
    return names[field];
}

Fields fields_of(dom::object object) {
    Fields fields;
    for (const auto [key, value] : object) {
        const auto field = field_of(key);
        if (field && !value.is_null()) fields[*field] = value;
    }
    return fields;
}

Reject bad_time(Field field, std::string_view problem) {
    return refusal(Reason::bad_time, in_words(field_name(field), problem));
}

Read<Seconds> read_time(Field field, dom::element value) {
    std::uint64_t number = 0;
    switch (value.type()) {
        case dom::element_type::INT64: {
            const std::int64_t seconds = value.get_int64().value_unsafe();
            if (seconds < 0) return bad_time(field, "is before 1970");
            number = static_cast<std::uint64_t>(seconds);
            break;
        }
        case dom::element_type::UINT64:
            number = value.get_uint64().value_unsafe();
            break;
        case dom::element_type::DOUBLE: {
            const double seconds = value.get_double().value_unsafe();
            if (seconds < 0) return bad_time(field, "is before 1970");
            if (seconds >= 0x1p63) return bad_time(field, "is beyond the year 2106");
            number = static_cast<std::uint64_t>(seconds);
            break;
        }
        case dom::element_type::STRING: {
            const std::string_view text = value.get_string().value_unsafe();
            if (const auto time = timestamp_from_text(text)) return *time;
            if (read_decimal(text, number) == std::errc{}) break;
            return bad_time(field, in_words("is no time:", quote(text)));
        }
        default:
            return bad_time(field, "is neither a number nor text");
    }
    return seconds_from(field, number);
}

Read<std::uint64_t> read_count(Field field, dom::element value) {
    constexpr std::string_view not_whole = "is no whole number of 64 bits";
    switch (value.type()) {
        case dom::element_type::INT64: {
            const std::int64_t number = value.get_int64().value_unsafe();
            if (number < 0) return bad_count(field, "is negative");
            return static_cast<std::uint64_t>(number);
        }
        case dom::element_type::UINT64:
            return value.get_uint64().value_unsafe();
        case dom::element_type::DOUBLE: {
            const double number = value.get_double().value_unsafe();
            if (number < 0) return bad_count(field, "is negative");
            if (number >= 0x1p64 || number != std::floor(number)) {
                return bad_count(field, not_whole);
            }
            return static_cast<std::uint64_t>(number);
        }
        case dom::element_type::STRING: {
            const std::string_view text = value.get_string().value_unsafe();
            std::uint64_t number = 0;
            if (read_decimal(text, number) == std::errc{}) return number;
            return bad_count(field, in_words(not_whole, quote(text)));
        }
        default:
            return bad_count(field, "is neither a number nor text");
    }
}

std::optional<std::string> read_label(dom::element value) {
    switch (value.type()) {
        case dom::element_type::STRING:
            return std::string(value.get_string().value_unsafe());
        case dom::element_type::INT64:
            return std::to_string(value.get_int64().value_unsafe());
        case dom::element_type::UINT64:
            return std::to_string(value.get_uint64().value_unsafe());
        default:
            return std::nullopt;
    }
}

Read<Rrtype> read_type(dom::element value) {
    std::optional<Rrtype> type;
    std::uint64_t number = 0;
    std::string_view text;
    if (value.get(text) == simdjson::SUCCESS) {
        type = rrtype_from_text(text);
        if (!type && read_decimal(text, number) == std::errc::invalid_argument) {
            return refusal(Reason::bad_type, in_words(quote(text), "is no record type"));
        }
    } else if (value.get(number) != simdjson::SUCCESS) {
        return refusal(Reason::bad_type, "neither text nor a number");
    }
    if (!type) {
        if (number == 0 || number > 65535) {
            return refusal(Reason::bad_type, "a number that is not from 1 to 65535");
        }
        type = static_cast<Rrtype>(number);
    }
    if (dnshist::number(*type) == 0 || is_meta_type(*type)) {
        return refusal(Reason::bad_type, in_words(rrtype_text(*type), "is no type of a record"));
    }
    return *type;
}

}  // namespace dnshist::cof
