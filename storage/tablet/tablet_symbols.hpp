// The symbol tables of a store of tablets: the object "symbols", whose keys are those of the
// database of FORMAT.md and whose head counts its writes.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>

#include "storage/block/symbol_tables.hpp"
#include "storage/object/object_store.hpp"
#include "storage/tablet/tablet_head.hpp"
#include "storage/tablet/tablet_piece.hpp"

namespace dnshist {

// The tables of both maps as they were last read, for all readers of a process. None ever changes.
// For any thread.
class StoredTables {
  public:
    // Reads all. Throws ObjectError.
    void read(ObjectStore& objects);
    // Good as long as this.
    std::optional<Octets> find(TabletSpace space, std::uint8_t number) const;
    // Whether one of these blocks names a table that is not known. A table is written before the
    // first block that names it.
    bool lack(std::span<const std::shared_ptr<TabletPiece>> pieces) const;

  private:
    mutable std::mutex mutex_;
    std::map<std::string, std::string, std::less<>> tables_;  // as in their object
};

class TabletSymbols final : public BlockSymbols {
  public:
    // `objects` outlives this. Reads what is there.
    TabletSymbols(ObjectStore& objects, TabletSpace space) : objects_(objects), space_(space) {
        load();
    }

    // From now on a table that is not known is looked for in `tables`, which outlive this, and
    // nothing is read.
    void read_later(const StoredTables& tables) noexcept { tables_ = &tables; }

    std::optional<Newest> newest() const override;
    // Adds a table; where another writer was first, its table is the newest.
    void add(const StoredSymbols& symbols) override;

    static constexpr const char* object = "symbols";
    static std::string key_of(TabletSpace space, std::uint8_t number) {
        return {static_cast<char>(space), static_cast<char>(number)};
    }

  private:
    std::optional<Octets> stored(std::uint8_t number) const override;
    // The head.
    std::string load() const;

    ObjectStore& objects_;
    TabletSpace space_;
    const StoredTables* tables_ = nullptr;
    mutable std::map<std::uint8_t, std::string> known_;  // grows where a block names a new one
};

}  // namespace dnshist
