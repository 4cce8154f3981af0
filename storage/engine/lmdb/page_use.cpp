#include "storage/engine/lmdb/page_use.hpp"

#include <algorithm>
#include <cstring>
#include <span>
#include <string>
#include <vector>

namespace dnshist::lmdb {

namespace {

constexpr MDB_dbi free_database = 0;
constexpr std::size_t meta_pages = 2;

std::size_t pages_of(const Transaction& transaction, MDB_dbi database) {
    MDB_stat stat;
    check("mdb_stat", mdb_stat(transaction.get(), database, &stat));
    return stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages;
}

// The list of free pages has an entry for each transaction: how many pages it freed, then which.
// How many of them there are, from page `first` on.
std::size_t count_listed(const Transaction& transaction, std::size_t first) {
    std::size_t listed = 0;
    Cursor cursor(transaction, free_database);
    for (bool any = cursor.first(); any; any = cursor.next()) {
        const Octets entry = cursor.value();
        std::vector<std::size_t> numbers(entry.size() / sizeof(std::size_t));
        std::memcpy(numbers.data(), entry.data(), numbers.size() * sizeof(std::size_t));
        if (numbers.empty() || numbers[0] >= numbers.size()) {
            throw Error("free pages", MDB_CORRUPTED);
        }
        const auto pages = std::span(numbers).subspan(1, numbers[0]);
        listed += static_cast<std::size_t>(
            std::ranges::count_if(pages, [first](std::size_t page) { return page >= first; }));
    }
    return listed;
}

// Every key of the main database is the name of a database: the store has no other keys there.
std::size_t count_used(Transaction& transaction) {
    MDB_dbi main = 0;
    check("mdb_dbi_open", mdb_dbi_open(transaction.get(), nullptr, 0, &main));
    std::size_t used = meta_pages + pages_of(transaction, main);
    Cursor cursor(transaction, main);
    for (bool any = cursor.first(); any; any = cursor.next()) {
        const auto database =
            transaction.open_database(std::string(as_text(cursor.key())).c_str(), false);
        if (database) used += pages_of(transaction, *database);
    }
    return used;
}

}  // namespace

PageUse page_use(const Environment& environment) {
    // Another process may commit between the reads; one that commits all the time is given up on.
    constexpr int max_attempts = 20;
    PageUse use;
    for (int attempt = 0; attempt < max_attempts; ++attempt) {
        Transaction transaction(environment, MDB_RDONLY);
        MDB_envinfo info;
        check("mdb_env_info", mdb_env_info(environment.get(), &info));
        use = {info.me_last_pgno + 1,
               pages_of(transaction, free_database) + count_listed(transaction, 0),
               count_used(transaction), info.me_last_txnid == mdb_txn_id(transaction.get())};
        if (use.consistent) break;
    }
    return use;
}

bool lacks_only_free_pages(const Environment& environment, std::size_t first_missing) {
    try {
        const Transaction transaction(environment, MDB_RDONLY);
        MDB_envinfo info;
        check("mdb_env_info", mdb_env_info(environment.get(), &info));
        const std::size_t listed = count_listed(transaction, first_missing);
        transaction.expect_no_lost_page();
        // Another process has committed meanwhile, and its file is another one.
        if (info.me_last_txnid != mdb_txn_id(transaction.get())) return true;
        return first_missing + listed == info.me_last_pgno + 1;
    } catch (const Error& error) {
        if (error.code() != MDB_CORRUPTED && error.code() != unsound_files) throw;
        return false;
    }
}

}  // namespace dnshist::lmdb
