// Any octets as an item of a feed: what is observed is valid, what export would write of it is
// read back as the same, and a blank in front, of which the parser alone knows, changes nothing.
#include <cstdlib>
#include <string>
#include <vector>

#include "storage/record/line/cof.hpp"
#include "storage/record/rdata.hpp"
#include "zonegen/cof/cof_parser.hpp"
#include "zonegen/feed/feed.hpp"

using namespace dnshist;
using namespace dnshist::zonegen;

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

struct Reading {
    std::vector<Seen> seen;
    std::vector<std::string> rejects;

    friend bool operator==(const Reading&, const Reading&) = default;
};

class ItemReading {
  public:
    Reading read(std::string_view item) {
        now_ = {};
        std::string padded(item);
        padded.append(Feed::padding_octets, '\0');
        parser_.read(std::string_view(padded).substr(0, item.size()));
        return now_;
    }

  private:
    void observe(const Observation& seen) {
        const auto owner = Name::from_wire(seen.owner);
        require(owner.has_value() && seen.seen.begin <= seen.seen.end);
        require(!is_meta_type(seen.type) && is_valid_rdata(seen.type, seen.rdata));
        now_.seen.push_back({*owner, seen.type, std::string(as_text(seen.rdata)), seen.witness,
                             seen.seen, seen.count,
                             seen.source != nullptr ? *seen.source : Source{}});
    }

    void refuse(const Reject& reject) {
        for (const char c : reject.detail)
            require(c >= ' ' && c <= '~');
        now_.rejects.push_back(reject.detail);
    }

    Reading now_;
    CofParser parser_{[this](const Observation& seen) { observe(seen); },
                      [this](const Reject& reject) { refuse(reject); }};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size >= Feed::max_item_octets) return 0;
    ItemReading parser;
    const Reading reading = parser.read(as_text({data, size}));
    require(parser.read(as_text({data, size})) == reading);  // now that it knows the keys
    require(parser.read('\t' + std::string(as_text({data, size}))) == reading);
    std::size_t looked_at = 0;
    for (const Seen& seen : reading.seen) {
        if (++looked_at > 20) break;
        Sightings sightings;
        Visibility& visibility =
            seen.witness == Witness::sensor ? sightings.sensor : sightings.zone;
        visibility.add(seen.period, seen.count, default_gap);
        std::string text;
        append_cof(text, seen.owner.key().octets(), seen.type, as_octets(seen.rdata), sightings,
                   std::span(&seen.source, seen.source.empty() ? 0 : 1));
        require(parser.read(text) == Reading{{seen}, {}});
    }
    return 0;
}
