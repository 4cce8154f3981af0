#include "responder/rest/record_stream.hpp"

#include <algorithm>

#include "storage/finding/suffix_names.hpp"

namespace dnshist::responder {

namespace {

// Whether the query, of records by their owner, has given the record.
bool has_given(const Query& query, const StoredRecord& record) {
    if (!query.types.has(record.type)) return false;
    const NameKey subject = query.subject.key();
    const bool is_subject = equal(record.owner, subject.octets());
    switch (query.scope) {
        case Scope::name:
            return is_subject;
        case Scope::below:
            return !is_subject && starts_with(record.owner, subject.subtree());
        case Scope::subtree:
            return starts_with(record.owner, subject.subtree());
        case Scope::children: {
            const std::size_t base = subject.subtree().size();
            return !is_subject && starts_with(record.owner, subject.subtree()) &&
                   record.owner.size() == base + record.owner[base] + 2U;
        }
        case Scope::suffixes: {
            const auto owner = Name::from_key(record.owner);
            return owner && starts_with(owner->labels(), query.subject.labels()) &&
                   is_listed_suffix(owner->labels().subspan(query.subject.labels().size()));
        }
        default:
            return false;
    }
    return false;
}

bool has_bailiwick(Lookup& store, const StoredRecord& record, std::string_view bailiwick) {
    return std::ranges::any_of(record.sources(), [&](std::uint32_t number) {
        const auto source = store.snapshot().source(number, record.owner);
        return source && source->bailiwick == bailiwick;
    });
}

}  // namespace

bool RecordStream::passes(Lookup& store, const StoredRecord& record) const {
    if (selection_.rdata && as_text(record.rdata) != *selection_.rdata) return false;
    for (std::size_t earlier = 0; earlier < place_.query; ++earlier) {
        if (has_given(selection_.queries[earlier], record)) return false;
    }
    return selection_.bailiwick.empty() || has_bailiwick(store, record, selection_.bailiwick);
}

void RecordStream::run(Lookup& store, std::uint64_t budget,
                       FunctionRef<bool(const Finding&)> take) {
    bool taken = true;
    while (taken && !ended() && budget > 0) {
        const std::uint64_t before = store.spent();
        bool gives = false;
        // The store answers others in between. What is wrong with a pattern was said.
        static_cast<void>(store.use_patterns(selection_.queries[place_.query]));
        const auto stop = store.stream(
            selection_.queries[place_.query], place_.in_query, budget, [&](const Finding& finding) {
                const bool passed = passes(store, *finding.record);
                taken = store.snapshot().is_whole() && (!passed || take(finding));
                gives = gives || taken;
                return taken;
            });
        const std::uint64_t spent = std::max<std::uint64_t>(store.spent() - before, 1);
        // Each change counts once, even if it is to be done again.
        if (gives || store.snapshot().is_whole()) spent_ += spent;
        budget -= std::min(budget, spent);
        if (stop) {
            place_.in_query = *stop;
            return;
        }
        place_ = {place_.query + 1, {}};
    }
}

}  // namespace dnshist::responder
