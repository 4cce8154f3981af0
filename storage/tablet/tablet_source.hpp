// The blocks of one map in tablets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "storage/block/block_source.hpp"
#include "storage/block/symbol_tables.hpp"
#include "storage/tablet/tablet_reader.hpp"

namespace dnshist {

// Two pieces of a walk may be of different moments, between which blocks were cut anew: then the
// entries that the walk has passed are left out of the next block.
class TabletSource final : public BlockSource {
  public:
    // Both outlive this. `purpose` is that of its lookups.
    TabletSource(TabletReader& reader, BlockSymbols& symbols, TabletSpace space,
                 TabletReader::Purpose purpose = TabletReader::Purpose::lookup)
        : reader_(reader), symbols_(symbols), space_(space), purpose_(purpose) {}

    bool find(Octets key) override;
    bool next() override;
    void renew() override {
        piece_ = nullptr;
        trimmed_.clear();
    }

  private:
    bool at_block_after(std::string from, PiecePointer before);
    bool at_trimmed(std::string from, Octets block);
    bool at_block(std::size_t index);

    TabletReader& reader_;
    BlockSymbols& symbols_;
    TabletSpace space_;
    TabletReader::Purpose purpose_;
    PiecePointer piece_;
    std::size_t index_ = 0;
    // Blocks of this state that are parts of others, each under its key.
    struct Trimmed {
        std::string key;
        std::vector<std::uint8_t> block;
    };
    std::deque<Trimmed> trimmed_;
};

}  // namespace dnshist
