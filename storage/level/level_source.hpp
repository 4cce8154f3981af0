// The files of a level in a row, as one source of blocks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "storage/block/block_source.hpp"
#include "storage/engine/lmdb/lmdb.hpp"
#include "storage/level/level_file.hpp"

namespace dnshist {

// The files of one level in ascending order of keys: each has keys at or after its `lower` and
// before the next one's. There may be none for a range of keys.
struct LevelPart {
    std::vector<std::uint8_t> lower;
    std::shared_ptr<const LevelFile> file;
};
class LevelParts {
  public:
    explicit LevelParts(std::vector<LevelPart> parts) : parts_(std::move(parts)) {}

    std::size_t size() const noexcept { return parts_.size(); }
    const LevelPart& operator[](std::size_t index) const noexcept { return parts_[index]; }
    // The part that has the keys at `key`: the last that begins at or before it, or else the first.
    std::size_t find(Octets key) const noexcept;
    // False where no key begins with `beginning`, which filters know.
    bool may_have(Octets beginning) const noexcept;
    std::size_t block_count() const noexcept;
    // As Transaction's, of all files.
    void expect_no_lost_page() const;

  private:
    std::vector<LevelPart> parts_;
};

// Opens a transaction and a cursor of a file when it is first there.
class LevelSource final : public BlockSource {
  public:
    explicit LevelSource(std::shared_ptr<const LevelParts> parts)
        : parts_(std::move(parts)), readers_(parts_->size()) {}

    bool find(Octets key) override;
    bool next() override;
    // Files do not change.
    void renew() override {}

  private:
    struct Reader {
        lmdb::Transaction transaction;
        lmdb::Cursor cursor;

        explicit Reader(const LevelFile& file)
            : transaction(file.environment(), MDB_RDONLY), cursor(transaction, file.blocks()) {}
    };
    lmdb::Cursor& cursor();
    bool first_of_part();
    bool at_cursor(const lmdb::Cursor& cursor);

    std::shared_ptr<const LevelParts> parts_;
    std::vector<std::unique_ptr<Reader>> readers_;
    std::size_t part_ = 0;
};

}  // namespace dnshist
