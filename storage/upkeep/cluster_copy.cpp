#include "storage/upkeep/cluster_copy.hpp"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "storage/block/range_builder.hpp"
#include "storage/cluster/cluster_store.hpp"
#include "storage/format/key_beginnings.hpp"
#include "storage/history/reader_state.hpp"
#include "storage/level/merged_cursor.hpp"
#include "storage/tablet/tablet_builder.hpp"
#include "storage/upkeep/cluster_target.hpp"

namespace dnshist {

namespace {

// Blocks are made of so many octets of entries at a time.
constexpr std::size_t piece_octets = std::size_t{1} << 20;
// Separators are as short in a directory.
constexpr std::size_t longest_separator = 511;

class ClusterCopy {
  public:
    ClusterCopy(const std::filesystem::path& store, ClusterTarget& target,
                const CopyObserver& observer)
        : store_(store),
          files_(store_, usual_reserve, History::PageCheck::none, gap_),
          source_(files_),
          target_(target),
          observer_(observer) {}

    std::optional<CopyResult> run() {
        const auto octets = get(store_meta::statistics_key);
        const auto statistics = octets ? store_meta::decode_statistics(*octets) : std::nullopt;
        if (!statistics) throw StoreError("the store " + store_.string() + " has no statistics");
        result_.statistics = *statistics;
        result_.octets_before = files_.environment.used_octets();
        for (const ListedFile& file : source_.level_list)
            result_.octets_before += file.octets;
        result_.compacted = true;
        copy_small();
        RecordMerge records(source_.texts, gap_);
        PivotMerge pivots;
        if (!copy_map(Space::names, records) || !copy_map(Space::pivots, pivots)) {
            return std::nullopt;
        }
        result_.statistics.octets = result_.octets_after;
        target_.finish(result_.statistics, feeds(), store_.string(), gap_, readings());
        return result_;
    }

  private:
    std::optional<Octets> get(std::string_view key) const {
        return source_.transaction.get(files_.databases.meta, as_octets(key));
    }

    // All entries of a database, under their keys.
    template <class Take>
    void for_each(MDB_dbi database, Take&& take) const {
        lmdb::Cursor cursor(source_.transaction, database);
        for (bool any = cursor.first(); any; any = cursor.next())
            take(std::string(as_text(cursor.key())), std::string(as_text(cursor.value())));
    }

    std::vector<ObjectEntry> entries_of(MDB_dbi database) const {
        std::vector<ObjectEntry> entries;
        for_each(database, [&](auto key, auto value) {
            entries.push_back({std::move(key), std::move(value)});
        });
        return entries;
    }

    void copy_small() {
        target_.write(TabletSymbols::object, entries_of(files_.databases.symbols));
        target_.write(sources_object, entries_of(files_.databases.sources));
    }

    // False where the observer ended it.
    bool copy_map(Space space, PayloadMerge& merge) {
        const BlockDamage damage = [&](Octets, const char* fault) {
            throw StoreError("the store " + store_.string() + " is damaged (" + fault +
                             "); run 'dnshist-zonegen check', and copy one that is whole");
        };
        const BlockDatabase& young = source_.blocks.of(space);
        MergedCursor cursor(sources_of(young, source_.levels.of(space)), young.symbols, damage,
                            merge,
                            space == Space::names ? next_record_beginning : next_pivot_beginning);
        TabletBuilder tablets(target_.objects(), ClusterSnapshot::of(space));
        RangeBuilder range(young.symbols, cluster_block_page);
        range.clear();
        std::vector<std::uint8_t> first_key(std::begin(lowest_key), std::end(lowest_key));
        std::size_t waiting = 0;
        const auto write_blocks = [&] {
            if (range.empty()) return;
            range.encode();
            for (std::size_t i = 0; i < range.blocks(); ++i)
                tablets.add(i == 0 ? Octets(first_key) : range.key(i), range.block(i));
            range.clear();
            waiting = 0;
        };
        for (cursor.seek({}, {}); cursor.next();) {
            const Octets key = cursor.key();
            const std::size_t shared = common_prefix(range.last(), key);
            if (waiting >= piece_octets && shared < longest_separator) {
                const Octets separator = key.first(std::min(key.size(), shared + 1));
                write_blocks();
                first_key.assign(separator.begin(), separator.end());
                target_.keep();
                const std::uint64_t written = result_.octets_after + tablets.octets();
                if (observer_ && !observer_(written, result_.octets_before)) return false;
            }
            range.add(range.keep(key), range.keep(cursor.payload()), cursor.packed_key());
            waiting += key.size() + cursor.payload().size();
        }
        write_blocks();
        tablets.finish();
        source_.transaction.expect_no_lost_page();
        result_.octets_after += tablets.octets();
        return true;
    }

    std::vector<ObjectEntry> readings() const {
        std::vector<ObjectEntry> all;
        for_each(files_.databases.meta, [&](const std::string& key, const std::string& value) {
            if (!key.starts_with(store_meta::reading_key)) return;
            all.push_back({key.substr(store_meta::reading_key.size()), value});
        });
        return all;
    }

    std::map<std::uint32_t, FeedPosition> feeds() {
        std::map<std::uint32_t, FeedPosition> all;
        const auto feeds = source_.transaction.open_database(store_meta::feeds_database, false);
        if (!feeds) return all;
        for_each(*feeds, [&](const auto& key, const auto& value) {
            const auto number = store_meta::decode_u32(as_octets(key));
            const auto position = store_meta::decode_position(as_octets(value));
            if (number && position) all.emplace(*number, *position);
        });
        return all;
    }

    std::filesystem::path store_;
    std::uint32_t gap_ = default_gap;
    OpenDirectory files_;
    DirectorySnapshot source_;
    ClusterTarget& target_;
    const CopyObserver& observer_;
    CopyResult result_;
};

}  // namespace

std::optional<CopyResult> copy_to_cluster(const std::filesystem::path& store,
                                          const std::string& target, const CopyObserver& observer) {
    // Throws where there is no store, or one of another version.
    { const History known(store); }
    try {
        ClusterTarget opened(target);
        std::optional<CopyResult> result;
        try {
            result = ClusterCopy(store, opened, observer).run();
        } catch (const lmdb::Error& error) {
            store_meta::throw_store_error(store, error, "copy");
        }
        if (!result) opened.abandon();
        return result;
    } catch (const ObjectError& error) {
        throw_cluster_error(target, error, "write");
    }
}

}  // namespace dnshist
