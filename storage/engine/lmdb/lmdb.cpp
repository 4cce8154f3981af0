#include "storage/engine/lmdb/lmdb.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "storage/base/file_descriptor.hpp"
#include "storage/engine/lmdb/page_use.hpp"

namespace dnshist::lmdb {

namespace {

// lock.mdb is a header of less than a page and a slot of one cache line for each reader.
constexpr std::size_t slot_octets = 64;
constexpr std::size_t lock_header_octets = 4096;
// A store may be confidential. Its readers are of the owner's user or group.
constexpr mode_t file_mode = 0640;

// LMDB opens its files by name, follows symbolic links, and enlarges what it finds: so whoever owns
// the directory could choose a file of the user that runs this.
void refuse_links(const std::filesystem::path& directory) {
    struct stat status {};
    for (const char* const name : {"lock.mdb", "data.mdb"}) {
        const bool found = ::lstat((directory / name).c_str(), &status) == 0;
        if (found && !S_ISREG(status.st_mode)) throw Error("open", ELOOP);
    }
}

// Allocates lock.mdb. Does nothing where the file has all its disk blocks: this process may have
// the environment open already, and closing the file here would release its locks.
void reserve_lock_file(const std::filesystem::path& directory, unsigned max_readers) {
    const auto path = directory / "lock.mdb";
    struct stat status {};
    constexpr off_t block_octets = 512;
    if (::stat(path.c_str(), &status) == 0 && status.st_size > 0 &&
        status.st_blocks * block_octets >= status.st_size) {
        return;
    }
    const FileDescriptor file(
        ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, file_mode));
    if (file.get() < 0) return;  // LMDB will say why
    const auto octets = static_cast<off_t>(lock_header_octets + max_readers * slot_octets);
    const int code = ::fallocate(file.get(), FALLOC_FL_KEEP_SIZE, 0, octets) == 0 ? 0 : errno;
    // Other errors mean that the file system does not support it.
    if (code == ENOSPC || code == EDQUOT) throw Error("fallocate", code);
}

// LMDB calls this where it finds a page that cannot be, and would end the process after it. Debian
// builds LMDB with what an exception needs to pass through it, and a reader holds nothing there
// that would be lost; a writer aborts its transaction.
[[noreturn]] void on_failed_assertion(MDB_env*, const char*) {
    throw Error("a page is not what it should be", MDB_CORRUPTED);
}

void expect_no_lost_page(const MappedFiles& files) {
    if (!files.page_lost()) return;
    throw Error("a page went away while it was read: " + files.data_name() +
                " was cut short, or the disk cannot read it");
}

}  // namespace

Environment::Environment(const std::filesystem::path& directory, unsigned flags,
                         std::size_t reserve, unsigned max_databases, unsigned max_readers) {
    // A reader makes lock.mdb only where there is a store.
    std::error_code none;
    const bool writes = (flags & MDB_RDONLY) == 0;
    if ((flags & MDB_NOLOCK) == 0 &&
        (writes || std::filesystem::exists(directory / "data.mdb", none))) {
        refuse_links(directory);
        reserve_lock_file(directory, max_readers);
    }
    const auto file = (flags & MDB_NOSUBDIR) != 0 ? directory : directory / "data.mdb";
    const auto octets = std::filesystem::file_size(file, none);
    const std::size_t least = none ? 0 : 2 * octets;
    for (std::size_t size = std::max(reserve, least);; size /= 2) {
        try {
            open(directory, flags, size, max_databases, max_readers);
            break;
        } catch (const Error& error) {
            constexpr std::size_t least_reserve = std::size_t{1} << 20;
            // valgrind's mmap() says EINVAL of more than it can have.
            const bool refused = error.code() == ENOMEM || error.code() == EINVAL;
            if (!refused || size / 2 < std::max(least, least_reserve)) throw;
        }
    }
    mdb_filehandle_t data = -1;
    check("mdb_env_get_fd", mdb_env_get_fd(get(), &data));
    const bool locks = (flags & (MDB_NOLOCK | MDB_NOSUBDIR)) == 0;
    files_ = std::make_unique<MappedFiles>(
        data, file, locks ? directory / "lock.mdb" : std::filesystem::path());
    check("mdb_env_set_userctx", mdb_env_set_userctx(get(), files_.get()));
    check("mdb_env_set_assert", mdb_env_set_assert(get(), on_failed_assertion));
    expect_whole_file();
}

