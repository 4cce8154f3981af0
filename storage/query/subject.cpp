#include "storage/query/subject.hpp"

#include "storage/base/text_writer.hpp"
#include "storage/query/address_subject.hpp"
#include "storage/query/pivot_subject.hpp"
#include "storage/query/reverse_name.hpp"
#include "storage/query/vocabulary.hpp"
#include "storage/record/labels.hpp"

namespace dnshist {

namespace {

QueryError has_no_name(const Prefix& prefix) {
    return QueryError([&](TextWriter& out) {
        out.put(prefix.is_address ? "a name is wanted here, not an address"
                                  : "a name is wanted here, not a prefix or a range of addresses");
    });
}

QueryError wants_a_name(View view) {
    return QueryError([view](TextWriter& out) {
        out.put(view_word(view));
        out.put(" wants one name, as in ");
        out.put(view_word(view));
        out.put(".example.com");
    });
}

// Whether the labels are a value that no name looks like.
bool is_value(Octets labels) noexcept {
    bool is = false;
    std::string_view last;
    for (const std::string_view label : Labels(labels)) {
        is |= label.find('@') != label.npos || label.find('=') != label.npos ||
              label.starts_with(hex_word);
        last = label;
    }
    return is || (last.size() > 1 && last.ends_with('*'));
}

// Takes the last label off where it is a star and other labels are before it.
bool take_star_at_end(Octets& labels) noexcept {
    constexpr std::size_t star_octets = 2;
    if (labels.size() <= star_octets || labels.back() != '*') return false;
    std::size_t last = 0;
    for (std::size_t at = 0; at < labels.size(); at += 1U + labels[at])
        last = at;
    if (last + star_octets != labels.size()) return false;
    labels = labels.first(last);
    return true;
}

// Sets the scope of a name by the mark or the word for one. False where neither was given.
bool read_mark(Octets& labels, Query& query) noexcept {
    if (take_mark(labels, below_mark)) {
        query.scope = Scope::below;
    } else if (take_mark(labels, children_mark)) {
        query.scope = Scope::children;
    } else if (query.asked_scope) {
        query.scope = *query.asked_scope;
    } else {
        query.scope = query.view == View::names ? Scope::subtree : Scope::name;
        return false;
    }
    return true;
}

// The subject of lookalike and cohost.
std::optional<QueryError> read_one_name(Octets labels, Query& query) {
    query.scope = query.view == View::cohost ? Scope::shared : Scope::lookalikes;
    query.lists_names = true;
    const bool exact = take_mark(labels, exact_mark);
    query.subject = Name::from_labels(labels);
    const PrefixResult parsed = read_prefix(labels);
    const auto* const prefix = std::get_if<Prefix>(&parsed);
    if (!exact && prefix != nullptr) return has_no_name(*prefix);
    const auto first = Labels(labels).next();
    if (!first || query.asked_scope || *first == below_mark || *first == children_mark) {
        return wants_a_name(query.view);
    }
    return std::nullopt;
}

}  // namespace

bool takes_values(View view) noexcept {
    return view == View::names || view == View::summary || view == View::changes ||
           view == View::seen;
}

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
    if (query.view == View::cohost || query.view == View::lookalike) {
        return read_one_name(labels, query);
    }
    const bool marked = read_mark(labels, query);
    const bool exact = !marked && take_mark(labels, exact_mark);
    query.lists_names = query.scope != Scope::name;
    query.subject = Name::from_labels(labels);
    if (exact) return std::nullopt;
    if (!marked && takes_values(query.view) && (is_value(labels) || query.mailbox_labels > 0)) {
        return read_pivot_subject(labels, query);
    }
    if (!marked && take_star_at_end(labels)) {
        query.scope = Scope::suffixes;
        query.lists_names = true;
        query.subject = Name::from_labels(labels);
        return std::nullopt;
    }
    const PrefixResult parsed = read_prefix(labels);
    if (const auto* error = std::get_if<QueryError>(&parsed)) return *error;
    const auto* prefix = std::get_if<Prefix>(&parsed);
    if (prefix == nullptr) return std::nullopt;
    if (takes_values(query.view) && !marked) {
        add_addresses(*prefix, query);
    } else if (prefix->is_address) {
        query.subject = reverse_name(*prefix);
        query.of_address = !marked;
    } else {
        return has_no_name(*prefix);
    }
    return std::nullopt;
}

void read_name(Octets labels, Query& query) {
    const bool exact = take_mark(labels, exact_mark);
    query.subject = Name::from_labels(labels);
    if (exact) return;
    const PrefixResult parsed = read_prefix(labels);
    const auto* prefix = std::get_if<Prefix>(&parsed);
    query.of_address = prefix != nullptr && prefix->is_address;
    if (query.of_address) query.subject = reverse_name(*prefix);
}

}  // namespace dnshist
