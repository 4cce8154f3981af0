// Reads tablets of a store in a cluster as the responder does when nothing is in its cache, and
// does nothing with them: what the cluster itself gives on this machine.
//
//     object_reads LOCATION CEPH_CONF SECONDS
//
// Each operation reads the head and two blocks at a random place. Prints the operations a second.
#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <exception>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "storage/object/open_objects.hpp"
#include "storage/tablet/tablet_map.hpp"

using namespace dnshist;

namespace {

// As the responder has them under way.
constexpr unsigned groups = 4;
constexpr std::size_t reads_of_a_group = 64;
constexpr std::uint32_t blocks = 2;

struct Place {
    std::string object;
    std::string after;
};

// Every fourth block of all tablets of names.
std::vector<Place> places(ObjectStore& objects) {
    TabletMap map;
    map.load(objects);
    std::vector<ObjectRead> reads;
    for (const std::uint64_t id : map.ids(TabletSpace::names))
        reads.push_back({tablet_object(id), {{}}});
    objects.read(reads);
    std::vector<Place> all;
    for (const ObjectRead& read : reads) {
        for (std::size_t i = 0; i < read.entries.size(); i += 4)
            all.push_back({read.object, read.entries[i].key});
    }
    return all;
}

void read_until(std::chrono::steady_clock::time_point end, ObjectStore& objects,
                const std::vector<Place>& all, std::uint64_t seed,
                std::atomic<std::uint64_t>& done) {
    std::mt19937_64 random(seed);
    while (std::chrono::steady_clock::now() < end) {
        std::vector<ObjectRead> reads;
        for (std::size_t i = 0; i < reads_of_a_group; ++i) {
            const Place& place = all[random() % all.size()];
            reads.push_back({place.object, {{place.after, blocks}}});
        }
        objects.read(reads);
        done += reads.size();
    }
}

}  // namespace

int main(int argc, char** argv) {
    unsigned seconds = 0;
    const std::string_view given = argc == 4 ? argv[3] : "";
    const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), seconds);
    const auto location = object_location(argc == 4 ? argv[1] : "");
    if (error != std::errc{} || end != given.data() + given.size() || !location) {
        std::fputs("usage: object_reads rados://POOL/NAMESPACE CEPH_CONF SECONDS\n", stderr);
        return 2;
    }
    ceph_access().conf = argv[2];
    try {
        const auto objects = open_objects(*location, Patience::writer);
        const std::vector<Place> all = places(*objects);
        std::atomic<std::uint64_t> done = 0;
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
        std::vector<std::thread> threads;
        for (unsigned i = 0; i < groups; ++i) {
            threads.emplace_back([&, i] { read_until(until, *objects, all, i, done); });
        }
        for (std::thread& thread : threads)
            thread.join();
        std::printf("%llu\n", static_cast<unsigned long long>(done / std::max(seconds, 1U)));
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "object_reads: %s\n", failure.what());
        return 1;
    }
    return 0;
}
