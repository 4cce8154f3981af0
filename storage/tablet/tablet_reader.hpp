// Reads the blocks of tablets: what is known of them is kept for a while.
//
// A lookup is one round trip: the head of the tablet and the first blocks whose keys, which are
// upper bounds, are after the key sought. A tablet that was cut meanwhile says which one has the
// keys now. Lookups that are known together travel together.
//
// A thread that must not wait has a reader which notes what is not known. A lookup of that finds
// nothing, so that whoever asks goes on and notes what else he needs; then his answer is worth
// nothing, and he asks again once the blocks have arrived.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "storage/block/symbol_tables.hpp"
#include "storage/object/object_threads.hpp"
#include "storage/tablet/tablet_piece.hpp"

namespace dnshist {

class StoredTables;

struct TabletCacheLimits {
    std::size_t octets = std::size_t{256} << 20;
    std::chrono::seconds age{5};
};

// For one thread at a time.
class TabletReader {
  public:
    // All outlive this.
    TabletReader(ObjectStore& objects, TabletMap& map, TabletCounters& counters,
                 TabletCacheLimits limits = {});
    ~TabletReader();
    TabletReader(const TabletReader&) = delete;
    TabletReader& operator=(const TabletReader&) = delete;

    // With the symbols, a piece serves all keys of its first block, not only those behind the one
    // that was sought. They outlive this.
    void use_symbols(BlockSymbols& names, BlockSymbols& pivots) noexcept {
        symbols_ = {&names, &pivots};
    }

    // A new state: takes what has arrived, and forgets what is too old and what load() has kept.
    void renew();
    // Reads what is not known of these keys, in one round trip, and keeps it until renew().
    void load(TabletSpace space, std::span<const Octets> keys);

    enum class Purpose : std::uint8_t {
        lookup,
        check,  // a lookup that is needless if another one finds something
        walk,   // goes on behind a piece
    };
    // The piece that has the blocks at `key`. Null where that is noted. A piece that a walk waits
    // for is not kept: a walk of a whole map takes little memory.
    PiecePointer find(TabletSpace space, Octets key, Purpose purpose);

    // What becomes of a lookup whose blocks are not known.
    enum class Missing : std::uint8_t {
        read,  // they are read at once; only where nothing is read later
        note,
        fail,  // ObjectError
    };
    // From now on, `threads` read what is noted, and renew() says `note`; `arrived` is called by
    // another thread when something has come for renew() to take. It must not wait. The tables that
    // blocks name are in `tables` when they come. Both outlive this.
    void read_later(ObjectThreads& threads, std::function<void()> arrived,
                    StoredTables* tables = nullptr);
    // Until the next call. `round` is how often the question was asked before: a walk reads further
    // ahead each time, so that asking again costs no more than twice the whole. One that is asked
    // again and again needs more than may be kept: then more is kept for two seconds.
    void set_round(unsigned round) noexcept;
    // Until renew() or take_awaited().
    void fail(const std::string& why) {
        awaited_.reset();
        missing_ = Missing::fail;
        failure_ = why;
    }
    Missing missing() const noexcept { return missing_; }
    [[noreturn]] void throw_failure() const {
        throw ObjectError(ObjectError::Kind::unreachable, failure_);
    }
    bool reads_later() const noexcept { return inbox_ != nullptr; }
    // Notes work that another thread is to do: it may throw ObjectError. What is noted or under way
    // by that name is not noted again.
    void note(const std::string& name, std::function<void()> work);

    // A group of reads that travels together.
    using Ticket = std::uint64_t;
    // The one that the lookups since the last call have to wait for, if any. What is missing from
    // now on is noted.
    std::optional<Ticket> take_awaited() noexcept;
    bool is_awaited() const noexcept { return awaited_.has_value(); }
    // Sends what is noted, unless enough is under way.
    void begin_reads();
    // The groups that came since the last call.
    struct Arrival {
        Ticket ticket;
        std::string failure;  // why nothing came; empty where all did
    };
    std::vector<Arrival> take_arrivals() { return std::exchange(arrivals_, {}); }

  private:
    using Pieces = std::map<std::string, PiecePointer, std::less<>>;
    using Keys = std::map<std::pair<TabletSpace, std::string>, Ticket, std::less<>>;
    struct Group;
    struct Inbox;
    static std::size_t index(TabletSpace space) { return space == TabletSpace::names ? 0 : 1; }

    const PiecePointer* known(TabletSpace space, Octets key) const;
    Ticket note(const PieceWanted& wanted);
    void note_lookup(const PieceWanted& wanted);
    void note_walk(PieceWanted wanted);
    void wait_for(Ticket ticket) noexcept;
    void take_inbox();
    void extend(TabletPiece& piece) const;
    void keep(std::shared_ptr<TabletPiece> piece);
    void forget_oldest();

    ObjectStore& objects_;
    TabletMap& map_;
    TabletCounters& counters_;
    TabletCacheLimits limits_;
    std::shared_ptr<CacheCounts> counts_ = counters_.add_cache();
    std::array<BlockSymbols*, 2> symbols_{};
    std::array<Pieces, 2> pieces_;
    std::deque<PiecePointer> by_age_;
    std::vector<PiecePointer> loaded_;
    std::size_t octets_ = 0;

    Missing missing_ = Missing::read;
    std::string failure_;
    unsigned round_ = 0;
    std::chrono::steady_clock::time_point more_until_{};  // until when more is kept
    ObjectThreads* threads_ = nullptr;                    // those that read what is noted
    StoredTables* tables_ = nullptr;
    std::shared_ptr<Inbox> inbox_;
    std::shared_ptr<Group> noted_;                 // not yet sent
    Keys waited_for_;                              // noted or under way
    std::map<std::string, Ticket> work_;           // likewise, by name
    std::map<std::uint64_t, unsigned> of_tablet_;  // lookups noted since take_awaited()
    std::optional<Ticket> awaited_;
    Ticket next_ticket_ = 1;
    unsigned under_way_ = 0;
    std::vector<Arrival> arrivals_;
};

}  // namespace dnshist
