// The owners of records that a walk does not visit owner by owner, as of those that hold a value.
#pragma once

#include <cstdint>
#include <vector>

#include "storage/base/function_ref.hpp"
#include "storage/base/octets.hpp"
#include "storage/finding/finding.hpp"
#include "storage/history/cursor.hpp"
#include "storage/record/rrtype.hpp"

namespace dnshist {

class OwnerTotals {
  public:
    void clear() noexcept {
        octets_.clear();
        records_.clear();
    }
    void add(const StoredRecord& record, std::uint32_t ordinal);
    // Drops the records after the last one.
    void drop_after(std::uint32_t last_ordinal);
    // Calls visit(const Finding&), which returns whether to continue, for each owner in the store's
    // order, as `names` has them.
    void for_each(FunctionRef<bool(const Finding&)> visit);

  private:
    struct Record {
        std::uint32_t owner;  // where its key begins
        std::uint8_t owner_size;
        Rrtype type;
        std::uint32_t ordinal;
        Period seen;
        std::uint64_t count;
    };
    Octets owner_of(const Record& record) const noexcept {
        return Octets(octets_).subspan(record.owner, record.owner_size);
    }

    std::vector<std::uint8_t> octets_;
    std::vector<Record> records_;
    std::vector<Rrtype> types_;
};

}  // namespace dnshist
