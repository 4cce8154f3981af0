// The parts of History and Snapshot that are for a cluster alone.
#include <exception>
#include <utility>

#include "storage/history/history.hpp"
#include "storage/history/reader_state.hpp"

namespace dnshist {

void History::State::open_cluster() {
    try {
        cluster = ClusterStore::open(directory.string(), Patience::reader);
    } catch (const ObjectError& error) {
        throw_cluster_error(directory.string(), error, "read");
    }
    if (!cluster) throw StoreError(store_meta::no_store(directory));
    gap = cluster->gap();
}

std::optional<ClusterReading> History::cluster_reading() const {
    if (!state_->cluster) return std::nullopt;
    const ClusterStore& cluster = *state_->cluster;
    const TabletCounters& counters = cluster.counters();
    const TabletCounters::CacheTotals cache = counters.cache_totals();
    ClusterReading reading;
    reading.tablets =
        cluster.map().size(TabletSpace::names) + cluster.map().size(TabletSpace::pivots);
    reading.round_trips = counters.round_trips;
    reading.reads = counters.reads;
    reading.splits = counters.splits;
    reading.failures = counters.failures;
    reading.hits = cache.hits;
    reading.misses = cache.misses;
    reading.cached_octets = cache.octets;
    reading.cached_seconds = cache.age;
    return reading;
}

std::optional<ClusterStatistics> History::cluster_statistics() const {
    if (!state_->cluster) return std::nullopt;
    ClusterStore& cluster = *state_->cluster;
    ClusterStatistics statistics;
    statistics.names_tablets = cluster.map().size(TabletSpace::names);
    statistics.pivots_tablets = cluster.map().size(TabletSpace::pivots);
    try {
        for (const auto& [number, lane] : read_journal(cluster.objects()).lanes) {
            statistics.lanes.push_back({number, lane.holder, lane.ended, lane.is_unfinished(),
                                        lane.totals.written,
                                        lane.waits() ? lane.waits_for : std::string()});
            statistics.writing += lane.writing;
        }
    } catch (const ObjectError& error) {
        throw_cluster_error(cluster.location(), error, "read");
    }
    return statistics;
}

bool History::answers() const noexcept {
    if (!state_->cluster) return true;
    try {
        KeptStatistics& statistics = state_->cluster->statistics();
        if (!statistics.within(cluster_cache().age)) statistics.read(state_->cluster->objects());
        return true;
    } catch (const std::exception&) {
        return false;
    }
}

void Snapshot::read_later(std::function<void()> arrived) {
    if (!state_->cluster) return;
    state_->guard([&] { state_->cluster->read_later(std::move(arrived)); });
}

TabletReader* Snapshot::tablets() noexcept {
    return state_->cluster ? &state_->cluster->reader : nullptr;
}

}  // namespace dnshist
