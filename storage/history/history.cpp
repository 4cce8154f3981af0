#include "storage/history/history.hpp"

#include <algorithm>
#include <array>

#include "storage/base/octet_buffer.hpp"
#include "storage/block/block.hpp"
#include "storage/engine/lmdb/lmdb.hpp"
#include "storage/format/pivot_key.hpp"
#include "storage/format/record_key.hpp"
#include "storage/format/source_codec.hpp"
#include "storage/format/store_meta.hpp"
#include "storage/history/store_blocks.hpp"

namespace dnshist {

namespace {

std::size_t reservation(const std::filesystem::path& directory, std::size_t at_least) {
    std::error_code none;
    const auto size = std::filesystem::file_size(directory / "data.mdb", none);
    return none ? at_least : std::max<std::size_t>(at_least, size);
}

bool more_refused(const OverflowingParents::Parent& a,
                  const OverflowingParents::Parent& b) noexcept {
    return a.children.refused > b.children.refused;
}

[[noreturn]] void throw_read_error(const std::filesystem::path& directory,
                                   const lmdb::Error& error) {
    if (error.code() == MDB_MAP_RESIZED) throw MapResized("the store has grown");
    store_meta::throw_store_error(directory, error, "read");
}

}  // namespace

struct History::State {
    std::filesystem::path directory;
    std::size_t reserve;
    std::uint32_t gap = default_gap;
    lmdb::Environment environment;
    MDB_dbi names = 0;
    MDB_dbi pivots = 0;
    MDB_dbi symbols = 0;
    MDB_dbi sources = 0;
    MDB_dbi meta = 0;
    DamageReport report;
    BlockDamage names_damage;
    BlockDamage pivots_damage;

    State(const std::filesystem::path& where, DamageReport damage_report, std::size_t reserved);

    void refuse_unborn(const lmdb::Transaction& transaction) const;

    BlockDamage damage_of(const char* database) {
        return [this, database](Octets key, const char* fault) {
            if (report) report(store_meta::block_text(database, key), fault);
        };
    }
};

History::State::State(const std::filesystem::path& where, DamageReport damage_report,
                      std::size_t reserved)
    : directory(where),
      reserve(reserved),
      environment(where, MDB_RDONLY | MDB_NOTLS, reservation(where, reserved),
                  store_meta::databases, store_meta::max_readers),
      report(std::move(damage_report)),
      names_damage(damage_of(store_meta::names_database)),
      pivots_damage(damage_of(store_meta::pivots_database)) {
    lmdb::Transaction transaction(environment, MDB_RDONLY);
    refuse_unborn(transaction);
    const auto open = [&](const char* name) {
        const auto database = transaction.open_database(name, false);
        if (!database) {
            throw StoreError(directory.string() + " holds an LMDB file that is no dnshist store" +
                             " (it has no database '" + name + "'); name another with --store");
        }
        return *database;
    };
    meta = open(store_meta::meta_database);
    const auto version = transaction.get(meta, as_octets(store_meta::version_key));
    const auto number = version ? store_meta::decode_u32(*version) : std::nullopt;
    if (number != store_meta::format_version) {
        throw StoreError(store_meta::unknown_version(directory, number.value_or(0)));
    }
    const auto stored_gap = transaction.get(meta, as_octets(store_meta::gap_key));
    if (stored_gap) gap = store_meta::decode_u32(*stored_gap).value_or(default_gap);
    names = open(store_meta::names_database);
    pivots = open(store_meta::pivots_database);
    symbols = open(store_meta::symbols_database);
    sources = open(store_meta::sources_database);
    transaction.commit();  // keeps the handles of the databases
}

// A writer makes the file, and then the store in it; a full disk may have come between.
void History::State::refuse_unborn(const lmdb::Transaction& transaction) const {
    MDB_dbi main = 0;
    lmdb::check("mdb_dbi_open", mdb_dbi_open(transaction.get(), nullptr, 0, &main));
    if (!lmdb::Cursor(transaction, main).first()) throw StoreError(store_meta::no_store(directory));
}

History::History(const std::filesystem::path& directory, DamageReport report, std::size_t reserve) {
    if (lmdb::is_half_made(directory / "data.mdb"))
        throw StoreError(store_meta::no_store(directory));
    try {
        state_ = std::make_unique<State>(directory, std::move(report), reserve);
    } catch (const lmdb::Error& error) {
        store_meta::throw_store_error(directory, error, "read");
    }
}

History::~History() = default;

void History::resize() {
    try {
        state_->environment.set_map_size(reservation(state_->directory, state_->reserve));
    } catch (const lmdb::Error& error) {
        store_meta::throw_store_error(state_->directory, error, "read");
    }
}

const std::filesystem::path& History::directory() const noexcept {
    return state_->directory;
}

std::uint32_t History::gap() const noexcept {
    return state_->gap;
}

ReaderSlots History::reader_slots() const {
    return {state_->environment.used_reader_slots(), state_->environment.reader_slots()};
}

struct Snapshot::State {
    History::State& history;
    lmdb::Transaction transaction;
    // Counts the states of the store that were taken, so that cursors know when to renew. From 1: a
    // Prefetch of 0 is none.
    std::uint64_t generation = 1;
    StoreBlocks blocks;
    BlockCursor names;
    BlockCursor pivots;

