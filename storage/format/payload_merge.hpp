// How what several sources of a map have of one key becomes one (storage/level/merged_cursor.hpp).
//
// A record's visibilities merge in any order. So does a pivot, which has none. The sources of a
// record are the eight that are least by their text, which is the same in any order too.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "storage/base/octets.hpp"
#include "storage/engine/lmdb/lmdb.hpp"
#include "storage/format/record_key.hpp"
#include "storage/level/merged_cursor.hpp"

namespace dnshist {

// The texts of a store's sources, by number.
class SourceTexts {
  public:
    SourceTexts() = default;
    virtual ~SourceTexts() = default;
    SourceTexts(const SourceTexts&) = delete;
    SourceTexts& operator=(const SourceTexts&) = delete;

    // Empty where there is no source of that number.
    virtual Octets of(std::uint32_t number) const = 0;
    // The number of the empty source; nothing where no record needed it yet.
    virtual std::optional<std::uint32_t> unnamed() = 0;
};

// In LMDB, as one transaction sees them.
class DatabaseSourceTexts final : public SourceTexts {
  public:
    DatabaseSourceTexts(const lmdb::Transaction& transaction, MDB_dbi database)
        : transaction_(transaction), database_(database) {}

    Octets of(std::uint32_t number) const override;
    std::optional<std::uint32_t> unnamed() override;

  private:
    const lmdb::Transaction& transaction_;
    MDB_dbi database_;
    std::optional<std::uint32_t> unnamed_;
};

// Adds a source to those of a record; where that is one too many, the last by text goes.
void add_source(SourceNumbers& sources, std::uint32_t added, const SourceTexts& texts);

// Adds what is in `older` to `known`. `texts` has the sources of both.
void merge_payload(RecordPayload& known, const RecordPayload& older, std::uint32_t gap,
                   SourceTexts& texts);

// What becomes of the mark that voids older sources.
enum class Voids : std::uint8_t {
    end,   // there are no older sources: an entry that only has the mark is none
    stay,  // there are older sources that are not merged
};

class RecordMerge final : public PayloadMerge {
  public:
    // `gap` is the store's.
    RecordMerge(SourceTexts& texts, std::uint32_t gap, Voids voids = Voids::end)
        : texts_(texts), gap_(gap), voids_(voids) {}
    // Malformed payloads are left out; where all are, the newest comes out for the caller to
    // report.
    std::optional<Octets> merge(std::span<const Octets> payloads) override;

  private:
    SourceTexts& texts_;
    std::uint32_t gap_;
    Voids voids_;
    std::vector<std::uint8_t> merged_;
};

// A pivot that only voids older ones has the payload void_pivot, any other has none.
inline constexpr std::uint8_t void_pivot[] = {void_mark};

class PivotMerge final : public PayloadMerge {
  public:
    explicit PivotMerge(Voids voids = Voids::end) : voids_(voids) {}
    // Where the newest source has the pivot, it does not matter what is void.
    std::optional<Octets> merge(std::span<const Octets> payloads) override {
        if (!voids_older(payloads.front())) return Octets{};
        return voids_ == Voids::stay ? std::optional<Octets>(void_pivot) : std::nullopt;
    }

  private:
    Voids voids_;
};

}  // namespace dnshist
