// The conditions of which most questions have none (FurtherConditions): types that are left out,
// patterns, sensors, bailiwicks, whole RDATA, and that a record is still there.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "storage/base/octet_buffer.hpp"
#include "storage/base/octets.hpp"
#include "storage/history/cursor.hpp"
#include "storage/history/history.hpp"
#include "storage/query/query.hpp"
#include "storage/search/patterns.hpp"
#include "storage/text/time.hpp"

namespace dnshist {

class RecordTests {
  public:
    // The snapshot must outlive the RecordTests.
    RecordTests(Snapshot& snapshot, std::uint32_t gap) noexcept : snapshot_(snapshot), gap_(gap) {}

    // When the newest record of the store was seen: a record last seen longer than the gap before
    // that has disappeared.
    void set_newest(Seconds newest) noexcept { newest_ = newest; }
    Seconds newest() const noexcept { return newest_; }

    // To be called before a query with patterns is answered. Returns what is wrong with one of
    // them.
    std::optional<std::string> use_patterns(const Query& query) {
        final_dots_ = query.further.final_dots;
        return patterns_.use(query.further.patterns.octets());
    }

    // A literal that every owner or value has which matches them; empty where there is none.
    std::string_view literal() const noexcept { return patterns_.literal(); }

    // Whether a record of the query passes. Patterns are for the owner here.
    bool pass(const Query& query, const StoredRecord& record);
    // Whether a pivot value matches the patterns.
    bool matches(Octets pivot_value);
    // Whether a record is still there.
    bool is_current(const StoredRecord& record) const noexcept;

    // At the beginning of each walk: the same walk has the same cost whatever was asked before.
    void begin_walk() noexcept {
        owner_.clear();
        cost_ = 0;
    }
    // The work since the last call, in units of WorkBudget.
    std::uint64_t take_cost() noexcept { return std::exchange(cost_, 0); }

  private:
    using NameText = std::array<char, max_name_octets>;
    std::string_view name_text(Octets key, NameText& room) const noexcept;
    bool matches_text(std::string_view text);
    bool owner_matches(Octets owner);
    bool source_passes(const FurtherConditions& conditions, const StoredRecord& record);

    Snapshot& snapshot_;
    std::uint32_t gap_;
    Seconds newest_{};
    Patterns patterns_;
    bool final_dots_ = false;
    std::uint64_t cost_ = 0;
    // The owner that was matched last.
    OctetBuffer<max_name_octets> owner_;
    bool owner_matched_ = false;
};

}  // namespace dnshist
