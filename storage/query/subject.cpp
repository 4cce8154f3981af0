#include "storage/query/subject.hpp"

#include <algorithm>
#include <array>

#include "storage/base/hex.hpp"
#include "storage/base/text_writer.hpp"
#include "storage/query/address_subject.hpp"
#include "storage/query/pivot_subject.hpp"
#include "storage/record/labels.hpp"

namespace dnshist {

namespace {

std::optional<Name> reverse_ipv4(Octets address) noexcept {
    NameBuilder name;
    for (std::size_t i = address.size(); i-- > 0;) {
        std::array<char, 3> digits;
        TextWriter out(digits);
        out.put_decimal(address[i]);
        name.add_label(out.text());
    }
    name.add_label("in-addr");
    name.add_label("arpa");
    return name.name();
}

std::optional<Name> reverse_ipv6(Octets address) noexcept {
    NameBuilder name;
    for (std::size_t i = address.size(); i-- > 0;) {
        name.add_label(hex_digits.substr(address[i] & 0xfU, 1));
        name.add_label(hex_digits.substr(address[i] >> 4U, 1));
    }
    name.add_label("ip6");
    name.add_label("arpa");
    return name.name();
}

Name reverse_name(const Prefix& prefix) noexcept {
    const auto name =
        prefix.size == 4 ? reverse_ipv4(prefix.address()) : reverse_ipv6(prefix.address());
    return name.value_or(Name());
}

QueryError prefix_has_no_name(Octets labels) {
    return QueryError([&](TextWriter& out) {
        std::array<char, max_name_octets> room;
        TextWriter dotted(room);
        write_dotted(dotted, labels);
        out.put("only pivot and summary take a prefix");
        write_suggestion(out, "pivot.", dotted.text());
    });
}

}  // namespace

bool take_mark(Octets& labels, std::string_view mark) noexcept {
    Labels rest(labels);
    if (rest.next() != mark) return false;
    labels = rest.rest();
    return true;
}

bool needs_exact_mark(Octets labels) {
    const PrefixResult parsed = read_prefix(labels);
    const auto* prefix = std::get_if<Prefix>(&parsed);
    return (prefix != nullptr && prefix->is_address) || take_mark(labels, exact_mark);
}

std::optional<QueryError> read_subject(Octets labels, Query& query) {
    if (query.view == View::pivot) return read_pivot_subject(labels, query);
    bool marked = true;
    bool exact = false;
    if (take_mark(labels, below_mark)) {
        query.scope = Scope::below;
    } else if (take_mark(labels, children_mark)) {
        query.scope = Scope::children;
    } else {
        marked = exact = take_mark(labels, exact_mark);
        query.scope = query.view == View::names ? Scope::subtree : Scope::name;
    }
    query.lists_names = query.scope != Scope::name;
    query.subject = Name::from_labels(labels);
    if (exact) return std::nullopt;
    const PrefixResult parsed = read_prefix(labels);
    if (const auto* error = std::get_if<QueryError>(&parsed)) return *error;
    const auto* prefix = std::get_if<Prefix>(&parsed);
    if (prefix == nullptr) return std::nullopt;
    if (query.view == View::summary && !marked) {
        add_addresses(*prefix, query);
    } else if (prefix->is_address) {
        query.subject = reverse_name(*prefix);
    } else {
        return prefix_has_no_name(labels);
    }
    return std::nullopt;
}

Name subject_name(Octets labels) {
    if (take_mark(labels, exact_mark)) return Name::from_labels(labels);
    const PrefixResult parsed = read_prefix(labels);
    const auto* prefix = std::get_if<Prefix>(&parsed);
    return prefix != nullptr && prefix->is_address ? reverse_name(*prefix)
                                                   : Name::from_labels(labels);
}

}  // namespace dnshist
