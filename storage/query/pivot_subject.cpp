#include "storage/query/pivot_subject.hpp"

#include <algorithm>
#include <array>

#include "storage/base/octet_buffer.hpp"
#include "storage/query/subject.hpp"
#include "storage/record/labels.hpp"

namespace dnshist {

namespace {

bool asks_for_text_alone(const TypeSet& types) noexcept {
    return !types.every() && std::ranges::all_of(types.types(), has_text_tokens);
}

PivotRange names_below(const Name& name) {
    const PivotValue value = PivotValue::name(name.wire());
    const Octets prefix = value.octets().first(value.octets().size() - 1);
    // After the name itself: its closing zero is replaced by the least length of a label.
    OctetBuffer<max_pivot_octets> first(prefix);
    first.append(1);
    return PivotRange(prefix, first.octets(), {});
}

PivotRange name_alone(const Name& name) {
    return PivotRange(PivotValue::name(name.wire()).octets());
}

// The user is one label, even with dots in it.
std::optional<Name> mailbox_name(std::string_view text) {
    const std::size_t at = text.rfind('@');
    const std::string_view user = text.substr(0, at);
    const auto domain = Name::from_text(text.substr(at + 1));
    if (!domain) return std::nullopt;
    NameBuilder name;
    name.add_label(user);
    name.add_labels(domain->labels());
    return name.name();
}

}  // namespace

void add_addresses(const Prefix& prefix, Query& query) noexcept {
    std::array<std::uint8_t, 16> first = prefix.octets;
    std::array<std::uint8_t, 16> last = prefix.octets;
    for (unsigned bit = prefix.length; bit < prefix.size * 8U; ++bit) {
        const auto mask = static_cast<std::uint8_t>(0x80U >> bit % 8);
        first[bit / 8] = static_cast<std::uint8_t>(first[bit / 8] & ~mask);
        last[bit / 8] = static_cast<std::uint8_t>(last[bit / 8] | mask);
    }
    const auto value_of = prefix.size == 4 ? PivotValue::ipv4 : PivotValue::ipv6;
    const PivotValue from = value_of(Octets(first).first(prefix.size));
    const PivotValue to = value_of(Octets(last).first(prefix.size));
    query.scope = Scope::values;
    query.values.add(
        PivotRange(from.octets().first(1U + prefix.length / 8U), from.octets(), to.octets()));
    if (prefix.is_address) query.values.add(name_alone(query.subject));
}

std::optional<QueryError> read_pivot_subject(Octets labels, Query& query) {
    query.scope = Scope::values;
    query.subject = Name::from_labels(labels);
    std::array<char, max_name_octets> room;
    TextWriter dotted(room);
    write_dotted(dotted, labels);
    const std::string_view text = dotted.text();
    if (text.empty()) {
        return QueryError([](TextWriter& out) {
            out.put("a pivot wants a value: an address, a prefix, a name, a mailbox or a text");
        });
    }
    const PivotRange token(PivotValue::token(as_octets(text)).octets());
    if (take_mark(labels, exact_mark) && !labels.empty()) {
        query.subject = Name::from_labels(labels);
        query.values.add(name_alone(query.subject));
        query.values.add(token);
        return std::nullopt;
    }
    const PrefixResult parsed = read_prefix(labels);
    if (const auto* prefix = std::get_if<Prefix>(&parsed)) {
        add_addresses(*prefix, query);
        return std::nullopt;
    }
    const auto* error = std::get_if<QueryError>(&parsed);
    if (error != nullptr && !asks_for_text_alone(query.types)) return *error;

    if (take_mark(labels, below_mark)) {
        query.subject = Name::from_labels(labels);
        query.lists_names = true;
        query.values.add(names_below(query.subject));
        return std::nullopt;
    }
    if (text.ends_with('*')) {
        const std::string_view text_prefix = text.substr(0, text.size() - 1);
        if (text_prefix.size() > max_token_octets) {
            return QueryError([](TextWriter& out) {
                out.put("the beginning of a text has at most ");
                out.put_decimal(max_token_octets);
                out.put(" octets before its '*'");
            });
        }
        const PivotValue prefix = PivotValue::token_prefix(as_octets(text_prefix));
        query.values.add(PivotRange(prefix.octets()));
        return std::nullopt;
    }
    query.values.add(name_alone(query.subject));
    if (text.find('@') != std::string_view::npos) {
        if (const auto mailbox = mailbox_name(text)) query.values.add(name_alone(*mailbox));
    }
    // Even if no type with text is asked for: whether the subject is known does not depend on
    // types.
    query.values.add(token);
    return std::nullopt;
}

}  // namespace dnshist
