// The octets of a batch that is begun in a cluster (storage/cluster/LAYOUT.md), from which any
// writer makes the same batch again: observations or removals.
#include <limits>
#include <utility>

#include "storage/base/text_codec.hpp"
#include "storage/format/record_key.hpp"
#include "storage/history/batch.hpp"
#include "storage/history/prune.hpp"

namespace dnshist {

namespace {

std::optional<PruneRule> read_rule(OctetReader& in) {
    const auto flags = in.u8();
    const auto last_before = in.varint();
    const auto fewer_than = in.varint();
    const auto sources = read_text(in);
    if (!flags || !last_before || *last_before > end_of_time.since_epoch || !fewer_than ||
        !sources) {
        return std::nullopt;
    }
    PruneRule rule;
    if ((*flags & 1) != 0) rule.last_before = Seconds{static_cast<std::uint32_t>(*last_before)};
    if ((*flags & 2) != 0) rule.fewer_than = *fewer_than;
    if ((*flags & 4) != 0) {
        rule.sources.emplace();
        for (const char each : *sources)
            rule.sources->push_back(each == '1');
    }
    return rule;
}

}  // namespace

// The sources, then the entries, each with the part of its key that the key before does not share.
void Batch::append_to(std::string& out) {
    const auto all = entries();
    append_varint(out, static_cast<std::uint64_t>(counts_));
    append_varint(out, observations_);
    append_varint(out, sources_.size());
    for (const std::string& source : sources_)
        append_text(out, source);
    append_varint(out, all.size());
    Octets before;
    for (const Entry* const entry : all) {
        const std::size_t shared = common_prefix(before, entry->key());
        append_varint(out, shared);
        append_text(out, as_text(entry->key().subspan(shared)));
        append_text(out, as_text(entry->rdata_rest()));
        append_varint(out, static_cast<std::uint64_t>(entry->witness));
        // None is 0.
        append_varint(out, std::uint64_t{static_cast<std::uint32_t>(entry->source + 1)});
        append_varint(out, entry->seen.begin.since_epoch);
        append_varint(out, entry->seen.end.since_epoch - entry->seen.begin.since_epoch);
        append_varint(out, entry->count);
        before = entry->key();
    }
}

bool Batch::read(OctetReader& in) {
    clear();
    const auto counts = in.varint();
    const auto observations = in.varint();
    const auto sources = in.varint();
    if (!counts || *counts > static_cast<std::uint64_t>(Counts::max) || !observations || !sources)
        return false;
    counts_ = static_cast<Counts>(*counts);
    for (std::uint64_t i = 0; i < *sources; ++i) {
        auto source = read_text(in);
        if (!source) return false;
        sources_.push_back(std::move(*source));
    }
    const auto size = in.varint();
    if (!size) return false;
    std::string key;
    for (std::uint64_t i = 0; i < *size; ++i) {
        const auto shared = in.varint();
        const auto own = shared ? read_text(in) : std::nullopt;
        const auto rest = own ? read_text(in) : std::nullopt;
        const auto witness = in.varint();
        const auto source = in.varint();
        const auto begin = in.varint();
        const auto length = in.varint();
        const auto count = in.varint();
        if (!rest || !witness || !source || !begin || !length || !count || *shared > key.size() ||
            *witness > 1 || *source > sources_.size() || *begin > end_of_time.since_epoch ||
            *length > end_of_time.since_epoch - *begin) {
            return false;
        }
        key.replace(static_cast<std::size_t>(*shared), std::string::npos, *own);
        if (key.size() > max_record_key || rest->size() > std::numeric_limits<std::uint16_t>::max())
            return false;
        const Entry entry{static_cast<std::uint16_t>(key.size()),
                          static_cast<std::uint16_t>(rest->size()),
                          static_cast<Witness>(*witness),
                          static_cast<std::uint32_t>(*source - 1),
                          {Seconds{static_cast<std::uint32_t>(*begin)},
                           Seconds{static_cast<std::uint32_t>(*begin + *length)}},
                          *count};
        entries_.push_back(keep(entry, as_octets(key), as_octets(*rest)));
    }
    observations_ = settled_ = *observations;
    return true;
}

void append_rule(std::string& out, const PruneRule& rule) {
    out.push_back(static_cast<char>((rule.last_before ? 1 : 0) | (rule.fewer_than ? 2 : 0) |
                                    (rule.sources ? 4 : 0)));
    append_varint(out, rule.last_before.value_or(Seconds{0}).since_epoch);
    append_varint(out, rule.fewer_than.value_or(0));
    std::string sources;
    if (rule.sources) {
        for (const bool is_ours : *rule.sources)
            sources.push_back(is_ours ? '1' : '0');
    }
    append_text(out, sources);
}

void append_removed(std::string& out, Octets key, Octets rdata_rest) {
    append_text(out, as_text(key));
    append_text(out, as_text(rdata_rest));
}

std::optional<Removals> read_removals(OctetReader& in) {
    auto rule = read_rule(in);
    if (!rule) return std::nullopt;
    Removals removals{*std::move(rule), {}};
    while (!in.at_end()) {
        auto key = read_text(in);
        auto rest = key ? read_text(in) : std::nullopt;
        if (!rest || !split_record_key(as_octets(*key))) return std::nullopt;
        removals.records.push_back({std::move(*key), std::move(*rest)});
    }
    return removals;
}

}  // namespace dnshist
