#include "storage/query/pivot_subject.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "storage/base/hex.hpp"
#include "storage/base/octet_buffer.hpp"
#include "storage/query/reverse_name.hpp"
#include "storage/query/subject.hpp"
#include "storage/record/labels.hpp"
#include "storage/record/personal_type.hpp"
#include "storage/record/rdata.hpp"
#include "storage/search/patterns.hpp"

namespace dnshist {

namespace {

bool asks_for_text_alone(const TypeSet& types) noexcept {
    return !types.every() && std::ranges::all_of(types.types(), has_text_tokens);
}

// Whether the labels are digits of octets, which are appended to `out`.
bool read_hex(Octets labels, OctetBuffer<max_name_octets>& out) noexcept {
    for (const std::string_view label : Labels(labels)) {
        if (!label.starts_with(hex_word) || label.size() == hex_word.size()) return false;
        const std::string_view digits = label.substr(hex_word.size());
        if (digits.size() % 2 != 0) return false;
        for (std::size_t at = 0; at < digits.size(); at += 2) {
            const auto high = hex_value(digits[at]);
            const auto low = hex_value(digits[at + 1]);
            if (!high || !low) return false;
            out.append(static_cast<std::uint8_t>(*high << 4U | *low));
        }
    }
    return !out.empty();
}

PivotRange value_alone(const PivotValue& value) {
    return PivotRange(value.octets());
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

// All mailboxes of a domain: names below it, and texts that end so.
constexpr std::string_view all_users = "*@";

std::optional<QueryError> add_mailboxes(std::string_view text, Query& query) {
    const auto domain = Name::from_text(text);
    std::string expression = "^[^@]+[@.]";
    for (const char c : text) {
        const bool is_plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
        expression += is_plain ? std::string{c} : std::string{'[', c, ']'};
    }
    expression += '$';
    auto& patterns = query.further.patterns;
    const bool fits = domain && domain->label_count() > 0 &&
                      pattern_problem(PatternKind::re, expression).empty() &&
                      expression.size() <= max_name_octets &&
                      patterns.append(static_cast<std::uint8_t>(PatternKind::re)) &&
                      patterns.append(static_cast<std::uint8_t>(expression.size())) &&
                      patterns.append(as_octets(expression));
    if (!fits) {
        return QueryError([](TextWriter& out) {
            out.put(
                "all mailboxes of a domain are asked for as in *@example.com, and the domain "
                "has at most 240 letters, digits, hyphens and dots, less what patterns take");
        });
    }
    query.further.any = true;
    query.lists_names = true;
    query.values.add(names_below(*domain));
    query.values.add(PivotRange(PivotValue::token_prefix({}).octets()));
    return std::nullopt;
}

// The labels of user and domain as the text of a mailbox; the user has the first `count` of them.
// False where none is left for the domain.
bool write_mailbox(TextWriter& out, Octets labels, unsigned count) noexcept {
    bool in_domain = false;
    for (const std::string_view label : Labels(labels)) {
        const bool domain_begins = count == 0 && !in_domain;
        if (out.size() > 0) out.put(domain_begins ? '@' : '.');
        in_domain |= domain_begins;
        out.put(label);
        if (count > 0) --count;
    }
    return in_domain;
}

// The value by which RDATA is found; nothing where it has none.
std::optional<PivotValue> least_value(Rrtype type, Octets rdata) {
    std::optional<PivotValue> least;
    for_each_pivot_value(type, rdata, [&](const PivotValue& value) {
        if (!least || compare(value.octets(), least->octets()) < 0) least = value;
    });
    return least;
}

// Whole RDATA of a type: a value by which it is found, and itself to compare with. False where the
// octets are none of that type.
bool add_rdata(Rrtype type, Octets octets, Query& query) {
    const auto rdata = std::make_unique<Rdata>();
    if (!rdata_from_wire(type, octets, *rdata)) return false;
    if (!query.further.rdata.append(rdata->octets())) return false;
    const auto least = least_value(type, rdata->octets());
    query.further.any = least.has_value();
    if (least) query.values.add(value_alone(*least));
    return least.has_value();
}

// Octets: RDATA of the one type that is asked for, or each thing that they may be.
void add_octets(Octets octets, Query& query) {
    const auto types = query.types.types();
    if (types.size() == 1 && add_rdata(types.front(), octets, query)) return;
    query.further.rdata.clear();
    if (octets.size() == 4) query.values.add(value_alone(PivotValue::ipv4(octets)));
    if (octets.size() == 16) query.values.add(value_alone(PivotValue::ipv6(octets)));
    if (const auto name = Name::from_wire(octets)) query.values.add(name_alone(*name));
    query.values.add(value_alone(PivotValue::token(octets)));
}

// Everything that a pattern is to be looked for in. Of a TXT or SPF record the names and addresses
// stand in its tokens too; of others with text, such as NAPTR, they do not.
void add_every_value(Query& query) {
    query.lists_names = true;
    const auto has_all_in_tokens = [](Rrtype type) {
        return type == Rrtype::TXT || type == Rrtype::SPF;
    };
    const bool in_tokens =
        !query.types.every() && std::ranges::all_of(query.types.types(), has_all_in_tokens);
    query.values.add(PivotRange(in_tokens ? PivotValue::token_prefix({}).octets() : Octets{}));
}

// The user is the first label, or as many as were said; everything else is the domain.
std::optional<QueryError> add_mailbox(Octets labels, Query& query) {
    std::array<char, max_name_octets + 1> room;
    TextWriter text(room);
    const bool has_domain = write_mailbox(text, labels, query.mailbox_labels);
    const auto mailbox = mailbox_name(text.text());
    if (!mailbox || !has_domain) {
        return QueryError([](TextWriter& out) {
            out.put(
                "a mailbox has a user and a domain, as in mailbox.pivot.hostmaster.example.com");
        });
    }
    query.values.add(name_alone(*mailbox));
    query.values.add(value_alone(PivotValue::token(as_octets(text.text()))));
    return std::nullopt;
}

}  // namespace

namespace {

// The addresses of a prefix or a range.
void add_range(const Prefix& prefix, Query& query) noexcept {
    std::array<std::uint8_t, 16> first = prefix.octets;
    std::array<std::uint8_t, 16> last = prefix.is_range ? prefix.last : prefix.octets;
    for (unsigned bit = prefix.length; !prefix.is_range && bit < prefix.size * 8U; ++bit) {
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
}

}  // namespace

void add_addresses(const Prefix& prefix, Query& query) noexcept {
    add_range(prefix, query);
    if (prefix.is_address) query.values.add(name_alone(query.subject));
}

bool any_of_octets(Octets labels, FunctionRef<bool(const PivotRanges&)> any) {
    OctetBuffer<max_name_octets> octets;
    if (!read_hex(labels, octets)) return false;
    Query query;
    add_octets(octets.octets(), query);
    if (any(query.values)) return true;
    // IANA's registry has few types beyond this number, and none of these has a value.
    constexpr unsigned last_type = 300;
    const auto rdata = std::make_unique<Rdata>();
    const auto is_any_of = [&](Rrtype type) {
        if (!rdata_from_wire(type, octets.octets(), *rdata)) return false;
        const auto value = least_value(type, rdata->octets());
        PivotRanges values;
        if (value) values.add(value_alone(*value));
        return value && any(values);
    };
    for (unsigned type = 1; type <= last_type; ++type) {
        if (is_any_of(static_cast<Rrtype>(type))) return true;
    }
    return is_any_of(whois_type);
}

std::optional<QueryError> read_pivot_subject(Octets labels, Query& query) {
    query.scope = Scope::values;
    query.subject = Name::from_labels(labels);
    if (query.asked_scope == Scope::children) {
        return QueryError(
            [](TextWriter& out) { out.put("'children' goes with names; a pivot takes 'below'"); });
    }
    std::array<char, max_name_octets> room;
    TextWriter dotted(room);
    write_dotted(dotted, labels);
    const std::string_view text = dotted.text();
    if (text.empty() && !query.further.patterns.empty()) {
        add_every_value(query);
        return std::nullopt;
    }
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
    OctetBuffer<max_name_octets> octets;
    if (read_hex(labels, octets)) {
        add_octets(octets.octets(), query);
        return std::nullopt;
    }
    if (query.mailbox_labels > 0) return add_mailbox(labels, query);
    const PrefixResult parsed = read_prefix(labels);
    if (const auto* prefix = std::get_if<Prefix>(&parsed)) {
        add_addresses(*prefix, query);
        return std::nullopt;
    }
    const auto* error = std::get_if<QueryError>(&parsed);
    if (error != nullptr && !asks_for_text_alone(query.types)) return *error;

    if (take_mark(labels, below_mark) || query.asked_scope == Scope::below) {
        query.subject = Name::from_labels(labels);
        query.lists_names = true;
        query.values.add(names_below(query.subject));
        return std::nullopt;
    }
    if (text.starts_with(all_users)) return add_mailboxes(text.substr(all_users.size()), query);
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
    if (const auto prefix = prefix_of_reverse_name(labels)) add_range(*prefix, query);
    if (text.find('@') != std::string_view::npos) {
        if (const auto mailbox = mailbox_name(text)) query.values.add(name_alone(*mailbox));
    }
    // Even if no type with text is asked for: whether the subject is known does not depend on
    // types.
    query.values.add(token);
    return std::nullopt;
}

}  // namespace dnshist
