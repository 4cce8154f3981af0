#include "responder/pivot_subject.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "responder/labels.hpp"
#include "responder/subject.hpp"
#include "storage/address.hpp"
#include "storage/record_key.hpp"

namespace dnshist {

namespace {

bool asks_for_text_tokens(const TypeSet& types) noexcept {
    if (types.every()) return true;
    return std::ranges::any_of(types.types(), has_text_tokens);
}

template <std::size_t octets>
ValueRange prefix_range(std::array<std::uint8_t, octets> address, unsigned length,
                        PivotValue (*value_of)(Octets) noexcept) {
    std::array<std::uint8_t, octets> last = address;
    for (unsigned bit = length; bit < octets * 8; ++bit) {
        const auto mask = static_cast<std::uint8_t>(0x80U >> bit % 8);
        address[bit / 8] = static_cast<std::uint8_t>(address[bit / 8] & ~mask);
        last[bit / 8] = static_cast<std::uint8_t>(last[bit / 8] | mask);
    }
    const PivotValue from = value_of(address);
    const PivotValue to = value_of(last);
    return ValueRange(from.octets().first(1 + length / 8), from.octets(), to.octets());
}

Mistake impossible_prefix(std::string_view text, unsigned most) {
    return Mistake([&](TextWriter& out) {
        out.put('\'');
        out.put(text);
        out.put("' is no prefix: its length goes from 0 to ");
        out.put_decimal(most);
    });
}

// An address or a CIDR prefix. Nothing done and no mistake where the text is neither.
std::optional<Mistake> read_address(std::string_view text, ValueRanges& out) {
    const std::size_t slash = text.rfind('/');
    const std::string_view address = text.substr(0, slash);
    const auto v4 = ipv4_from_text(address);
    const auto v6 = v4 ? std::nullopt : ipv6_from_text(address);
    if (!v4 && !v6) return std::nullopt;
    const unsigned most = v4 ? 32 : 128;
    unsigned length = most;
    if (slash != std::string_view::npos) {
        const std::string_view digits = text.substr(slash + 1);
        const char* end = digits.data() + digits.size();
        const auto [stop, error] = std::from_chars(digits.data(), end, length);
        if (error != std::errc{} || stop != end || length > most) {
            return impossible_prefix(text, most);
        }
    }
    out.add(v4 ? prefix_range(*v4, length, PivotValue::ipv4)
               : prefix_range(*v6, length, PivotValue::ipv6));
    return std::nullopt;
}

ValueRange names_below(const Name& name) {
    const PivotValue value = PivotValue::name(name.wire());
    const Octets prefix = value.octets().first(value.octets().size() - 1);
    // Behind the name itself: where its closing zero is, the length of a label.
    std::array<std::uint8_t, max_pivot_octets> first;
    std::uint8_t* end = std::copy(prefix.begin(), prefix.end(), first.begin());
    *end++ = 1;
    return ValueRange(prefix, {first.data(), end}, {});
}

// The user is one label, whatever dots it has.
std::optional<Name> mailbox_name(std::string_view text) {
    const std::size_t at = text.rfind('@');
    const std::string_view user = text.substr(0, at);
    const auto domain = Name::from_text(text.substr(at + 1));
    if (!domain || user.empty() || user.size() > max_label_octets) return std::nullopt;
    const std::size_t size = 1 + user.size() + domain->wire().size();
    if (size > max_name_octets) return std::nullopt;
    std::array<std::uint8_t, max_name_octets> wire;
    wire[0] = static_cast<std::uint8_t>(user.size());
    const auto* end = std::ranges::copy(domain->wire(), std::ranges::copy(user, &wire[1]).out).out;
    return Name::from_wire({wire.data(), end});
}

}  // namespace

std::optional<Mistake> read_pivot_subject(Octets labels, Query& query) {
    query.reach = Reach::values;
    query.subject = name_of(labels);
    std::array<char, max_name_octets> room;
    TextWriter dotted(room);
    write_dotted(dotted, labels);
    const std::string_view text = dotted.text();
    if (text.empty()) {
        return Mistake([](TextWriter& out) {
            out.put("a pivot wants a value: an address, a prefix, a name, a mailbox or a text");
        });
    }
    if (const auto mistake = read_address(text, query.values)) return mistake;
    if (!query.values.all().empty()) return std::nullopt;

    const auto first_label = Labels(labels).next();
    if (first_label == "*") {
        query.subject = name_of(labels.subspan(2));
        query.values.add(names_below(query.subject));
        return std::nullopt;
    }
    if (text.ends_with('*')) {
        const PivotValue token = PivotValue::token(as_octets(text.substr(0, text.size() - 1)));
        // Without the zero that closes a token.
        query.values.add(ValueRange(token.octets().first(token.octets().size() - 1)));
        return std::nullopt;
    }
    if (text.find('@') != std::string_view::npos) {
        if (const auto mailbox = mailbox_name(text)) {
            query.values.add(ValueRange(PivotValue::name(mailbox->wire()).octets()));
        }
    } else {
        query.values.add(ValueRange(PivotValue::name(query.subject.wire()).octets()));
    }
    if (asks_for_text_tokens(query.types)) {
        query.values.add(ValueRange(PivotValue::token(as_octets(text)).octets()));
    }
    return std::nullopt;
}

}  // namespace dnshist
