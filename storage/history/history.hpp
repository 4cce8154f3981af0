// History and Snapshot: a store opened for reading, and one consistent state of it.
//
// One directory holds one store: one LMDB environment (storage/engine/lmdb/lmdb.hpp) with the
// format of storage/format/FORMAT.md. History reads it and HistoryWriter (history_writer.hpp)
// writes it; any number of processes may read while one writes, and none waits for another.
//
// A store that cannot be used (missing, unreadable, of another version, full) is a StoreError,
// whose text names the store and the way out. A damaged value is not: it is reported to the
// DamageReport, skipped, and reading goes on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "storage/base/octets.hpp"
#include "storage/format/store_types.hpp"
#include "storage/record/name.hpp"
#include "storage/record/observation.hpp"

namespace dnshist {

// Parents that were refused children by the limit of new children.
struct OverflowingParents {
    struct Parent {
        Name name;
        ChildCount children;
    };
    std::vector<Parent> parents;
    std::uint64_t overflowing = 0;  // how many such parents the store has
    std::uint64_t refused = 0;      // children refused, of all of them
};

class History;
class TabletReader;

// How many removed entries a look-up passes over that only asks whether there is one.
inline constexpr unsigned many_removed = 1000;

// One consistent state of the store: an LMDB read transaction. For one thread at a time. Call
// renew() and reset() around each batch of questions, and do not hold it across a wait: the writer
// cannot reuse freed pages while it is held.
class Snapshot {
  public:
    explicit Snapshot(History& history);
    ~Snapshot();
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;

    // Takes the newest state. Throws StoreError, `MustReopen` among them.
    void renew();
    void reset() noexcept;
    // To be called after something was read and before it is believed: throws MustReopen where
    // data.mdb was cut short, or the disk failed, while it was read. False where a part of it is
    // still to be read from a cluster, see read_later(). Cheap.
    [[nodiscard]] bool is_whole() const;
    // The same for those who wait.
    void expect_no_lost_page() const { static_cast<void>(is_whole()); }

    // For a thread that must not wait: from now on, what is read of a cluster after renew() and is
    // not at hand is taken for absent, and read by others after reset(). `arrived` is called by
    // another thread then; tablets() says what has come.
    void read_later(std::function<void()> arrived);
    // Null where the store is a directory.
    TabletReader* tablets() noexcept;

    // Whether any record was ever seen at the name or below it. Reads one block; or more where a
    // prune has removed some, until these are merged. True after many_removed of them.
    bool has_records(const NameKey& name);
    // Whether any record pointed at the name or below it. Likewise.
    bool has_pivots(const NameKey& name);

    StoreStatistics statistics();
    LevelStatistics levels();
    // The parents that were refused children by the limit of new children: the `most` of them that
    // were refused most, and the totals of all.
    OverflowingParents overflowing_parents(std::size_t most);
    std::optional<Source> source(std::uint32_t number, Octets owner_key);
    // By number, whether wanted(source) holds. It is given the sources without their bailiwicks.
    std::vector<bool> sources_where(const std::function<bool(const Source&)>& wanted);

  private:
    friend class RecordCursor;
    friend class PivotCursor;
    friend class SearchWalk;
    friend struct PrefixWalk;
    struct State;
    std::unique_ptr<State> state_;
};

// A store opened for reading. Shared by all threads of a process. A process may have a store open
// only once at a time (LMDB's locks demand it), and opens it anew after a fork.
class History {
  public:
    // Whether LMDB's pages are looked at before LMDB reads them, which some damage to them would
    // end: a process that must not end looks at `some`, at opening and in expect_sound_files().
    enum class PageCheck : std::uint8_t { none, some };

    // `reserve` octets of address space (not memory) let the store grow; see lmdb::Environment.
    explicit History(const std::filesystem::path& directory, DamageReport report = {},
                     std::size_t reserve = usual_reserve, PageCheck pages = PageCheck::none);
    ~History();
    History(const History&) = delete;
    History& operator=(const History&) = delete;

    const std::filesystem::path& directory() const noexcept;
    // Seconds: the longest pause inside a run. A store never changes it.
    std::uint32_t gap() const noexcept;
    // For any thread.
    ReaderSlots reader_slots() const;
    // Likewise: how a cluster is read; nothing where the store is a directory.
    std::optional<ClusterReading> cluster_reading() const;
    // Likewise: what its writers have left; waits for the cluster. Throws StoreError.
    std::optional<ClusterStatistics> cluster_statistics() const;
    // Likewise: waits for the cluster, if it is one, until its statistics are those of these
    // seconds. Whether the store can be read.
    bool answers() const noexcept;
    // Looks at the files: throws MustReopen where they were removed, replaced, cut short or copied
    // over since they were opened. Whether something was written since the last look. Some system
    // calls; for one thread at a time.
    bool expect_sound_files();

  private:
    friend class Snapshot;
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace dnshist
