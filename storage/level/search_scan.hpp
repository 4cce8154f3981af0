// Looks for a literal in the search indexes of one level.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "storage/gram/literal_scan.hpp"
#include "storage/level/level_source.hpp"
#include "storage/level/search_file.hpp"

namespace dnshist {

class SearchScan final : public LiteralScan {
  public:
    explicit SearchScan(std::shared_ptr<const LevelParts> parts);

    void begin(Octets literal) override;
    // Files do not change.
    void renew() override {}
    // Keys of a file without an index may all have the literal.
    bool has_index() const override;

  private:
    struct Reader {
        lmdb::Transaction transaction;
        lmdb::Cursor rows;
        lmdb::Cursor bounds;

        explicit Reader(const SearchFile& file)
            : transaction(file.environment(), MDB_RDONLY),
              rows(transaction, file.rows()),
              bounds(transaction, file.group_bounds()) {}
    };
    Reader& reader(std::size_t part);
    void find_groups(std::size_t part, std::uint64_t& octets);
    bool keep_groups_of(lmdb::Cursor& rows, std::size_t row, std::uint64_t& octets);
    std::uint64_t groups_from(std::size_t number) const noexcept;
    bool look(Octets key, std::uint64_t& octets) override;
    bool look_in(std::size_t part, Octets key);
    void note_damage(std::size_t part);
    Octets behind(std::size_t part) const noexcept {
        return part + 1 < parts_->size() ? Octets((*parts_)[part + 1].lower) : Octets{};
    }

    std::shared_ptr<const LevelParts> parts_;
    std::vector<std::unique_ptr<Reader>> readers_;
    gram::LiteralRows literal_;
    // Of one part, a bit for each group: those that have all grams of the literal.
    std::optional<std::size_t> groups_of_;
    std::vector<std::uint8_t> groups_;
};

}  // namespace dnshist
