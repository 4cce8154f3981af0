// Copies one consistent state of a store, without its free pages, while its writer and its readers
// go on.
//
// LMDB writes data.mdb page by page from one read transaction. Until that ends the writer cannot
// reuse the pages that it frees, so the store's file grows where much is written meanwhile. The
// files of levels that it lists do not change and are copied afterwards, as they are.
//
// The copy is written into a file of another name, which becomes data.mdb once all of it is on the
// disk: a copy that is broken off leaves nothing that could be taken for a store.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>

#include "storage/format/store_types.hpp"

namespace dnshist {

// Is given how many octets were written, of how many there will be; returns false to end the copy.
using CopyObserver = std::function<bool(std::uint64_t written, std::uint64_t expected)>;

struct CopyResult {
    std::uint64_t octets_before = 0;  // of the store's files and indexes, free pages included
    std::uint64_t octets_after = 0;   // of the copy
    // False where the store has lost pages, so that LMDB could not leave the free ones out.
    bool compacted = false;
    StoreStatistics statistics;  // what the copy holds
};

// Copies into a directory that is empty or made by this; a copy into it that was broken off does
// not count. Nothing where the observer ended it. Throws StoreError, for a store of another version
// too; then, and where it was ended, what was written is removed again.
std::optional<CopyResult> copy_store(const std::filesystem::path& store,
                                     const std::filesystem::path& target,
                                     const CopyObserver& observer);

}  // namespace dnshist
