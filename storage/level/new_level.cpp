#include "storage/level/new_level.hpp"

namespace dnshist {

void NewLevel::begin(Space space, BlockSymbols& symbols, NextBeginning beginnings,
                     NextBeginning search_parts) {
    space_ = space;
    symbols_ = &symbols;
    beginnings_ = beginnings;
    search_parts_ = search_parts;
}

void NewLevel::begin_range(Octets key) {
    finish();
    ranges_.push_back(std::make_unique<Range>(*this, range_of(list_, space_, key)));
    range_ = ranges_.back().get();
}

void NewLevel::finish() {
    if (range_ == nullptr) return;
    range_->files.finish();
    next_number_ = range_->files.next_number();
    range_ = nullptr;
}

void NewLevel::list(const lmdb::Transaction& transaction, MDB_dbi database,
                    MergeProgress& progress) {
    for (const auto& range : ranges_) {
        for (ListedFile& file : range->files.files()) {
            file.written = level_ == levels_of_a_store ? 0 : file.octets;
            level_list::put(transaction, database, file);
            progress.level_octets += file.octets;
        }
    }
    progress.next_file = next_number_;
}

void NewLevel::keep() noexcept {
    for (const auto& range : ranges_)
        range->files.keep();
}

}  // namespace dnshist
