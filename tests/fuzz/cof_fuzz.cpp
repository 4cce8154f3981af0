// Any octets as an element of a feed: what is observed is valid, and what export would write of it
// is read back as the same.
#include <cstdlib>
#include <string>
#include <vector>

#include "storage/cof.hpp"
#include "storage/rdata.hpp"
#include "zonegen/cof_reader.hpp"
#include "zonegen/feed.hpp"

using namespace dnshist;

namespace {

struct Seen {
    Name owner;
    Rrtype type;
    std::string rdata;
    Witness witness;
    Period period;
    std::uint64_t count;
    Source source;

    friend bool operator==(const Seen&, const Seen&) = default;
};

void require(bool holds) {
    if (!holds) std::abort();
}

std::vector<Seen> read(std::string_view element) {
    std::vector<Seen> all;
    CofReader reader(
        [&](const Observation& seen) {
            const auto owner = Name::from_wire(seen.owner);
            require(owner.has_value() && seen.seen.begin <= seen.seen.end);
            require(!is_meta_type(seen.type) && seen.rdata.size() <= max_rdata_octets);
            all.push_back({*owner, seen.type, std::string(as_text(seen.rdata)), seen.witness,
                           seen.seen, seen.count,
                           seen.source != nullptr ? *seen.source : Source{}});
        },
        [](const Reject& reject) {
            for (const char c : reject.detail)
                require(c >= ' ' && c <= '~');
        });
    std::string padded(element);
    padded.append(Feed::padding_octets, '\0');
    reader.read(std::string_view(padded).substr(0, element.size()));
    return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > Feed::max_element_octets) return 0;
    std::size_t looked_at = 0;
    for (const Seen& seen : read(as_text({data, size}))) {
        if (++looked_at > 20) break;
        Sightings sightings;
        Visibility& visibility =
            seen.witness == Witness::sensor ? sightings.sensor : sightings.zone;
        visibility.add(seen.period, seen.count, default_gap);
        std::string text;
        append_cof(text, seen.owner.key().octets(), seen.type, as_octets(seen.rdata), sightings,
                   std::span(&seen.source, seen.source.empty() ? 0 : 1));
        require(read(text) == std::vector{seen});
    }
    return 0;
}
