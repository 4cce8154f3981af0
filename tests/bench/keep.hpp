// A program for one store of the comparison: it imports a feed of COF and looks records up both
// ways.
//
//     keep_NAME import FEED STORE
//     keep_NAME look-up FEED STORE COUNT
//
// All programs read the feed with dnshist's reader, so that they differ in the store alone.
// `look-up` looks up COUNT random records of the feed, first by owner and type and then by type and
// RDATA, and prints the CPU time:
//
//     forward LOOKUPS RECORDS SECONDS
//     backward LOOKUPS RECORDS SECONDS
#pragma once

#include <sys/resource.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <functional>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "storage/record/name.hpp"
#include "storage/record/observation.hpp"
#include "zonegen/cof/cof_parser.hpp"
#include "zonegen/feed/feed.hpp"
#include "zonegen/feed/text_items.hpp"

namespace dnshist::bench {

using namespace zonegen;

// Limit of the records per look-up.
inline constexpr std::size_t most_found = 100;

struct Wanted {
    Name owner;
    Rrtype type;
    std::vector<std::uint8_t> rdata;
};

class Keeper {
  public:
    Keeper() = default;
    virtual ~Keeper() = default;
    Keeper(const Keeper&) = delete;
    Keeper& operator=(const Keeper&) = delete;

    virtual void add(const Observation& observation) = 0;
    // Called after the last record.
    virtual void finish() = 0;
    // Look up the records of an owner and type, and those with a type and RDATA; return their
    // number.
    virtual std::size_t forward(const Wanted& wanted) = 0;
    virtual std::size_t backward(const Wanted& wanted) = 0;
};

inline void read_feed(const std::string& path, const CofParser::Observe& observe) {
    Feed feed(path);
    TextItems items(feed, TextLayout::lines);
    CofParser parser(observe, [](const Reject&) { throw std::runtime_error("a rejected line"); });
    for (TextItem item; items.next(item); items.take())
        parser.read(item.text);
}

// `count` random records of the types that are looked up both ways.
inline std::vector<Wanted> sample(const std::string& feed, std::size_t count) {
    std::vector<Wanted> chosen;
    std::mt19937_64 random(1);
    std::uint64_t seen = 0;
    read_feed(feed, [&](const Observation& observation) {
        if (observation.type == Rrtype::TXT) return;
        const std::uint64_t place = ++seen <= count ? seen - 1 : random() % seen;
        if (place >= count) return;
        if (place == chosen.size()) chosen.emplace_back();
        chosen[place] = {Name::from_wire(observation.owner).value(),
                         observation.type,
                         {observation.rdata.begin(), observation.rdata.end()}};
    });
    std::shuffle(chosen.begin(), chosen.end(), random);
    return chosen;
}

inline double cpu_seconds() {
    rusage usage;
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

inline void look_up(const char* direction, const std::vector<Wanted>& wanted,
                    const std::function<std::size_t(const Wanted&)>& find) {
    std::size_t found = 0;
    const double before = cpu_seconds();
    for (const Wanted& one : wanted) {
        const std::size_t records = find(one);
        if (records == 0) throw std::runtime_error("a record was not found again");
        found += records;
    }
    std::printf("%s %zu %zu %.3f\n", direction, wanted.size(), found, cpu_seconds() - before);
}

// `open` creates the Keeper of a store, for import or for look-ups.
template <class Open>
int keep(int argc, char** argv, Open&& open) {
    const std::string_view command = argc > 1 ? argv[1] : "";
    const bool import = command == "import" && argc == 4;
    if (!import && !(command == "look-up" && argc == 5)) {
        std::fprintf(stderr, "usage: %s import FEED STORE | look-up FEED STORE COUNT\n", argv[0]);
        return 2;
    }
    try {
        const std::string feed = argv[2];
        const auto keeper = open(std::string(argv[3]), import);
        if (import) {
            read_feed(feed, [&](const Observation& observation) { keeper->add(observation); });
            keeper->finish();
        } else {
            const std::vector<Wanted> wanted = sample(feed, std::stoul(argv[4]));
            // A first run that is not measured brings every page into memory.
            for (const Wanted& one : wanted)
                keeper->forward(one), keeper->backward(one);
            look_up("forward", wanted, [&](const Wanted& one) { return keeper->forward(one); });
            look_up("backward", wanted, [&](const Wanted& one) { return keeper->backward(one); });
        }
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s: %s\n", argv[0], error.what());
        return 1;
    }
    return 0;
}

}  // namespace dnshist::bench
