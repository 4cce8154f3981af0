// Looks for a literal in the search indexes of one level.
#pragma once

#include <cstdint>
#include <memory>
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
    // Whether there may be a key with the literal at or behind `key`, which is not before that of
    // the call before; from() is then the first place where. Keys of a file without an index may
    // all have it. `octets` is how many may be looked at, and becomes less by those that were:
    // where they do not suffice, what was not looked at may have the literal.
    bool find(Octets key, Octets literal, std::uint64_t& octets);
    Octets from() const noexcept { return from_; }

    // Whether any file has an index.
    bool any_index() const noexcept;
    // What is wrong with those that cannot be read, and with what find() has met since the last
    // call; empty where nothing is.
    std::string take_fault() { return std::exchange(fault_, {}); }

  private:
    struct Reader {
        lmdb::Transaction transaction;
        lmdb::Cursor cursor;

        explicit Reader(const SearchFile& file)
            : transaction(file.environment(), MDB_RDONLY), cursor(transaction, file.chunks()) {}
    };
    lmdb::Cursor& cursor(std::size_t part);
    bool look(Octets key, Octets literal, std::uint64_t& octets);
    bool look_in(std::size_t part, Octets key, Octets literal, std::uint64_t& octets);
    void set_span(Octets lower, Octets upper) {
        lower_.assign(lower.begin(), lower.end());
        upper_.assign(upper.begin(), upper.end());
    }
    Octets behind(std::size_t part) const noexcept {
        return part + 1 < parts_->size() ? Octets((*parts_)[part + 1].lower) : Octets{};
    }

    std::shared_ptr<const LevelParts> parts_;
    std::vector<std::unique_ptr<Reader>> readers_;
    // The keys that may have the literal: from lower_ on, and before upper_ where that is one.
    bool has_span_ = false;
    bool ended_ = false;
    std::vector<std::uint8_t> lower_;
    std::vector<std::uint8_t> upper_;
    std::vector<std::uint8_t> from_;
    std::string fault_;
};

}  // namespace dnshist