    explicit State(History::State& store)
        : history(store),
          transaction(store.environment, MDB_RDONLY),
          blocks(transaction, store),
          names(blocks.names, store.names_damage),
          pivots(blocks.pivots, store.pivots_damage) {}

    template <class Act>
    auto guard(Act&& act) {
        try {
            return act();
        } catch (const lmdb::Error& error) {
            throw_read_error(history.directory, error);
        }
    }
};

Snapshot::Snapshot(History& history) {
    try {
        state_ = std::make_unique<State>(*history.state_);
    } catch (const lmdb::Error& error) {
        throw_read_error(history.directory(), error);
    }
}

Snapshot::~Snapshot() = default;

void Snapshot::renew() {
    state_->guard([&] {
        state_->transaction.reset();
        state_->transaction.renew();
        state_->names.renew();
        state_->pivots.renew();
        ++state_->generation;
    });
}

void Snapshot::reset() noexcept {
    state_->transaction.reset();
}

bool Snapshot::has_records(const NameKey& name) {
    return state_->guard([&] {
        state_->names.seek(name.subtree());
        return state_->names.next() && starts_with(state_->names.key(), name.subtree());
    });
}

bool Snapshot::has_pivots(const NameKey& name) {
    return state_->guard([&] {
        OctetBuffer<max_pivot_octets> value;
        value.append('n');
        value.append(name.subtree());
        state_->pivots.seek(value.octets());
        return state_->pivots.next() && starts_with(state_->pivots.key(), value.octets());
    });
}

StoreStatistics Snapshot::statistics() {
    return state_->guard([&] {
        const History::State& store = state_->history;
        const auto octets =
            state_->transaction.get(store.meta, as_octets(store_meta::statistics_key));
        auto statistics = octets ? store_meta::decode_statistics(*octets) : std::nullopt;
        if (!statistics) {
            throw StoreError("the store " + store.directory.string() +
                             " has no readable statistics; run 'dnshist-zonegen check'");
        }
        statistics->octets = store.environment.used_octets();
        return *statistics;
    });
}

OverflowingParents Snapshot::overflowing_parents(std::size_t most) {
    return state_->guard([&] {
        OverflowingParents all;
        const auto database =
            state_->transaction.open_database(store_meta::children_database, false);
        if (!database) return all;
        lmdb::Cursor cursor(state_->transaction, *database);
        for (bool any = cursor.first(); any; any = cursor.next()) {
            const auto children = decode_child_count(cursor.value());
            if (!children || children->refused == 0) continue;
            ++all.overflowing;
            all.refused = saturating_sum(all.refused, children->refused);
            std::vector<std::uint8_t> key(cursor.key().begin(), cursor.key().end());
            key.push_back(0);
            const auto name = Name::from_key(key);
            if (!name) continue;
            all.parents.push_back({*name, *children});
            std::ranges::push_heap(all.parents, more_refused);
            if (all.parents.size() <= most) continue;
            std::ranges::pop_heap(all.parents, more_refused);
            all.parents.pop_back();
        }
        std::ranges::sort(all.parents, more_refused);
        return all;
    });
}

std::optional<Source> Snapshot::source(std::uint32_t number, Octets owner_key) {
    return state_->guard([&]() -> std::optional<Source> {
        const auto key = store_meta::encode_u32(number);
        const auto text = state_->transaction.get(state_->history.sources, key);
        return text ? read_source_text(*text, owner_key) : std::nullopt;
    });
}

Sightings StoredRecord::sightings() const noexcept {
    return read_sightings(payload).value_or(Sightings{});
}

std::vector<std::uint32_t> StoredRecord::sources() const {
    auto all = read_payload(payload);
    return all ? std::move(all->sources) : std::vector<std::uint32_t>{};
}

// Walks the entries of a database that begin with `prefix`. A seek is made when the first entry is
// asked for, so that a seek and a skip after it are one read.
struct PrefixWalk {
    Snapshot::State& snapshot;
    BlockCursor cursor;
    std::uint64_t generation;
    OctetBuffer<max_entry_key> prefix_octets;
    OctetBuffer<max_entry_key> target_octets;  // where the cursor goes, or has gone
    std::uint64_t met = 0;                     // entries since then
    std::uint64_t earlier_reads = 0;           // before then
    bool arrived = false;
    bool ended = true;
    Prefetch expected;  // the next seek, perhaps

