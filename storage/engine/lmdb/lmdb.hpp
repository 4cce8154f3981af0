// LMDB's handles as move-only values, and its errors as exceptions.
//
// The project's rule of errors, said once: an expected outcome is a value
// (storage/base/result.hpp); an exception is for what should never happen: a store that is broken
// or full, an impossible configuration. So every LMDB call throws lmdb::Error with LMDB's code if
// it fails, and "not found" is a bool. storage/history turns an Error into a StoreError, which
// names the store and the way out; nothing above storage sees LMDB.
//
// Damage to LMDB's own pages that it notices is an Error of MDB_CORRUPTED, also where LMDB would
// abort(). It does not notice all: a damaged page may end the process with a signal.
//
// Lifetimes nest: a Cursor inside its Transaction, a Transaction inside its Environment. LMDB frees
// the cursors of a write transaction with it, so they must be destroyed before it is committed. An
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
#include "storage/engine/lmdb/mapped_files.hpp"

namespace dnshist::lmdb {

// The code of an Error that LMDB does not know: its files are not what they were, or not whole.
inline constexpr int unsound_files = -30000;

class Error : public std::runtime_error {
  public:
    Error(const char* call, int code)
        : std::runtime_error(std::string(call) + ": " + mdb_strerror(code)), code_(code) {}
    // The error of unsound files: "data.mdb is cut short".
    explicit Error(const std::string& fault) : std::runtime_error(fault), code_(unsound_files) {}
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

// LMDB's keys have 1 to 511 octets.
inline constexpr std::size_t max_key_octets = 511;

class Environment {
  public:
    // Maps `reserve` octets of address space, so that the file can grow; neither memory nor disk.
    // Halves that as often as the system refuses it (valgrind, the thread sanitizer, ulimit -v),
    // down to twice the size of the file. Takes the disk space of lock.mdb: LMDB writes that file
    // through a map, where a full disk would end the process with a signal. Throws an Error with
    // ELOOP if one of the files is a symbolic link. Refuses a data.mdb that is cut short.
    Environment(const std::filesystem::path& directory, unsigned flags, std::size_t reserve,
                unsigned max_databases, unsigned max_readers);

    MDB_env* get() const noexcept { return handle_.get(); }
    // "data.mdb", or the name of the file with MDB_NOSUBDIR.
    std::string file_name() const;
    std::size_t page_size() const;
    std::size_t map_size() const;
    // The octets of the file up to its last page that was ever used, free pages included.
    std::size_t used_octets() const;
    // The disk space of the file.
    std::size_t disk_octets() const;
    // Only with no transaction open in this process.
    void set_map_size(std::size_t octets);
    // Frees the slots of readers that died; how many there were.
    int clear_stale_readers();
    unsigned reader_slots() const;
    unsigned used_reader_slots() const;
    // Throws an Error of unsound_files where the files have been removed, replaced or cut short
    // since they were opened. Some system calls; for any thread.
    void expect_sound_files() const;
    // As Transaction's.
    void expect_no_lost_page() const;

  private:
    void open(const std::filesystem::path& directory, unsigned flags, std::size_t map_size,
              unsigned max_databases, unsigned max_readers);
    void expect_whole_file() const;

    // Outlives the handle: LMDB writes to lock.mdb while it closes.
    std::unique_ptr<MappedFiles> files_;
    std::unique_ptr<MDB_env, Deleter<mdb_env_close>> handle_;
};

// Whether LMDB began to make the file and did not finish, as on a full disk, or the file is empty:
// nothing was ever stored in it, and LMDB cannot open it.
bool is_half_made(const std::filesystem::path& file);

// Aborted unless committed. To begin one, to renew it and to commit it throws an Error of
// unsound_files where a page of the files was lost while it was read, or where data.mdb is not the
// file that lock.mdb tells of: it was copied over.
class Transaction {
  public:
    Transaction(const Environment& environment, unsigned flags);

    MDB_txn* get() const noexcept { return handle_.get(); }
    bool writes() const noexcept { return writes_; }
    void commit();
    // For a read-only transaction: reset() releases its state of the store, renew() takes the
    // newest.
    void reset() noexcept { mdb_txn_reset(handle_.get()); }
    void renew();
    // To be called after octets were read and before they are believed: throws where some of them
    // were on a page that was lost (mapped_files.hpp).
    void expect_no_lost_page() const;

    // Nothing where there is no database of that name and it is not to be created.
    std::optional<MDB_dbi> open_database(const char* name, bool create);
    std::optional<Octets> get(MDB_dbi database, Octets key) const;
    std::size_t entries(MDB_dbi database) const;
    // The octets of its pages.
    std::size_t octets(MDB_dbi database) const;
    void put(MDB_dbi database, Octets key, Octets value) const;
    // The key must be there.
    void remove(MDB_dbi database, Octets key) const;
    // Removes all entries.
    void clear(MDB_dbi database) const;

  private:
    bool fits_data_file() const;
    void expect_own_data_file();

    const MappedFiles* files_;
    std::unique_ptr<MDB_txn, Deleter<mdb_txn_abort>> handle_;
    bool writes_;
};

class Cursor {
  public:
    Cursor(const Transaction& transaction, MDB_dbi database);

    // To be called after a read-only transaction was renewed.
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

}  // namespace dnshist::lmdb