void Environment::open(const std::filesystem::path& directory, unsigned flags, std::size_t map_size,
                       unsigned max_databases, unsigned max_readers) {
    MDB_env* handle = nullptr;
    check("mdb_env_create", mdb_env_create(&handle));
    handle_.reset(handle);
    check("mdb_env_set_maxdbs", mdb_env_set_maxdbs(handle, max_databases));
    check("mdb_env_set_maxreaders", mdb_env_set_maxreaders(handle, max_readers));
    check("mdb_env_set_mapsize", mdb_env_set_mapsize(handle, map_size));
    check("mdb_env_open", mdb_env_open(handle, directory.c_str(), flags, file_mode));
}

std::string Environment::file_name() const {
    return files_->data_name();
}

std::size_t Environment::page_size() const {
    MDB_stat stat;
    check("mdb_env_stat", mdb_env_stat(get(), &stat));
    return stat.ms_psize;
}

std::size_t Environment::map_size() const {
    MDB_envinfo info;
    check("mdb_env_info", mdb_env_info(get(), &info));
    return info.me_mapsize;
}

std::size_t Environment::used_octets() const {
    MDB_envinfo info;
    check("mdb_env_info", mdb_env_info(get(), &info));
    return (info.me_last_pgno + 1) * page_size();
}

std::size_t Environment::disk_octets() const {
    mdb_filehandle_t file = -1;
    struct stat status {};
    constexpr std::size_t block_octets = 512;
    check("mdb_env_get_fd", mdb_env_get_fd(get(), &file));
    if (::fstat(file, &status) != 0) throw Error("fstat", errno);
    return static_cast<std::size_t>(status.st_blocks) * block_octets;
}

void Environment::set_map_size(std::size_t octets) {
    check("mdb_env_set_mapsize", mdb_env_set_mapsize(get(), octets));
    files_->find_maps();
}

void Environment::expect_sound_files() const {
    if (const auto change = files_->change_of_paths()) throw Error(*change);
    expect_whole_file();
}

// LMDB does not write a page that it took at the end of the file and did not need after all, so the
// file may be somewhat shorter than its pages say: all that it lacks is free then.
void Environment::expect_whole_file() const {
    // In this order: a writer lengthens the file before its pages count as used.
    const std::size_t used = used_octets();
    const std::size_t octets = files_->data_octets();
    if (octets < used && !lacks_only_free_pages(*this, octets / page_size())) {
        throw Error(file_name() + " is cut short: it has " + std::to_string(octets) + " of " +
                    std::to_string(used) + " octets");
    }
    expect_no_lost_page();
}

void Environment::expect_no_lost_page() const {
    lmdb::expect_no_lost_page(*files_);
}

int Environment::clear_stale_readers() {
    int dead = 0;
    check("mdb_reader_check", mdb_reader_check(get(), &dead));
    return dead;
}

unsigned Environment::reader_slots() const {
    MDB_envinfo info;
    check("mdb_env_info", mdb_env_info(get(), &info));
    return info.me_maxreaders;
}

// mdb_env_info() has only the most that were ever used at once, so the lines of the reader list are
// counted: a heading and one line per reader, or a single line that says there are none.
unsigned Environment::used_reader_slots() const {
    unsigned lines = 0;
    const auto count = [](const char*, void* counted) {
        ++*static_cast<unsigned*>(counted);
        return 0;
    };
    if (mdb_reader_list(get(), count, &lines) < 0) return 0;
    return lines == 0 ? 0 : lines - 1;
}

bool is_half_made(const std::filesystem::path& file) {
    // The two meta pages, which are written at once.
    const auto whole = static_cast<std::uintmax_t>(2 * ::sysconf(_SC_PAGESIZE));
    std::error_code none;
    const auto size = std::filesystem::file_size(file, none);
    if (none || size >= whole) return false;
    if (size == 0) return true;
    constexpr std::size_t page_header_octets = 16;
    constexpr std::uint32_t magic = 0xBEEFC0DE;
    std::array<char, page_header_octets + sizeof magic> head{};
    std::ifstream(file, std::ios::binary).read(head.data(), head.size());
    std::uint32_t found = 0;
    std::memcpy(&found, head.data() + page_header_octets, sizeof found);
    return found == magic;
}

Transaction::Transaction(const Environment& environment, unsigned flags)
    : files_(static_cast<const MappedFiles*>(mdb_env_get_userctx(environment.get()))),
      writes_((flags & MDB_RDONLY) == 0) {
    MDB_txn* handle = nullptr;
    check("mdb_txn_begin", mdb_txn_begin(environment.get(), nullptr, flags, &handle));
    handle_.reset(handle);
    expect_own_data_file();
}

