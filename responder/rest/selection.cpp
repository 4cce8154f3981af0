#include "responder/rest/selection.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include "storage/base/hex.hpp"
#include "storage/base/octet_buffer.hpp"
#include "storage/query/pivot_subject.hpp"
#include "storage/query/subject.hpp"
#include "storage/record/rdata.hpp"
#include "storage/search/patterns.hpp"
#include "storage/text/address.hpp"
#include "storage/text/quote.hpp"

namespace dnshist::responder {

namespace {

RestError bad_value(std::string text) {
    return {400, std::move(text)};
}

Selection only(const Query& query) {
    return {.queries = {query}, .bailiwick = {}, .rdata = {}};
}

// NAME of NAME.*; nothing where the text is another.
std::optional<std::string_view> labels_before_star(std::string_view text) noexcept {
    if (text.ends_with(".*.")) text.remove_suffix(1);
    if (!text.ends_with(".*")) return std::nullopt;
    return text.substr(0, text.size() - 2);
}

// A name's labels, which the language reads.
RestResult<Name> name_from(std::string_view text) {
    // Names are kept in order from the root down.
    if (labels_before_star(text)) {
        return bad_value("this cannot be looked up by the beginning of a name: " + quote(text) +
                         "; a '*' may stand in front of a name, as in *.example.com");
    }
    Result<Name> name = Name::from_text(text);
    if (!name) return bad_value(name.error().text);
    return *name;
}

RestResult<Query> pivot_query(std::string_view text) {
    const RestResult<Name> name = name_from(text);
    if (!name) return name.error();
    Query query;
    query.view = View::pivot;
    if (const auto error = read_pivot_subject(name->labels(), query)) {
        return bad_value(std::string(error->text()));
    }
    return query;
}

// The octets of an address, 4 or 16.
std::optional<OctetBuffer<16>> address_from(std::string_view text) {
    if (const auto v4 = ipv4_from_text(text)) return OctetBuffer<16>(*v4);
    if (const auto v6 = ipv6_from_text(text)) return OctetBuffer<16>(*v6);
    return std::nullopt;
}

PivotValue address_value(Octets address) noexcept {
    return address.size() == 4 ? PivotValue::ipv4(address) : PivotValue::ipv6(address);
}

// FIRST-LAST, both included: one range of values. Nothing where it is none.
std::optional<RestResult<Query>> range_query(std::string_view text) {
    const std::size_t hyphen = std::min(text.find('-'), text.size());
    const auto first = address_from(text.substr(0, hyphen));
    const auto last = address_from(text.substr(std::min(hyphen + 1, text.size())));
    if (!first || !last) return std::nullopt;
    if (first->size() != last->size() || compare(first->octets(), last->octets()) > 0) {
        return bad_value("no range of addresses, from the lower to the higher: " + quote(text));
    }
    const PivotValue from = address_value(first->octets());
    const PivotValue to = address_value(last->octets());
    const std::size_t shared = common_prefix(from.octets(), to.octets());
    Query query;
    query.view = View::pivot;
    query.scope = Scope::values;
    query.values.add(PivotRange(from.octets().first(shared), from.octets(), to.octets()));
    return query;
}

// In a path, a comma stands for the slash of a prefix.
std::string with_slash(std::string_view text) {
    std::string result(text);
    const std::size_t comma = text.find(',');
    if (comma != std::string_view::npos && address_from(text.substr(0, comma))) result[comma] = '/';
    return result;
}

// ADDR/LENGTH.
bool is_prefix(std::string_view text) {
    const std::size_t slash = text.find('/');
    return slash != std::string_view::npos && address_from(text.substr(0, slash));
}

RestResult<Query> rdata_query(std::string_view value) {
    if (const auto range = range_query(value)) return *range;
    return pivot_query(with_slash(value));
}

std::optional<std::string> octets_from_hex(std::string_view hex) {
    if (hex.empty() || hex.size() % 2 != 0 || hex.size() / 2 > max_rdata_octets)
        return std::nullopt;
    std::string octets;
    for (std::size_t at = 0; at < hex.size(); at += 2) {
        const auto high = hex_value(hex[at]);
        const auto low = hex_value(hex[at + 1]);
        if (!high || !low) return std::nullopt;
        octets += static_cast<char>(*high << 4U | *low);
    }
    return octets;
}

RestError not_hex(std::string_view text) {
    return bad_value("not hexadecimal digits, two for each octet: " + quote(text));
}

// The least value that leads to RDATA of the type. Nothing where none does.
std::optional<PivotRange> range_to(Rrtype type, Octets rdata) {
    std::optional<PivotRange> range;
    for_each_pivot_value(type, rdata, [&](const PivotValue& value) {
        if (!range || compare(value.octets(), range->prefix()) < 0) {
            range = PivotRange(value.octets());
        }
    });
    return range;
}

std::string in_lower_case(std::string_view text) {
    std::string lower(text);
    for (char& c : lower)
        c = static_cast<char>(to_lower(static_cast<std::uint8_t>(c)));
    return lower;
}

std::optional<RestError> add_pattern(PatternKind kind, std::string_view pattern, Query& query) {
    const std::string_view problem = pattern_problem(kind, pattern);
    if (!problem.empty()) {
        return bad_value("the pattern " + quote(pattern) + " " + std::string(problem));
    }
    auto& patterns = query.further.patterns;
    query.further.any = true;
    if (pattern.size() > max_name_octets || !patterns.append(static_cast<std::uint8_t>(kind)) ||
        !patterns.append(static_cast<std::uint8_t>(pattern.size())) ||
        !patterns.append(as_octets(pattern))) {
        return bad_value("the patterns are too long: they have " +
                         std::to_string(max_name_octets - 4) + " octets together at most");
    }
    return std::nullopt;
}

// All names that begin with these labels, as values.
RestResult<Query> beginning_query(std::string_view labels) {
    const RestResult<Name> name = name_from(labels);
    if (!name) return name.error();
    std::string glob;
    for (const char c : in_lower_case(labels)) {
        const bool is_special = c == '*' || c == '?' || c == '[';
        glob += is_special ? std::string{'[', c, ']'} : std::string{c};
    }
    Query query;
    query.view = View::pivot;
    query.scope = Scope::values;
    query.lists_names = true;
    query.values.add(PivotRange(as_octets("n")));
    if (auto error = add_pattern(PatternKind::like, glob + ".*", query)) return *std::move(error);
    return query;
}

// With brackets for what the language takes only so, and in lower case.
RestResult<std::string> expression_from(std::string_view text) {
    std::string expression;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '\\') {
            expression += static_cast<char>(to_lower(static_cast<std::uint8_t>(text[at])));
            continue;
        }
        const char escaped = ++at < text.size() ? text[at] : '\0';
        const bool is_mark =
            std::string_view(".*+?()[]{}|$/-_\"@=:;,").find(escaped) != std::string_view::npos;
        if (escaped == 'd') {
            expression += "[0-9]";
        } else if (escaped == 'w') {
            expression += "[0-9a-z_]";
        } else if (is_mark) {
            expression += std::string{'[', escaped, ']'};
        } else {
            return bad_value("the expression " + quote(text) + " has a '\\' that is not known " +
                             "here; there are \\d, \\w and marks such as \\.");
        }
    }
    return expression;
}

