// The place of a line in the order of its query: what the filter line-X tells of the line with
// which a page begins.
//
// While pages are asked for one after another, a writer may change the order: a record that is seen
// again moves to the front. Pages that were counted from the beginning would then show a line twice
// or never. From the place of its first line on, a page has every line that did not change exactly
// once, whatever was inserted or moved before it.
//
//     line-X := page:varint rank:varint tie:varint part:varint place:octet*
//
// Page `page` begins with the line; later ones count on from there. Rank and tie are the line's
// SortKey, and 0 where the lines are in the store's order. `place` is after the key of the record
// before and not after that of the line's record (a resume point). `part` is the number of the line
// among those of its record; where that is not 0, `place` is the whole key.
#pragma once

#include <cstdint>

#include "storage/answer/sort_key.hpp"
#include "storage/base/octets.hpp"
#include "storage/query/query.hpp"

namespace dnshist {

class LinePlace {
  public:
    // That of the query.
    explicit LinePlace(const Query& query) noexcept;

    // None was given: the page begins where its number says.
    bool empty() const noexcept { return record_.empty(); }

    // The point at which a walk begins whose lines are in the store's order.
    Octets record() const noexcept { return record_; }

    // How many lines come between this place and the page that is asked for.
    std::size_t lines_before_page(const Query& query) const noexcept {
        return query.page > page_ ? static_cast<std::size_t>(query.page - page_) * query.limit : 0;
    }

    // Whether a line comes before this place. `key_of_record()` returns the key of its record.
    template <class KeyOfRecord>
    bool is_after(const SortKey& key, const KeyOfRecord& key_of_record) const {
        if (key.rank != rank_) return key.rank > rank_;
        if (key.tie != tie_) return key.tie > tie_;
        const auto record = key_of_record();
        const int order = compare(record.octets(), record_);
        return order != 0 ? order < 0 : key.part < part_;
    }

  private:
    std::uint64_t page_ = 1;
    std::uint64_t rank_ = 0;
    std::uint64_t tie_ = 0;
    std::uint64_t part_ = 0;
    Octets record_;
};

// The value of line-X for the line with which a page begins; empty where it would be too long.
// `place` as above.
ResumePoint line_place(std::uint64_t page, const SortKey& key, Octets place) noexcept;

}  // namespace dnshist