    PrefixWalk(Snapshot::State& state, const BlockDatabase& database, const BlockDamage& damage)
        : snapshot(state), cursor(database, damage), generation(state.generation) {}

    Octets prefix() const noexcept { return prefix_octets.octets(); }
    Octets target() const noexcept { return target_octets.octets(); }
    std::uint64_t reads() const noexcept { return earlier_reads + (arrived ? cursor.reads() : 0); }

    void renew() {
        if (generation == snapshot.generation) return;
        cursor.renew();
        generation = snapshot.generation;
    }

    // Walks what begins with `head` followed by `tail`.
    void seek(Octets head, Octets tail = {}) {
        renew();
        prefix_octets.assign(head);
        prefix_octets.append(tail);
        arrived = false;
        earlier_reads = 0;
        ended = false;
        go_to(prefix());
    }

    void skip_to(Octets key) {
        if (ended) return;
        go_to(compare(key, prefix()) < 0 ? prefix() : key);
    }

    void go_to(Octets key) {
        earlier_reads = reads();
        arrived = false;
        met = 0;
        target_octets.assign(key);
    }

    void arrive() {
        arrived = true;
        const bool prefetched =
            expected.generation == generation && equal(expected.target.octets(), target());
        expected.generation = 0;
        if (prefetched) {
            cursor.seek(target(), expected.found);
        } else {
            cursor.seek(target());
        }
    }

    bool next() {
        if (ended) return false;
        if (!arrived) arrive();
        ended = !cursor.next();
        if (!ended && (met == 0 || cursor.shared() < prefix_octets.size())) {
            ended = !starts_with(cursor.key(), prefix());
        }
        ++met;
        return !ended;
    }

    // Whether there is no key that begins with `beginning`, which what was sought does: neither the
    // last key before that nor the first behind it begins so.
    bool excludes(Octets beginning) const noexcept {
        if (generation != snapshot.generation || !arrived || met != 1) return false;
        const auto before = cursor.shared_before();
        return before && *before < beginning.size() && starts_with(target(), beginning) &&
               !starts_with(cursor.key(), beginning);
    }

    // A key is after the one before it from the first octet that the two do not share. Of the first
    // key of a segment it is not known what it shares.
    Octets place() const noexcept {
        if (met == 1) return target();
        const std::size_t shared = cursor.shared();
        return shared == 0 ? cursor.key() : cursor.key().first(shared + 1);
    }
};

struct RecordCursor::State {
    PrefixWalk walk;
    StoredRecord record{};
    std::vector<std::uint8_t> long_rdata;