// A glob matches all of a name, with its final dot.
std::string glob_from(std::string_view text, bool of_names) {
    std::string glob = in_lower_case(text);
    constexpr std::string_view open_ends = ".*?]";
    if (of_names && !glob.empty() && open_ends.find(glob.back()) == std::string_view::npos) {
        glob += '.';
    }
    return glob;
}

}  // namespace

void Selection::set_types(const TypeSet& types) {
    for (Query& query : queries)
        query.types = types;
}

void Selection::set_times(Period first, Period last) {
    for (Query& query : queries) {
        query.first = first;
        query.last = last;
        query.nothing = query.nothing || first.begin > first.end || last.begin > last.end;
    }
}

void Selection::set_runs(bool runs) {
    for (Query& query : queries)
        query.runs = runs;
}

RestResult<Selection> select_both_sides(std::string_view value) {
    RestResult<Selection> selection = select_by_rdata(value);
    if (!selection || range_query(value) || is_prefix(with_slash(value))) return selection;
    Query owner;
    if (labels_before_star(value)) {
        const RestResult<Selection> owners = select_rrset(value);
        if (!owners) return owners.error();
        owner = owners->queries.front();
    } else if (const auto error = read_subject(name_from(value).value().labels(), owner)) {
        return bad_value(std::string(error->text()));
    }
    selection->queries.insert(selection->queries.begin(), owner);
    return selection;
}

RestResult<Selection> select_by_rdata(std::string_view value) {
    const auto labels = labels_before_star(value);
    const RestResult<Query> query = labels ? beginning_query(*labels) : rdata_query(value);
    if (!query) return query.error();
    return only(*query);
}

RestResult<Selection> select_rrset(std::string_view text) {
    const auto before_star = labels_before_star(text);
    const RestResult<Name> name = name_from(before_star.value_or(text));
    if (!name) return name.error();
    Query query;
    Octets labels = name->labels();
    if (before_star && as_text(labels).starts_with("\1*")) {
        return bad_value("a '*' stands in front of a name or behind it, not both: " + quote(text));
    }
    if (before_star) query.scope = Scope::suffixes;
    if (!before_star && take_mark(labels, below_mark)) query.scope = Scope::below;
    query.lists_names = query.scope != Scope::name;
    query.subject = Name::from_labels(labels);
    return only(query);
}

RestResult<Selection> select_raw_rrset(std::string_view hex) {
    const auto octets = octets_from_hex(hex);
    if (!octets) return not_hex(hex);
    const auto name = Name::from_wire(as_octets(*octets));
    if (!name) return bad_value("not the wire form of a name: " + quote(hex));
    Query query;
    query.subject = *name;
    return only(query);
}

