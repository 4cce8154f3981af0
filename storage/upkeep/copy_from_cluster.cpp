#include "storage/upkeep/copy_from_cluster.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "storage/block/range_builder.hpp"
#include "storage/cluster/cluster_snapshot.hpp"
#include "storage/cluster/cluster_store.hpp"
#include "storage/engine/lmdb/lmdb.hpp"
#include "storage/format/store_meta.hpp"
#include "storage/tablet/tablet_builder.hpp"
#include "storage/upkeep/cluster_target.hpp"
#include "storage/upkeep/copy_target.hpp"

namespace dnshist {

namespace {

// Pages that were written are kept in memory until a transaction ends.
constexpr std::uint64_t transaction_octets = std::uint64_t{64} << 20;

// A store in a cluster that is copied. No writer may be at work: what several moments have is no
// store.
class CopiedCluster {
  public:
    explicit CopiedCluster(const std::string& location)
        : location_(location), store_(ClusterStore::open(location, Patience::writer)) {
        if (!store_) throw StoreError(store_meta::no_store(location));
        journal_ = read_journal(store_->objects());
        for (const auto& [number, lane] : journal_.lanes) {
            if (lane.is_unfinished()) throw_written(lane.holder);
        }
    }

    ClusterStore& store() noexcept { return *store_; }
    const Journal& journal() const noexcept { return journal_; }
    std::vector<ObjectEntry> entries_of(const char* object) {
        return read_object(store_->objects(), {object, {{}}}).entries;
    }
    // To be called at the end. Throws where a batch was begun meanwhile.
    void expect_unchanged() const {
        const bool is_same = std::ranges::equal(
            journal_.lanes, read_journal(store_->objects()).lanes,
            [](const auto& one, const auto& other) {
                return one.first == other.first && one.second.begun == other.second.begun;
            });
        if (!is_same) throw_written("another process");
    }

  private:
    [[noreturn]] void throw_written(const std::string& holder) const {
        throw StoreError("cannot copy the store " + location_ + ": " + holder +
                         " writes into it, or was killed; end the writers, let one more import or "
                         "prune end what they have begun, and copy it then");
    }

    std::string location_;
    std::unique_ptr<ClusterStore> store_;
    Journal journal_;
};

// Into another namespace.
class CopyBetweenClusters {
  public:
    CopyBetweenClusters(const std::string& location, ClusterTarget& target,
                        const CopyObserver& observer)
        : location_(location), source_(location), target_(target), observer_(observer) {}

    // Nothing where the observer ended it.
    std::optional<CopyResult> run() {
        result_.statistics = source_.journal().statistics();
        result_.octets_before = result_.statistics.octets;
        result_.compacted = true;
        target_.write(TabletSymbols::object, source_.entries_of(TabletSymbols::object));
        target_.write(sources_object, source_.entries_of(sources_object));
        if (!copy_map(Space::names) || !copy_map(Space::pivots)) return std::nullopt;
        source_.expect_unchanged();
        result_.statistics.octets = result_.octets_after;
        target_.finish(result_.statistics, source_.journal().feeds, location_,
                       source_.store().gap(), source_.entries_of(root_object));
        return result_;
    }

  private:
    bool copy_map(Space space) {
        ClusterSnapshot snapshot(source_.store());
        const auto blocks = snapshot.source(space, TabletReader::Purpose::walk);
        TabletBuilder tablets(target_.objects(), ClusterSnapshot::of(space));
        for (bool any = blocks->find({}); any; any = blocks->next()) {
            tablets.add(blocks->key(), blocks->block());
            target_.keep();
            const std::uint64_t written = result_.octets_after + tablets.octets();
            if (observer_ && !observer_(written, result_.octets_before)) return false;
        }
        tablets.finish();
        result_.octets_after += tablets.octets();
        return true;
    }

    std::string location_;
    CopiedCluster source_;
    ClusterTarget& target_;
    const CopyObserver& observer_;
    CopyResult result_;
};

class CopyFromCluster {
  public:
    CopyFromCluster(const std::string& location, const std::filesystem::path& directory,
                    const CopyObserver& observer)
        : observer_(observer), source_(location), target_(directory) {}

