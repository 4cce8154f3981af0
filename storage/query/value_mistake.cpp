#include "storage/query/value_mistake.hpp"

#include <array>
#include <string_view>

#include "storage/base/text_writer.hpp"
#include "storage/query/address_subject.hpp"
#include "storage/query/pivot_subject.hpp"
#include "storage/record/labels.hpp"
#include "storage/text/address.hpp"
#include "storage/text/characters.hpp"
#include "storage/text/number.hpp"

namespace dnshist {

namespace {

constexpr std::string_view hex_digits_read = "0123456789abcdef";

// hex-X in every label: digits that make no octets, or octets that are no address.
std::optional<QueryError> octets_mistake(Octets labels, const TypeSet& types) {
    std::size_t digits = 0;
    for (const std::string_view label : Labels(labels)) {
        if (!label.starts_with(hex_word)) return std::nullopt;
        const std::string_view value = label.substr(hex_word.size());
        if (value.empty() || value.size() % 2 != 0 || !consists_of(value, hex_digits_read)) {
            return QueryError([label](TextWriter& out) {
                write_quoted(out, label);
                out.put(
                    " is not octets in hexadecimal digits, two for each, as in hex-c0000201; a "
                    "name is written =.");
                out.put(label);
            });
        }
        digits += value.size();
    }
    if (types.types().size() != 1) return std::nullopt;
    const Rrtype type = types.types().front();
    const std::size_t size = type == Rrtype::A ? 4 : type == Rrtype::AAAA ? 16 : 0;
    if (size == 0 || digits == 2 * size) return std::nullopt;
    return QueryError([&](TextWriter& out) {
        out.put("an address of type ");
        out.put(size == 4 ? "A" : "AAAA");
        out.put(" has ");
        out.put_decimal(size);
        out.put(" octets, not ");
        out.put_decimal(digits / 2);
    });
}

QueryError not_ipv6(std::string_view label) {
    return QueryError([label](TextWriter& out) {
        write_quoted(out, label);
        out.put(
            " is no IPv6 address: its colons are written as hyphens, as in v6-2001-db8--1 or "
            "v6-2001-db8-0-0-0-0-0-1");
    });
}

QueryError no_address_behind(std::string_view label) {
    return QueryError([label](TextWriter& out) {
        write_quoted(out, label);
        out.put(" goes before an address, as in ");
        out.put(label);
        out.put(".192.0.2.0 or ");
        out.put(label);
        out.put(".v6-2001-db8--");
    });
}

// ADDRESS-X, where X is no address of the same family.
std::optional<QueryError> range_mistake(std::string_view text) {
    const std::size_t hyphen = text.find('-');
    if (hyphen == std::string_view::npos) return std::nullopt;
    const std::string_view first = text.substr(0, hyphen);
    const std::string_view last = text.substr(hyphen + 1);
    const bool is_v4 = ipv4_from_text(first).has_value();
    if (!is_v4 && !ipv6_from_text(first)) return std::nullopt;
    const bool is_other =
        is_v4 ? ipv6_from_text(last).has_value() : ipv4_from_text(last).has_value();
    const auto number = number_from_text<unsigned>(last);
    if (!is_other && (!number || *number > 255)) return std::nullopt;
    return QueryError([&](TextWriter& out) {
        write_quoted(out, text);
        out.put(" is no range: it goes from one whole address to another of the same family");
        if (!is_v4 || is_other) return;
        out.put(", as in ");
        out.put(first);
        out.put('-');
        out.put(first.substr(0, first.rfind('.') + 1));
        out.put_decimal(*number);
        if (*number > 32) return;
        out.put("; a prefix is ");
        out.put(first);
        out.put('/');
        out.put_decimal(*number);
    });
}

}  // namespace

std::optional<QueryError> value_mistake(Octets labels, const TypeSet& types) {
    Labels rest(labels);
    const std::string_view first = rest.next().value_or("");
    if (first.starts_with(hex_word)) return octets_mistake(labels, types);
    const bool is_alone = rest.rest().empty();
    if (first.starts_with("v6-") && is_alone) return not_ipv6(first);
    if (first.starts_with(prefix_word) && !is_alone) {
        const auto length = number_from_text<unsigned>(first.substr(prefix_word.size()));
        const PrefixResult read = read_prefix(labels);
        const bool is_read = !std::holds_alternative<std::monostate>(read);
        return length && !is_read ? std::optional(no_address_behind(first)) : std::nullopt;
    }
    // Most subjects do not begin as an address.
    if (!consists_of(first, "0123456789") && !contains(first, ":")) return std::nullopt;
    std::array<char, max_name_octets> room;
    TextWriter dotted(room);
    write_dotted(dotted, labels);
    return range_mistake(dotted.text());
}

}  // namespace dnshist