RestResult<Selection> select_rdata_name(std::string_view text) {
    if (labels_before_star(text)) return select_by_rdata(text);
    const RestResult<Name> name = name_from(text);
    if (!name) return name.error();
    // A name that looks like an address is a name all the same.
    if (needs_exact_mark(name->labels())) return select_by_rdata("=." + std::string(text));
    return select_by_rdata(text);
}

RestResult<Selection> select_rdata_address(std::string_view text) {
    if (const auto range = range_query(text)) {
        if (!*range) return range->error();
        return only(**range);
    }
    const std::string prefix = with_slash(text);
    if (!is_prefix(prefix) && !address_from(prefix))
        return bad_value("no IP address, prefix or range: " + quote(text));
    RestResult<Query> query = pivot_query(prefix);
    if (!query) return query.error();
    return only(*query);
}

RestResult<Selection> select_raw_rdata(std::string_view hex, const TypeSet& types) {
    const auto octets = octets_from_hex(hex);
    if (!octets) return not_hex(hex);
    const Octets raw = as_octets(*octets);
    Query query;
    query.view = View::pivot;
    query.scope = Scope::values;
    Selection selection;
    if (types.types().size() == 1) {
        const Rrtype type = types.types().front();
        const auto rdata = std::make_unique<Rdata>();
        if (!rdata_from_wire(type, raw, *rdata)) {
            return bad_value("no RDATA of type " + rrtype_text(type) + ": " + quote(hex));
        }
        const auto range = range_to(type, rdata->octets());
        if (!range) {
            return bad_value(
                "RDATA is found by an address, a name or a text inside, and this has " +
                std::string("none: ") + quote(hex));
        }
        query.values.add(*range);
        selection.rdata = std::string(as_text(rdata->octets()));
    } else if (const auto name = Name::from_wire(raw)) {
        query.values.add(PivotRange(PivotValue::name(name->wire()).octets()));
    } else if (raw.size() == 4 || raw.size() == 16) {
        query.values.add(PivotRange(address_value(raw).octets()));
        selection.rdata = *octets;
    } else {
        return bad_value("neither an address nor a name, and no one type is named: " + quote(hex));
    }
    selection.queries.push_back(query);
    return selection;
}

RestResult<Selection> select_flex(const FlexPattern& pattern) {
    Query query;
    query.lists_names = true;
    if (pattern.of_owners) {
        query.scope = Scope::subtree;
    } else {
        query.view = View::pivot;
        query.scope = Scope::values;
        query.values.add(PivotRange(Octets{}));
    }
    // Texts and addresses have no final dot, unlike names.
    query.further.final_dots =
        pattern.of_owners || pattern.is_expression || pattern.wanted.ends_with('.');
    const auto add = [&](std::string_view text, bool is_left_out) -> std::optional<RestError> {
        if (!pattern.is_expression) {
            return add_pattern(is_left_out ? PatternKind::not_like : PatternKind::like,
                               glob_from(text, pattern.of_owners), query);
        }
        const RestResult<std::string> expression = expression_from(text);
        if (!expression) return expression.error();
        return add_pattern(is_left_out ? PatternKind::not_re : PatternKind::re, *expression, query);
    };
    auto error = add(pattern.wanted, false);
    if (!error && !pattern.left_out.empty()) error = add(pattern.left_out, true);
    if (error) return *std::move(error);
    return only(query);
}

RestResult<TypeSet> types_from_text(std::string_view text) {
    constexpr std::array dnssec{Rrtype::DS,     Rrtype::RRSIG,   Rrtype::NSEC,
                                Rrtype::DNSKEY, Rrtype::NSEC3,   Rrtype::NSEC3PARAM,
                                Rrtype::CDS,    Rrtype::CDNSKEY, Rrtype::DLV};
    TypeSet types;
    bool fit = true;
    const auto add = [&](Rrtype type) {
        types.add(type);
        fit = fit && types.has(type);
    };
    bool every = text.empty();
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(','));
        text.remove_prefix(std::min(word.size() + 1, text.size()));
        const auto is = [word](std::string_view other) {
            return std::ranges::equal(word, other, [](char a, char b) {
                return (a >= 'a' && a <= 'z' ? a - 'a' + 'A' : a) == b;
            });
        };
        const auto type = rrtype_from_text(word);
        if (is("ANY")) {
            every = true;
        } else if (is("ANY-DNSSEC")) {
            for (const Rrtype each : dnssec)
                add(each);
        } else if (type && !is_meta_type(*type)) {
            add(*type);
        } else {
            return bad_value("no record type: " + quote(word));
        }
    }
    if (!fit && !every) {
        return bad_value("more than " + std::to_string(types.types().size()) + " record types");
    }
    return every ? TypeSet() : types;
}

}  // namespace dnshist::responder
