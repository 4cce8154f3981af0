#include "zonegen/response/bailiwick.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "storage/record/personal_type.hpp"
#include "storage/record/rdata.hpp"
#include "storage/suffix/public_suffix.hpp"

namespace dnshist::zonegen {

namespace {

using Section = Response::Section;
using Record = Response::Record;

constexpr std::array<std::uint8_t, 1> root{0};
constexpr std::array<std::uint8_t, 7> local{5, 'l', 'o', 'c', 'a', 'l', 0};

// The names of addresses, and how many labels above them name the smallest network whose names are
// usually delegated as a whole: a /24 of IPv4, a /48 of IPv6. Below it the Public Suffix List would
// believe the holder of one network in all that begin with the same octet.
struct ReverseZone {
    std::string_view name;
    std::size_t labels;
};
constexpr ReverseZone reverse_zones[] = {
    {std::string_view("\7in-addr\4arpa\0", 14), 3},
    {std::string_view("\3ip6\4arpa\0", 10), 12},
};

// Longer than any chain that a resolver follows.
constexpr std::size_t max_chain = 17;

constexpr bool covers(Rrtype type) noexcept {
    return type == Rrtype::RRSIG || type == Rrtype::SIG;
}

// The type that the verdict depends on: the record's own, or the one that a signature covers.
Rrtype judged_type(const Record& record) noexcept {
    if (!covers(record.type)) return record.type;
    // The first field of valid RDATA of either.
    return Rrtype{OctetReader(record.rdata).u16().value_or(0)};
}

// Types whose RDATA names hosts, for which the additional section may hold records.
constexpr bool points_to_hosts(Rrtype type) noexcept {
    switch (type) {
        case Rrtype::NS:
        case Rrtype::MX:
        case Rrtype::AFSDB:
        case Rrtype::RT:
        case Rrtype::SRV:
        case Rrtype::NAPTR:
        case Rrtype::KX:
        case Rrtype::SVCB:
        case Rrtype::HTTPS:
        case Rrtype::LP:
            return true;
        default:
            return false;
    }
}

// Types that the additional section may hold for a host.
constexpr bool is_host_type(Rrtype type) noexcept {
    switch (type) {
        case Rrtype::A:
        case Rrtype::AAAA:
        case Rrtype::SRV:
        case Rrtype::SVCB:
        case Rrtype::HTTPS:
        case Rrtype::NID:
        case Rrtype::L32:
        case Rrtype::L64:
            return true;
        default:
            return false;
    }
}

std::size_t label_count(Octets name) noexcept {
    std::size_t count = 0;
    for (std::size_t at = 0; name[at] != 0; at += name[at] + 1U)
        ++count;
    return count;
}

// The domain that a server is held to serve if only QNAME is known; empty if QNAME is a public
// suffix.
Octets domain_of(Octets name) noexcept {
    for (const ReverseZone& zone : reverse_zones) {
        const Octets apex = as_octets(zone.name);
        if (!is_at_or_below(name, apex) || equal(name, apex)) continue;
        for (std::size_t labels = label_count(name) - label_count(apex); labels > zone.labels;
             --labels) {
            name = name.subspan(name[0] + 1U);
        }
        return name;
    }
    return registrable_domain(name);
}

bool less(Octets a, Octets b) noexcept {
    return compare(a, b) < 0;
}

}  // namespace

bool is_at_or_below(Octets name, Octets zone) noexcept {
    if (zone.size() > name.size()) return false;
    const std::size_t above = name.size() - zone.size();
    if (!equal(name.subspan(above), zone)) return false;
    std::size_t at = 0;
    while (at < above)
        at += name[at] + 1U;
    return at == above;
}

bool is_history(const Record& record) noexcept {
    if (is_meta_type(record.type) || number(record.type) == 0) return false;
    // No server may say who has registered its names.
    if (is_personal(record.type)) return false;
    // SIG(0), which signs a message (RFC 2931).
    return !covers(record.type) || !record.valid || number(judged_type(record)) != 0;
}

// The zone that the server of the response is held to serve; empty for none. The first table of the
// header.
void Bailiwick::choose_zone(const Response& response, const QueryContext& context) noexcept {
    zone_ = {};
    apex_alone_ = false;
    multicast_ = context.multicast;
    if (multicast_) {
        zone_ = local;
        return;
    }
    const auto& question = response.question;
    if (!question || question->rrclass != Response::class_in) return;
    if (context.name && !equal(context.name->wire(), question->name)) return;
    if (context.zone) {
        zone_ = context.zone->wire();
    } else if (context.recursive && context.asked) {
        zone_ = root;
    } else {
        zone_ = domain_of(question->name);
        apex_alone_ = zone_.empty();
        if (apex_alone_) zone_ = question->name;
    }
}

std::span<const RecordVerdict> Bailiwick::judge(const Response& response,
                                                const QueryContext& context) {
    chain_.clear();
    hosts_.clear();
    verdicts_.assign(response.records.size(), RecordVerdict::unasked);
    choose_zone(response, context);
    if (zone_.empty()) return verdicts_;

    if (!multicast_) {
        question_type_ = response.question->type;
        follow_chain(response);
    }
    // The additional section is judged by the accepted records of the sections before it.
    bool hosts_gathered = false;
    for (std::size_t i = 0; i < response.records.size(); ++i) {
        const Record& record = response.records[i];
        if (record.section == Section::additional && !std::exchange(hosts_gathered, true)) {
            gather_hosts(response.records.first(i));
        }
        verdicts_[i] = judge_record(record);
    }
    return verdicts_;
}

RecordVerdict Bailiwick::judge_record(const Record& record) const noexcept {
    if (!in_bailiwick(record.owner)) return RecordVerdict::out_of_bailiwick;
    if (!record.valid || !is_history(record)) return RecordVerdict::unasked;
    if (multicast_) {
        const bool announced = record.section != Section::authority;
        return announced ? RecordVerdict::accepted : RecordVerdict::unasked;
    }
    const Rrtype type = judged_type(record);
    bool part_of_answer = false;
    switch (record.section) {
        case Section::answer:
            part_of_answer = is_answer(record.owner, type);
            break;
        case Section::authority:
            part_of_answer = is_zone_data(record.owner, type);
            break;
        case Section::additional:
            part_of_answer = is_host_data(record.owner, type);
            break;
    }
    return part_of_answer ? RecordVerdict::accepted : RecordVerdict::unasked;
}

// If a name has several CNAMEs, which RFC 2181 forbids, the first one counts.
void Bailiwick::follow_chain(const Response& response) {
    const auto next = [&response](Octets name) -> const Record* {
        for (const Record& record : response.records) {
            if (record.section == Section::answer && record.type == Rrtype::CNAME && record.valid &&
                equal(record.owner, name)) {
                return &record;
            }
        }
        return nullptr;
    };
    Octets name = response.question->name;
    while (in_bailiwick(name) && chain_.size() < max_chain) {
        chain_.push_back(name);
        const Record* const alias = next(name);
        if (alias == nullptr) break;
        name = alias->rdata;
    }
}

bool Bailiwick::in_chain(Octets name) const noexcept {
    return std::ranges::any_of(chain_, [name](Octets link) { return equal(link, name); });
}

bool Bailiwick::above_chain(Octets name) const noexcept {
    return std::ranges::any_of(chain_, [name](Octets link) { return is_at_or_below(link, name); });
}

bool Bailiwick::is_answer(Octets owner, Rrtype type) const noexcept {
    if (question_type_ == Rrtype::IXFR) return false;
    if (question_type_ == Rrtype::AXFR) {
        return !chain_.empty() && is_at_or_below(owner, chain_.front());
    }
    return in_chain(owner) || (type == Rrtype::DNAME && above_chain(owner));
}

bool Bailiwick::is_zone_data(Octets owner, Rrtype type) const noexcept {
    switch (type) {
        case Rrtype::NS:
        case Rrtype::SOA:
        case Rrtype::DS:
            return above_chain(owner);
        case Rrtype::NSEC:
            return true;
        case Rrtype::NSEC3:  // the owner is a hash below the zone
            return owner[0] != 0 && above_chain(owner.subspan(owner[0] + 1U));
        default:
            return false;
    }
}

bool Bailiwick::is_host_data(Octets owner, Rrtype type) const noexcept {
    return is_host_type(type) &&
           (in_chain(owner) || std::ranges::binary_search(hosts_, owner, less));
}

void Bailiwick::gather_hosts(std::span<const Record> records) {
    for (std::size_t i = 0; i < records.size(); ++i) {
        if (verdicts_[i] != RecordVerdict::accepted || !points_to_hosts(records[i].type)) continue;
        for_each_name(records[i].type, records[i].rdata,
                      [this](Octets name) { hosts_.push_back(name); });
    }
    std::ranges::sort(hosts_, less);
}

}  // namespace dnshist::zonegen
