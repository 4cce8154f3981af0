// ClusterWriter: one of the writers of a store of objects. HistoryWriter writes through it where
// the store is in a cluster.
//
// A batch is begun when its octets and the new position of its feed are in the store: from then on
// it will be in the store as a whole, once. If this process ends, the next writer finishes it.
//
// A batch that needs a tablet that is missing is written as far as it can be. Then it is left in
// its lane, with its octets, until the tablet is there; this writer goes on in another lane.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/function_ref.hpp"
#include "storage/cluster/cluster_store.hpp"
#include "storage/cluster/known_sources.hpp"
#include "storage/cluster/lane_seat.hpp"
#include "storage/history/history_writer.hpp"
#include "storage/tablet/tablet_writer.hpp"

namespace dnshist {

// The first octet of a batch's octets says what it does.
inline constexpr char kind_of_observations = 'o';
inline constexpr char kind_of_removals = 'r';
// Calls take() with the key of each pivot of the records that a batch's octets are about. The kind;
// nothing where the octets are malformed.
std::optional<char> for_each_pivot_of_batch(std::string_view octets,
                                            FunctionRef<void(Octets key)> take);

// Is given what a batch cannot be merged into, and how many of its changes that concerns.
using RefusedChanges = std::function<void(const char* database, Octets key,
                                          const DamagedBlock& damage, std::size_t changes)>;

// Every function throws StoreError.
class ClusterWriter {
  public:
    struct Options {
        std::uint32_t gap = default_gap;  // of a new store
        DamageReport damage = {};
        TabletLimits tablets = {};
    };
    // Makes the store where there is none, and finishes a batch that was left behind.
    ClusterWriter(const std::string& location, const Options& options);

    // As of HistoryWriter. What is more: a batch that apply() throws for is perhaps begun, and must
    // be given again before another one.
    std::vector<HistoryWriter::KnownFeed> feeds();
    ApplyResult apply(Batch& batch, std::optional<std::uint32_t> feed, const FeedPosition& position,
                      Seconds now);
    std::uint32_t new_feed();
    void keep_reading(const std::array<std::uint8_t, 16>& digest, std::string_view text);
    std::optional<std::string> reading(const std::array<std::uint8_t, 16>& digest);
    void prune(const PruneRule& rule, PruneProgress& progress, Seconds now);
    std::uint32_t gap() const noexcept { return store_->gap(); }

    // Since this was made.
    ClusterWriting writing() const noexcept;
    // As of HistoryWriter.
    std::uint64_t left_out() const noexcept { return left_out_; }
    std::uint64_t left_waiting() const noexcept { return left_waiting_; }

  private:
    // What was done in this process, of which some may be done already: then the marks know.
    enum class Attempt : std::uint8_t { first, again };

    template <class Act>
    auto guard(Act&& act) {
        try {
            return act();
        } catch (const ObjectError& error) {
            throw_cluster_error(location_, error, "write");
        } catch (const DamagedBlock& damage) {
            throw StoreError("the store " + location_ + " is damaged (" + damage.what() +
                             "); see 'dnshist-zonegen check', and make it again from a copy");
        }
    }
    void finish_left_behind();
    void finish(const BegunBatch& begun);
    void leave_waiting(const BegunBatch& begun, const MissingTablet& missing);
    bool begin(std::optional<std::uint32_t> feed, const FeedPosition& position);
    void settle_unfinished();
    void move_feed(std::optional<std::uint32_t> feed, const FeedPosition& position, Seconds now);
    // Whether anything is counted with it. A move that counts nothing may be made twice, as where
    // its reply was lost.
    enum class MovedWith : std::uint8_t { nothing, batch };
    void move_feed(const Journal& journal, JournalWrite& write, std::uint32_t feed,
                   const FeedPosition& position, MovedWith with) const;
    ApplyResult write(const BegunBatch& begun, Batch& batch, Seconds now, Attempt attempt);
    // The marks that a batch leaves in the tablets of both maps.
    struct Marks {
        TabletWriter::Mark names;
        TabletWriter::Mark pivots;
        explicit Marks(const BegunBatch& begun)
            : names{begun.lane, begun.seq}, pivots{begun.lane, begun.seq, true} {}
    };
    // The changes that a batch has made in each. The `records` of pivots are pivots.
    struct MapCounts {
        BatchCounts names;
        BatchCounts pivots;
        std::int64_t octets() const noexcept { return names.octets + pivots.octets; }
    };
    MapCounts merge(const BegunBatch& begun, Batch& batch, Attempt attempt);
    MapCounts settled(MapCounts counted, const Marks& marks, Attempt attempt,
                      std::uint64_t retries_before);
    void note_writing(Lane& lane);
    [[noreturn]] static void throw_unknown_batch();
    RefusedChanges refused_changes();
    void renew_symbols(TabletSpace space, std::uint64_t known, std::size_t incoming,
                       const std::function<Octets(std::size_t)>& key);

    // cluster_prune.cpp
    struct Removed {
        std::uint64_t records;
        std::uint64_t names;
        std::uint64_t pivots;
    };
    std::string gather(const PruneRule& rule, PruneProgress& progress, Seconds now);
    Removed remove(const BegunBatch& begun, OctetReader& in, Seconds now, Attempt attempt);
    bool wait_for_others(std::uint8_t own_lane);
    std::map<std::uint8_t, std::uint64_t> begun_batches();
    void narrow_times(Period kept);

    // The batch that is perhaps begun, and not ended.
    struct Unfinished {
        BegunBatch begun;
        const Batch* batch;
        std::uint64_t observations;

        bool is(const Batch& given) const noexcept {
            return batch == &given && observations == given.observations();
        }
    };

    std::string location_;
    Options options_;
    std::unique_ptr<ClusterStore> store_;
    TabletSymbols names_symbols_;
    TabletSymbols pivots_symbols_;
    ClusterSourceTexts texts_;
    KnownSources sources_;
    TabletWriter names_;
    TabletWriter pivots_;
    LaneSeat seat_;
    std::map<std::uint32_t, FeedPosition> known_feeds_;  // as this has read or written them
    std::optional<Unfinished> unfinished_;
    std::uint64_t left_out_ = 0;
    std::uint64_t left_waiting_ = 0;
    std::uint64_t observations_ = 0;
    ClusterWriting noted_;                                      // in the lanes
    std::map<std::uint8_t, std::uint64_t> begun_before_prune_;  // by lane
};

}  // namespace dnshist
