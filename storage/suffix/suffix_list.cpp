#include "storage/suffix/suffix_list.hpp"

#include <libpsl.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/record/labels.hpp"
#include "storage/suffix/public_suffix.hpp"
#include "storage/text/idna.hpp"

namespace dnshist {

namespace {

// The labels under which registries of countries give out names.
constexpr std::array<std::string_view, 30> second_levels{
    "ac",  "co",  "com",  "edu", "firm", "gen", "go",    "gob", "gov", "gouv",
    "id",  "ind", "info", "ltd", "me",   "mil", "muni",  "ne",  "net", "nhs",
    "nom", "or",  "org",  "plc", "pro",  "sch", "store", "tm",  "web", "asn"};
constexpr std::size_t country_octets = 2;

// The suffix that a rule of the list names; nothing for several ones and for a top-level domain.
std::optional<Name> suffix_of_rule(std::string_view rule) {
    rule = rule.substr(0, rule.find_first_of(" \t\r"));
    if (rule.starts_with("//") || rule.find('.') == std::string_view::npos ||
        rule.find_first_of("*!") != std::string_view::npos) {
        return std::nullopt;
    }
    const auto ascii = domain_in_ascii(rule);
    if (!ascii) return std::nullopt;
    const auto name = Name::from_text(*ascii);
    return name ? std::optional(*name) : std::nullopt;
}

// Sorted by their keys, so that those of a top-level domain are together.
class SuffixList {
  public:
    SuffixList() {
        const char* const compiled = psl_dist_filename();
        const std::string file = compiled == nullptr ? std::string() : compiled;
        std::ifstream text(file.substr(0, file.rfind('/') + 1) + "public_suffix_list.dat");
        for (std::string rule; std::getline(text, rule);) {
            if (const auto name = suffix_of_rule(rule)) add(*name);
        }
        std::ranges::sort(entries_, [this](const Entry& a, const Entry& b) {
            return compare(key(a), key(b)) < 0;
        });
    }

    bool empty() const noexcept { return entries_.empty(); }
    bool has(const Name& name) const {
        const NameKey wanted = name.key();
        const auto at = lower_bound(wanted.octets());
        return at != entries_.end() && equal(key(*at), wanted.octets());
    }
    void for_each(Octets top_key, FunctionRef<void(const Name&)> visit) const {
        for (auto at = lower_bound(top_key); at != entries_.end(); ++at) {
            if (!starts_with(key(*at), top_key)) break;
            if (const auto name = Name::from_key(key(*at))) visit(*name);
        }
    }

  private:
    struct Entry {
        std::uint32_t begin;
        std::uint32_t size;
    };

    void add(const Name& name) {
        const NameKey octets = name.key();
        entries_.push_back({static_cast<std::uint32_t>(octets_.size()),
                            static_cast<std::uint32_t>(octets.octets().size())});
        octets_.insert(octets_.end(), octets.octets().begin(), octets.octets().end());
    }
    Octets key(const Entry& entry) const noexcept {
        return Octets(octets_).subspan(entry.begin, entry.size);
    }
    std::vector<Entry>::const_iterator lower_bound(Octets wanted) const {
        return std::ranges::partition_point(
            entries_, [&](const Entry& entry) { return compare(key(entry), wanted) < 0; });
    }

    std::vector<std::uint8_t> octets_;
    std::vector<Entry> entries_;
};

const SuffixList& suffix_list() {
    static const SuffixList list;
    return list;
}

std::optional<Name> common_suffix(std::string_view second, Octets top) {
    NameBuilder builder;
    builder.add_label(second);
    builder.add_label(as_text(top));
    const auto name = builder.name();
    return name && is_public_suffix(name->wire()) ? name : std::nullopt;
}

}  // namespace

void for_each_suffix_below(Octets top, FunctionRef<void(const Name&)> visit) {
    if (!suffix_list().empty()) {
        OctetBuffer<max_label_octets + 1> key;
        key.append(static_cast<std::uint8_t>(top.size()));
        key.append(top);
        suffix_list().for_each(key.octets(), visit);
    } else if (top.size() == country_octets) {
        for (const std::string_view second : second_levels) {
            if (const auto name = common_suffix(second, top)) visit(*name);
        }
    }
}

bool is_suffix_below_top(Octets labels) {
    if (!suffix_list().empty()) return suffix_list().has(Name::from_labels(labels));
    Labels rest(labels);
    const auto second = rest.next();
    const auto top = rest.next();
    return second && top && rest.rest().empty() && top->size() == country_octets &&
           std::ranges::find(second_levels, *second) != second_levels.end() &&
           common_suffix(*second, as_octets(*top));
}

}  // namespace dnshist
