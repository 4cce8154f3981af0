#include "zonegen/feed/json_item.hpp"

#include "storage/text/quote.hpp"
#include "zonegen/feed/feed.hpp"

namespace dnshist::zonegen {

static_assert(Feed::padding_octets >= simdjson::SIMDJSON_PADDING);

namespace {

template <class T>
std::optional<T> member(dom::object object, std::string_view name) {
    T value{};
    if (object[name].get(value) != simdjson::SUCCESS) return std::nullopt;
    return value;
}

}  // namespace

dom::parser item_parser() {
    return dom::parser(Feed::max_item_octets + Feed::padding_octets);
}

Read<dom::object> parse_object(dom::parser& parser, std::string_view item) {
    dom::element document;
    const auto error = parser.parse(item.data(), item.size(), false).get(document);
    if (error != simdjson::SUCCESS) {
        std::string what = simdjson::error_message(error);
        if (what.ends_with('.')) what.pop_back();
        return refusal(Reason::not_json, std::move(what));
    }
    dom::object object;
    if (document.get(object) != simdjson::SUCCESS) return refusal(Reason::not_an_object);
    return object;
}

bool has_member(dom::object object, std::string_view name) {
    return object[name].error() == simdjson::SUCCESS;
}

std::optional<std::string_view> text_member(dom::object object, std::string_view name) {
    return member<std::string_view>(object, name);
}

std::optional<std::uint64_t> number_member(dom::object object, std::string_view name) {
    return member<std::uint64_t>(object, name);
}

std::optional<dom::object> object_member(dom::object object, std::string_view name) {
    return member<dom::object>(object, name);
}

std::optional<dom::array> array_member(dom::object object, std::string_view name) {
    return member<dom::array>(object, name);
}

Read<Seconds> time_member(dom::object object, std::string_view name) {
    dom::element value;
    if (object[name].get(value) != simdjson::SUCCESS || value.is_null()) {
        return refusal(Reason::bad_time, "no " + std::string(name));
    }
    double seconds = 0;
    if (value.get(seconds) == simdjson::SUCCESS) {
        if (seconds >= 0 && seconds < end_of_time.since_epoch + 1.0) {
            return Seconds{static_cast<std::uint32_t>(seconds)};
        }
        return refusal(Reason::bad_time, std::string(name) + " is not from 1970 to 2106");
    }
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS) {
        return refusal(Reason::bad_time, std::string(name) + " is neither a number nor text");
    }
    return time_from_log(name, text);
}

Read<Seconds> time_from_log(std::string_view name, std::string_view text) {
    if (const auto time = timestamp_from_text(text)) return *time;
    return refusal(Reason::bad_time, std::string(name) + " is no time: " + quote(text));
}

}  // namespace dnshist::zonegen
