// Whether the search index of a level's file has the texts of the file's keys, and nothing else.
#pragma once

#include <memory>

#include "storage/block/block_source.hpp"
#include "storage/block/symbol_tables.hpp"
#include "storage/format/store_types.hpp"
#include "storage/level/level_file.hpp"
#include "storage/level/level_list.hpp"

namespace dnshist {

// Makes the index again and compares. A file without one is no fault.
void check_search(const ListedFile& listed, const std::shared_ptr<const LevelFile>& file,
                  SymbolTables& symbols, const DamageReport& report);

}  // namespace dnshist
