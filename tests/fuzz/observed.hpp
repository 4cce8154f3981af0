// Invariants of the observations that a reader gives, whatever octets it reads.
#pragma once

#include <cstdlib>
#include <string>
#include <string_view>

#include "storage/record/name.hpp"
#include "storage/record/observation.hpp"
#include "storage/record/rdata.hpp"
#include "zonegen/feed/feed.hpp"
#include "zonegen/feed/reject.hpp"

namespace dnshist::fuzz {

using namespace zonegen;

inline void require(bool holds) {
    if (!holds) std::abort();
}

// A record that the store could take.
inline void check_observation(const Observation& seen) {
    require(Name::from_wire(seen.owner).has_value());
    require(number(seen.type) != 0 && !is_meta_type(seen.type));
    require(seen.seen.begin <= seen.seen.end);
    require(is_valid_rdata(seen.type, seen.rdata));
}

// A reason that a terminal could take.
inline void check_reject(const Reject& reject) {
    for (const char c : reject.detail)
        require(c >= ' ' && c <= '~');
}

// Reads each line as an item.
template <class LogParser, class... Options>
void read_lines(std::string_view text, const Options&... options) {
    LogParser parser(check_observation, check_reject, "sensor", options...);
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        std::string line(text.substr(0, end));
        const std::size_t size = line.size();
        line.append(Feed::padding_octets, '\0');
        if (size <= Feed::max_item_octets) parser.read(std::string_view(line).substr(0, size));
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
}

// Reads the whole text as one item.
template <class Parser>
void read_whole(std::string_view text) {
    Parser parser(check_observation, check_reject);
    std::string item(text);
    item.append(Feed::padding_octets, '\0');
    if (text.size() <= Feed::max_item_octets) {
        parser.read(std::string_view(item).substr(0, text.size()));
    }
}

}  // namespace dnshist::fuzz
