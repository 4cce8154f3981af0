// Whether search indexes have the texts of the keys that they are of, and nothing else.
#pragma once

#include <memory>

#include "storage/block/block_database.hpp"
#include "storage/block/symbol_tables.hpp"
#include "storage/format/store_types.hpp"
#include "storage/level/level_file.hpp"
#include "storage/level/level_list.hpp"

namespace dnshist {

// The way out where an index is not as it must be.
inline constexpr const char* new_index =
    ": searches walk instead; 'dnshist-zonegen index' makes it anew";

// Makes the index of a level's file again and compares. A file without one is no fault.
void check_search(const ListedFile& listed, const std::shared_ptr<const LevelFile>& file,
                  SymbolTables& symbols, const DamageReport& report);

// The same for the young blocks of a map, whose grams are in that database of the transaction.
void check_grams(const BlockDatabase& blocks, MDB_dbi grams, Space space,
                 const DamageReport& report);

}  // namespace dnshist
