#include "storage/level/level_source.hpp"

#include <algorithm>

namespace dnshist {

std::size_t LevelParts::find(Octets key) const noexcept {
    const auto after = std::upper_bound(
        parts_.begin(), parts_.end(), key,
        [](Octets sought, const LevelPart& part) { return compare(sought, part.lower) < 0; });
    return after == parts_.begin() ? 0 : static_cast<std::size_t>(after - parts_.begin()) - 1;
}

// Keys with the beginning may lie in several parts.
bool LevelParts::may_have(Octets beginning) const noexcept {
    for (std::size_t i = find(beginning); i < parts_.size(); ++i) {
        const bool begins_behind =
            compare(parts_[i].lower, beginning) > 0 && !starts_with(parts_[i].lower, beginning);
        if (begins_behind) return false;
        const auto& filter = parts_[i].file->filter();
        if (!filter || filter->may_have(beginning)) return true;
    }
    return false;
}

std::size_t LevelParts::block_count() const noexcept {
    std::size_t blocks = 0;
    for (const LevelPart& part : parts_)
        blocks += part.file->block_count();
    return blocks;
}

void LevelParts::expect_no_lost_page() const {
    if (!lmdb::MappedFiles::any_page_lost()) return;
    for (const LevelPart& part : parts_)
        part.file->environment().expect_no_lost_page();
}

lmdb::Cursor& LevelSource::cursor() {
    auto& reader = readers_[part_];
    if (!reader) reader = std::make_unique<Reader>(*(*parts_)[part_].file);
    return reader->cursor;
}

bool LevelSource::at_cursor(const lmdb::Cursor& cursor) {
    at(cursor.key(), cursor.value());
    return true;
}

// The first block of the part, or of one behind it.
bool LevelSource::first_of_part() {
    for (; part_ < parts_->size(); ++part_) {
        lmdb::Cursor& part = cursor();
        if (part.first()) return at_cursor(part);
    }
    return false;
}

bool LevelSource::find(Octets key) {
    if (parts_->size() == 0) return false;
    part_ = parts_->find(key);
    lmdb::Cursor& part = cursor();
    return part.at_or_before(key) ? at_cursor(part) : first_of_part();
}

bool LevelSource::next() {
    if (part_ >= parts_->size()) return false;
    lmdb::Cursor& part = cursor();
    if (part.next()) return at_cursor(part);
    ++part_;
    return first_of_part();
}

}  // namespace dnshist