    explicit State(Snapshot::State& snapshot)
        : walk(snapshot, snapshot.blocks.names, snapshot.history.names_damage) {}
};

RecordCursor::RecordCursor(Snapshot& snapshot)
    : state_(snapshot.state_->guard([&] { return std::make_unique<State>(*snapshot.state_); })) {}

RecordCursor::~RecordCursor() = default;

void RecordCursor::seek_owner(Octets owner_key, std::optional<Rrtype> type) {
    state_->walk.snapshot.guard([&] {
        if (!type) return state_->walk.seek(owner_key);
        std::array<std::uint8_t, type_octets> octets;
        put_type(octets.data(), *type);
        state_->walk.seek(owner_key, octets);
    });
}

void RecordCursor::prefetch(const NameKey& owner, std::optional<Rrtype> type, Prefetch& seek) {
    PrefixWalk& walk = state_->walk;
    walk.snapshot.guard([&] {
        std::uint8_t* end = std::ranges::copy(owner.octets(), seek.target.data()).out;
        if (type) end = put_type(end, *type);
        seek.target.set_end(end);
        walk.renew();
        seek.found = walk.cursor.find_block(seek.target.octets());
        seek.generation = seek.found.block.empty() ? 0 : walk.generation;
    });
}

void RecordCursor::prefetch_segment(Prefetch& seek) {
    if (seek.generation == 0) return;
    state_->walk.snapshot.guard(
        [&] { state_->walk.cursor.find_segment(seek.target.octets(), seek.found); });
}

void RecordCursor::expect(const Prefetch& seek) noexcept {
    Prefetch& expected = state_->walk.expected;
    expected.generation = seek.generation;
    if (seek.generation == 0) return;
    expected.target.assign(seek.target.octets());
    expected.found = seek.found;
}

void RecordCursor::seek_subtree(const NameKey& name) {
    state_->walk.snapshot.guard([&] { state_->walk.seek(name.subtree()); });
}

void RecordCursor::seek_record(Octets owner_key, Rrtype type, Octets rdata) {
    state_->walk.snapshot.guard([&] {
        RecordKey key;
        make_record_key(owner_key, type, rdata, key);
        state_->walk.seek(key.octets());
    });
}

void RecordCursor::seek_all() {
    state_->walk.snapshot.guard([&] { state_->walk.seek({}); });
}

void RecordCursor::skip_to(Octets key) {
    state_->walk.snapshot.guard([&] { state_->walk.skip_to(key); });
}

bool RecordCursor::next() {
    return state_->walk.snapshot.guard([&] {
        PrefixWalk& walk = state_->walk;
        while (walk.next()) {
            const auto parts = split_record_key(walk.cursor.key());
            const auto seen = glance(walk.cursor.payload());
            if (!parts || !seen) {
                walk.snapshot.history.names_damage(walk.cursor.block_key(),
                                                   "a record in it is malformed");
                continue;
            }
            state_->record = {parts->owner, parts->type,    parts->rdata,         seen->seen,
                              seen->count,  seen->has_runs, walk.cursor.payload()};
            if (!seen->has_rdata_rest) return true;
            const auto rest = read_rdata_rest(walk.cursor.payload());
            if (!rest || parts->rdata.size() != cut_rdata + digest_octets) {
                walk.snapshot.history.names_damage(walk.cursor.block_key(),
                                                   "the rest of an RDATA in it is malformed");
                continue;
            }
            const Octets head = parts->rdata.first(cut_rdata);
            state_->long_rdata.assign(head.begin(), head.end());
            state_->long_rdata.insert(state_->long_rdata.end(), rest->begin(), rest->end());
            state_->record.rdata = state_->long_rdata;
            return true;
        }
        return false;
    });
}

const StoredRecord& RecordCursor::record() const noexcept {
    return state_->record;
}

Octets RecordCursor::place() const noexcept {
    return state_->walk.place();
}

bool RecordCursor::excludes(const NameKey& name) const noexcept {
    return state_->walk.excludes(name.subtree());
}

std::uint64_t RecordCursor::reads() const noexcept {
    return state_->walk.reads();
}

struct PivotCursor::State {
    PrefixWalk walk;
    StoredPivot pivot{};

    explicit State(Snapshot::State& snapshot)
        : walk(snapshot, snapshot.blocks.pivots, snapshot.history.pivots_damage) {}
};

PivotCursor::PivotCursor(Snapshot& snapshot)
    : state_(snapshot.state_->guard([&] { return std::make_unique<State>(*snapshot.state_); })) {}

PivotCursor::~PivotCursor() = default;

void PivotCursor::seek_prefix(Octets value_prefix) {
    state_->walk.snapshot.guard([&] { state_->walk.seek(value_prefix); });
}

void PivotCursor::skip_to(Octets key) {
    state_->walk.snapshot.guard([&] { state_->walk.skip_to(key); });
}

bool PivotCursor::next() {
    return state_->walk.snapshot.guard([&] {
        PrefixWalk& walk = state_->walk;
        while (walk.next()) {
            const auto parts = split_pivot_key(walk.cursor.key());
            if (parts) {
                state_->pivot = {parts->value, parts->type, parts->owner};
                return true;
            }
            walk.snapshot.history.pivots_damage(walk.cursor.block_key(),
                                                "a pivot in it is malformed");
        }
        return false;
    });
}

const StoredPivot& PivotCursor::pivot() const noexcept {
    return state_->pivot;
}

Octets PivotCursor::key() const noexcept {
    return state_->walk.cursor.key();
}

Octets PivotCursor::place() const noexcept {
    return state_->walk.place();
}

std::uint64_t PivotCursor::reads() const noexcept {
    return state_->walk.reads();
}

}  // namespace dnshist
