#include "zonegen/export/past_root.hpp"

#include <algorithm>
#include <string_view>

#include "storage/format/record_key.hpp"
#include "storage/history/cursor.hpp"
#include "storage/query/vocabulary.hpp"
#include "storage/record/labels.hpp"
#include "storage/text/quote.hpp"
#include "storage/text/time.hpp"
#include "zonegen/export/line_output.hpp"

namespace dnshist::zonegen {

namespace {

// The name server that a root must have, at the resolver itself. It is left as it is (RFC 6761).
constexpr std::string_view local = "localhost";

std::string apex(std::uint32_t ttl) {
    return "$TTL " + std::to_string(ttl) +
           "\n. SOA localhost. nobody.invalid. 1 3600 600 86400 60\n. NS localhost.\n"
           "localhost. A 127.0.0.1\nlocalhost. AAAA ::1\n";
}

// Calls visit(name) for each top-level domain at or below which there are records, until it returns
// false.
template <class Visit>
void for_each_top_level(Snapshot& snapshot, const Visit& visit) {
    RecordCursor cursor(snapshot);
    cursor.seek_all();
    while (cursor.next()) {
        const Octets owner = cursor.record().owner;
        if (owner[0] == 0) {  // the root
            cursor.skip_to(after_owner(owner).octets());
            continue;
        }
        KeyBound top(owner.first(1U + owner[0]));
        top.append(0);
        if (!visit(Name::from_key(top.octets()).value_or(Name()))) return;
        cursor.skip_to(after_subtree(top.octets()).octets());
    }
}

}  // namespace

Result<Name> past_suffix(const PastRootOptions& options, Seconds now) {
    if (!is_present(options.time) && !period_from_text(options.time, now)) {
        return Problem{"--at: no time: " + quote(options.time) +
                       "; a day is 2019-06-01, the present is now"};
    }
    NameBuilder name;
    name.add_label(options.time);
    name.add_label("asof");
    name.add_labels(options.zone.labels());
    const auto suffix = name.name();
    if (!suffix) return Problem{"--zone: too long for " + options.time + ".asof in front of it"};
    return *suffix;
}

PastRootResult export_past_root(History& history, const PastRootOptions& options,
                                const Name& suffix, std::FILE* out) {
    PastRootResult result;
    LineOutput output(out);
    output.text() += "; The root of " + options.time +
                     ", for a resolver that does not validate (dnshist-zonegen 8)\n" +
                     apex(options.ttl);
    const Name left_alone = Name::from_text(local).value();
    Snapshot snapshot(history);
    bool has_reader = true;
    for_each_top_level(snapshot, [&](const Name& top) {
        NameBuilder target;
        target.add_labels(top.labels());
        target.add_labels(suffix.labels());
        const auto name = target.name();
        // The zone itself, if it has one label, is asked of the responder.
        if (!name || top == options.zone || top == left_alone) {
            return true;
        }
        output.text() += top.text() + " DNAME " + name->text();
        ++result.domains;
        return has_reader = output.end_line();
    });
    if (has_reader) has_reader = output.flush();
    if (!has_reader) result.written = Written::no_reader;
    return result;
}

std::string past_root_text(const PastRootResult& result, const Name& suffix) {
    return std::to_string(result.domains) + " top-level domains lead to " + suffix.text();
}

}  // namespace dnshist::zonegen
