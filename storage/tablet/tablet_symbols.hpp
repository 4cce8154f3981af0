// The symbol tables of a store of tablets: the object "symbols", whose keys are those of the
// database of FORMAT.md and whose head counts its writes.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "storage/block/symbol_tables.hpp"
#include "storage/object/object_store.hpp"
#include "storage/tablet/tablet_head.hpp"

namespace dnshist {

class TabletSymbols final : public BlockSymbols {
  public:
    // `objects` outlives this. Reads what is there.
    TabletSymbols(ObjectStore& objects, TabletSpace space) : objects_(objects), space_(space) {
        load();
    }

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
    mutable std::map<std::uint8_t, std::string> known_;  // grows where a block names a new one
};

}  // namespace dnshist
