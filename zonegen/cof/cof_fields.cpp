#include "zonegen/cof/cof_fields.hpp"

#include <charconv>
#include <cmath>
#include <cstring>
#include <type_traits>
#include <utility>

#include "storage/text/quote.hpp"
#include "zonegen/feed/feed.hpp"

namespace dnshist::zonegen::cof {

namespace {

constexpr std::array<std::string_view, others> names = {
    "rrname",          "rrtype",         "rrclass", "rdata",      "time_first", "time_last",
    "zone_time_first", "zone_time_last", "count",   "zone_count", "runs",       "zone_runs",
    "sources",         "sensor_id",      "origin",  "bailiwick",  "obj",        "message",
    "records",         "cond",           "msg"};

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

Field field_of(std::string_view key) noexcept {
    Field field = others;
    const auto is = [&]<std::size_t N>(std::integral_constant<std::size_t, N>) {
        if (key.size() != names[N].size() ||
            std::memcmp(key.data(), names[N].data(), names[N].size()) != 0) {
            return false;
        }
        field = static_cast<Field>(N);
        return true;
    };
    const auto is_any = [&]<std::size_t... N>(std::index_sequence<N...>) {
        return (is(std::integral_constant<std::size_t, N>{}) || ...);
    };
    if (!is_any(std::make_index_sequence<others>{}) && key == "rrdata") return rdata;  // Robtex
    return field;
}

Value::Value(dom::element value) {
    std::string_view text;
    std::uint64_t number = 0;
    if (value.get(text) == simdjson::SUCCESS) {
        is_ = text;
    } else if (value.get(number) == simdjson::SUCCESS) {
        is_ = number;
    } else if (!value.is_null()) {
        is_ = value;
    }
}

Fields fields_of(dom::object object) {
    Fields fields;
    for (const auto [key, value] : object) {
        if (!value.is_null()) fields[field_of(key)] = value;
    }
    return fields;
}

bool read_flat_object(simdjson::ondemand::parser& parser, std::string_view item, Fields& fields) {
    using Kind = simdjson::ondemand::json_type;
    simdjson::ondemand::document document;
    simdjson::ondemand::object object;
    const std::size_t readable = item.size() + Feed::padding_octets;
    if (parser.iterate(item.data(), item.size(), readable).get(document) != simdjson::SUCCESS ||
        document.get_object().get(object) != simdjson::SUCCESS) {
        return false;
    }
    for (auto member : object) {
        std::string_view key;
        Kind kind{};
        std::string_view text;
        std::uint64_t number = 0;
        bool null = false;
        if (member.unescaped_key().get(key) != simdjson::SUCCESS) return false;
        auto value = member.value();
        if (value.type().get(kind) != simdjson::SUCCESS) return false;
        Value& field = fields[field_of(key)];
        if (kind == Kind::string && value.get_string().get(text) == simdjson::SUCCESS) {
            field = text;
        } else if (kind == Kind::number && value.get_uint64().get(number) == simdjson::SUCCESS) {
            field = number;
        } else if (value.is_null().get(null) != simdjson::SUCCESS || !null) {
            return false;
        }
    }
    return document.current_location().error() == simdjson::OUT_OF_BOUNDS;  // nothing follows
}

Reject bad_time(Field field, std::string_view problem) {
    return refusal(Reason::bad_time, in_words(field_name(field), problem));
}

Read<Seconds> read_time(Field field, const Value& value) {
    if (const auto* number = value.number()) return seconds_from(field, *number);
    if (const auto* text = value.text()) {
        if (const auto time = timestamp_from_text(*text)) return *time;
        std::uint64_t number = 0;
        if (read_decimal(*text, number) == std::errc{}) return seconds_from(field, number);
        return bad_time(field, in_words("is no time:", quote(*text)));
    }
    const auto seconds = value.as<double>();
    if (!seconds) return bad_time(field, "is neither a number nor text");
    if (*seconds < 0) return bad_time(field, "is before 1970");
    if (*seconds >= 0x1p63) return bad_time(field, "is beyond the year 2106");
    return seconds_from(field, static_cast<std::uint64_t>(*seconds));
}

Read<std::uint64_t> read_count(Field field, const Value& value) {
    constexpr std::string_view not_whole = "is no whole number of 64 bits";
    if (const auto* number = value.number()) return *number;
    if (const auto* text = value.text()) {
        std::uint64_t number = 0;
        if (read_decimal(*text, number) == std::errc{}) return number;
        return bad_count(field, in_words(not_whole, quote(*text)));
    }
    const auto number = value.as<double>();
    if (!number) return bad_count(field, "is neither a number nor text");
    if (*number < 0) return bad_count(field, "is negative");
    if (*number >= 0x1p64 || *number != std::floor(*number)) return bad_count(field, not_whole);
    return static_cast<std::uint64_t>(*number);
}

std::optional<std::string> read_label(const Value& value) {
    if (const auto* text = value.text()) return std::string(*text);
    if (const auto* number = value.number()) return std::to_string(*number);
    if (const auto negative = value.as<std::int64_t>()) return std::to_string(*negative);
    return std::nullopt;
}

Read<Rrtype> read_type(const Value& value) {
    std::optional<Rrtype> type;
    std::uint64_t number = 0;
    if (const auto* text = value.text()) {
        type = rrtype_from_text(*text);
        if (!type && read_decimal(*text, number) == std::errc::invalid_argument) {
            return refusal(Reason::bad_type, in_words(quote(*text), "is no record type"));
        }
    } else if (const auto* whole = value.number()) {
        number = *whole;
    } else {
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

}  // namespace dnshist::zonegen::cof