void Transaction::renew() {
    check("mdb_txn_renew", mdb_txn_renew(handle_.get()));
    expect_own_data_file();
}

void Transaction::expect_no_lost_page() const {
    lmdb::expect_no_lost_page(*files_);
}

// lock.mdb has the number of the last transaction, by which a transaction chooses one of the two
// meta pages of data.mdb; that page must be of that number. A writer writes the page before it sets
// the number, and may have ended in between, so the newest page may be one ahead.
bool Transaction::fits_data_file() const {
    MDB_envinfo info;
    check("mdb_env_info", mdb_env_info(mdb_txn_env(get()), &info));
    const std::size_t number = mdb_txn_id(get()) - (writes_ ? 1 : 0);
    return info.me_last_txnid - number <= 1;
}

void Transaction::expect_own_data_file() {
    while (!fits_data_file()) {
        // Others may have committed between the two looks: then there is a newer state to take.
        const std::size_t before = mdb_txn_id(get());
        if (!writes_) {
            reset();
            check("mdb_txn_renew", mdb_txn_renew(get()));
        }
        if (mdb_txn_id(get()) != before) continue;
        throw Error(
            "data.mdb is not the file that lock.mdb tells of: it was copied over, or cut short, "
            "while programs had it open");
    }
    expect_no_lost_page();
}

void Transaction::commit() {
    expect_no_lost_page();
    // Frees the handle whether it succeeds or not.
    check("mdb_txn_commit", mdb_txn_commit(handle_.release()));
}

std::optional<MDB_dbi> Transaction::open_database(const char* name, bool create) {
    MDB_dbi database = 0;
    const int code = mdb_dbi_open(get(), name, create ? MDB_CREATE : 0U, &database);
    if (code == MDB_NOTFOUND) return std::nullopt;
    check("mdb_dbi_open", code);
    return database;
}

std::optional<Octets> Transaction::get(MDB_dbi database, Octets key) const {
    MDB_val k = to_val(key);
    MDB_val value;
    const int code = mdb_get(get(), database, &k, &value);
    if (code == MDB_NOTFOUND) return std::nullopt;
    check("mdb_get", code);
    return to_octets(value);
}

std::size_t Transaction::entries(MDB_dbi database) const {
    MDB_stat stat;
    check("mdb_stat", mdb_stat(get(), database, &stat));
    return stat.ms_entries;
}

std::size_t Transaction::octets(MDB_dbi database) const {
    MDB_stat stat;
    check("mdb_stat", mdb_stat(get(), database, &stat));
    return (stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages) * stat.ms_psize;
}

void Transaction::put(MDB_dbi database, Octets key, Octets value) const {
    MDB_val k = to_val(key);
    MDB_val v = to_val(value);
    check("mdb_put", mdb_put(get(), database, &k, &v, 0));
}

void Transaction::remove(MDB_dbi database, Octets key) const {
    MDB_val k = to_val(key);
    check("mdb_del", mdb_del(get(), database, &k, nullptr));
}

void Transaction::clear(MDB_dbi database) const {
    check("mdb_drop", mdb_drop(get(), database, 0));
}

Cursor::Cursor(const Transaction& transaction, MDB_dbi database) {
    MDB_cursor* handle = nullptr;
    check("mdb_cursor_open", mdb_cursor_open(transaction.get(), database, &handle));
    handle_.reset(handle);
}

void Cursor::renew(const Transaction& transaction) {
    check("mdb_cursor_renew", mdb_cursor_renew(transaction.get(), handle_.get()));
}

bool Cursor::at_or_before(Octets key) {
    // No stored key is longer than max_key_octets, so none sorts between the cut key and the whole.
    const Octets cut = key.first(std::min(key.size(), max_key_octets));
    if (cut.empty()) return false;
    key_ = to_val(cut);
    if (!move(MDB_SET_RANGE)) return last();
    return equal(this->key(), cut) || previous();
}

void Cursor::put(Octets key, Octets value, unsigned flags) {
    MDB_val k = to_val(key);
    MDB_val v = to_val(value);
    check("mdb_cursor_put", mdb_cursor_put(handle_.get(), &k, &v, flags));
}

bool Cursor::move(MDB_cursor_op operation) {
    const int code = mdb_cursor_get(handle_.get(), &key_, &value_, operation);
    if (code == MDB_NOTFOUND) return false;
    check("mdb_cursor_get", code);
    return true;
}

}  // namespace dnshist::lmdb