    std::optional<CopyResult> run() {
        result_.statistics = source_.journal().statistics();
        result_.octets_before = result_.statistics.octets;
        result_.compacted = true;
        target_.start();
        {
            const lmdb::Environment environment(target_.partial(),
                                                MDB_NOSUBDIR | MDB_NOLOCK | MDB_NOSYNC,
                                                usual_reserve, store_meta::databases, 1);
            if (!copy_map(environment, Space::names, store_meta::names_database) ||
                !copy_map(environment, Space::pivots, store_meta::pivots_database)) {
                return std::nullopt;
            }
            copy_small(environment);
            result_.statistics.octets = result_.octets_after = environment.used_octets();
        }
        source_.expect_unchanged();
        target_.adopt(result_.octets_after);
        target_.sync();
        target_.complete();
        return result_;
    }

  private:
    // False where the observer ended it.
    bool copy_map(const lmdb::Environment& environment, Space space, const char* name) {
        ClusterSnapshot snapshot(source_.store());
        const auto blocks = snapshot.source(space, TabletReader::Purpose::walk);
        bool any = blocks->find({});
        bool is_first = true;
        do {
            lmdb::Transaction transaction(environment, 0);
            const MDB_dbi database = *transaction.open_database(name, true);
            std::optional<lmdb::Cursor> cursor(std::in_place, transaction, database);
            for (std::uint64_t octets = 0; any && octets < transaction_octets;
                 any = blocks->next()) {
                cursor->put(std::exchange(is_first, false) ? Octets(lowest_key) : blocks->key(),
                            blocks->block(), MDB_APPEND);
                octets += blocks->key().size() + blocks->block().size();
                written_ += blocks->key().size() + blocks->block().size();
                if (observer_ && !observer_(written_, result_.octets_before)) return false;
            }
            cursor.reset();
            transaction.commit();
        } while (any);
        return true;
    }

    void copy_small(const lmdb::Environment& environment) {
        lmdb::Transaction transaction(environment, 0);
        const auto copy_entries = [&](const char* object, const char* name) {
            const MDB_dbi database = *transaction.open_database(name, true);
            for (const ObjectEntry& entry : source_.entries_of(object))
                transaction.put(database, as_octets(entry.key), as_octets(entry.value));
        };
        copy_entries(TabletSymbols::object, store_meta::symbols_database);
        copy_entries(sources_object, store_meta::sources_database);
        transaction.open_database(store_meta::levels_database, true);
        const MDB_dbi feeds = *transaction.open_database(store_meta::feeds_database, true);
        for (const auto& [number, position] : source_.journal().feeds) {
            transaction.put(feeds, store_meta::encode_u32(number),
                            store_meta::encode_position(position));
        }
        const MDB_dbi meta = *transaction.open_database(store_meta::meta_database, true);
        store_meta::put_version(transaction, meta);
        transaction.put(meta, as_octets(store_meta::gap_key),
                        store_meta::encode_u32(source_.store().gap()));
        transaction.put(meta, as_octets(store_meta::statistics_key),
                        store_meta::encode_statistics(result_.statistics));
        for (const ObjectEntry& entry : source_.entries_of(root_object)) {
            const std::string key = std::string(store_meta::reading_key) + entry.key;
            transaction.put(meta, as_octets(key), as_octets(entry.value));
        }
        transaction.commit();
    }

    const CopyObserver& observer_;
    CopiedCluster source_;
    CopyTarget target_;
    std::uint64_t written_ = 0;
    CopyResult result_;
};

}  // namespace

std::optional<CopyResult> copy_from_cluster(const std::string& store,
                                            const std::filesystem::path& target,
                                            const CopyObserver& observer) {
    try {
        return CopyFromCluster(store, target, observer).run();
    } catch (const ObjectError& error) {
        throw_cluster_error(store, error, "copy");
    } catch (const lmdb::Error& error) {
        store_meta::throw_store_error(target, error, "write");
    }
}

std::optional<CopyResult> copy_between_clusters(const std::string& store, const std::string& target,
                                                const CopyObserver& observer) {
    try {
        ClusterTarget opened(target);
        try {
            auto result = CopyBetweenClusters(store, opened, observer).run();
            if (!result) opened.abandon();
            return result;
        } catch (const StoreError&) {
            opened.abandon();
            throw;
        }
    } catch (const ObjectError& error) {
        const std::string doing = "copy " + store + " into";
        throw_cluster_error(target, error, doing.c_str());
    }
}

}  // namespace dnshist
