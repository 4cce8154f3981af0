// Looks for a literal in the search indexes of one level.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "storage/level/level_source.hpp"
#include "storage/level/search_file.hpp"

namespace dnshist {

class SearchScan {
  public:
    explicit SearchScan(std::shared_ptr<const LevelParts> parts);

    // Begins anew, with keys that may be before those of earlier calls.
    void begin() noexcept;
    // Whether a key at or behind `key`, which is not before that of the call before, may have the
    // literal; the first ones that may are then from from() on, and before upper() where that is
    // not empty. Keys of a file without an index may all have it. `octets` is how many may be
    // looked at, and becomes less by those that were: where they do not suffice, more keys may have
    // the literal.
    bool find(Octets key, Octets literal, std::uint64_t& octets);
    Octets from() const noexcept { return from_; }
    Octets upper() const noexcept { return upper_; }

    // Whether any file has an index.
    bool any_index() const noexcept;
    // What is wrong with those that cannot be read, and with what find() has met since the last
    // call; empty where nothing is.
    std::string take_fault() { return std::exchange(fault_, {}); }

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
    void find_groups(std::size_t part, Octets literal, std::uint64_t& octets);
    bool keep_groups_of(lmdb::Cursor& rows, std::size_t row, std::uint64_t& octets);
    std::uint64_t groups_from(std::size_t number) const noexcept;
    bool look(Octets key, Octets literal, std::uint64_t& octets);
    bool look_in(std::size_t part, Octets key);
    void note_damage(std::size_t part);
    void set_span(Octets lower, Octets upper) {
        lower_.assign(lower.begin(), lower.end());
        upper_.assign(upper.begin(), upper.end());
    }
    Octets behind(std::size_t part) const noexcept {
        return part + 1 < parts_->size() ? Octets((*parts_)[part + 1].lower) : Octets{};
    }

    std::shared_ptr<const LevelParts> parts_;
    std::vector<std::unique_ptr<Reader>> readers_;
    // Of one part, a bit for each group: those that have all grams of the literal.
    std::optional<std::size_t> groups_of_;
    std::vector<std::uint8_t> groups_;
    // The keys that may have the literal: from lower_ on, and before upper_ where that is one.
    bool has_span_ = false;
    bool ended_ = false;
    std::vector<std::uint8_t> lower_;
    std::vector<std::uint8_t> upper_;
    std::vector<std::uint8_t> from_;
    std::string fault_;
};

}  // namespace dnshist
