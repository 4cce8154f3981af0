// LMDB's handles as move-only values, and its errors as exceptions.
//
// The project's rule of errors, said once: what is expected to happen is a value
// (storage/base/result.hpp); an exception is for what should never happen: a store that is broken
// or full, an impossible configuration. So every LMDB call whose failure is no answer throws
// lmdb::Error with LMDB's code, and "not found" is a bool. storage/history*.cpp turn an Error into
// a StoreError, which names the store and the way out; nothing above storage sees LMDB.
//
// Lifetimes nest: a Cursor inside its transaction, a transaction inside its Environment; and since
// LMDB frees the cursors of a write transaction with it, they are gone before it is committed. An
// Environment is opened once per process and store, and after any fork (LMDB's locks demand it).
#pragma once

#include <lmdb.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "storage/base/deleter.hpp"
#include "storage/base/octets.hpp"

namespace dnshist::lmdb {

class Error : public std::runtime_error {
  public:
    Error(const char* call, int code)
        : std::runtime_error(std::string(call) + ": " + mdb_strerror(code)), code_(code) {}
    int code() const noexcept { return code_; }

  private:
    int code_;
};

inline void check(const char* call, int code) {
    if (code != MDB_SUCCESS) throw Error(call, code);
}

inline MDB_val to_val(Octets octets) noexcept {
    // LMDB takes keys and values by pointer to non-const and does not write through it.
    return {octets.size(), const_cast<std::uint8_t*>(octets.data())};
}

inline Octets to_octets(const MDB_val& val) noexcept {
    return {static_cast<const std::uint8_t*>(val.mv_data), val.mv_size};
}

// What LMDB takes as a key: 1 to 511 octets.
inline constexpr std::size_t max_key_octets = 511;

class Environment {
  public:
    // `map_size` octets of address space; no memory and no disk is taken until it is used; 0 is
    // what the file says. The disk's room for lock.mdb is taken here: LMDB writes that file
    // through a map, where a full disk would be the end of the process.
    Environment(const std::filesystem::path& directory, unsigned flags, std::size_t map_size,
                unsigned max_databases, unsigned max_readers);

    MDB_env* get() const noexcept { return handle_.get(); }
    std::size_t page_size() const;
    std::size_t map_size() const;
    // The octets of the file that are in use, pages that wait to be used again included.
    std::size_t used_octets() const;
    // Only with no transaction open in this process; 0 follows what another process has set.
    void set_map_size(std::size_t octets);
    // Frees the slots of readers that died; how many there were.
    int clear_stale_readers();
    unsigned reader_slots() const;
    unsigned used_reader_slots() const;

  private:
    std::unique_ptr<MDB_env, Deleter<mdb_env_close>> handle_;
};

// Whether LMDB began to make the file and did not get to its end, as on a full disk: nothing was
// ever in it, and LMDB cannot open it. So it is with one that is empty.
bool is_half_made(const std::filesystem::path& file);

// Aborted unless committed.
class Transaction {
  public:
    Transaction(const Environment& environment, unsigned flags);

    MDB_txn* get() const noexcept { return handle_.get(); }
    void commit();
    // Of a read-only transaction: lets go of its state of the store, and takes the newest.
    void reset() noexcept { mdb_txn_reset(handle_.get()); }
    void renew() { check("mdb_txn_renew", mdb_txn_renew(handle_.get())); }

    // Nothing where there is no database of that name and it is not to be created.
    std::optional<MDB_dbi> open_database(const char* name, bool create);
    std::optional<Octets> get(MDB_dbi database, Octets key) const;
    std::size_t entries(MDB_dbi database) const;
    void put(MDB_dbi database, Octets key, Octets value) const;
    // Of a key that is there.
    void remove(MDB_dbi database, Octets key) const;

  private:
    std::unique_ptr<MDB_txn, Deleter<mdb_txn_abort>> handle_;
};

class Cursor {
  public:
    Cursor(const Transaction& transaction, MDB_dbi database);

    // Of a read-only transaction that was renewed.
    void renew(const Transaction& transaction);

    // Each says whether there is such an entry; key() and value() are that entry's then.
    bool first() { return move(MDB_FIRST); }
    bool last() { return move(MDB_LAST); }
    bool next() { return move(MDB_NEXT); }
    bool previous() { return move(MDB_PREV); }
    // The last entry whose key is at or before `key`, which may have any length.
    bool at_or_before(Octets key);

    Octets key() const noexcept { return to_octets(key_); }
    Octets value() const noexcept { return to_octets(value_); }

    void put(Octets key, Octets value, unsigned flags = 0);

  private:
    bool move(MDB_cursor_op operation);

    std::unique_ptr<MDB_cursor, Deleter<mdb_cursor_close>> handle_;
    MDB_val key_{};
    MDB_val value_{};
};

// The pages of the environment's file, up to the last that was ever used. Every page is free,
// waiting for a reader to be, or used by exactly one database; what is neither was lost.
struct PageUse {
    std::size_t all = 0;
    std::size_t free = 0;  // as the list of them says, that list's own pages among them
    std::size_t used = 0;  // by the databases, and the two that say where they are
    // All of one state of the file; it may not be where another process writes all the time.
    bool consistent = false;
};
// Reads the list of free pages as a whole, not the databases.
PageUse page_use(const Environment& environment);

}  // namespace dnshist::lmdb
